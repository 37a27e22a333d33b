"""What a question of `/v1` costs: one unit, and more for a long period, for all places at once, and for a sheet.

Every resource says here in which forms it answers and how many rows it may have. The address is parsed and its moments
are read as the resource itself does; what cannot be estimated is charged as the dearest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Final, NamedTuple, TypeAlias

from opendata import negotiation
from opendata.local_days import midnight
from opendata.negotiation import Form
from opendata.v1 import instants
from opendata.v1.intervals import WIDTHS, Interval
from opendata.v1.parameters import MOST_ROWS
from opendata.vocabulary import COLLECTIONS

DEAREST: Final = 60
"""Units of the dearest question: half of what an anonymous visitor may use at once."""
_ROWS_PER_UNIT: Final = 5_000
_PAGE: Final = 1_000
"""Rows of a page of JSON where no size is asked for."""
_ALL_PLACES: Final = 4
"""Units more for series of all places in one answer."""
_PLACES: Final = 20
"""All places are taken for so many."""
_WHOLE_YEARS: Final = timedelta(days=3653)
_DAY: Final = timedelta(days=1)

Parameters: TypeAlias = Mapping[str, str]
"""What the address of a question says, decoded."""


class ResourceRule(NamedTuple):
    """The forms of a resource, the first preferred, and how many rows the answer to a question has, about.

    Of a list in pages (`paged`) JSON has one page; of a series JSON may have MOST_ROWS of each place. One of which all
    places are asked at once, unless `telpunt` names some, is `of_places`.
    """

    forms: Sequence[Form]
    rows: Callable[[Parameters], float]
    paged: bool = True
    of_places: bool = False


class QuestionUse(NamedTuple):
    """The units of a question, and whether it is answered as a sheet, which is many rows and may take longer."""

    units: int = 1
    is_sheet: bool = False


def use_of(path: str, said: Parameters, headers: Mapping[str, str]) -> QuestionUse:
    """Say what a question uses; one that says nonsense as if it named the most there is."""
    found = resource(path)
    is_sheet = negotiation.form_of(said.get("formaat"), headers, found.forms) == "csv"
    rows = found.rows(said)
    if not is_sheet:
        rows = min(rows, _page(said) if found.paged else MOST_ROWS)
    units = 1
    if found.of_places:
        named = said.get("telpunt")
        rows *= named.count(",") + 1 if named else _PLACES
        units += 0 if named else _ALL_PLACES
    return QuestionUse(int(min(units + rows / _ROWS_PER_UNIT, DEAREST)), is_sheet)


def resource(path: str) -> ResourceRule:
    """Return what is said of the resource at a path; of one that is not known that it may have any number of rows."""
    return next((rule for pattern, rule in _RESOURCES if pattern.fullmatch(path)), _UNKNOWN)


def _period(interval: Interval | None = None, per_row: int = 1) -> Callable[[Parameters], float]:
    """Count the rows of a series in the period that is asked for; of one interval, or of that which is asked for."""

    def rows(said: Parameters) -> float:
        try:
            width = WIDTHS[interval or Interval(said.get("interval", "uur"))]
            return _length(said, width.default_span) / width.length * per_row
        except ValueError:
            return inf

    return rows


def _share(said: Parameters) -> float:
    return _period()({"interval": Interval.DAG.value, **said})


def _values(said: Parameters) -> float:
    """Count indicator values of a subject: of a day there are few of each indicator."""
    return _days(said, "startDatum", "eindDatum") * (3 if said.get("kengetal") else 20)


def _outages(said: Parameters) -> float:
    """Count what stood still: a few of a day."""
    return _days(said, "startTijd", "eindTijd") * 10


def _days(said: Parameters, first: str, last: str) -> float:
    try:
        start, end = (_moment(said.get(name)) for name in (first, last))
    except ValueError:
        return inf
    return (end - start + _DAY) / _DAY if start and end and end > start else _WHOLE_YEARS / _DAY


def _length(said: Parameters, default: timedelta) -> timedelta:
    start, end = _moment(said.get("startTijd")), _moment(said.get("eindTijd"))
    if start is None:
        return default
    return end - start if end and end > start else _WHOLE_YEARS


def _moment(text: str | None) -> datetime | None:
    """Read an instant or a day as questions have it, a day as one of UTC; raise ValueError where it is neither."""
    if text is None:
        return None
    found = instants.read_bound(text)
    return found if isinstance(found, datetime) else midnight(found, UTC)


def _page(said: Parameters) -> float:
    size = said.get("paginaGrootte", "")
    return min(int(size), MOST_ROWS) if re.fullmatch("[0-9]{1,5}", size, re.ASCII) else _PAGE


def _few(_: Parameters) -> float:
    """Count a list that is read whole: hundreds."""
    return 0


def _any_number(_: Parameters) -> float:
    return inf


_ROWS: Final[Sequence[Form]] = ("json", "csv")
_MAP: Final[Sequence[Form]] = ("json", "csv", "geojson")
_UNKNOWN: Final = ResourceRule(_ROWS, _any_number)
_PLACES_OF_A_KIND: Final = "|".join(name for kind, name in COLLECTIONS.items() if kind != "owner")
_RESOURCES: Final[Sequence[tuple[re.Pattern[str], ResourceRule]]] = [
    (re.compile(f"/v1/(?:{pattern})"), rule)
    for pattern, rule in (
        ("telpunten/[^/]*/tellingen", ResourceRule(_ROWS, _period(), paged=False)),
        ("tellingen", ResourceRule(_ROWS, _period(), paged=False, of_places=True)),
        ("fietsaandeel", ResourceRule(_ROWS, _share, paged=False)),
        ("doorfietsroutes/[^/]*/gebruik", ResourceRule(_ROWS, _period(Interval.DAG), paged=False)),
        ("meetstations/[^/]*/metingen", ResourceRule(_ROWS, _period(Interval.UUR, 5), paged=False)),
        ("meetstations/[^/]*/luchtindex", ResourceRule(_ROWS, _period(Interval.UUR, 3), paged=False)),
        (f"(?:eigenaren|{_PLACES_OF_A_KIND})/[^/]*/kengetallen", ResourceRule(_ROWS, _values)),
        ("wijzigingen", ResourceRule(_ROWS, _any_number)),
        ("storingen", ResourceRule(_ROWS, _outages)),
        (_PLACES_OF_A_KIND, ResourceRule(_MAP, _few)),
        (f"(?:{_PLACES_OF_A_KIND})/[^/]*", ResourceRule(("json", "geojson"), _few)),
        ("eigenaren|kalender|indicatoren|meetreeksen", ResourceRule(_ROWS, _few)),
        (r"(?:eigenaren|indicatoren)/[^/]*|verwerking|openapi\.json", ResourceRule(("json",), _few)),
    )
]
