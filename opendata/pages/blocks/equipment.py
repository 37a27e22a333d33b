"""With what a place measures, and what changed in that: directions not counted any more, devices replaced or set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from opendata.pages.language import PageLanguage
from opendata.pages.moments import Moment
from opendata.read.placements import DeviceHistoryDay, SitePlacement
from opendata.read.sites import ChannelPeriod, PublishedSite
from opendata.read.stations import StationMethod

SET: Final = ("calibration", "sensitivity")
"""What may be done to a device that stays."""


def sentences(
    site: PublishedSite,
    placements: Sequence[SitePlacement],
    history: Sequence[DeviceHistoryDay],
    moment: Moment,
    language: PageLanguage,
) -> list[str]:
    """Say in plain sentences what is otherwise counted than before, and since when; nothing where nothing changed."""
    closed = list(_closed(site, moment, language))
    return [*closed, *_replaced(placements, moment, language), *_set(history, moment, language)]


@dataclass(frozen=True)
class EquipmentRow:
    """With what one quantity is measured now, and since which local day."""

    quantity: str
    method: str
    layer: str
    origin: str
    minutes: int
    since: date


def of_station(
    placements: Sequence[SitePlacement], history: Sequence[DeviceHistoryDay], moment: Moment, language: PageLanguage
) -> list[str]:
    """Say the same of a station: devices that were replaced or set."""
    return [*_replaced(placements, moment, language), *_set(history, moment, language)]


def in_use(found: Sequence[StationMethod], moment: Moment, language: PageLanguage) -> list[EquipmentRow]:
    """Give what measures at a station now."""
    return [
        EquipmentRow(
            quantity=language(f"quantity.{one.quantity}"),
            method=", ".join(filter(None, (one.method, one.instrument))),
            layer=one.layer,
            origin=one.origin,
            minutes=one.seconds // 60,
            since=one.valid_from.astimezone(moment.zone).date(),
        )
        for one in found
        if one.valid_from <= moment.now < one.valid_until
    ]


def _closed(site: PublishedSite, moment: Moment, language: PageLanguage) -> Iterator[str]:
    channels = [periods for periods in site.by_channel() if periods[0].valid_from <= moment.now]
    for mode in dict.fromkeys(periods[0].mode for periods in channels):
        of_mode = [periods for periods in channels if periods[0].mode == mode]
        ended = [periods for periods in of_mode if _until(periods) <= moment.now]
        if len(ended) == len(of_mode):
            day = _day(max(map(_until, ended)), moment, language)
            yield language("page.changed.mode", mode=language.mode(mode).capitalize(), day=day)
        else:
            yield from (_direction(periods, moment, language) for periods in ended)


def _direction(periods: Sequence[ChannelPeriod], moment: Moment, language: PageLanguage) -> str:
    one = periods[0]
    towards, day = language.texts.towards(one.direction), _day(_until(periods), moment, language)
    return language(
        "page.changed.direction", direction=towards[0].upper() + towards[1:], mode=language.mode(one.mode), day=day
    )


def _replaced(placements: Sequence[SitePlacement], moment: Moment, language: PageLanguage) -> Iterator[str]:
    """Say since when another device counts: the newest that came after one had gone."""
    gone = min((one.valid_until for one in placements), default=None)
    later = [one for one in placements if gone is not None and gone <= one.valid_from <= moment.now]
    if later:
        newest = max(later, key=lambda one: one.valid_from)
        day, key = _day(newest.valid_from, moment, language), "model" if newest.model else "device"
        yield language(f"page.changed.{key}", day=day, model=newest.model)


def _set(history: Sequence[DeviceHistoryDay], moment: Moment, language: PageLanguage) -> Iterator[str]:
    for kind in SET:
        days = [entry.day for entry in history if entry.kind == kind and entry.day <= moment.today]
        if days:
            yield language(f"page.changed.{kind}", day=language.numbers.day(max(days)))


def _until(periods: Sequence[ChannelPeriod]) -> datetime:
    return max(period.valid_until for period in periods)


def _day(instant: datetime, moment: Moment, language: PageLanguage) -> str:
    return language.numbers.day(instant.astimezone(moment.zone).date())
