"""Zeros in a row, and how much they say."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from streams.domain.quality.hours import WEEK
from streams.domain.quality.neighbours import BLOCK, BUSIEST, Neighbours, alone
from streams.domain.quality.series import (
    HOUR,
    OPEN,
    Marks,
    Numbers,
    QualityRun,
    ReadingSeries,
    instant,
    stretches,
    text,
)
from streams.domain.quality.setting import Member, SeriesSetting
from streams.domain.quality.thresholds import Thresholds
from streams.domain.quality.usual import Profile, most_usual, ordinary, profile

_SHORTEST: Final = 2 * HOUR
_SLIGHT: Final = 15.0
"""A silence in which fewer passages than this could be expected is not weighed at all."""


class Silence(NamedTuple):
    """Zeros in a row: the indices of the first and of the last reading, and whether a count has ended it."""

    first: int
    last: int
    ended: bool


class SilenceWeight(NamedTuple):
    """How much a silence says: passages expected, minus the logarithm of the chance of nobody, and hours measured."""

    expected: float
    surprise: float
    hours: float

    def heavy(self, longest: float, limits: Thresholds) -> bool:
        """Return whether it says enough: more than chance, than a road closed for a while, than silences before."""
        return (
            self.surprise >= limits.dead_surprise
            and self.hours >= limits.dead_hours
            and self.expected >= limits.dead_expected
            and self.expected >= limits.dead_silence * longest
        )


def weigh(expected: Numbers, burstiness: float, hours: float) -> SilenceWeight:
    """Weigh a silence by what was expected in each of its hours, of which so many were measured.

    Nobody passes with a chance of (1 + Λ/k)^-k, the negative binomial's, when Λ are expected: exp(-Λ) for a flow
    without bursts (large k), far more for a real one. 24 hours share a rate, the next have their own.
    """
    blocks = np.add.reduceat(expected, np.arange(0, len(expected), BLOCK))
    surprise = float(burstiness * np.log1p(blocks / burstiness).sum())
    return SilenceWeight(float(blocks.sum()), surprise, hours)


class HeavySilence(NamedTuple):
    """A silence that says enough, what was usual (None where nothing is known), and what the neighbours did."""

    silence: Silence
    weight: SilenceWeight
    usual: Profile | None
    neighbours: Neighbours


Listen: TypeAlias = Callable[[Member, SeriesSetting, int, int], Neighbours]
Also: TypeAlias = Callable[[Silence], bool]


def heavy_silences(member: Member, setting: SeriesSetting, *, listen: Listen, also: Also) -> Iterator[HeavySilence]:
    """Find the silences in which many passages were expected, or that count for other reasons (`also`).

    Expected is what is usual at these hours of the week by the own past, times how busy the neighbours were, which
    `listen` says. What is found is no past for what comes after.
    """
    rates = ordinary(member.hourly.rates, setting.grid)
    most = np.concatenate([[0.0], np.cumsum(most_usual(rates, setting.grid))])
    past: list[tuple[int, float]] = []
    for silence in silences(member.series, member.counts):
        begin, end = int(member.at[silence.first]), int(member.at[silence.last])
        if most[end + 1] - most[begin] < _SLIGHT and not also(silence):
            continue
        longest = max((one for at, one in past if at >= begin - member.limits.weeks * WEEK), default=0.0)
        usual, there = profile(rates, begin, member.limits), measured(member, silence)
        own, hours = _usual(member, setting, begin, usual, there), float(there.sum())
        burstiness = usual.burstiness if usual else member.limits.burstiest
        others, weight = alone(member, begin, end), weigh(own, burstiness, hours)
        if weigh(own * BUSIEST, burstiness, hours).heavy(longest, member.limits):
            others = listen(member, setting, begin, end)
            weight = weigh(own * others.scale, burstiness, hours)
        if weight.heavy(longest, member.limits) or also(silence):
            rates[begin : end + 1] = np.nan
            yield HeavySilence(silence, weight, usual, others)
        elif silence.ended:
            past.append((end, float(own.sum())))


def _usual(member: Member, setting: SeriesSetting, begin: int, usual: Profile | None, there: Numbers) -> Numbers:
    """Return what is usual in each hour of a silence, as far as it was measured; zeros where nothing is known."""
    if usual is None:
        return np.zeros(len(there))
    return usual.rates(np.arange(begin, begin + len(there)), setting.grid, member.limits) * there


def silences(series: ReadingSeries, there: Marks) -> Iterator[Silence]:
    """Find the zeros in a row that last two hours or longer; what was not measured neither ends nor makes one."""
    indices = np.flatnonzero(there)
    starts = series.starts[indices]
    for first, last in stretches(series.values[indices] == 0):
        if starts[last - 1] + series.seconds - starts[first] >= _SHORTEST:
            yield Silence(int(indices[first]), int(indices[last - 1]), last < len(indices))


def measured(member: Member, silence: Silence) -> Numbers:
    """Return how much of each hour of a silence was measured, 0 to 1, from its first hour to its last."""
    inside = slice(silence.first, silence.last + 1)
    hours = member.at[inside][member.counts[inside]] - member.at[silence.first]
    size = int(member.at[silence.last] - member.at[silence.first]) + 1
    return np.asarray(np.minimum(np.bincount(hours, minlength=size) * (member.series.seconds / HOUR), 1.0))


def run(member: Member, silence: Silence, flag: str, rule: str, evidence: dict[str, object]) -> QualityRun:
    """Return the run of a silence, from its first zero; open while nothing has been counted again."""
    series = member.series
    ended_at = instant(series.starts[silence.last] + series.seconds) if silence.ended else OPEN
    return QualityRun(series.datastream, flag, instant(series.starts[silence.first]), ended_at, rule, evidence)


def since(member: Member, silence: Silence, setting: SeriesSetting) -> dict[str, object]:
    """Return the evidence that every silence has: since when, how many hours measured as zero, known until when."""
    series = member.series
    zeros = int(member.counts[silence.first : silence.last + 1].sum())
    return {
        "since": text(series.starts[silence.first]),
        "zeros": zeros,
        "hours": round(zeros * series.seconds / HOUR, 2),
        "known_until": text(min(setting.as_of, series.starts[silence.last] + series.seconds)),
    }
