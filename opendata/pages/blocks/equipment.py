"""What changed in how a site counts: directions that are not counted any more, devices that were replaced or set."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from opendata import number_format
from opendata.pages.moments import Moment
from opendata.read.placements import DeviceHistoryDay, SitePlacement
from opendata.read.sites import ChannelPeriod, PublishedSite
from opendata.vocabulary import VERVOERWIJZE

_SET: Final = {
    "calibration": "is een toestel hier gekalibreerd",
    "sensitivity": "is de gevoeligheid van een toestel hier veranderd",
}


def sentences(
    site: PublishedSite, placements: Sequence[SitePlacement], history: Sequence[DeviceHistoryDay], moment: Moment
) -> list[str]:
    """Say in plain sentences what is otherwise counted than before, and since when; nothing where nothing changed."""
    closed = list(_closed(site, moment))
    return [*closed, *_replaced(placements, moment), *_set(history, moment)]


def _closed(site: PublishedSite, moment: Moment) -> Iterator[str]:
    channels = [periods for periods in site.by_channel() if periods[0].valid_from <= moment.now]
    for mode in dict.fromkeys(periods[0].mode for periods in channels):
        of_mode = [periods for periods in channels if periods[0].mode == mode]
        ended = [periods for periods in of_mode if _until(periods) <= moment.now]
        if len(ended) == len(of_mode):
            yield f"{VERVOERWIJZE[mode].capitalize()}: sinds {_day(max(map(_until, ended)), moment)} niet meer geteld."
        else:
            yield from (_direction(periods, moment) for periods in ended)


def _direction(periods: Sequence[ChannelPeriod], moment: Moment) -> str:
    one = periods[0]
    since = _day(_until(periods), moment)
    return f"Richting {one.direction} ({VERVOERWIJZE[one.mode]}) wordt sinds {since} niet meer geteld."


def _replaced(placements: Sequence[SitePlacement], moment: Moment) -> Iterator[str]:
    """Say since when another device counts: the newest that came after one had gone."""
    gone = min((one.valid_until for one in placements), default=None)
    later = [one for one in placements if gone is not None and gone <= one.valid_from <= moment.now]
    if later:
        newest = max(later, key=lambda one: one.valid_from)
        model = f" ({newest.model})" if newest.model else ""
        yield f"Sinds {_day(newest.valid_from, moment)} telt hier een ander toestel{model}."


def _set(history: Sequence[DeviceHistoryDay], moment: Moment) -> Iterator[str]:
    for kind, words in _SET.items():
        days = [entry.day for entry in history if entry.kind == kind and entry.day <= moment.today]
        if days:
            yield f"Op {number_format.day(max(days))} {words}."


def _until(periods: Sequence[ChannelPeriod]) -> datetime:
    return max(period.valid_until for period in periods)


def _day(instant: datetime, moment: Moment) -> str:
    return number_format.day(instant.astimezone(moment.zone).date())
