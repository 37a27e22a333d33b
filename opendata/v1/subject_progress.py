"""What an answer says of how far the platform is: as a whole in its meta, of an empty row in its kind and reason."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from opendata.processing import PlatformWatermark, Processing, Stage, State
from opendata.read.buckets import Bucket
from opendata.reasons import INCOMPLETE, NOT_ALL_PROCESSED, NOT_PROCESSED, fields
from opendata.v1.models import Row, Stap, Verwerking
from opendata.vocabulary import UNPROCESSED

_STATES: Final[Mapping[State, Literal["verwerkt", "bij", "wacht", "loopt achter"]]] = MappingProxyType(
    {"processed": "verwerkt", "current": "bij", "waiting": "wacht", "behind": "loopt achter"}
)
_STAGES: Final[Mapping[str, Literal["ontvangen", "opgeslagen", "opgeteld"]]] = MappingProxyType(
    {"receive": "ontvangen", "store": "opgeslagen", "aggregate": "opgeteld"}
)


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


def with_processing(row: Row, stored: Bucket, processing: Processing, *, missing: bool) -> Row:
    """Say of a row whose number is missing, or not whole, that it may come yet."""
    changed = change(row, stored, processing, missing=missing)
    return row.model_copy(update=changed) if changed else row


def change(row: Row, stored: Bucket, processing: Processing, *, missing: bool) -> Mapping[str, Any]:
    """Give the words that change when a row's number may come yet."""
    if not processing.lacks(stored.started_at, stored.ended_at):
        return {}
    if missing:
        return {"aard": UNPROCESSED, **fields(NOT_PROCESSED)}
    partial = row.dekking.waargenomen < row.dekking.verwacht
    return fields(NOT_ALL_PROCESSED) if partial and row.reden_code in {None, INCOMPLETE} else {}


def _stage(stage: Stage, now: datetime) -> Stap:
    lag = None if stage.until is None else max(0, round((now - stage.until).total_seconds()))
    progress: dict[str, Any] = {"verwerkt_tot": stage.until, "achterstand_seconden": lag, "wachtend": stage.backlog}
    return Stap(stap=_STAGES[stage.name], **progress)
