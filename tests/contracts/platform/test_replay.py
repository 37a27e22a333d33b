"""What was refused is decoded again and stored, once: by itself when it is registered, by hand, after kills."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg.types.json import Jsonb

from deploy.local.stack import Stack
from ingest.clock import system_time
from operations import replay_requests
from schemas.replay import RawSelection, RejectionSelection
from tests.journeys.sent_messages import QUARTER, Message, SentMessages
from tests.journeys.simulator import SimulatorClient, doorfiets, one
from tests.services import kill, stopped, wait_until

pytestmark = pytest.mark.contracts

STORED: Final = """
    SELECT source, started_at, value FROM doorfiets.observation JOIN doorfiets.datastream USING (datastream)
    WHERE sensor = %s AND value IS NOT NULL ORDER BY source, started_at
"""
OPEN: Final = """
    SELECT count(*) FROM doorfiets.rejection WHERE sensor = %s AND doorfiets.is_open(outcome, replayed_at, refused_at)
"""
FEED: Final = (
    "SELECT stored, corrections FROM doorfiets.feed JOIN doorfiets.datastream USING (datastream) WHERE sensor = %s"
)


_BASE: Final[dict[Path, str]] = {}
_ADDED: Final[dict[tuple[Path, str], str]] = {}


class Owners:
    """The registry of the stack, to which tests add: what has spoken once cannot be taken away."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.folder = Path(str(stack.settings().registry)) / "assen"

    def apply(self, *sites: str) -> None:
        """Apply the registry with these sites, in the place of those of the same ids."""
        for added in sites:
            self.add("sites.toml", added.split('"', 2)[1], added)
        self.put()

    def add(self, name: str, entry: str, text: str) -> None:
        """Add an entry to a file, or change it."""
        _ADDED[self.folder / name, entry] = text

    def put(self) -> None:
        """Write the files, and apply them."""
        for file in {file for file, _ in _ADDED}:
            base = _BASE.setdefault(file, file.read_text("utf-8"))
            added = [text for (place, _), text in _ADDED.items() if place == file]
            file.write_text("".join([base, *added]), "utf-8")
        run(self._stack, "registry", "apply", "--remove")


@pytest.fixture
def owners(stack: Stack) -> Owners:
    """Give the registry of the stack."""
    return Owners(stack)


@pytest.fixture
def publish(stack: Stack) -> Iterator[Callable[[str, bytes], None]]:
    """Give what publishes one message over MQTT."""
    client = SimulatorClient(stack, "replay")
    yield lambda topic, payload: client.publish([Message(topic, payload, {})], SentMessages())
    client.leave()


def run(stack: Stack, *words: str, code: int = 0, **more: str) -> str:
    """Run a command, and give what it says."""
    process = doorfiets(stack, *words, **more)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == code, said
    return said


def site(sensor: str, *sources: str, since: date = date(2020, 1, 1)) -> str:
    """Write a site that a sensor counts at, a channel for each source."""
    text = f'\n[[site]]\nid = "{sensor}"\nname = "{sensor}"\ndistrict = "WK010600"\nposition = [6.56, 52.99]\n'
    for source in sources:
        way = source.removeprefix("bicycles/")
        text += (
            f'[[site.channels]]\nid = "{sensor}-{way}"\nmode = "bicycles"\ndirection = "{way}"\n'
            f'[[site.channels.datastreams]]\nsensor = "{sensor}"\nsource = "{source}"\nvalid_from = {since}\n'
        )
    return text


def message(sensor: str, seq: int, start: datetime, values: dict[str, float]) -> tuple[str, bytes]:
    """Make a message of our own dialect about one quarter."""
    readings = [
        {"quantity": "bicycles", "channel": channel, "start": text(start), "end": text(start + QUARTER), "value": value,
         "unit": "1"} for channel, value in values.items()
    ]  # fmt: skip
    return f"sensors/{sensor}/data", json.dumps({"sensor": sensor, "seq": seq, "readings": readings}).encode()


def text(moment: datetime) -> str:
    """Write a time as our dialect has it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def quarters(number: int, back: timedelta) -> list[datetime]:
    """Give quarters that follow each other, from a while ago."""
    start = system_time().replace(minute=0, second=0, microsecond=0) - back
    return [start + step * QUARTER for step in range(number)]


def refused(database: psycopg.Connection[Any], sensor: str, number: int) -> None:
    """Wait until so many messages of a sensor are refused and open."""
    wait_until(lambda: one(database, OPEN, sensor) == number, f"{number} messages of {sensor} are refused")


def values(database: psycopg.Connection[Any], sensor: str) -> list[tuple[str, datetime, float]]:
    """Give what is stored of a sensor."""
    rows = database.execute(STORED.encode(), [sensor]).fetchall()
    return [(source, start.astimezone(UTC), value) for source, start, value in rows]


def stored(database: psycopg.Connection[Any], sensor: str, expected: Sequence[tuple[str, datetime, float]]) -> None:
    """Wait until that is stored of a sensor, and nothing else."""
    wait_until(lambda: values(database, sensor) == list(expected), f"{len(expected)} values of {sensor} are stored")


def test_what_was_unknown_is_stored_without_a_hand(
    stack: Stack,
    database: psycopg.Connection[Any],
    owners: Owners,
    publish: Callable[[str, bytes], None],
) -> None:
    """A sensor registered later, a source added later, a device called otherwise, a validity that was moved back."""
    moments = quarters(8, timedelta(hours=6))
    today = system_time().date()
    owners.apply(site("rp-source", "bicycles/in"), site("rp-late", "bicycles/in", since=today + timedelta(days=3)),
                 site("rp-typo", "bicycles/in"))  # fmt: skip
    for number, start in enumerate(moments):
        publish(*message("rp-new", number, start, {"in": number, "out": 10 + number}))
        publish(*message("rp-source", number, start, {"in": number, "out": 10 + number}))
        publish(*message("rp-late", number, start, {"in": number}))
        publish(*message("rp-tipo", number, start, {"in": number}))
    for sensor in ("rp-new", "rp-late", "rp-tipo"):
        refused(database, sensor, len(moments))
    ins = [("bicycles/in", start, float(number)) for number, start in enumerate(moments)]
    outs = [("bicycles/out", start, float(10 + number)) for number, start in enumerate(moments)]
    stored(database, "rp-source", ins)
    owners.apply(site("rp-source", "bicycles/in", "bicycles/out"), site("rp-late", "bicycles/in"),
                 site("rp-tipo", "bicycles/in"), site("rp-new", "bicycles/in", "bicycles/out"))  # fmt: skip
    stored(database, "rp-new", ins + outs)
    stored(database, "rp-source", ins + outs)
    stored(database, "rp-late", ins)
    stored(database, "rp-tipo", ins)
    for sensor in ("rp-new", "rp-late", "rp-tipo"):
        refused(database, sensor, 0)
        assert set(database.execute(FEED.encode(), [sensor]).fetchall()) == {(len(moments), 0)}
    listed = run(stack, "rejections", "list", "--sensor", "rp-new", "--json")
    assert listed.startswith("[]\nNothing of rp-new was refused")
    (closed,) = json.loads(run(stack, "rejections", "list", "--sensor", "rp-new", "--all", "--json").splitlines()[0])
    assert (closed["open"], closed["outcome"], closed["replays"]) == (0, "stored", len(moments))


def test_what_is_registered_source_by_source_is_stored_source_by_source(
    database: psycopg.Connection[Any], owners: Owners, publish: Callable[[str, bytes], None]
) -> None:
    """The sensor was nobody's when it spoke, and never speaks again: nothing of its second source is forgotten."""
    moments = quarters(3, timedelta(hours=6))
    owners.apply()
    for number, start in enumerate(moments):
        publish(*message("rp-steps", number, start, {"in": number, "out": 10 + number}))
    refused(database, "rp-steps", len(moments))
    owners.apply(site("rp-steps", "bicycles/in"))
    ins = [("bicycles/in", start, float(number)) for number, start in enumerate(moments)]
    stored(database, "rp-steps", ins)
    refused(database, "rp-steps", 0)
    owners.apply(site("rp-steps", "bicycles/in", "bicycles/out"))
    outs = [("bicycles/out", start, float(10 + number)) for number, start in enumerate(moments)]
    stored(database, "rp-steps", ins + outs)


def test_a_message_that_cannot_be_parsed_is_replayed_as_long_as_its_key_is_there(
    stack: Stack, database: psycopg.Connection[Any], owners: Owners, publish: Callable[[str, bytes], None]
) -> None:
    """With the key it is decoded again, and refused again; without it the loss is said."""
    owners.apply(site("rp-sealed", "bicycles/in"))
    publish("sensors/rp-sealed/data", b'{"sensor": "rp-sealed", ')
    refused(database, "rp-sealed", 1)
    words = ("rejections", "replay", "--sensor", "rp-sealed", "--dry-run")
    assert "malformed: " in run(stack, *words)
    assert "key_gone: " in run(stack, *words, DOORFIETS_SEAL_KEYS=str(stack.layout.home / "no-keys"))


def test_most_refused_again_stops_before_anything_is_published(
    stack: Stack, database: psycopg.Connection[Any], owners: Owners, publish: Callable[[str, bytes], None]
) -> None:
    """Three of four are refused for the reason of before: nothing is published, unless it is said again."""
    moments = quarters(4, timedelta(hours=8))
    owners.apply()
    for number, start in enumerate(moments):
        publish(*message(f"rp-half-{number}", number, start, {"in": number}))
    for number in range(4):
        refused(database, f"rp-half-{number}", 1)
    with stopped(stack, "replay"):
        owners.apply(site("rp-half-0", "bicycles/in"))
        words = ["rejections", "replay", "--reason", "unknown_sensor"]
        words += [word for number in range(4) for word in ("--sensor", f"rp-half-{number}")]
        said = run(stack, *words, "--yes", code=1)
        assert "3 of 4 messages are refused again for the reason unknown_sensor" in said
        assert values(database, "rp-half-0") == []
        assert "1 readings of bicycles/in" in run(stack, *words, "--dry-run")
        assert values(database, "rp-half-0") == []
        lines = [json.loads(line) for line in run(stack, *words, "--anyway", "--json").splitlines() if line[0] == "{"]
        assert sorted(line["outcome"] for line in lines) == ["stored", *["unknown_sensor"] * 3]
        stored(database, "rp-half-0", [("bicycles/in", moments[0], 0.0)])
        refused(database, "rp-half-0", 0)
        refused(database, "rp-half-1", 1)


def test_a_request_is_carried_out_and_answered(
    database: psycopg.Connection[Any], owners: Owners, publish: Callable[[str, bytes], None]
) -> None:
    """What the console asks for: first dry, with a result per message; a wrong selection fails with a sentence."""
    owners.apply()
    publish(*message("rp-asked", 1, quarters(1, timedelta(hours=7))[0], {"in": 4}))
    refused(database, "rp-asked", 1)
    state = _request(database, {"sensors": ["rp-asked"]}, dry_run=True)
    assert state["state"] == "done"
    assert [(one["sensor"], one["outcome"]) for one in state["results"]] == [("rp-asked", "unknown_sensor")]
    assert state["summary"]["messages"] == state["done"] == 1
    assert _request(database, {}, dry_run=True)["state"] == "failed"
    assert "sensor" in _request(database, {"sensor": "x"}, dry_run=True)["problem"]


def _request(database: psycopg.Connection[Any], selection: dict[str, Any], *, dry_run: bool) -> dict[str, Any]:
    number = one(
        database,
        "INSERT INTO doorfiets.replay_request (kind, selection, dry_run, requested_by)"
        " VALUES ('rejections', %s, %s, 'anna') RETURNING request",
        Jsonb(selection),
        dry_run,
    )
    state = "SELECT to_jsonb(r) FROM doorfiets.replay_request r WHERE request = %s"
    wait_until(lambda: one(database, state, number)["finished_at"] is not None, "the request is carried out")
    return dict(one(database, state, number))


def test_kills_in_the_middle_lose_nothing_and_count_nothing_twice(
    stack: Stack, database: psycopg.Connection[Any], owners: Owners
) -> None:
    """Process `replay` is killed as soon as anything of three pages is stored, and again, and again."""
    moments = quarters(1_200, timedelta(days=14))
    owners.apply()
    client = SimulatorClient(stack, "replay-many")
    sent = [Message(*message("rp-many", seq, start, {"in": seq % 97}), {}) for seq, start in enumerate(moments)]
    client.publish(sent, SentMessages())
    client.leave()
    refused(database, "rp-many", len(moments))
    owners.apply(site("rp-many", "bicycles/in"))
    for part in (0, 1, 2):
        wait_until(lambda part=part: len(values(database, "rp-many")) > part, "some of it is stored")  # type: ignore[misc]
        kill(stack, "replay")
    stored(database, "rp-many", [("bicycles/in", start, float(seq % 97)) for seq, start in enumerate(moments)])
    refused(database, "rp-many", 0)
    assert database.execute(FEED.encode(), ["rp-many"]).fetchall() == [(len(moments), 0)]


def test_the_console_asks_as_its_own_role(stack: Stack) -> None:
    """It may ask and look, and cannot carry out; nobody means everything by naming nothing."""
    with psycopg.connect(str(stack.settings().postgres), user="console") as console:
        with pytest.raises(ValueError, match="names nothing"):
            replay_requests.ask(console, RejectionSelection(), by="anna", dry_run=True)
        since = system_time() - timedelta(days=1)
        raw = RawSelection(since, since + timedelta(minutes=1), sensors=("rp-nobody",))
        numbers = [
            replay_requests.ask(console, one, by="anna", dry_run=True)
            for one in (RejectionSelection(sensors=("rp-nobody",)), raw)
        ]
        console.commit()
        for number in numbers:
            wait_until(lambda number=number: _is_done(console, number), "the request is carried out")  # type: ignore[misc]
        newest = replay_requests.requests(console, 2)
        assert [(one["request"], one["kind"], one["requested_by"]) for one in newest] == [
            (numbers[1], "raw", "anna"), (numbers[0], "rejections", "anna"),
        ]  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            console.execute("UPDATE doorfiets.replay_request SET state = 'done'")


def _is_done(console: psycopg.Connection[Any], number: int) -> bool:
    found = replay_requests.request(console, number)
    console.commit()
    return found is not None and found["state"] == "done"
