"""Eco-Counter: rows of a site as the vendor's interface gives them, passed on over MQTT.

Sensor: the number of the site. Source: the number of the `flow` of a row, or `counts` where it names none. `date` is
the start of an interval as long as `step` says, else as the shortest time between two rows of a flow. A count that is
null fills a hole: nothing was measured. `status` says whether the vendor looked at a row, not what it thinks of it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import msgspec

from ingest.dialects.dialect import Dialect, Example, for_every_device
from ingest.dialects.document import Document, parse_any, rows_under
from ingest.dialects.fields import end_of, instant, number, shaped, stamp, within
from ingest.dialects.permitted import NUMBER, TIME, Sender, SenderForm, Texts, matching
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.windows import BACKFILL
from schemas.device import RegisteredDevice
from schemas.observation import Observation

PATTERN: Final = re.compile(r"ecocounter/([a-z0-9-]{3,40})", re.ASCII)
SOURCE: Final = "counts"
MOST_ROWS: Final = 1_000
MAX_COUNT: Final = 100_000
_HOUR: Final = timedelta(hours=1)
_STEPS: Final = {"15m": 900, "30m": 1800, "1h": 3600, "hour": 3600}
_FLOW: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_SHORT: Final = 8  # digits; a number of more is that of somebody or something
_SHARED: Final = 6  # digits: flow 101031297 is of site 100031297
_BARE_OFFSET: Final = re.compile(r"([+-]\d\d)(\d\d)$", re.ASCII)


class SiteRow(msgspec.Struct):
    """The count of one interval."""

    date: str
    counts: object
    flow: str | None = None


class SiteMessage(msgspec.Struct):
    """SiteMessage of one site, of any of its flows."""

    rows: list[SiteRow]
    step: int | str | None = None


def parse_rows(payload: bytes) -> Document:
    """Parse rows: in an object, or as the list that the interface gives."""
    return rows_under("rows", parse_any(payload), texts="flow")


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the message says everything itself
) -> list[Observation]:
    """Decode the rows of one site: one observation of an interval each."""
    site = topic.rpartition("/")[2]
    given = shaped(document, SiteMessage)
    if len(given.rows) > MOST_ROWS:
        raise RefusedError("too_large", f"{len(given.rows)} rows, at most {MOST_ROWS}")
    rows = [row for row in given.rows if row.flow is None or _FLOW.fullmatch(row.flow)]  # of others no number stays
    if not rows and given.rows:
        raise RefusedError(
            "unknown_sensor", "no row is of a flow that is registered, or that is numbered like its site"
        )
    starts = [(row.flow or SOURCE, _start(row.date)) for row in rows]
    _refuse_twice(starts)
    step = _shortest(starts) if given.step is None else _step(given.step)
    _refuse_off_step(starts, step)
    intervals = [(source, started_at, end_of(started_at, step)) for source, started_at in starts]
    for _, started_at, ended_at in intervals:
        BACKFILL.refuse_outside(started_at, ended_at, received_at)
    return [
        Observation(site, *interval, value, float(value is not None), received_at)
        for interval, value in zip(intervals, map(_value, rows), strict=True)
    ]


def encode(observations: Sequence[Observation]) -> bytes:
    """Encode observations of one site and of intervals of one length."""
    step = observations[0].ended_at - observations[0].started_at
    rows = [
        SiteRow(stamp(one.started_at), one.value, None if one.source == SOURCE else one.source) for one in observations
    ]
    return msgspec.json.encode(SiteMessage(rows, int(step.total_seconds())))


def _value(row: SiteRow) -> float | None:
    return None if row.counts is None else within(number(row.counts, "counts"), 0, MAX_COUNT, "counts")


def _start(date: str) -> datetime:
    return instant(_BARE_OFFSET.sub(r"\1:\2", date) if "T" in date else date)


def _step(step: int | str) -> timedelta:
    """Return the length of an interval that is given in seconds or as the interface names it."""
    length = timedelta(seconds=_STEPS.get(step, 0) if isinstance(step, str) else min(max(step, 0), 86_400))
    if not length or _HOUR % length:
        raise RefusedError("range", f"step {shown(step)} is not a part of an hour: {', '.join(_STEPS)}, or seconds")
    return length


def _neighbours(starts: Iterable[tuple[str, datetime]]) -> Iterator[tuple[str, datetime, datetime]]:
    """Yield every two rows of a flow that follow each other in time."""
    for (one, earlier), (other, later) in pairwise(sorted(starts)):
        if one == other:
            yield one, earlier, later


def _shortest(starts: Iterable[tuple[str, datetime]]) -> timedelta:
    """Return the shortest time between two rows of a flow."""
    between = min((later - earlier for _, earlier, later in _neighbours(starts)), default=None)
    if between is None:
        raise RefusedError("missing_field", "one row does not tell how long its interval is: give `step`")
    return _step(int(between.total_seconds()))


def _refuse_twice(starts: Iterable[tuple[str, datetime]]) -> None:
    for source, earlier, later in _neighbours(starts):
        if earlier == later:
            raise RefusedError("duplicate_key", f"two rows of {source} at {stamp(later)}")


def _refuse_off_step(starts: Iterable[tuple[str, datetime]], step: timedelta) -> None:
    """Refuse rows of which an interval overlaps the next."""
    for _, earlier, later in _neighbours(starts):
        if (later - earlier) % step:
            raise RefusedError("range", f"{stamp(later)} is not a whole number of steps after {stamp(earlier)}")


def _flow(text: str, sender: Sender) -> str | None:
    """Let the number of a flow stay that is registered, short, or that ends as the number of its site does."""
    own = len(text) > _SHORT and text[-_SHARED:] == sender.sensor[-_SHARED:]
    return text if _FLOW.fullmatch(text) and (own or len(text) <= _SHORT or text in sender.fields) else None


_TEXTS: Final[Texts] = {
    "step": matching("|".join(_STEPS)),
    "rows.*.date": TIME,
    "rows.*.counts": NUMBER,
    "rows.*.flow": SenderForm(_flow),
}


def _example() -> Iterator[Example]:
    rows = (
        b'[{"date":"2026-05-12T08:15:00+02:00","counts":42,"status":1},'
        b'{"date":"2026-05-12T08:30:00+0200","counts":42,"status":1}]'
    )
    flows = (
        b'{"step":"15m","rows":[{"date":"2026-05-12T08:15:00+02:00","counts":42,"flow":101031298},'
        b'{"date":"2026-05-12T08:15:00+02:00","counts":null,"flow":"102031298"}]}'
    )
    yield Example("ecocounter/100031297", rows, "100031297", {SOURCE: 42.0})
    yield Example("ecocounter/100031298", flows, "100031298", {"101031298": 42.0, "102031298": None})


DIALECT: Final = Dialect(
    name="eco_counter",
    subscriptions=("ecocounter/+",),
    sensor_topics=("ecocounter/%u",),
    pattern=PATTERN,
    sensor_group=1,
    texts=for_every_device(_TEXTS),
    parse=parse_rows,
    decode=decode,
    encode=encode,
    examples=tuple(_example()),
)
