"""Growth, like for like: the same channels of the same places, on days that were valid both then and now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import fsum
from typing import Final, NamedTuple, TypeAlias

from schemas.reasons import reason
from streams.domain.statistics.statistic import Channels, DayCount, Statistic, available, by_place, withheld

Places: TypeAlias = Mapping[str, Iterable[DayCount]]
Partner: TypeAlias = Callable[[date], date | None]

YEAR_OF_WEEKS: Final = timedelta(weeks=52)


class Pair(NamedTuple):
    """The counts of the same places on a day and on its partner before; sums where there are several places.

    `same` where the same channels counted on both days, so that they can be compared.
    """

    day: date
    then: float
    now: float
    places: Sequence[str]
    same: bool = True


def a_year_before(day: date) -> date | None:
    """Return the same date a year before; None for 29 February, which is no partner either."""
    return None if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def weeks_before(day: date) -> date:
    """Return the same weekday 52 weeks before."""
    return day - YEAR_OF_WEEKS


def like_for_like(then: Places, now: Places) -> Statistic:
    """Compare places by date, over the pairs valid in both years: `Σ now / Σ then - 1` (domain handbook, section 4).

    The growth is a fraction. `basis` says over how many days, places and days of places, and has the naive totals of
    the valid days beside them, which a new or a dead counter moves. 29 February is left out.
    """
    return _compared(then, now, a_year_before)


def same_weekday(then: Places, now: Places) -> Statistic:
    """Compare places with 364 days before, so that weekdays meet weekdays; else as `like_for_like`."""
    return _compared(then, now, weeks_before)


def growth(pairs: Iterable[Pair], **basis: object) -> Statistic:
    """Return the growth over the pairs of the same channels as a fraction: `Σ now / Σ then - 1`."""
    valid = list(pairs)
    known = [pair for pair in valid if pair.same]
    then, now = fsum(pair.then for pair in known), fsum(pair.now for pair in known)
    basis = {**_size(known), "then": then, "now": now, **basis}
    if not known:
        return withheld(reason("other_channels") if valid else reason("no_common_day"), **basis)
    return available(now / then - 1, **basis) if then else withheld(reason("nobody_counted_before"), **basis)


def paired(then: Places, now: Places, partner: Partner) -> list[Pair]:
    """Pair every valid day of a place with its partner, where that is valid at the same place."""
    days = {place: list(counts) for place, counts in now.items()}
    earlier = {place: list(then.get(place, ())) for place in days}
    before, after = by_place(earlier), by_place(days)
    channels = {place: channels_of((*earlier[place], *days[place])) for place in days}
    return [
        Pair(day, before[place][other], count, (place,), same_channels(channels[place], other, day))
        for place, counts in after.items()
        for day, count in counts.items()
        if (other := partner(day)) is not None and other in before[place]
    ]


def channels_of(days: Iterable[DayCount]) -> dict[date, Channels]:
    """Return the channels of days, by day."""
    return {day.day: day.channels for day in days}


def same_channels(channels: Mapping[date, Channels], one: date, other: date) -> bool:
    """Return whether the same channels counted on two days, each of them all day; a day that is not named has none."""
    ours = channels.get(one, ())
    return ours is not None and ours == channels.get(other, ())


def _compared(then: Places, now: Places, partner: Partner) -> Statistic:
    then, now = ({place: list(days) for place, days in period.items()} for period in (then, now))
    return growth(paired(then, now, partner), **_naive(_total(then), _total(now)))


def _total(places: Places) -> float:
    return fsum(count for counts in by_place(places).values() for count in counts.values())


def _naive(then: float, now: float) -> dict[str, float | None]:
    return {"naive_then": then, "naive_now": now, "naive_growth": now / then - 1 if then else None}


def _size(pairs: Sequence[Pair]) -> dict[str, int]:
    return {
        "days": len({pair.day for pair in pairs}),
        "sites": len({place for pair in pairs for place in pair.places}),
        "site_days": sum(len(pair.places) for pair in pairs),
    }
