"""The explorer as a block that any page can have: `read` answers its question, and gives its files by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from textwrap import wrap
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import Response
from markupsafe import Markup

from locales import LOCALES
from opendata import csv_rows, read
from opendata.freshness import BasisSubject
from opendata.pages import progress, sources
from opendata.pages.addresses import EXPLORER_PARAMETERS, explorer_value
from opendata.pages.explorer import (
    compared,
    course,
    drawings,
    event_windows,
    periods,
    records,
    subjects,
    week_rhythm,
    years,
)
from opendata.pages.explorer.event_windows import ExplorerEvent
from opendata.pages.explorer.form_fields import FieldWriter, FormField
from opendata.pages.explorer.periods import DaysRead
from opendata.pages.explorer.question import EARLIEST, ExplorerQuestion, Form, address
from opendata.pages.explorer.question import read as read_question
from opendata.pages.explorer.subjects import ExplorerSubject
from opendata.pages.explorer.view_request import ExplorerResult, ViewRequest
from opendata.pages.moments import Moment
from opendata.pages.page_context import PageContext
from opendata.pages.progress import SubjectProgress
from opendata.pages.sources import Source
from opendata.processing import Processing

_OK: Final = 200
_BAD: Final = 400
_LINE: Final = 120
"""Letters of a line below a drawing in a file."""


@dataclass(frozen=True)
class ViewTab:
    """One view, where it is, and whether it is the one that is shown."""

    address: str
    words: str
    shown: bool


@dataclass(frozen=True, kw_only=True)
class ExplorerBlock:
    """The explorer in one state: its form, what it shows, and where its files and its other views are.

    `answer` is the whole answer where a file was wanted: then there is no page to draw.
    """

    request: ViewRequest
    fields: Sequence[FormField]
    result: ExplorerResult | None
    sources: Sequence[Source]
    answer: Response | None = None

    @property
    def status(self) -> int:
        """The status of its page."""
        return _BAD if self.request.question.mistakes else _OK

    @property
    def chart(self) -> Markup:
        """The drawing, for the page."""
        assert self.result is not None  # noqa: S101 - the template draws a chart of a result
        assert self.result.chart is not None  # noqa: S101 - which has one
        label = self.request.language("page.chart_label", title=self.result.title, unit=self.result.unit)
        return drawings.inline(self.result.chart, label)

    @cached_property
    def tabs(self) -> list[ViewTab]:
        """The views of the place."""
        question = self.request.question
        return [
            ViewTab(
                self.at(question.but(view=view, interval=None, mistakes={})),
                self.request.language(f"page.explorer_view.{view}"),
                view == question.view,
            )
            for view in self.request.subject.options.views
        ]

    @property
    def other_mistakes(self) -> list[str]:
        """What is wrong with parameters that have no field in this view."""
        language, shown = self.request.language, {field.code for field in self.fields}
        return [
            language(
                "page.explorer.mistake",
                parameter=EXPLORER_PARAMETERS[code][language.locale],
                mistake=language(f"page.explorer_mistake.{mistake}"),
            )
            for code, mistake in self.request.question.mistakes.items()
            if code not in shown
        ]

    @property
    def hidden(self) -> Mapping[str, str]:
        """What the form passes on without a field: the view, and a period that it does not read."""
        fields = {field.name for field in self.fields}
        passed = {
            EXPLORER_PARAMETERS[name][self.request.language.locale] for name in ("view", "period", "first", "last")
        }
        query = self.queries[self.request.language.locale].removeprefix("?")
        return {name: value for name, value in parse_qsl(query) if name in passed - fields}

    @property
    def queries(self) -> dict[str, str]:
        """The same state as a query in each language, with its question mark."""
        question = self.request.question.but(mistakes={})
        found = {locale: address(question, locale, self.request.subject.options) for locale in LOCALES}
        return {locale: f"?{query}" if query else "" for locale, query in found.items()}

    def at(self, question: ExplorerQuestion) -> str:
        """Give the address of a state, at the block of its page or as a file."""
        language, path = self.request.language, self.request.context.request.url.path
        query = address(question, language.locale, self.request.subject.options)
        chapter = f"#{language.addresses.chapter('explorer')}" if question.form == "page" else ""
        return f"{path}{f'?{query}' if query else ''}{chapter}"

    def form(self, form: Form) -> str:
        """Give the address of what is shown as a file or on paper."""
        return self.at(replace(self.request.question, form=form))

    @property
    def whole_address(self) -> str:
        """The address of this state with the host, to be written on paper."""
        site: str = self.request.context.request.app.state.settings.public_url
        return f"{site}{self.at(self.request.question.but())}"

    @property
    def filename(self) -> str:
        """What its files are called, without an ending."""
        assert self.result is not None  # noqa: S101 - a file is of a result
        view = explorer_value("view", self.request.question.view, self.request.language.locale)
        return f"{self.request.subject.name}-{view}-{self.result.first}-{self.result.last}"


async def read_block(context: PageContext, moment: Moment, subject: ExplorerSubject) -> ExplorerBlock | None:
    """Answer the question of a page's address about a place; None where nothing is counted there.

    Whoever draws the page gives `answer` instead, where there is one.
    """
    if not subject.options.facets:
        return None
    pairs = context.request.query_params.multi_items()
    question = read_question(pairs, context.language.locale, subject.options)
    request = await _request(context, moment, subject, question)
    places = await _places(request)
    events = event_windows.known(request) if request.question.view == "event" else []
    request = _checked(request, places, events)
    event = event_windows.chosen(request, events)
    result = await _result(request, places, event)
    if request.question.form == "svg" and (result is None or result.chart is None):
        request = replace(request, question=request.question.wrong("form", "unknown"))
    block = ExplorerBlock(
        request=request,
        fields=FieldWriter(request, places, events, event).fields(),
        result=result,
        sources=await _sources(context, subject),
    )
    if result is None or request.question.mistakes or request.question.form == "page":
        return block
    await _rests_on(request, min(one.first for one in _ranges(request, places, event)))
    return replace(block, answer=_answer(block, result))


def explorer_words(block: ExplorerBlock | None) -> dict[str, Any]:
    """Give what the page of a block is drawn with, as `PageContext.page` takes it."""
    if block is None:
        return {"explorer": None}
    return {"explorer": block, "status": block.status, "queries": block.queries}


async def _request(
    context: PageContext, moment: Moment, subject: ExplorerSubject, question: ExplorerQuestion
) -> ViewRequest:
    calendar = await read.calendar.between(context.store, None, moment.today)
    period, question = periods.chosen(question, moment.yesterday, _of(calendar, subject))
    interval, question = periods.fitting(period, question)
    reached = await _progress(context, moment, subject)
    return ViewRequest(
        context=context,
        subject=subject,
        question=question,
        period=period,
        interval=interval,
        calendar=calendar,
        progress=reached,
    )


def _of(
    calendar: Sequence[read.calendar.PublishedCalendarEntry], subject: ExplorerSubject
) -> list[read.calendar.PublishedCalendarEntry]:
    return [one for one in calendar if periods.concerns(one, subject.owner, subject.concerned)]


async def _progress(context: PageContext, moment: Moment, subject: ExplorerSubject) -> SubjectProgress:
    """Read how far all of the place is processed, whatever is read of it; a district is as far as all of its sites."""
    found = [await progress.read(context.reader, moment, part, EARLIEST) for part in subject.parts]
    waiting = tuple(one for each in found for one in each.processing.waiting)
    return SubjectProgress(Processing(found[0].processing.watermark, waiting, found[0].processing.now), moment)


async def _sources(context: PageContext, subject: ExplorerSubject) -> list[Source]:
    """Read whose numbers the place has; those of a district are its sites', each named once."""
    found: list[Source] = []
    for part in subject.parts:
        found += [one for one in await sources.read(context.store, part, context.language) if one not in found]
    return found


async def _places(request: ViewRequest) -> dict[str, str]:
    if request.question.view != "compare" or "place" not in request.subject.options.against:
        return {}
    return await subjects.others(request.context.store, request.subject, request.question.facet)


def _checked(request: ViewRequest, places: dict[str, str], events: Sequence[ExplorerEvent]) -> ViewRequest:
    """Look for what only the place knows to be wrong."""
    question, event = request.question, event_windows.chosen(request, events)
    longest = max((one.length for one in _ranges(request, places, event)), default=0)
    elsewhere = question.view == "compare" and question.against == "place"  # which has directions of its own
    if question.direction and (elsewhere or longest > periods.MOST_DAYS_OF_DIRECTION):
        question = replace(question.wrong("direction", "direction_too_long"), direction=None)
    if question.view == "compare" and question.against == "own" and question.against_first is None:
        question = question.wrong("against_first", "missing")
    if question.view == "compare" and question.against == "place" and question.against_place not in places:
        question = question.wrong("against_place", "no_place")
    named = question.event or (question.form != "page" and not events)
    if question.view == "event" and named and all(one.id != question.event for one in events):
        question = question.wrong("event", "no_event")
    elif events and (event is None or question.event not in {None, event.id}):
        question = question.wrong("event", "event_too_long")
    if not request.period.days:
        question = question.wrong("weekdays", "no_days")
    return replace(request, question=question)


def _ranges(request: ViewRequest, places: dict[str, str], event: ExplorerEvent | None) -> list[DaysRead]:
    """Give which days the view reads."""
    match request.question.view:
        case "compare":
            return compared.ranges(request, places)
        case "event":
            return [] if event is None else [event_windows.range_of(request, event)]
        case "years":
            return [years.range_of(request)]
        case _:
            return [request.period.range]


async def _result(request: ViewRequest, places: dict[str, str], event: ExplorerEvent | None) -> ExplorerResult | None:
    match request.question.view:
        case "course":
            return await course.of(request)
        case "compare":
            return await compared.of(request, places)
        case "event":
            return None if event is None else await event_windows.of(request, event)
        case "records":
            return await records.of(request)
        case "week":
            return await week_rhythm.of(request)
        case "years":
            return await years.of(request)


async def _rests_on(request: ViewRequest, first: date) -> None:
    """Say what a file rests on: numbers of its place from the first day that is read, as long as all are processed."""
    moment, alone = request.progress.moment, request.subject.kind == "site" and request.question.against != "place"
    start, end = moment.start_of(first), moment.midnight
    processing = request.progress.processing
    settled = processing.watermark is not None and not processing.lacks(start, end)
    subjects_of = [BasisSubject("site", request.subject.name)] if alone else []
    await request.context.reader.rests_on(
        request.context.request.scope,
        *subjects_of,
        start=start,
        end=end,
        settled_until=end if settled else None,
        good_until=moment.start_of(moment.today + timedelta(days=1)),
    )


def _answer(block: ExplorerBlock, result: ExplorerResult) -> Response | None:
    request, language = block.request, block.request.language
    match request.question.form:
        case "csv":
            rows = [{head: cell.raw for head, cell in zip(result.heads, row, strict=True)} for row in result.rows]
            text = csv_rows.write(result.heads, rows, header=True)
            return _file(text, "text/csv; charset=utf-8", f"{block.filename}.csv", language.locale)
        case "svg" if result.chart is not None:
            below = [line for note in result.notes for line in wrap(note, _LINE)]
            below += [f"{one.holder}, {one.licence}" for one in block.sources]
            drawn = drawings.file(
                result.chart, f"{request.subject.title}: {result.title}", result.period, result.legend, below
            )
            return _file(str(drawn), "image/svg+xml; charset=utf-8", f"{block.filename}.svg", language.locale)
        case "print":
            return request.context.page(
                "explorer_memo.html",
                request.progress.moment,
                of={request.subject.owner},
                explorer=block,
                queries=block.queries,
            )
        case _:
            return None


def _file(text: str, media_type: str, name: str, locale: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Language": locale,
        "Cache-Control": "no-cache",
    }
    return Response(text, media_type=media_type, headers=headers)
