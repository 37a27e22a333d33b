"""What is shown elsewhere than on this site: a screen on a wall, and a card with one number in a page of others."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from opendata import read
from opendata.headers import IN_ANY_PAGE
from opendata.pages import render, sources
from opendata.pages.addresses import ELSEWHERE
from opendata.pages.blocks import today
from opendata.pages.blocks.today import SiteToday
from opendata.pages.moments import Moment
from opendata.pages.page_context import Context, Id, PageContext
from opendata.pages.progress import SubjectProgress
from opendata.read.counts import CountRow
from opendata.read.sites import PublishedSite
from opendata.read.states import AnswerSubject

router = APIRouter()


@dataclass(frozen=True)
class SiteNumbers:
    """Cyclists at a site: today until now, and on the last whole day; each None where it counts none."""

    site: PublishedSite
    moment: Moment
    today: SiteToday | None
    yesterday: CountRow | None
    progress: SubjectProgress

    @property
    def unprocessed(self) -> bool:
        """Tell whether yesterday may have a number yet, or another one."""
        return self.progress.lacks(self.moment.yesterday, self.moment.yesterday)


@router.get(ELSEWHERE["wall"])
async def wall(context: Context, site: Id) -> HTMLResponse:
    """Draw a whole screen with one number, that moves by itself."""
    return _shown(context, "wall.html", await _numbers(context, site))


@router.get(ELSEWHERE["wall_number"])
async def wall_number(context: Context, site: Id) -> HTMLResponse:
    """Draw the number of the screen again."""
    found = await _numbers(context, site)
    drawn = render.fragment("_wall.html", context.language, numbers=found)
    return HTMLResponse(drawn, headers={"Content-Language": context.language.locale, "Cache-Control": "no-cache"})


@router.get(ELSEWHERE["card"])
async def card(context: Context, site: Id) -> HTMLResponse:
    """Draw the card, which pages of others may show within them."""
    about = AnswerSubject("site", site, "bicycles")
    whose = await sources.read(context.store, about, context.language)
    return _shown(context, "card.html", await _numbers(context, site), IN_ANY_PAGE, sources=whose)


async def _numbers(context: PageContext, site: str) -> SiteNumbers:
    found = context.there(await read.sites.one(context.store, site))
    moment, owner = context.moment_of(found.owner), context.owners.by_id(found.owner)
    counted, reached = await today.of_site(context.reader, moment, owner, found.site)
    series = read.counts.series(found.site, "bicycles", "day", zone=moment.zone, now=moment.now)
    start = moment.start_of(moment.today - timedelta(days=1))
    days = await series.rows(context.store, start, moment.midnight)
    return SiteNumbers(found, moment, counted, days[-1] if days else None, reached)


def _shown(
    context: PageContext,
    template: str,
    numbers: SiteNumbers,
    headers: dict[str, str] | None = None,
    **words: Any,  # noqa: ANN401 - templates take anything
) -> HTMLResponse:
    return render.page(
        context.request,
        context.owners,
        template,
        headers=headers,
        of={numbers.site.owner},
        moment=numbers.moment,
        numbers=numbers,
        **words,
    )
