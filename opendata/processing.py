"""How far the platform has come: what a number may say of a bucket that is empty, and whether the platform moves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from psycopg.types.multirange import TimestamptzMultirange
from psycopg.types.range import Range

from opendata.database import Row

State: TypeAlias = Literal["processed", "current", "waiting", "behind"]
Lag: TypeAlias = Literal["receive", "store", "aggregate", "measure"]

_BEHIND: Final = timedelta(seconds=30)
"""From this lag on the platform is behind: what it has not yet received may have been measured all the same."""
_PATIENCE: Final[dict[Lag, timedelta]] = {
    "measure": timedelta(seconds=30),
    "receive": timedelta(seconds=30),
    "store": timedelta(seconds=60),
    "aggregate": timedelta(seconds=120),
}
"""After how long a stage that does not come on makes the platform unready; hours of the past hold nothing up."""
_SILENT: Final = timedelta(seconds=10)
"""After how long a stage that measures itself each second has stopped to."""


class Stage(NamedTuple):
    """One stage: until when what was published has passed it, and how much waits before it; None where not known."""

    name: Literal["receive", "store", "aggregate"]
    until: datetime | None
    backlog: int | None


@dataclass(frozen=True)
class PlatformWatermark:
    """Until when everything that sensors published is received, stored and aggregated."""

    stages: tuple[Stage, Stage, Stage]
    measured_at: datetime | None
    store_measured_at: datetime | None = None
    aggregate_measured_at: datetime | None = None

    @classmethod
    def of(cls, row: Row | None) -> "PlatformWatermark | None":
        """Read the row of `api.watermark`; None where nothing was ever marked, and then nothing may be judged by it."""
        if row is None or row["received_until"] is None:
            return None
        return cls(
            (
                Stage("receive", row["received_until"], row["receive_backlog"]),
                Stage("store", row["stored_until"], row["store_backlog"]),
                Stage("aggregate", row["aggregated_until"], row["aggregate_backlog"]),
            ),
            row["measured_at"],
            row["store_measured_at"],
            row["aggregate_measured_at"],
        )

    @property
    def until(self) -> datetime | None:
        """Until when what was published is in the sums; None just after the first start: then nothing is judged."""
        return self.stages[2].until

    def behind(self, now: datetime) -> bool:
        """Tell whether the sums lag so far behind that an empty bucket says nothing yet."""
        return self.until is not None and now - self.until > _BEHIND


def stands_still(
    watermark: PlatformWatermark | None, now: datetime, moved_at: Mapping[Lag, datetime] = MappingProxyType({})
) -> Lag | None:
    """Name the first stage that does not move, None where all do or where nothing was ever marked.

    A stage that was seen to come on at `moved_at` moves, however late it is. One of which no moment is known is not
    judged: `store` may just have begun.

    The word that something is received comes through the store. Where that one measures nothing any more, or records
    wait for it and it was not the last of the two to come on, it is the one that stands. An `aggregate` that measures
    nothing any more stands, also where it ended before anything had passed it.
    """
    if watermark is None:
        return None
    moments: dict[Lag, datetime | None] = {"measure": watermark.measured_at}
    moments |= {stage.name: stage.until for stage in watermark.stages}
    late = (
        name
        for name, at in moments.items()
        if at is not None and now - max(at, moved_at.get(name, at)) > _PATIENCE[name]
    )
    first = next(late, None)
    if first == "receive" and _store_stands(watermark, now, moved_at):
        return "store"
    measured_at = watermark.aggregate_measured_at
    if first is None and measured_at is not None and now - measured_at > _PATIENCE["aggregate"]:
        return "aggregate"
    return first


def _store_stands(watermark: PlatformWatermark, now: datetime, moved_at: Mapping[Lag, datetime]) -> bool:
    """Tell whether `store` has not measured itself for `_SILENT`, or has a backlog and stored nothing since."""
    store, measured_at = watermark.stages[1], watermark.store_measured_at
    if measured_at is not None and now - measured_at > _SILENT:
        return True
    stored, received = moved_at.get("store"), moved_at.get("receive")
    return bool(store.backlog) and (stored is None or (received is not None and stored <= received))


class Movement:
    """What somebody sees who asks again and again: a stage that lags and comes on works off a backlog."""

    def __init__(self) -> None:
        """Nothing was seen yet: the first look judges by the lag alone."""
        self._before: PlatformWatermark | None = None
        self._looked_at: datetime | None = None
        self._moved_at: dict[Lag, datetime] = {}

    def still(self, watermark: PlatformWatermark | None, now: datetime) -> Lag | None:
        """Look, and name the first stage that does not move; what came on since a look of long ago may stand again."""
        before, self._before = self._before, watermark
        looked_at, self._looked_at = self._looked_at, now
        if watermark and before and looked_at:
            self._moved_at |= {
                new.name: now
                for new, old in zip(watermark.stages, before.stages, strict=True)
                if new.until and old.until and new.until > old.until and now - looked_at <= _PATIENCE[new.name]
            }
        return stands_still(watermark, now, self._moved_at)


@dataclass(frozen=True)
class Processing:
    """How far what an answer is about has been processed: until the watermark, less the hours that wait."""

    watermark: PlatformWatermark | None
    waiting: Iterable[Range[datetime]]
    now: datetime

    @classmethod
    def of(cls, watermark: Row | None, waiting: TimestamptzMultirange | None, now: datetime) -> "Processing":
        """Take what the store says."""
        return cls.by(PlatformWatermark.of(watermark), waiting, now)

    @classmethod
    def by(
        cls, watermark: PlatformWatermark | None, waiting: TimestamptzMultirange | None, now: datetime
    ) -> "Processing":
        """Take a watermark, and what the store says of the hours that wait."""
        return cls(watermark, tuple(waiting if waiting is not None else ()), now)

    def lacks(self, started_at: datetime, ended_at: datetime) -> bool:
        """Tell whether something measured in [started_at, ended_at) may not be in its number yet.

        A bucket that is over is whole when the watermark has passed its end; a running one when the platform keeps up.
        """
        if any(_overlap(one, started_at, ended_at) for one in self.waiting):
            return True
        if self.watermark is None or self.watermark.until is None:
            return False
        return self.watermark.behind(self.now) if ended_at > self.now else ended_at > self.watermark.until

    def state(self, started_at: datetime, ended_at: datetime) -> State | None:
        """Say how a range stands as a whole; None where it is not known."""
        waits = any(_overlap(one, started_at, ended_at) for one in self.waiting)
        if self.watermark is None or self.watermark.until is None:
            return "waiting" if waits else None
        if ended_at > self.watermark.until and self.watermark.behind(self.now):
            return "behind"
        if waits:
            return "waiting"
        return "current" if ended_at > self.watermark.until else "processed"


def _overlap(one: Range[datetime], started_at: datetime, ended_at: datetime) -> bool:
    return (one.lower is None or one.lower < ended_at) and (one.upper is None or one.upper > started_at)
