"""The tables of the indices and the numbers of the gases, against the domain handbook."""

import pytest

from schemas.air_indices import POLLUTANTS, SCHEMES, Scheme
from schemas.quantities import QUANTITIES
from schemas.units import MOLAR_MASS, PER_PPB, VERSION, factor

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_a_table_is_whole(scheme: Scheme) -> None:
    """As many bands as words for every pollutant, rising from zero; what a station needs is in the table."""
    for bounds in scheme.bands.values():
        assert bounds[0] == 0
        assert list(bounds) == sorted(set(bounds))
        assert len(bounds) == len(scheme.levels)
    assert {name for groups in scheme.needs.values() for group in groups for name in group} <= set(scheme.bands)
    assert set(scheme.bands) <= set(QUANTITIES)


def test_rivm_2014_0050_words() -> None:
    """1-3 good, 4-6 moderate, 7-8 insufficient, 9-10 bad, 11 very bad."""
    words = SCHEMES["lki-2014"].levels
    assert [words[value - 1] for value in (3, 4, 6, 7, 8, 9, 10, 11)] == [
        "good", "moderate", "moderate", "insufficient", "insufficient", "poor", "poor", "very_poor",
    ]  # fmt: skip


def test_pollutants_are_those_of_all_tables() -> None:
    """Each once."""
    assert sorted(POLLUTANTS) == ["no2", "o3", "pm10", "pm25", "so2"]


@pytest.mark.parametrize("celsius", [20, 25])
def test_dir_2008_50_gas_constants(celsius: int) -> None:
    """The pinned numbers are those of 101.325 kPa to four decimals; 12.187 would miss the fourth."""
    for gas, mass in MOLAR_MASS.items():
        scale = 1000 if gas == "co" else 1
        worked_out = round(12.1866 * mass / (273.15 + celsius), 4) / scale
        assert PER_PPB[celsius][gas] == pytest.approx(worked_out, abs=1e-9)
    assert VERSION == "gas-1"


def test_domain_handbook_50_ppb_no2() -> None:
    """50 ppb of NO2 are 95.625 µg/m³ at 20 °C; a ppm is a thousand ppb; CO goes to mg/m³."""
    assert 50 * factor("no2", "ppb") == pytest.approx(95.625, abs=1e-9)
    assert 0.05 * factor("no2", "ppm") == pytest.approx(95.625, abs=1e-9)
    assert 50 * factor("no2", "ppb", celsius=25) == pytest.approx(94.02, abs=1e-9)
    assert factor("co", "ppm") == pytest.approx(1.1644)


def test_a_value_in_its_own_unit_stays() -> None:
    """So does one whose unit nobody states; another mass unit is a power of ten."""
    assert factor("no2", "") == factor("no2", "ug/m3") == factor("temperature", "Cel") == 1
    assert factor("co", "ug/m3") == pytest.approx(0.001)
    assert factor("pm25", "mg/m3") == pytest.approx(1000)


@pytest.mark.parametrize(("quantity", "unit"), [("pm25", "ppb"), ("no2", "K"), ("temperature", "mg/m3")])
def test_an_impossible_unit_is_refused_with_what_is_possible(quantity: str, unit: str) -> None:
    """Particles have no mixing ratio, a temperature no mass."""
    with pytest.raises(ValueError, match=r"cannot be turned into .*; send it in "):
        factor(quantity, unit)
