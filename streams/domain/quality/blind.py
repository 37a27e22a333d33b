"""Blind cameras: all modes zero, or only counts without a mode, in hours in which the camera can measure."""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from streams.domain.quality.hours import hourly
from streams.domain.quality.neighbours import Neighbours
from streams.domain.quality.series import HOUR, Numbers, QualityRun
from streams.domain.quality.setting import Member, SeriesSetting
from streams.domain.quality.silence import Silence, heavy_silences, run, since

RULE: Final = "blind-1"
_MODES: Final = 2


def blind(setting: SeriesSetting) -> Iterator[QualityRun]:
    """Find runs in which the modes of a camera were all zero; each of its modes gets the run.

    Like a dead counter, by what is usual of all modes together; or, without a past to compare with, because the
    camera counted much that it could not name over many hours. Hours outside of its measuring window are not valid,
    and end nothing.
    """
    cameras = sorted({member.series.camera for member in setting.members if member.series.camera})
    for camera in cameras:
        modes = [member for member in setting.members if member.series.camera == camera]
        if len({member.series.quantity for member in modes}) >= _MODES:
            yield from _of(modes, _together(modes, setting), setting)


def _of(modes: list[Member], camera: Member, setting: SeriesSetting) -> Iterator[QualityRun]:
    def also(silence: Silence) -> bool:
        long = _hours(camera, silence) >= camera.limits.blind_hours
        return long and _unclassified(camera, silence) >= camera.limits.dead_expected

    for heavy in heavy_silences(camera, setting, listen=_nobody, also=also):
        evidence = since(camera, heavy.silence, setting) | {
            "expected": round(heavy.weight.expected, 1),
            "surprise": round(heavy.weight.surprise, 1),
            "unclassified": round(_unclassified(camera, heavy.silence), 1),
            "modes": sorted({member.series.quantity for member in modes}),
        }
        found = run(camera, heavy.silence, "blind", RULE, evidence)
        yield from (found._replace(datastream=mode.series.datastream) for mode in modes)


def _together(modes: list[Member], setting: SeriesSetting) -> Member:
    """Return the modes of a camera as one series, valid where each of them is."""
    starts = modes[0].series.starts
    for mode in modes[1:]:
        starts = np.intersect1d(starts, mode.series.starts)
    places = [np.searchsorted(mode.series.starts, starts) for mode in modes]
    values = np.sum([mode.series.values[at] for mode, at in zip(modes, places, strict=True)], axis=0)
    valid = np.all([mode.counts[at] for mode, at in zip(modes, places, strict=True)], axis=0)
    unclassified = _first(
        mode.series.unclassified[at]
        for mode, at in zip(modes, places, strict=True)
        if mode.series.unclassified is not None
    )
    series = modes[0].series._replace(
        starts=starts, values=values, valid=valid, unclassified=unclassified, uptime=None, delay=None
    )
    at = modes[0].at[places[0]]
    return Member(series, modes[0].limits, at, valid, hourly(series, at, setting.grid))


def _first(arrays: Iterable[Numbers]) -> Numbers | None:
    return next(iter(arrays), None)


def _nobody(member: Member, setting: SeriesSetting, begin: int, end: int) -> Neighbours:  # noqa: ARG001 - one shape for all who listen
    """Listen to nobody: traffic of all modes together stops nowhere."""
    return Neighbours(np.ones(end - begin + 1), {})


def _hours(camera: Member, silence: Silence) -> float:
    return float(camera.counts[silence.first : silence.last + 1].sum()) * camera.series.seconds / HOUR


def _unclassified(camera: Member, silence: Silence) -> float:
    unclassified = camera.series.unclassified
    if unclassified is None:
        return 0.0
    inside = slice(silence.first, silence.last + 1)
    return float(np.nansum(np.where(camera.counts[inside], unclassified[inside], 0.0)))
