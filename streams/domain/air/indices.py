"""An index of air quality from the means of its pollutants, by the tables of `schemas.air_indices`."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.air_indices import Scheme
from schemas.reasons import Reason, reason
from streams.domain.coverage import enough, too_little


class Index(NamedTuple):
    """One value with its level, or why it is withheld; `valid` of `expected` pollutants, its basis, and their flags."""

    value: int | None
    level: str | None
    withheld: Reason | None
    valid: int
    expected: int
    basis: dict[str, Any]
    quality_flags: int = 0


def sub_index(scheme: Scheme, pollutant: str, value: float) -> int:
    """Return the number of bounds that a value reaches; a negative value is in the first band, as zero is."""
    reached = bisect_right if scheme.bound == "upper" else bisect_left
    return max(1, reached(scheme.bands[pollutant], value))


def index(scheme: Scheme, means: Mapping[str, float | None], environment: str) -> Index:
    """Compute the index of one hour from the means of the pollutants that a station measures, None for missing ones."""
    pollutants = [name for name in scheme.bands if name in means]
    subs = {name: sub_index(scheme, name, value) for name in pollutants if (value := means[name]) is not None}
    withheld = _why_not(scheme, subs, len(pollutants), environment)
    raised = _raised(scheme, [*subs.values()])
    value = min(max(subs.values()) + raised, len(scheme.levels)) if withheld is None else None
    level = scheme.levels[value - 1] if value is not None else None
    return Index(value, level, withheld, len(subs), len(pollutants), _basis(scheme, subs, pollutants, raised=raised))


def _why_not(scheme: Scheme, subs: Mapping[str, int], pollutants: int, environment: str) -> Reason | None:
    absent = [group for group in scheme.needs.get(environment, ()) if not subs.keys() & set(group)]
    if absent:
        return reason("pollutants_missing", pollutants=[list(group) for group in absent])
    return None if enough(len(subs), pollutants) else too_little(len(subs), pollutants)


def _raised(scheme: Scheme, subs: list[int]) -> bool:
    """Return whether as many sub-indices as `raised_from` are all equal, which makes the index one higher."""
    return scheme.raised_from is not None and len(subs) >= scheme.raised_from and len(set(subs)) == 1


def _basis(scheme: Scheme, subs: Mapping[str, int], pollutants: list[str], *, raised: bool) -> dict[str, Any]:
    highest = max(subs.values(), default=None)
    return {
        "sub_indices": dict(subs),
        "worst": [name for name, value in subs.items() if value == highest],
        "missing": [name for name in pollutants if name not in subs],
        "particulate": scheme.particulate,
        "raised": raised,
        "raised_from": scheme.raised_from,
    }
