"""A cursor says where the next page starts, and only ours does."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.v1 import cursor

pytestmark = pytest.mark.pure

KEY = b"a key of the test"
INSTANT = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_a_cursor_is_read_back(instant: datetime) -> None:
    """To the microsecond."""
    assert cursor.read(cursor.write(instant, "q", KEY), "q", KEY) == instant


def test_a_changed_bit_is_refused() -> None:
    """Every character of it matters."""
    token = cursor.write(INSTANT, "q", KEY)
    for place, letter in enumerate(token[:-1]):
        forged = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        with pytest.raises(cursor.CursorRefusedError):
            cursor.read(forged, "q", KEY)


@pytest.mark.parametrize(("question", "key"), [("other", KEY), ("q", b"another key")])
def test_a_cursor_fits_its_own_question_only(question: str, key: bytes) -> None:
    """Neither another question nor another site's key."""
    with pytest.raises(cursor.CursorRefusedError):
        cursor.read(cursor.write(INSTANT, "q", KEY), question, key)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Nonsense is refused."""
    with pytest.raises(cursor.CursorRefusedError):
        cursor.read(text, "q", KEY)


@given(st.text(max_size=60))
def test_a_key_is_read_back_whatever_it_holds(place: str) -> None:
    """Dots and signs of other languages too."""
    assert cursor.unseal(cursor.seal(place, "q", KEY), "q", KEY) == place


def test_a_key_is_no_instant_of_another_question() -> None:
    """Sealed for one."""
    with pytest.raises(cursor.CursorRefusedError):
        cursor.unseal(cursor.seal("2026-05-12|site|brug", "q", KEY), "r", KEY)
