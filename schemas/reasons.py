"""The reasons why a value is withheld or incomplete: codes with parameters; their texts are in `locales`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import msgspec

Unit: TypeAlias = Literal["1", "%", "d", "wk", "km", "names", "halves", "choices", "period", "channels"]
"""The unit of a parameter: a count, percent, days, weeks or kilometres; names of links; halves of the year; groups of
quantities of which one each is needed; the kind of a period; channels that are not whole.

A channel is a mapping: its `mode` and `direction`, the `site` where several may be meant, the code of the reason `why`
it is not whole, and on how many `days` of a longer period.
"""


class Reason(msgspec.Struct, frozen=True):
    """One reason: a key of `REASONS`, and its parameters in the units that stand there.

    As JSON it is `{"code": ..., "parameters": {...}}`, which is what column `withheld` holds.
    """

    code: str
    parameters: dict[str, Any] = {}


def _of(**parameters: Unit) -> Mapping[str, Unit]:
    return MappingProxyType(parameters)


REASONS: Final[Mapping[str, Mapping[str, Unit]]] = MappingProxyType(
    {
        # Coverage.
        "coverage_below": _of(valid="%", needed="%"),
        "coverage_below_in_half": _of(halves="halves", needed="%"),
        "humidity_coverage_below": _of(valid="%", needed="%"),
        "coverage_below_of_channels": _of(valid="%", needed="%", missing="channels"),
        "channels_missing": _of(valid="1", channels="1", missing="channels"),
        "channels_incomplete": _of(missing="channels"),
        "implausible_value": _of(),
        "status_bad": _of(),
        "few_samples": _of(),
        "maintenance": _of(),
        "by_hand": _of(),
        "dead": _of(),
        "blind": _of(),
        "saturated": _of(),
        "sentinel": _of(),
        "stuck": _of(),
        "spike": _of(),
        "not_received": _of(),
        "no_valid_reading": _of(),
        "no_valid_day": _of(),
        "no_valid_day_on_links": _of(links="names"),
        "no_day_of_all_links": _of(),
        "no_whole_hour": _of(),
        "counted_with_hour_before": _of(),
        "outside_window": _of(),
        "modes_missing": _of(),
        # Nothing to divide by, or nothing to compare with.
        "nobody_counted": _of(),
        "nobody_counted_before": _of(),
        "no_links": _of(),
        "cyclists_or_air_unknown": _of(links="names"),
        "own_air_short": _of(near="km", length="km"),
        "no_common_day": _of(),
        "other_channels": _of(),
        "common_days_below": _of(needed="d"),
        "opened_recently": _of(),
        "cells_empty": _of(empty="1", cells="1"),
        "weekdays_empty": _of(empty="1"),
        "weeks_below": _of(needed="wk"),
        "references_below_two": _of(),
        "references_silent": _of(),
        "neighbours_silent": _of(days="d"),
        "neighbour_silent": _of(),
        "weekdays_silent": _of(),
        # Air.
        "official_value_missing": _of(),
        "kits_below": _of(needed="1"),
        "mean_not_positive": _of(),
        "pollutants_missing": _of(pollutants="choices"),
        "too_humid": _of(humidity="%"),
        "humid": _of(humidity="%"),
        # Not yet, or not any more.
        "not_over": _of(period="period"),
        "not_over_then": _of(),
        "not_known_then": _of(),
        "not_processed": _of(),
        "not_all_processed": _of(),
        # Published all the same, and from what.
        "kilometres_assumed": _of(assumed="km", length="km"),
    }
)
"""The catalogue: the parameters of each code, with their units. A code never changes its meaning."""


def reason(code: str, **parameters: object) -> Reason:
    """Return a reason of the catalogue; raise ValueError for an unknown code or other parameters than its own."""
    expected = REASONS.get(code)
    if expected is None:
        raise ValueError(f"unknown reason {code!r}; add it to REASONS and its words to locales")
    if parameters.keys() != expected.keys():
        raise ValueError(f"reason {code!r} has the parameters {sorted(expected)}, not {sorted(parameters)}")
    return Reason(code, parameters)
