"""A database of its own with a small registry, and both workers to put things through it, without Kafka."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from deploy import registrar
from registry.files import OwnerFolder
from schemas.frames import Item, pack
from schemas.observation import Observation
from schemas.published import PUBLISHED
from schemas.registry import (
    Channel,
    Datastream,
    District,
    Link,
    Owner,
    Registry,
    Route,
    Screenline,
    Site,
    Station,
)
from streams.domain.fence import Record
from streams.sinks.aggregation.aggregate_store import AggregateStore
from streams.sinks.observation_store import ObservationStore, Outcome, TopicEpoch
from streams.writers import ObservationWriter

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
LOG = TopicEpoch("observations", "cluster/topic")
LENGTHS = (2.4, 5.1, 8.0, 6.5, 5.0)

_SQUARE = {"type": "Polygon", "coordinates": [[[6.0, 52.0], [7.0, 52.0], [7.0, 54.0], [6.0, 54.0], [6.0, 52.0]]]}
_KEYS = {table.name: ", ".join(table.key) for table in PUBLISHED}


class StoreAndAggregate:
    """`store` and `aggregate` over one database; offsets are given out as a log would."""

    def __init__(self, conninfo: str, superuser: str) -> None:
        self.conninfo = conninfo
        self.superuser = superuser
        self.database = psycopg.connect(superuser, autocommit=True, options="-c TimeZone=UTC")
        self.observation_store = ObservationStore(conninfo)
        self.writer = ObservationWriter(self.observation_store, LOG)
        self.aggregate_store = AggregateStore(conninfo)
        self._next = 0

    def read_registry_anew(self) -> None:
        """Let the next batch be assigned by the registry as it is now: `store` reads it again at most once a second."""
        self.writer = ObservationWriter(self.observation_store, LOG)

    async def close(self) -> None:
        """Close all connections."""
        await self.observation_store.drop()
        await self.aggregate_store.drop()
        self.database.close()

    def record(self, *items: Item) -> Record:
        """Write a frame to the log."""
        frame = pack(items, frame_id=f"f{self._next}", writer="test")
        self._next += 1
        return Record(0, self._next - 1, frame.value, frame.headers)

    async def store(self, *observations: Observation) -> Outcome:
        """Put observations through `store`, as one frame."""
        return await self.store_records([self.record(*observations)])

    async def store_records(self, records: Sequence[Record]) -> Outcome:
        """Put records through `store`, as one batch."""
        await self.observation_store.fences(LOG, {0: 0})
        return await self.writer.write(records)

    async def aggregate(self) -> int:
        """Recompute until nothing is dirty and nothing to be rebuilt; answer how many buckets were dirty."""
        assert await self.aggregate_store.alone()
        buckets = 0
        while taken := await self.aggregate_store.round(500):
            buckets += taken
        while await self.aggregate_store.pieces(5):
            pass
        return buckets

    async def compute(self) -> int:
        """Compute indicators until none is due; answer how many places were."""
        assert await self.aggregate_store.alone()
        places = 0
        while taken := await self.aggregate_store.compute():
            places += taken
        return places

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask the database."""
        return self.database.execute(query.encode(), parameters).fetchall()

    def row(self, query: str, *parameters: object) -> tuple[Any, ...]:
        """Ask the database for one row."""
        (row,) = self.rows(query, *parameters)
        return row

    def aggregate_rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Give all aggregates whole: content, revision and when they were computed."""
        return {table: self.rows(f"SELECT * FROM doorfiets.{table} ORDER BY {key}") for table, key in _KEYS.items()}  # noqa: S608 - names of ours

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Give what the aggregates say, without when and in which revision."""
        query = "SELECT to_jsonb(t) - '{{revision,computed_at,changed_in}}'::text[] FROM doorfiets.{} t ORDER BY {}"
        return {table: self.rows(query.format(table, key)) for table, key in _KEYS.items()}


def seen(value: float | None = 5, *, sensor: str = "a-1", source: str = "bicycles/in", **other: Any) -> Observation:  # noqa: ANN401 - fields differ in type
    """Make an observation of the quarter that starts at `at` (NOON), received `raw` seconds after it ended."""
    start = other.pop("at", NOON)
    end = start + other.pop("lasts", QUARTER)
    received_at = end + timedelta(seconds=other.pop("received", 20))
    return Observation(
        sensor, source, start, end, value, other.pop("uptime", 1.0), received_at, other.pop("quality_flags", 0)
    )


def quarters(values: Iterable[float | None], **other: Any) -> list[Observation]:  # noqa: ANN401 - likewise
    """Make observations of quarters that follow each other from `at` on."""
    start = other.pop("at", NOON)
    return [seen(value, at=start + number * QUARTER, **other) for number, value in enumerate(values)]


def small() -> Registry:
    """An owner: site `a` counts bicycles both ways and cars, `b` to `e` one way, one station, one route."""
    sites = [_site("a", _channel("a", "in"), _channel("a", "out"), _channel("a", "auto", "cars", "cars"))]
    sites += [_site(name, _channel(name, "in")) for name in "bcde"]
    return Registry(
        owner=_owner(),
        districts=[District(id="WK01", name="Noord", geometry=_SQUARE)],
        sites=sites,
        stations=[_station()],
        links=[_link(number, name) for number, name in enumerate("abcde")],
        routes=[Route(id="groen", name="Groen", links=[f"link-{name}" for name in "abcde"])],
        screenlines=[Screenline(id="lijn-a", name="Lijn A", sites=["a"])],
    )


def other(zone: str) -> Registry:
    """Another owner, of one site `z` that counts bicycles and cars one way, on a link that is a route."""
    return Registry(
        owner=_owner("PV99", zone=zone),
        districts=[District(id="ZZ01", name="Zuid", geometry=_SQUARE)],
        sites=[_site("z", _channel("z", "in"), _channel("z", "auto", "cars", "cars"), district="ZZ01")],
        stations=[],
        links=[_link(4, "z", "ZZ01")],
        routes=[Route(id="zuid", name="Zuid", links=["link-z"])],
        screenlines=[],
    )


def load(processing_conninfo: str, *registries: Registry) -> None:
    """Apply registries of one owner each, and take away what they no longer name."""
    folders = [OwnerFolder(Path(one.owner.id), one, "state") for one in registries]
    registrar.apply(folders, processing_conninfo, confirmed=None)


def _owner(name: str = "GM0000", *, zone: str = "Europe/Amsterdam") -> Owner:
    return Owner(
        id=name,
        host=name == "GM0000",
        timezone=zone,
        name="Proef",
        publisher="Gemeente Proef",
        contact_email="post@example.org",
        contact_url="https://example.org",
        centre="WK01" if name == "GM0000" else "ZZ01",
        school_region="noord",
    )


def _channel(site: str, direction: str, mode: str = "bicycles", source: str = "") -> Channel:
    stream = Datastream(sensor=f"{site}-1", source=source or f"bicycles/{direction}", valid_from=date(2020, 1, 1))
    return Channel(id=f"{site}-{direction}", mode=mode, direction=direction, datastreams=[stream])


def _site(name: str, *channels: Channel, district: str = "WK01") -> Site:
    return Site(id=name, name=name.upper(), district=district, position=(6.5, 53.0), channels=list(channels))


def _station() -> Station:
    return Station(
        id="lucht", name="Lucht", district="WK01", position=(6.5, 53.0), kind="citizen", environment="background",
        datastreams=[Datastream(sensor="lucht-1", source="pm25", quantity="pm25", valid_from=date(2020, 1, 1))],
    )  # fmt: skip


def _link(number: int, site: str, district: str = "WK01") -> Link:
    return Link(
        id=f"link-{site}", name=f"schakel {number + 1}", start=district, end="region", length=LENGTHS[number],
        green=number in (2, 3), greenery=0.5, priority=0.5, width=3.0, asphalt=1.0, site=site,
    )  # fmt: skip
