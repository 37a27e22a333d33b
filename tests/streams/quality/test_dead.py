"""Dead counters, by what was to be expected: of their own past, of their neighbours, on holidays and in snow."""

from datetime import timedelta
from math import exp, log

import numpy as np
import pytest

from streams.domain.quality import OPEN, LocalCalendar, SeriesSet, runs
from streams.domain.quality.silence import weigh
from tests.streams.quality.made import AMSTERDAM, CALENDAR, MONDAY, counts, end, found, on, put

pytestmark = pytest.mark.pure

DAY = 24
WEEKS = 6
DIES = WEEKS * 7 * DAY + 12
"""Noon of the Monday after six weeks."""


def test_a_chance_of_silence_by_hand() -> None:
    """Λ = 20: exp(-20) without bursts (2.06e-9), 1/1296 where days are as bursty as k = 4, (1 + 20/4)^-4.

    Two days of ten each have their own rates: twice (1 + 10/4)^-4.
    """
    assert exp(-weigh(np.full(20, 1.0), 1e9, 20).surprise) == pytest.approx(2.06e-9, rel=1e-2)
    assert exp(-weigh(np.full(20, 1.0), 4.0, 20).surprise) == pytest.approx(1 / 1296)
    two = weigh(np.concatenate([np.full(24, 10 / 24), np.full(24, 10 / 24)]), 4.0, 48)
    assert two.expected == pytest.approx(20)
    assert two.surprise == pytest.approx(8 * log(3.5))


def test_a_dead_counter_is_found_whole_from_its_first_zero() -> None:
    """It died on Monday at noon; on Wednesday at noon it is known, with what was to be expected: about 980 passages."""
    dead = put(counts(WEEKS + 1), DIES, 0.0, 200)
    alive = counts(WEEKS + 1, seed=2, place="vaart", datastream=2)
    as_of = MONDAY + timedelta(hours=DIES + 48)
    (run,) = runs(SeriesSet((dead,), (alive,)), CALENDAR, {}, as_of)
    assert (run.flag, run.rule, run.started_at, run.ended_at) == (
        "dead",
        "dead-1",
        MONDAY + timedelta(hours=DIES),
        OPEN,
    )
    assert run.evidence["hours"] == 48.0
    assert run.evidence["known_until"] == as_of.isoformat().replace("+00:00", "Z")
    assert 700 < run.evidence["expected"] < 1300  # type: ignore[operator]
    assert run.evidence["neighbours"] == {"vaart": pytest.approx(1, abs=0.3)}


def test_a_counter_that_counts_again_ends_the_run() -> None:
    """After a week it is repaired; a gap in between ends nothing."""
    dead = put(counts(WEEKS + 3), DIES, 0.0, 168)
    dead = dead._replace(valid=dead.valid & (np.arange(len(dead.values)) // DAY != DIES // DAY + 2))
    (run,) = found(dead)
    assert run.started_at == MONDAY + timedelta(hours=DIES)
    assert run.ended_at == MONDAY + timedelta(hours=int(np.flatnonzero(dead.values[DIES:])[0]) + DIES)


def test_a_direction_that_fell_silent_is_told_beside_the_other() -> None:
    """They hang on one device, and only one of them gives zeros."""
    silent = put(counts(WEEKS + 1), DIES, 0.0, 200)._replace(direction="in")
    other = counts(WEEKS + 1, seed=2, datastream=2)._replace(direction="out")
    (run,) = found(silent, other)
    assert run.datastream == 1
    assert run.evidence["other_directions"] == {"out": float(other.values[DIES:].sum())}


def test_the_night_is_no_death() -> None:
    """Nobody comes from 0 to 5 h, nor in the nights of a path of three passages a day."""
    assert found(counts(10)) == []
    assert found(counts(10, level=0.006)) == []


def test_a_road_that_is_closed_for_a_morning_is_no_death() -> None:
    """Twelve measured hours of zeros are the least, however many are expected in an hour."""
    closed = put(counts(WEEKS + 1, level=10), DIES - 6, 0.0, 8)
    assert found(closed) == []
    assert [one.flag for one in found(put(closed, DIES - 6, 0.0, 13))] == ["dead"]


def test_a_silence_must_outweigh_those_that_the_channel_had_before() -> None:
    """A week ago nobody came from 6 to 16 h, and then somebody did: a day without anyone says too little here."""
    dead = put(counts(WEEKS + 1), DIES, 0.0, 200)
    used_to_it = put(dead, DIES - 6 * DAY - 6, 0.0, 11)
    as_of = MONDAY + timedelta(hours=DIES + 24)
    assert [one.flag for one in runs(SeriesSet((dead,)), CALENDAR, {}, as_of)] == ["dead"]
    assert runs(SeriesSet((used_to_it,)), CALENDAR, {}, as_of) == []
    assert [one.flag for one in runs(SeriesSet((used_to_it,)), CALENDAR, {}, as_of + timedelta(days=2))] == ["dead"]


def test_in_snow_nobody_is_dead() -> None:
    """For two days the neighbours count a hundredth, and this one nothing."""
    quiet = put(counts(WEEKS + 1), DIES - 12, 0.0, 48)
    near = tuple(counts(WEEKS + 1, seed=seed, place=f"site {seed}", datastream=seed) for seed in (2, 3, 4))
    snow = tuple(put(one, DIES - 12, np.round(one.values[DIES - 12 : DIES + 36] / 100)) for one in near)
    assert [one.flag for one in found(quiet, near=near)] == ["dead"]
    assert found(quiet, near=snow) == []


def test_where_all_places_are_silent_it_takes_longer() -> None:
    """A single day without anyone anywhere is snow; a week is a fault that all have in common."""
    for days, flags in ((1, set()), (7, {"dead"})):
        places = tuple(
            put(
                counts(WEEKS + 1, seed=seed, place=f"site {seed}", datastream=seed),
                DIES - 12,
                0.0,
                days * DAY,
            )
            for seed in (1, 2, 3)
        )
        assert {one.flag for one in found(*places)} == flags


def test_holidays_are_known() -> None:
    """Where a holiday has half of a Sunday, nobody on such a day says less than nobody on a Monday; works say all."""
    silent = put(counts(WEEKS + 1, level=0.15), DIES - 12, 0.0, 24)
    monday = (MONDAY + timedelta(weeks=WEEKS)).date()
    assert [one.flag for one in found(put(silent, DIES - 12, 0.0, 60))] == ["dead"]
    closed = LocalCalendar(AMSTERDAM, works=on(*(monday + timedelta(days=day) for day in range(-1, 4))))
    assert found(put(silent, DIES - 12, 0.0, 60), calendar=closed) == []
    holiday = LocalCalendar(AMSTERDAM, holidays=on(monday, monday + timedelta(days=1), monday + timedelta(days=2)))
    assert found(put(silent, DIES - 12, 0.0, 48), calendar=holiday) == []


def test_a_channel_that_never_counted_is_not_dead() -> None:
    """Nothing tells what was to be expected."""
    assert found(put(counts(4), 0, 0.0, 4 * 168), counts(4, seed=2, datastream=2)) == []


def test_a_site_has_thresholds_of_its_own() -> None:
    """Where the owner asks for more, a death is found later; a name that is no threshold is refused."""
    dead = put(counts(WEEKS + 1), DIES, 0.0, 200)
    as_of = MONDAY + timedelta(hours=DIES + 48)
    assert runs(SeriesSet((dead,)), CALENDAR, {"kolk": {"dead_expected": 5000.0}}, as_of) == []
    assert len(runs(SeriesSet((dead,)), CALENDAR, {"elsewhere": {"dead_expected": 5000.0}}, as_of)) == 1
    with pytest.raises(ValueError, match="dead_expect"):
        runs(SeriesSet((dead,)), CALENDAR, {"kolk": {"dead_expect": 5000.0}}, as_of)


def test_what_was_not_known_yet_is_not_used() -> None:
    """As of a moment before the death nothing is found; as of a later one, what came afterwards changes nothing."""
    dead = put(counts(WEEKS + 1), DIES, 0.0, 200)
    early, late = MONDAY + timedelta(hours=DIES + 2), MONDAY + timedelta(hours=DIES + 48)
    assert runs(SeriesSet((dead,)), CALENDAR, {}, early) == []
    cut = dead._replace(starts=dead.starts[: DIES + 48], values=dead.values[: DIES + 48], valid=dead.valid[: DIES + 48])
    assert runs(SeriesSet((dead,)), CALENDAR, {}, late) == runs(SeriesSet((cut,)), CALENDAR, {}, end(cut))


def test_nothing_measured_finds_nothing() -> None:
    """An empty series, and none at all."""
    empty = counts(1)
    empty = empty._replace(starts=empty.starts[:0], values=empty.values[:0], valid=empty.valid[:0])
    assert runs(SeriesSet((empty,)), CALENDAR, {}, MONDAY) == []
    assert runs(SeriesSet((empty,), (counts(1, datastream=2),)), CALENDAR, {}, MONDAY + timedelta(weeks=1)) == []
    assert runs(SeriesSet(()), CALENDAR, {}, MONDAY) == []
