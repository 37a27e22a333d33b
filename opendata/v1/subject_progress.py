"""What an answer says of how far the platform is: as a whole in its meta, of an empty row in its kind and reason."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from opendata.database import NamedQueries
from opendata.database import Row as Stored
from opendata.processing import PlatformWatermark, Processing, Stage, State
from opendata.reasons import NOT_ALL_PROCESSED, NOT_PROCESSED, fields
from opendata.v1.models import Row, Stap, Verwerking
from opendata.vocabulary import UNPROCESSED

_STATES: Final[Mapping[State, Literal["verwerkt", "bij", "wacht", "loopt achter"]]] = MappingProxyType(
    {"processed": "verwerkt", "current": "bij", "waiting": "wacht", "behind": "loopt achter"}
)
_STAGES: Final[Mapping[str, Literal["ontvangen", "opgeslagen", "opgeteld"]]] = MappingProxyType(
    {"receive": "ontvangen", "store": "opgeslagen", "aggregate": "opgeteld"}
)


class AnswerSubject(NamedTuple):
    """What an answer is about, as `api.waiting` knows it: a null facet or direction is all of them."""

    kind: str
    name: str
    facet: str | None = None
    direction: str | None = None


async def read(store: NamedQueries, about: AnswerSubject, start: datetime, end: datetime, now: datetime) -> Processing:
    """Read how far a subject is processed in a range."""
    parameters = {"kind": about.kind, "subject": about.name, "facet": about.facet, "direction": about.direction}
    waiting = await store.row("waiting", start=start, end=end, **parameters) or {}
    return Processing.of(await store.row("watermark"), waiting.get("waiting"), now)


def meta(processing: Processing, start: datetime, end: datetime) -> Verwerking | None:
    """Say how a range stands: where all is processed nothing that moves, else each stage; None where not known."""
    state = processing.state(start, end)
    if state is None:
        return None
    stages = () if state == "processed" or processing.watermark is None else processing.watermark.stages
    return Verwerking(toestand=_STATES[state], stappen=[_stage(one, processing.now) for one in stages])


def whole(watermark: PlatformWatermark | None, now: datetime) -> Verwerking:
    """Say how the platform as a whole stands; without stages where nothing was ever marked."""
    state: State = "behind" if watermark and watermark.behind(now) else "current"
    return Verwerking(
        toestand=_STATES[state], stappen=[_stage(one, now) for one in watermark.stages] if watermark else []
    )


def with_processing(row: Row, stored: Stored, processing: Processing, number: str) -> Row:
    """Say of a row whose number is not there, or not whole, that it may come yet."""
    return row.model_copy(update=change(row, stored, processing, number))


def change(row: Row, stored: Stored, processing: Processing, number: str) -> Mapping[str, Any]:
    """Give the words that change when a row's number may come yet."""
    if not processing.lacks(stored["started_at"], stored["ended_at"]):
        return {}
    if stored[number] is None:
        return {"aard": UNPROCESSED, **fields(NOT_PROCESSED)}
    partial = row.dekking.waargenomen < row.dekking.verwacht
    return fields(NOT_ALL_PROCESSED) if partial and row.reden is None else {}


def _stage(stage: Stage, now: datetime) -> Stap:
    lag = None if stage.until is None else max(0, round((now - stage.until).total_seconds()))
    progress: dict[str, Any] = {"verwerkt_tot": stage.until, "achterstand_seconden": lag, "wachtend": stage.backlog}
    return Stap(stap=_STAGES[stage.name], **progress)
