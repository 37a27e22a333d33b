"""The helpers of dialects and file readers: what each takes, and by which reason it refuses the rest."""

from datetime import UTC, datetime

import pytest

from ingest.dialects.fields import instant, is_number, number, plain_name, stamp, with_unit, within, word
from ingest.dialects.refusal import RefusedError
from ingest.history.local_time import in_utc

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("29.92 °C", (29.92, "°C")),
        ("-4.5Cel", (-4.5, "Cel")),
        (" 12 µg/m³ ", (12.0, "µg/m³")),
        ("+3", (3.0, "")),
        ("0.75 %", (0.75, "%")),
    ],
)
def test_a_text_with_its_unit_is_a_number_and_a_unit(text: str, expected: tuple[float, str]) -> None:
    """With a space between them, without one, or with no unit at all."""
    assert with_unit(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "format"), ("°C", "format"), ("1,5 V", "format"), ("1e3 V", "format"), ("NaN V", "format"),
        ("- 3", "format"), ("1e3", "format"), ("3 m s", "format"), ("1.2.3", "format"), ("٣ V", "format"),
        ("9999999999 V", "range"),
    ],
)  # fmt: skip
def test_another_text_is_no_number_with_a_unit(text: str, reason: str) -> None:
    """A comma, an exponent, two numbers; and what is too far to be a measurement."""
    with pytest.raises(RefusedError) as refused:
        with_unit(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("value", "expected"), [("14.30", 14.3), (" -1.6 ", -1.6), ("+3", 3.0), (42, 42.0), (4.5, 4.5), ("007", 7.0)]
)
def test_a_number_may_be_sent_as_a_text(value: object, expected: float) -> None:
    """As vendors do who make all values texts."""
    assert number(value, "x") == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [("", "type"), ("1e3", "type"), ("1,5", "type"), ("٣", "type"), ("NaN", "type"), (None, "type"), (True, "type"),
     ([], "type"), ("9999999999", "range"), (float("nan"), "range"), (10**400, "range")],
)  # fmt: skip
def test_another_value_is_no_number(value: object, reason: str) -> None:
    """An exponent, a comma and digits of other scripts among them; the field is named."""
    with pytest.raises(RefusedError, match="charge") as refused:
        number(value, "charge")
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("value", "expected"), [(1, True), (-0.5, True), (True, False), (None, False), ("1", False), ([], False)]
)
def test_true_is_no_number(value: object, expected: bool) -> None:  # noqa: FBT001 - a value of the table
    """In JSON they are words of their own."""
    assert is_number(value) is expected


def test_a_number_outside_is_refused_by_its_name() -> None:
    """The borders are inside."""
    assert (within(0, 0, 1), within(1, 0, 1)) == (0.0, 1.0)
    with pytest.raises(RefusedError, match=r"uptime is 1\.5, not 0\.\.1") as refused:
        within(1.5, 0, 1, "uptime")
    assert refused.value.reason == "range"


@pytest.mark.parametrize("text", ["a b", "", "1a", "ä", "a" * 61, "a\n"])
def test_a_name_is_plain_or_refused(text: str) -> None:
    """Names of fields become sources, which people type."""
    assert plain_name("conduct_SOIL.1") == "conduct_SOIL.1"
    with pytest.raises(RefusedError, match="is not a plain name"):
        plain_name(text)


@pytest.mark.parametrize("text", ["A", "", "a b", "a" * 41, "a\n"])
def test_a_word_is_short_and_small_or_refused(text: str) -> None:
    """Words of our own dialect."""
    assert word("k3-a_b", "boot") == "k3-a_b"
    with pytest.raises(RefusedError, match="boot"):
        word(text, "boot")


def test_an_instant_is_written_as_it_is_read() -> None:
    """In UTC, to the microsecond."""
    at = datetime(2026, 5, 12, 6, 15, 20, 900_123, tzinfo=UTC)
    assert instant("2026-05-12T08:15:20.900123999+02:00") == at
    assert instant(stamp(at)) == at


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-05-12T08:15:20", "is not RFC 3339"),
        ("2026-02-30T00:00:00Z", "day"),
        ("1812-01-01T00:00:00Z", "the year 1812"),
    ],
)
def test_files_have_instants_of_our_times(text: str, says: str) -> None:
    """What dialects refuse is a ValueError for who reads files, with the same words."""
    with pytest.raises(ValueError, match=says):
        in_utc(text)
