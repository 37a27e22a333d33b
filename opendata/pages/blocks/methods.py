"""With what is counted on a screenline: every sensor with its method, directions, interval and origin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from opendata import read as readings
from opendata.pages.language import PageLanguage
from opendata.pages.moments import Moment
from opendata.read.request import RequestReader
from opendata.read.screenlines import PublishedScreenline
from opendata.read.sites import ChannelPeriod, PublishedSite

_MINUTE: Final = 60


@dataclass(frozen=True)
class CountingMethod:
    """One way in which one mode is counted at a site now, in these directions; `minutes` is its interval."""

    site: str
    name: str
    mode: str
    directions: Sequence[str]
    method: str
    minutes: int
    origin: str


async def read(
    reader: RequestReader, moment: Moment, screenline: PublishedScreenline, language: PageLanguage
) -> list[CountingMethod]:
    """Read with what the sites of a screenline count now."""
    found: list[CountingMethod] = []
    for one in screenline.named_sites:
        site = await readings.sites.one(reader.store, one.site)
        found += _of_site(site, moment, language) if site else []
    return found


def _of_site(site: PublishedSite, moment: Moment, language: PageLanguage) -> list[CountingMethod]:
    alike: dict[tuple[str, str, int, str], list[ChannelPeriod]] = {}
    for one in site.channels:
        if one.valid_from <= moment.now < one.valid_until:
            alike.setdefault((one.mode, one.method, one.seconds, one.origin), []).append(one)
    return [
        CountingMethod(
            site=site.site,
            name=site.name,
            mode=mode,
            directions=sorted({language.texts.towards(one.direction) for one in periods}),
            method=method,
            minutes=seconds // _MINUTE,
            origin=origin,
        )
        for (mode, method, seconds, origin), periods in alike.items()
    ]
