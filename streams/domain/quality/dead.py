"""Dead counters and silent directions: zeros with a normal status, where many would have passed."""

from collections.abc import Iterator
from typing import Final

from streams.domain.quality.neighbours import meanwhile, other_directions
from streams.domain.quality.series import QualityRun
from streams.domain.quality.setting import Member, SeriesSetting
from streams.domain.quality.silence import HeavySilence, heavy_silences, run, since

RULE: Final = "dead-1"


def dead(member: Member, setting: SeriesSetting) -> Iterator[QualityRun]:
    """Find the zeros of a channel that a working counter would not have given, by its own past and its neighbours.

    A direction that falls silent beside another one is found in the same way; the evidence has what the other counted.
    """
    if member.limits.dead_surprise:
        for heavy in heavy_silences(member, setting, listen=meanwhile, also=lambda _: False):
            yield run(member, heavy.silence, "dead", RULE, _evidence(member, setting, heavy))


def _evidence(member: Member, setting: SeriesSetting, heavy: HeavySilence) -> dict[str, object]:
    silence, usual = heavy.silence, heavy.usual
    others = other_directions(member, setting, int(member.at[silence.first]), int(member.at[silence.last]))
    return since(member, silence, setting) | {
        "expected": round(heavy.weight.expected, 1),
        "usual_day": round(float(usual.weeks.sum()) / 7, 1) if usual else None,
        "burstiness": round(usual.burstiness, 2) if usual else None,
        "surprise": round(heavy.weight.surprise, 1),
        "neighbours": {name: round(ratio, 3) for name, ratio in heavy.neighbours.places.items()},
        "other_directions": {name: round(passages, 1) for name, passages in others.items()},
    }
