"""LKI and European AQI: the vectors of the domain handbook, named after their source."""

import msgspec
import pytest

from schemas.air_indices import SCHEMES
from schemas.reasons import Reason, reason
from streams.domain.air.indices import index, sub_index

pytestmark = pytest.mark.pure

LKI, EAQI_2024, EAQI_2017 = (SCHEMES[name] for name in ("lki-2014", "eaqi-2024", "eaqi-2017"))
ORDER = ("no2", "o3", "pm10", "pm25")


def means(*values: float | None) -> dict[str, float | None]:
    """Name NO2, O3, PM10 and PM2.5."""
    return dict(zip(ORDER, values, strict=True))


@pytest.mark.parametrize(
    ("values", "subs", "value"),
    [
        ((15, 35, 4, 45), (2, 3, 1, 6), 6),
        ((30, 20, 30, 40), (4, 2, 4, 6), 6),
        ((100, 58, 101, 99), (8, 4, 8, 9), 9),
        ((201, 201, 101, 110), (11, 10, 8, 10), 11),
        ((1, 0, 0, 2), (1, 1, 1, 1), 2),
        ((10, 20, 11, 12), (2, 2, 2, 2), 3),
        ((30, 41, 33, 25), (4, 4, 4, 4), 5),
        ((10, None, 4, 25), (2, None, 1, 4), 4),
    ],
)
def test_rivm_2014_0050_lki(values: tuple[float | None, ...], subs: tuple[int | None, ...], value: int) -> None:
    """The highest sub-index, and one more where all are equal."""
    found = index(LKI, means(*values), "background")
    assert found.value == value
    assert found.basis["sub_indices"] == {name: sub for name, sub in zip(ORDER, subs, strict=True) if sub is not None}


@pytest.mark.parametrize(
    ("pollutant", "value", "sub"),
    [
        ("pm25", 101, 10), ("pm10", 10, 2), ("no2", 9.999, 1), ("no2", 120, 8), ("no2", 200, 11), ("o3", 90, 6),
    ],
)  # fmt: skip
def test_rivm_2014_0050_single(pollutant: str, value: float, sub: int) -> None:
    """One pollutant alone agrees with nobody: it is not raised."""
    found = index(LKI, {pollutant: value}, "background")
    assert (sub_index(LKI, pollutant, value), found.value, found.basis["raised"]) == (sub, sub, False)


def test_lki_of_two_equal_pollutants_is_raised() -> None:
    """PM10 34 and PM2.5 29 are 4 in one published test set and 5 in another: by our rule 5, stamped, configurable."""
    two = {"pm10": 34.0, "pm25": 29.0}
    assert index(LKI, two, "traffic").value == 5
    assert index(LKI, two, "traffic").basis["raised"] is True
    assert index(msgspec.structs.replace(LKI, raised_from=3), two, "traffic").value == 4
    assert index(msgspec.structs.replace(LKI, raised_from=None), two, "traffic").value == 4


def test_lki_is_11_at_most() -> None:
    """Also where all sub-indices are 11."""
    found = index(LKI, means(200, 240, 200, 140), "background")
    assert (found.value, found.level) == (11, "very_poor")


@pytest.mark.parametrize(
    ("values", "subs", "newer", "older", "lki"),
    [
        ((28, 55, 22, 12), (3, 1, 2, 2), 3, 2, 4),
        ((60, 99, 44.9, 14.9), (4, 2, 2, 2), 4, 3, None),
        ((15, 30, 46, 51), (2, 1, 3, 4), 4, 5, None),
        ((5, 59, 14, 4.9), (1, 1, 1, 1), 1, 2, None),
    ],
)
def test_etc_he_2024_17_eaqi(
    values: tuple[float, ...], subs: tuple[int, ...], newer: int, older: int, lki: int | None
) -> None:
    """The worst pollutant in both tables, and never one more."""
    found = index(EAQI_2024, means(*values), "background")
    assert (found.value, tuple(found.basis["sub_indices"].values())) == (newer, subs)
    assert index(EAQI_2017, means(*values), "background").value == older
    assert lki is None or index(LKI, means(*values), "background").value == lki


def test_a_bound_belongs_to_one_band_by_the_table() -> None:
    """NO2 of 60 is the beginning of band 4, or the end of band 3: then 3 overall. Zero is band 1 either way."""
    lower = msgspec.structs.replace(EAQI_2024, bound="lower")
    assert index(EAQI_2024, means(60, 99, 44.9, 14.9), "background").value == 4
    assert index(lower, means(60, 99, 44.9, 14.9), "background").value == 3
    assert sub_index(lower, "no2", 0) == sub_index(EAQI_2024, "no2", 0) == 1


def test_noise_below_zero_counts_as_zero() -> None:
    """PM2.5 down to -15.8 was recorded."""
    assert sub_index(LKI, "pm25", -15.8) == sub_index(EAQI_2024, "pm25", -15.8) == 1


@pytest.mark.parametrize(
    ("environment", "known", "withheld"),
    [
        ("traffic", {"no2": 20, "pm10": 20}, None),
        ("traffic", {"no2": 20, "pm25": 20}, None),
        ("traffic", {"pm25": 20, "o3": 50}, reason("pollutants_missing", pollutants=[["no2"]])),
        ("traffic", {"no2": 20}, reason("pollutants_missing", pollutants=[["pm25", "pm10"]])),
        ("background", {"no2": 20, "o3": 50, "pm10": 20}, None),
        ("background", {"no2": 20, "pm10": 20}, reason("pollutants_missing", pollutants=[["o3"]])),
        (
            "background",
            {"no2": 20, "o3": None, "pm10": 20, "pm25": 9},
            reason("pollutants_missing", pollutants=[["o3"]]),
        ),
        ("background", {"pm25": 9}, reason("pollutants_missing", pollutants=[["no2"], ["o3"]])),
    ],
)
def test_eea_station_rule(environment: str, known: dict[str, float | None], withheld: Reason | None) -> None:
    """Traffic stations need NO2 and PM, background stations O3 as well; the LKI needs nothing in particular."""
    found = index(EAQI_2024, known, environment)
    assert (found.withheld, found.value is None) == (withheld, withheld is not None)
    assert index(LKI, known, environment).value is not None


def test_an_index_of_half_of_its_pollutants_is_withheld() -> None:
    """The highest of a few may be too low: three of four will do, two of four will not."""
    found = index(LKI, means(10, None, None, 25), "background")
    assert (found.value, found.level) == (None, None)
    assert found.withheld == reason("coverage_below", valid=50, needed=75)
    assert (found.valid, found.expected, found.basis["missing"]) == (2, 4, ["o3", "pm10"])


def test_a_value_says_what_it_rests_on() -> None:
    """The worst pollutants, how particulate matter was averaged, and whether it was raised."""
    found = index(EAQI_2017, means(45, 55, 41, 12), "background")
    assert found.level == "moderate"
    assert found.basis == {
        "sub_indices": {"no2": 2, "o3": 2, "pm10": 3, "pm25": 2},
        "worst": ["pm10"],
        "missing": [],
        "particulate": "day",
        "raised": False,
        "raised_from": None,
    }
