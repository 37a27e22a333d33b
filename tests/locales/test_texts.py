"""Words of a locale with their parameters, as readers of that language write them."""

import pytest

from locales import DEFAULT, LOCALES, texts

pytestmark = pytest.mark.pure


def test_numbers_are_written_by_locale() -> None:
    """A comma or a point between kilometres and their tenths."""
    requested = {"near": 2.4, "length": 1012.06}
    assert texts("nl")("reason.own_air_short", **requested) == "eigen lucht op 2,4 van 1.012,1 km"
    assert texts("en")("reason.own_air_short", **requested) == "air of its own on 2.4 of 1,012.1 km"


def test_whole_numbers_stay_whole() -> None:
    """Counts and percentages."""
    requested = {"valid": 44, "needed": 75}
    assert texts("nl")("reason.coverage_below", **requested) == "dekking onder 75 %"
    assert texts("en")("reason.coverage_below", **requested) == "coverage below 75 %"


@pytest.mark.parametrize(
    ("requested", "dutch", "english"),
    [
        ([["no2"]], "NO₂", "NO₂"),
        ([["pm25", "pm10"]], "PM2,5 of PM10", "PM2.5 or PM10"),
        ([["no2"], ["o3"], ["pm25", "pm10"]], "NO₂ en O₃ en PM2,5 of PM10", "NO₂ and O₃ and PM2.5 or PM10"),
    ],
)
def test_groups_are_joined_by_and_their_members_by_or(requested: list[list[str]], dutch: str, english: str) -> None:
    """What an index lacks: one of each group."""
    assert texts("nl")("reason.pollutants_missing", pollutants=requested) == f"niet te berekenen zonder {dutch}"
    assert texts("en")("reason.pollutants_missing", pollutants=requested) == f"cannot be computed without {english}"


def test_codes_become_words_and_names_stay() -> None:
    """Halves of the year and periods are ours, links are the owner's."""
    words = texts("nl")
    requested = {"halves": ["summer", "winter"], "needed": 75}
    assert words("reason.coverage_below_in_half", **requested) == "dekking onder 75 % in zomer en winter"
    assert words("reason.not_over", period="day") == "de dag is nog niet voorbij"
    assert words("reason.no_valid_day_on_links", links=["schakel 1", "schakel 2"]).endswith("op schakel 1, schakel 2")


def test_dutch_is_the_default() -> None:
    """Of the public face."""
    assert (DEFAULT, LOCALES, texts().locale) == ("nl", ("nl", "en"), "nl")


def test_what_is_not_there_is_an_error() -> None:
    """A locale, a key, a parameter."""
    with pytest.raises(ValueError, match="no texts in 'fy'"):
        texts("fy")
    with pytest.raises(KeyError):
        texts()("reason.unheard_of")
    with pytest.raises(KeyError):
        texts()("reason.coverage_below", valid=1)
