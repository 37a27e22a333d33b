"""Conversion of mixing ratios (ppb, ppm) into mass concentrations, with fixed and versioned factors."""

from types import MappingProxyType
from typing import Final

from schemas.quantities import QUANTITIES

VERSION: Final = "gas-1"
"""The version of the factors."""

REPORTING: Final = 20
"""The temperature in °C at which concentrations are reported, at 101.325 kPa (Dir. 2008/50/EC says 293 K)."""

PER_PPB: Final = MappingProxyType(
    {
        20: MappingProxyType({"no2": 1.9125, "o3": 1.9953, "no": 1.2474, "so2": 2.6632, "co": 0.0011644}),
        25: MappingProxyType({"no2": 1.8804, "o3": 1.9619, "no": 1.2265, "so2": 2.6185, "co": 0.0011449}),
    }
)
"""The catalogue's unit per ppb, by temperature and gas: 12.1866 · M / (273.15 + °C) (domain handbook, units)."""

MOLAR_MASS: Final = MappingProxyType({"no2": 46.0055, "o3": 47.9982, "no": 30.0061, "so2": 64.0638, "co": 28.0101})
"""Molar masses in g/mol, from which the factors were computed."""

_SPELLINGS: Final = MappingProxyType(
    {
        "°C": "Cel", "C": "Cel", "degC": "Cel", "%RH": "%", "µg/m³": "ug/m3", "μg/m³": "ug/m3", "µg/m3": "ug/m3",
        "μg/m3": "ug/m3", "ug/m³": "ug/m3", "mg/m³": "mg/m3", "count": "1", "counts": "1", "#": "1",
    }
)  # fmt: skip
"""Other spellings of a unit, as makers write them; the sign for micro is two characters of Unicode."""
_PPB: Final = MappingProxyType({"ppb": 1, "ppm": 1000})
_MASS: Final = MappingProxyType({"ng/m3": 1e-9, "ug/m3": 1e-6, "mg/m3": 1e-3})


def spelled(unit: str) -> str:
    """Return a unit as the catalogue spells it, where it is one of the catalogue."""
    return _SPELLINGS.get(unit, unit)


def factor(quantity: str, unit: str, *, celsius: int = REPORTING) -> float:
    """Return the factor from a unit to the quantity's own; raise ValueError where there is none."""
    own = QUANTITIES[quantity].unit
    unit = spelled(unit)
    if unit in {"", own}:
        return 1.0
    if unit in _PPB and quantity in PER_PPB[celsius]:
        return PER_PPB[celsius][quantity] * _PPB[unit]
    if unit in _MASS and own in _MASS:
        return _MASS[unit] / _MASS[own]
    raise ValueError(f"{quantity} in {unit!r} cannot be turned into {own}; send it in {_known(quantity)}")


def _known(quantity: str) -> str:
    own = QUANTITIES[quantity].unit
    gas = (*_PPB,) if quantity in PER_PPB[REPORTING] else ()
    return ", ".join((own, *gas, *(unit for unit in _MASS if own in _MASS and unit != own)))
