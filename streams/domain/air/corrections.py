"""Corrections of low-cost particulate sensors: a value beside the measured one, never over it."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Final, NamedTuple

from schemas.reasons import Reason, reason

KAPPA: Final = 0.4
"""The hygroscopicity κ where the registry has none; it depends on the site, this is a common value."""

HUMID, WET = 85.0, 95.0
"""Relative humidity in %: above HUMID a correction for swelling is uncertain, from WET on there is none."""

FEWEST_KITS: Final = 3
"""The number of kits of a region that must have a value before their mean is used."""

_BULK_DENSITY: Final = 1.65


def barkjohn(pm25: float, humidity: float) -> float:
    """Correct PM2.5 of a Plantower sensor by its own raw humidity in % (Barkjohn et al., US EPA 2021), not below 0."""
    return max(0.0, _barkjohn(pm25, humidity))


def _barkjohn(x: float, humidity: float) -> float:
    wet = 5.75 - 0.0862 * humidity
    if x < 30:  # noqa: PLR2004 - the knots of the published formula
        return 0.524 * x + wet
    if x < 50:  # noqa: PLR2004
        w = x / 20 - 1.5
        return (0.786 * w + 0.524 * (1 - w)) * x + wet
    if x < 210:  # noqa: PLR2004
        return 0.786 * x + wet
    w = min(1.0, x / 50 - 4.2)
    return (0.69 * w + 0.786 * (1 - w)) * x + wet * (1 - w) + (2.966 + 8.84e-4 * x**2) * w


def swelling(humidity: float, kappa: float = KAPPA) -> float:
    """Return the factor by which particles seem too heavy at a relative humidity in % (κ-Köhler)."""
    activity = humidity / 100
    return 1 + kappa / _BULK_DENSITY * activity / (1 - activity)


def koehler(pm: float, humidity: float, kappa: float = KAPPA) -> float | None:
    """Return the dry mass of particulate matter, None from WET on."""
    return None if humidity >= WET else pm / swelling(humidity, kappa)


class Calibration(NamedTuple):
    """The factor for the kits of a region in one hour, or why there is none, and its basis."""

    factor: float | None
    withheld: Reason | None
    reference: float | None
    group: float | None
    kits: int


def calibration(references: Sequence[float | None], kits: Mapping[str, float | None]) -> Calibration:
    """Divide the mean of the official stations of a region by the mean of its kits (RIVM, Samen Meten).

    Kits with the value None are left out: not received, excluded, or saturated.
    """
    official = [value for value in references if value is not None]
    group = [value for value in kits.values() if value is not None]
    reference, mean = (fmean(values) if values else None for values in (official, group))
    withheld = _why_not(reference, mean, len(group))
    factor = reference / mean if withheld is None and reference is not None and mean else None
    return Calibration(factor, withheld, reference, mean, len(group))


def _why_not(reference: float | None, mean: float | None, kits: int) -> Reason | None:
    if reference is None:
        return reason("official_value_missing")
    if mean is None or kits < FEWEST_KITS:
        return reason("kits_below", needed=FEWEST_KITS)
    if reference <= 0 or mean <= 0:
        return reason("mean_not_positive")
    return None
