"""Numbers with units as Grafana writes them, with the separators of a language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboards.preview.sheet_language import SheetLanguage, of_tags
from dashboards.preview.units import brief, digits, instant, written

pytestmark = pytest.mark.pure

DUTCH = SheetLanguage("nl", ZoneInfo("Europe/Amsterdam"))
ENGLISH = SheetLanguage("en", ZoneInfo("Europe/Amsterdam"))


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (0.332, "percentunit", None, "33,2%"),
        (1.0, "percentunit", None, "100%"),
        (0.0587, "percentunit", None, "5,87%"),
        (0.5, "percentunit", 1, "50,0%"),
        (43.25, "percent", None, "43,3%"),
        (3_670_123, "short", None, "3,67 Mil"),
        (1_234, "short", None, "1,23 K"),
        (999, "short", None, "999"),
        (1_000, "short", None, "1 K"),
        (3_670_123, "locale", None, "3.670.123"),
        (1_234.5, "locale", None, "1.235"),
        (1_234.5, "locale", 1, "1.234,5"),
        (2.4, "lengthkm", None, "2,40 km"),
        (0.35, "lengthkm", None, "350 m"),
        (1_200, "lengthm", None, "1,20 km"),
        (12.34, "conμgm3", None, "12,3 μg/m³"),
        (900, "s", None, "15 min"),
        (7_200, "s", None, "2 uur"),
        (0, "s", None, "0 sec"),
        (259_200, "s", None, "3 dagen"),
        (250, "ms", None, "250 ms"),
        (400, "suffix: fietsers", None, "400 fietsers"),
        (400, "suffix:x", None, "400x"),
        (4, "prefix:€ ", None, "€ 4"),
        (4, "widgets", None, "4 widgets"),
        (-3.25, "", None, "\u22123,25"),
        (-0.001, "", 1, "0,0"),
        (float("inf"), "short", None, "inf"),
    ],
)
def test_numbers_are_written_as_grafana_does(value: float, unit: str, decimals: int | None, text: str) -> None:
    """Three digits where nothing is said of decimals, and the comma of Dutch."""
    assert written(value, unit, decimals, DUTCH) == text


def test_english_has_its_own_separators() -> None:
    """And its own words of time."""
    assert written(3_670_123, "locale", None, ENGLISH) == "3,670,123"
    assert written(0.332, "percentunit", None, ENGLISH) == "33.2%"
    assert written(7_200, "s", None, ENGLISH) == "2 hours"


@pytest.mark.parametrize(("value", "count"), [(0, 0), (12, 0), (1.234, 2), (12.34, 1), (123.4, 0), (0.0123, 4)])
def test_a_number_has_three_digits(value: float, count: int) -> None:
    """A whole one has no decimals."""
    assert digits(value) == count


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0, "short", "0"), (2_500, "short", "2,5 K"), (0.125, "percentunit", "12,5%"), (1_500, "locale", "1.500")],
)
def test_an_axis_has_no_more_decimals_than_it_needs(value: float, unit: str, text: str) -> None:
    """Zeros behind the comma are left out, those before it are not."""
    assert brief(value, unit, DUTCH) == text


def test_instants_are_local() -> None:
    """As ISO, or as the language has them."""
    at = datetime(2026, 10, 27, 9, 7, tzinfo=UTC)
    assert instant(at, "dateTimeAsIso", DUTCH) == "2026-10-27 10:07:00"
    assert instant(at, "dateTimeAsLocal", DUTCH) == "27 oktober 2026 10:07"
    assert instant(at, "dateTimeAsLocal", ENGLISH) == "27 October 2026 10:07"
    assert written(at.timestamp() * 1000, "dateTimeAsIso", None, DUTCH) == "2026-10-27 10:07:00"


def test_the_language_is_that_of_the_tag() -> None:
    """Dutch where there is none, or one that we do not have."""
    zone = ZoneInfo("UTC")
    tags: list[list[str]] = [["doorfiets", "taal:en"], ["taal:nl"], [], ["taal:fy"]]
    assert [of_tags(one, zone).locale for one in tags] == ["en", "nl", "nl", "nl"]
