"""What the checks find in recordings: nothing in them as they are, and what is put into them at random places.

Seeds are fixed and printed; run with `-s` to see the rates.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import pytest

from schemas.quality_flags import QUALITY_FLAGS
from streams.domain.quality import HISTORY, OPEN, QualityRun, ReadingSeries, SeriesSet, runs
from tests.streams.quality.recordings import (
    CALENDAR,
    QUARTER,
    days,
    kits,
    muenster,
    part,
    telraam,
    thinned,
    with_recordings,
)

pytestmark = [pytest.mark.pure, with_recordings]

DAY: Final = timedelta(days=1)
EXCLUDING: Final = {flag.name for flag in QUALITY_FLAGS if flag.verdict == "excluded"}
BUSY: Final = 30.0
"""Passages of an average day from which on a channel is taken for the deaths: all of Münster's but one, of 14 a day."""
END: Final = datetime(2025, 1, 1, tzinfo=UTC)


def found(series: tuple[ReadingSeries, ...], as_of: datetime, since: datetime) -> list[QualityRun]:
    """Judge some days of these series, with the weeks before."""
    cut = tuple(part(one, since - HISTORY, as_of) for one in series)
    return runs(SeriesSet(cut), CALENDAR, {}, as_of, since=since)


def at(start: int) -> datetime:
    """Give seconds as an instant."""
    return datetime.fromtimestamp(int(start), UTC)


def zeros(series: ReadingSeries, start: int) -> ReadingSeries:
    """Let a channel send zeros from a moment on."""
    return series._replace(values=np.where(series.starts >= start, 0.0, series.values))


def changed(series: ReadingSeries, first: int, values: np.ndarray) -> ReadingSeries:
    """Put other values into a series, from an index on."""
    new = series.values.copy()
    new[first : first + len(values)] = values
    return series._replace(values=new)


def busy() -> list[ReadingSeries]:
    """Give the channels of more than `BUSY` passages a day."""
    return [one for one in muenster() if np.sum(one.values) > BUSY * 366]


def place(series: ReadingSeries, generator: np.random.Generator) -> int:
    """Choose a place of the year at random, eight weeks from its beginning and two from its end, without gaps near."""
    while True:
        index = int(generator.integers(56 * 96, len(series.values) - 14 * 96))
        around = slice(index - 8, index + 40)
        if series.valid[around].all() and (np.diff(series.starts[around]) == QUARTER).all():
            return index


def test_four_counters_of_a_year_raise_no_false_alarm() -> None:
    """Each day is judged as it was known then. Four counters with 13 channels that count: less than one alarm each.

    There is none at all, and looking at the longest silences by eye finds no death in them: the year has snow (17 and
    18 January), carnival, gaps at the ends of months, and nights of up to nine hours without anyone.
    """
    alarms: set[tuple[int, str, datetime]] = set()
    for as_of in days(date(2024, 1, 2), date(2025, 1, 1)):
        new = found(muenster(), as_of, as_of - 3 * DAY)
        alarms |= {(one.datastream, one.flag, one.started_at) for one in new if one.flag in EXCLUDING}
    counters = len({one.place for one in muenster()})
    print(
        f"false alarms: {len(alarms)} in a year of {counters} counters: {len(alarms) / counters:.2f} a counter and year"
    )
    assert alarms == set()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("share", [0.3, 0.05])
def test_quiet_channels_raise_no_false_alarm(seed: int, share: float) -> None:
    """A twentieth of the passages are left: between 1 and 370 a day. Judged with neighbours, and alone."""
    generator = np.random.default_rng(seed)
    series = tuple(thinned(one, share, generator) for one in muenster())
    together = runs(SeriesSet(series), CALENDAR, {}, END)
    alone = [run for one in series for run in runs(SeriesSet((one,)), CALENDAR, {}, END)]
    alarms = [one for one in (*together, *alone) if one.flag in EXCLUDING]
    print(f"seed {seed}, {share:.0%} of the passages: {len(alarms)} false alarms")
    assert alarms == []


def test_deaths_of_busy_channels_are_found_within_two_days() -> None:
    """A channel sends zeros from a random quarter on; its days are those that it measured, gaps apart.

    In every fourth case the whole site dies, so that no other direction tells.
    """
    seed, cases, within = 20240117, 100, Counter[int]()
    generator = np.random.default_rng(seed)
    for case in range(cases):
        victim = busy()[generator.integers(len(busy()))]
        start = int(victim.starts[generator.integers(56 * 96, len(victim.starts) - 8 * 96)])
        dying = [one for one in muenster() if one is victim or (case % 4 == 0 and one.place == victim.place)]
        series = tuple(zeros(one, start) if any(one is other for other in dying) else one for one in muenster())
        within[_found_after(series, victim, start)] += 1
    two, week = (sum(within[day] for day in range(1, limit + 1)) for limit in (2, 7))
    print(f"seed {seed}: of {cases} deaths {two} found within two days, {week} within a week; by day {dict(within)}")
    assert two >= 0.95 * cases
    assert week == cases


def _found_after(series: tuple[ReadingSeries, ...], victim: ReadingSeries, start: int) -> int:
    """Give after how many measured days a death is found, 99 for not within a week."""
    measured = victim.starts[(victim.starts >= start) & victim.valid]
    for day in (1, 2, 3, 5, 7):
        as_of = at(measured[day * 96 - 1] + QUARTER)
        for one in found(series, as_of, as_of - 14 * DAY):
            if (one.datastream, one.flag, one.ended_at) == (victim.datastream, "dead", OPEN):
                assert one.started_at <= at(measured[0])
                return day
    return 99


def test_a_silent_direction_is_found_beside_the_other_one() -> None:
    """The evidence has what the other direction counted meanwhile, as it was recorded."""
    seed = 7
    generator = np.random.default_rng(seed)
    site = tuple(one for one in muenster() if one.place == "100035541")
    for case in range(20):
        silent, other = site if case % 2 else site[::-1]
        start = int(silent.starts[place(silent, generator)])
        as_of = at(start + 2 * 86_400)
        new = found(tuple(zeros(one, start) if one is silent else one for one in site), as_of, as_of - 7 * DAY)
        (run,) = [one for one in new if one.flag == "dead"]
        assert run.datastream == silent.datastream
        begin = int(run.started_at.timestamp()) // 3600 * 3600
        meanwhile = other.valid & (other.starts >= begin) & (other.starts < int(as_of.timestamp()))
        assert run.evidence["other_directions"] == {other.direction: float(other.values[meanwhile].sum())}


def test_lone_spikes_are_found_where_people_pass() -> None:
    """Twenty times what is usual at that hour of the week, by day: where eight or more are usual in a quarter."""
    seed, cases = 11, 100
    generator = np.random.default_rng(seed)
    flags = Counter[str]()
    for _ in range(cases):
        series, index = _by_day(generator)
        usual = float(np.mean([series.values[index - week * 672] for week in range(1, 5)]))
        flags[_flag(changed(series, index, np.array([round(20 * usual)])), index, 1)] += 1
    print(f"seed {seed}: of {cases} lone spikes {dict(flags)}")
    assert flags["spike"] >= 0.95 * cases


def test_an_event_is_kept() -> None:
    """Five quarters of up to twenty times as many as usual: nothing is excluded, and nearly all are shown as events."""
    seed, cases = 12, 100
    generator = np.random.default_rng(seed)
    flags = Counter[str]()
    for _ in range(cases):
        series, index = _by_day(generator)
        usual = float(np.mean([series.values[index - week * 672] for week in range(1, 5)]))
        course = np.round(usual * generator.uniform(10, 20) * np.array([0.4, 0.8, 1.0, 0.7, 0.4]))
        flags[_flag(changed(series, index, course), index, 5)] += 1
    print(f"seed {seed}: of {cases} events {dict(flags)}")
    assert set(flags) <= {"event", ""}
    assert flags["event"] >= 0.95 * cases


def _by_day(generator: np.random.Generator) -> tuple[ReadingSeries, int]:
    while True:
        series = busy()[generator.integers(len(busy()))]
        index = place(series, generator)
        past = [series.values[index - week * 672] for week in range(1, 5)]
        if np.mean(past) >= 8:
            return series, index


def _flag(series: ReadingSeries, index: int, length: int) -> str:
    """Give the flag of what is found at some readings, and an empty text for nothing."""
    first, last = at(series.starts[index]), at(series.starts[index + length - 1] + QUARTER)
    new = found((series,), last + DAY, first - DAY)
    flags = {one.flag for one in new if one.started_at < last and one.ended_at > first}
    assert len(flags) <= 1
    return "".join(flags)


def test_stuck_and_saturated_registers_are_found() -> None:
    """Six hours of the same number, and three quarters of a register that is full."""
    seed, cases = 13, 60
    generator = np.random.default_rng(seed)
    flags = Counter[str]()
    for case in range(cases):
        series, index = _by_day(generator)
        if case % 2:
            flags[_flag(changed(series, index, np.full(24, series.values[index] or 1.0)), index, 24)] += 1
        else:
            full = series._replace(register_bits=16)
            flags[_flag(changed(full, index, np.full(3, 65_535.0)), index, 3)] += 1
    print(f"seed {seed}: of {cases} {dict(flags)}")
    assert flags["saturated"] == cases / 2
    assert flags["stuck"] >= 0.95 * cases / 2


@pytest.mark.parametrize("device", ["9000008311", "9000010417"])
def test_a_camera_that_works_is_not_blind(device: str) -> None:
    """Neither in its nights with uptime 0, nor in those in which it counts what it cannot name."""
    series = telraam(device)
    assert len(series[0].starts) > 1400
    alarms = [one for one in runs(SeriesSet(series), CALENDAR, {}, END.replace(year=2027)) if one.flag in EXCLUDING]
    assert alarms == []


@pytest.mark.parametrize("unclassified", [0.0, 30.0])
@pytest.mark.parametrize("device", ["9000008311", "9000010417"])
def test_a_blinded_camera_is_found_within_two_days(device: str, unclassified: float) -> None:
    """From a random hour on all modes are zero at full uptime; each of them gets the run."""
    generator = np.random.default_rng(9)
    series = telraam(device)
    uptime, night = (np.zeros(0) if one is None else one for one in (series[0].uptime, series[0].unclassified))
    for _ in range(20):
        start = int(series[0].starts[generator.integers(15 * 24, len(series[0].starts) - 49)])
        blinded = tuple(
            zeros(one, start)._replace(
                uptime=np.where(one.starts >= start, 0.999, uptime),
                unclassified=np.where(one.starts >= start, unclassified, night),
            )
            for one in series
        )
        new = [one for one in runs(SeriesSet(blinded), CALENDAR, {}, at(start + 2 * 86_400)) if one.flag in EXCLUDING]
        assert [(one.datastream, one.flag, one.ended_at) for one in new] == [
            (one.datastream, "blind", OPEN) for one in series
        ]
        assert {one.started_at for one in new} == {new[0].started_at}
        assert at(start) - DAY < new[0].started_at <= at(start)


def test_kits_that_are_stuck_or_unlike_the_others_are_named() -> None:
    """Two of 135 kits repeat a number for a day and longer, and one measures fifty times what its neighbours do."""
    flags: dict[str, set[str]] = {}
    for series, (north, east) in kits():
        near = sorted(kits(), key=lambda kit: (kit[1][0] - north) ** 2 + (0.6 * (kit[1][1] - east)) ** 2)
        others = tuple(one for one, _ in near if one.place != series.place)[:8]
        for run in runs(SeriesSet((series,), others), CALENDAR, {}, END):
            flags.setdefault(run.flag, set()).add(series.place)
    assert flags["stuck"] == {"HLL_hl_device_033", "HLL_hl_device_092"}
    assert flags["unlike_neighbours"] == {f"HLL_hl_device_{number}" for number in ("038", "080", "084", "218")}
    assert set(flags) == {"stuck", "unlike_neighbours"}


def test_the_order_of_the_series_does_not_matter() -> None:
    """Nor does asking twice."""
    series = tuple(part(one, datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)) for one in muenster())
    series = (zeros(series[0], int(datetime(2024, 5, 20, tzinfo=UTC).timestamp())), *series[1:])
    as_of = datetime(2024, 6, 1, tzinfo=UTC)
    once = runs(SeriesSet(series), CALENDAR, {}, as_of)
    assert runs(SeriesSet(series[::-1]), CALENDAR, {}, as_of) == once
    assert runs(SeriesSet(series), CALENDAR, {}, as_of) == once
    assert "dead" in {one.flag for one in once}
