"""Alerts from the fault to the mailbox: each rule by its fault, one message for a place, cleared, and never twice."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from psycopg.types.json import Jsonb
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner
from werkzeug import Request, Response

from deploy.cli import assembled
from deploy.local.stack import Stack
from deploy.settings import write
from operations.alerts.alert_store import AlertStore
from operations.alerts.configuration import AlertPlan, plan
from operations.alerts.delivery import AlertDelivery
from operations.alerts.metrics import AlertMetrics
from operations.alerts.platform_rules import PlatformPlaces
from operations.alerts.raising import Alerts
from operations.watch.connection import connect
from schemas.quality_flags import QUALITY_FLAGS
from schemas.rejection import Rejection
from schemas.watermark import Watermark
from streams.sinks.observation_store import TopicEpoch
from streams.writers import RejectionWriter
from tests.contracts.mail import Mailbox, mail_server
from tests.contracts.processing import HOUR, QUARTER, StoreAndAggregate, seen

pytestmark = pytest.mark.contracts

SECOND = timedelta(seconds=1)
BITS = {flag.name: flag.bit for flag in QUALITY_FLAGS}
ALL_OF_A = [("a-1", "bicycles/in"), ("a-1", "bicycles/out"), ("a-1", "cars")]
OTHERS = [(f"{name}-1", "bicycles/in") for name in "bcde"]
HOOK = {"kind": "webhook", "secret_file": "secret"}


class Watching:
    """Process `watch` with its alerts, round by round, by a clock of its own that begins with that of the database.

    Whatever it says is sent at once, unless a test has `sends` off, since it sends itself.
    """

    def __init__(self, processing: StoreAndAggregate, plan: AlertPlan, places: PlatformPlaces) -> None:
        self._processing, self.plan, self._places, self.sends = processing, plan, places, True
        (self.at,) = processing.row("SELECT now()")
        self.connect()
        self.restart()

    def connect(self) -> None:
        """Open a connection."""
        self._connection = connect(self._processing.conninfo)

    def restart(self) -> None:
        """Begin anew, as after a crash: what is known is in the database."""
        self._alerts = Alerts(self.plan, self._places, AlertMetrics(CollectorRegistry()), every=0)

    def round(self) -> None:
        """Carry out the next one, ten seconds later; what the one before has said is sent."""
        self.at += 10 * SECOND
        if self.sends:
            self._connection.execute("UPDATE doorfiets.alert_message SET sent_at = now()")
        self._alerts(self._connection, self.at)

    def minute(self) -> None:
        """Carry out those of one minute."""
        for _ in range(6):
            self.round()

    def open(self) -> list[tuple[str, str, str]]:
        """Give what is open: rule, subject, state."""
        return self._processing.rows(
            "SELECT rule, subject, state FROM doorfiets.alert WHERE state <> 'ended' ORDER BY rule, subject"
        )

    def messages(self) -> list[list[tuple[str, str, str]]]:
        """Give every message: of each alert in it what is said, rule and subject."""
        rows = self._processing.rows("SELECT content FROM doorfiets.alert_message ORDER BY message")
        return [[(one["said"], one["rule"], one["subject"]) for one in content["alerts"]] for (content,) in rows]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def watching(
    processing: StoreAndAggregate,
    places: PlatformPlaces | None = None,
    **file: Any,  # noqa: ANN401 - a file
) -> Iterator[Watching]:
    """Watch by a file; without a receiver in it by one who is never reached, since nothing is sent in these tests."""
    text = {"receiver": {"r": {"kind": "ntfy", "url": "https://ntfy.example.nl", "topic": "t"}}} | file
    made = Watching(processing, plan(text, Path()), places or PlatformPlaces())
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def now(processing: StoreAndAggregate) -> datetime:
    """Give the beginning of the present quarter, by the clock of the database."""
    (at,) = processing.row("SELECT date_bin('15 minutes', now(), 'epoch')")
    found: datetime = at.astimezone(UTC)
    return found


async def speak(
    processing: StoreAndAggregate, sources: Sequence[tuple[str, str]], at: datetime, value: float = 5
) -> None:
    """Let sensors say something of the quarter that begins at a moment, and store all that is published."""
    (until,) = processing.row("SELECT now()")
    said = [seen(value, sensor=sensor, source=source, at=at) for sensor, source in sources]
    await processing.store_records([processing.record(*said), processing.record(Watermark("one", until))])


def find(processing: StoreAndAggregate, flag: str, since: datetime, channel: str = "a-in") -> None:
    """Enter a finding about a channel that goes on."""
    processing.database.execute(
        "INSERT INTO doorfiets.finding (datastream, flag, bit, started_at, ended_at, rule, evidence)"
        " SELECT datastream, %s, %s, %s, 'infinity', 'test-1', '{}' FROM doorfiets.datastream WHERE channel = %s",
        [flag, BITS[flag], since, channel],
    )


async def refuse(processing: StoreAndAggregate, *rejections: Rejection) -> None:
    """Store what was refused."""
    log = TopicEpoch("rejections", "cluster/topic")
    await processing.observation_store.fences(log, {0: 0})
    await RejectionWriter(processing.observation_store, log).write([processing.record(*rejections)])


def maintain(processing: StoreAndAggregate, since: datetime, channels: Iterable[str]) -> None:
    """Say that somebody works on channels from a moment on, without an end."""
    for channel in channels:
        processing.database.execute(
            "INSERT INTO doorfiets.exclusion (kind, channel, started_at, ended_at, reason, entered_by)"
            " VALUES ('maintenance', %s, %s, 'infinity', 'batterij', 'j.jansen')",
            [channel, since],
        )


def undo(processing: StoreAndAggregate) -> None:
    """Let no entry hold."""
    processing.database.execute(
        "INSERT INTO doorfiets.exclusion (kind, undoes, channel, started_at, ended_at, reason, entered_by)"
        " SELECT 'restore', entry, channel, started_at, ended_at, 'klaar', 'j.jansen' FROM doorfiets.effective_entry"
    )


def withdraw(processing: StoreAndAggregate) -> None:
    """Let no finding stand."""
    processing.database.execute("UPDATE doorfiets.finding SET withdrawn_at = now()")


async def test_all_is_well_and_nothing_is_said(processing: StoreAndAggregate, now: datetime) -> None:
    """Nor about what has never said anything."""
    await speak(processing, ALL_OF_A, now - QUARTER)
    with watching(processing) as watch:
        watch.minute()
        assert watch.open() == []
        assert watch.messages() == []


async def test_one_direction_that_falls_silent_is_one_message_and_clears(
    processing: StoreAndAggregate, now: datetime
) -> None:
    """Within a minute, with what is silent and why; and once over, over."""
    await speak(processing, ALL_OF_A[1:], now - QUARTER)
    await speak(processing, ALL_OF_A[:1], now - 5 * QUARTER)
    with watching(processing) as watch:
        watch.minute()
        assert watch.messages() == [[("firing", "silent", "a")]]
        content = processing.row("SELECT content FROM doorfiets.alert_message")[0]["alerts"][0]
        assert (content["name"], content["owner"], content["severity"]) == ("A", "GM0000", "warning")
        assert (content["measured"]["feeds"], content["measured"]["of"]) == (1, 3)
        (part,) = content["measured"]["parts"]
        assert (part["sensor"], part["what"], part["reason"]["code"]) == ("a-1", "a-in", "nothing_received")
        await speak(processing, ALL_OF_A[:1], now - QUARTER)
        watch.minute()
        watch.minute()
        assert watch.messages()[1:] == [[("cleared", "silent", "a")]]
        assert watch.open() == []


async def test_a_site_that_falls_silent_is_one_message_not_one_for_each_channel(
    processing: StoreAndAggregate, now: datetime
) -> None:
    """Though it began with one of them."""
    await speak(processing, ALL_OF_A[1:], now - QUARTER)
    await speak(processing, ALL_OF_A[:1], now - 5 * QUARTER)
    with watching(processing) as watch:
        watch.round()
        processing.database.execute("UPDATE doorfiets.feed SET last_ended_at = last_ended_at - interval '90 minutes'")
        watch.minute()
        watch.minute()
        assert watch.messages() == [[("firing", "site_silent", "a")]]


async def test_a_restart_says_nothing_again(processing: StoreAndAggregate, now: datetime) -> None:
    """Only what lasts for hours is said again, by the clock that began before it."""
    await speak(processing, ALL_OF_A, now - 5 * QUARTER)
    with watching(processing) as watch:
        for _ in range(4):
            watch.round()
            watch.restart()
        watch.minute()
        assert watch.messages() == [[("firing", "site_silent", "a")]]
        watch.at += 4 * HOUR
        watch.restart()
        watch.round()
        assert watch.messages()[1:] == [[("repeat", "site_silent", "a")]]


async def test_two_processes_raise_each_alert_once(processing: StoreAndAggregate, now: datetime) -> None:
    """The second one sees what the first has raised."""
    await speak(processing, ALL_OF_A, now - 5 * QUARTER)
    with watching(processing) as one, watching(processing) as two:
        for _ in range(6):
            one.round()
            two.round()
        assert one.messages() == [[("firing", "site_silent", "a")]]


async def test_a_broker_that_dies_is_one_message(processing: StoreAndAggregate, now: datetime) -> None:
    """Five sites at once; when it is back nothing is left to say but that it is over."""
    await speak(processing, ALL_OF_A + OTHERS, now - 5 * QUARTER)
    with watching(processing) as watch:
        watch.minute()
        assert watch.messages() == [[("firing", "many_silent", "")]]
        await speak(processing, ALL_OF_A + OTHERS, now - QUARTER)
        watch.minute()
        watch.minute()
        assert watch.messages()[1:] == [[("cleared", "many_silent", "")]]
        assert watch.open() == []


async def test_maintenance_mutes(processing: StoreAndAggregate, now: datetime) -> None:
    """Nothing is said, of what was said nothing more; what is still so afterwards is said."""
    await speak(processing, ALL_OF_A, now - 30 * QUARTER)
    maintain(processing, now - 40 * QUARTER, ("a-in", "a-out", "a-auto"))
    with watching(processing) as watch:
        watch.minute()
        assert watch.messages() == []
        undo(processing)
        watch.minute()
        assert watch.messages() == [[("firing", "site_silent", "a")]]
        maintain(processing, now - QUARTER, ("a-in", "a-out", "a-auto"))
        watch.minute()
        watch.minute()
        assert len(watch.messages()) == 1
        assert processing.rows("SELECT rule, ended FROM doorfiets.alert") == [("site_silent", "maintenance")]


@pytest.mark.parametrize(
    ("flag", "rule"), [("dead", "dead"), ("blind", "dead"), ("stuck", "stuck"), ("clock_skew", "clock")]
)
async def test_a_finding_is_said_and_cleared(
    processing: StoreAndAggregate, now: datetime, flag: str, rule: str
) -> None:
    """Within a minute; two of one site are one message."""
    await speak(processing, ALL_OF_A, now - QUARTER, value=0)
    find(processing, flag, now - 8 * HOUR)
    find(processing, flag, now - 8 * HOUR, "a-out")
    with watching(processing) as watch:
        watch.minute()
        assert watch.messages() == [[("firing", rule, "a")]]
        withdraw(processing)
        watch.minute()
        watch.minute()
        assert watch.messages()[1:] == [[("cleared", rule, "a")]]


async def test_a_dead_counter_that_is_late_is_not_over(processing: StoreAndAggregate, now: datetime) -> None:
    """What hides it says nothing about it."""
    await speak(processing, ALL_OF_A, now - QUARTER, value=0)
    find(processing, "dead", now - 8 * HOUR)
    with watching(processing) as watch:
        watch.round()
        processing.database.execute("UPDATE doorfiets.feed SET last_ended_at = last_ended_at - interval '30 minutes'")
        watch.minute()
        watch.minute()
        assert watch.open() == [("dead", "a", "firing")]
        assert watch.messages() == [[("firing", "dead", "a")]]


async def test_a_weak_battery_is_said(processing: StoreAndAggregate, now: datetime) -> None:
    """By the profile of its device."""
    await speak(processing, ALL_OF_A, now - QUARTER)
    processing.database.execute("INSERT INTO doorfiets.battery VALUES ('a-1', now(), 3.0)")
    processing.database.execute(
        "UPDATE doorfiets.device SET profile_content = %s WHERE device = 'a-1'", [Jsonb({"battery_low": 3.2})]
    )
    with watching(processing) as watch:
        watch.minute()
        assert watch.messages() == [[("firing", "battery", "a")]]
        processing.database.execute("UPDATE doorfiets.battery SET voltage = 3.6")
        watch.minute()
        watch.minute()
        assert watch.messages()[1:] == [[("cleared", "battery", "a")]]


async def test_refused_messages_are_said_by_reason(processing: StoreAndAggregate) -> None:
    """Twenty within ten minutes; what was refused long ago is over."""
    (at,) = processing.row("SELECT now()")
    refused = [
        Rejection(at - number * SECOND, "sensors/x/data", "ours", "unknown_sensor", f"{number}", b"{}", "x")
        for number in range(20)
    ]
    await refuse(processing, *refused[:19])
    with watching(processing) as watch:
        watch.minute()
        assert watch.messages() == []
        await refuse(processing, *refused[19:])
        watch.minute()
        assert watch.messages() == [[("firing", "rejections", "unknown_sensor")]]
        processing.database.execute(
            "UPDATE doorfiets.rejection SET first_received_at = first_received_at - interval '1 hour',"
            " last_received_at = last_received_at - interval '1 hour'"
        )
        watch.minute()
        watch.minute()
        assert watch.messages()[1:] == [[("cleared", "rejections", "unknown_sensor")]]


async def test_a_stage_that_stands_still_is_said(processing: StoreAndAggregate, now: datetime) -> None:
    """And no sensor of which nothing could be stored meanwhile."""
    await speak(processing, ALL_OF_A, now - QUARTER)
    processing.database.execute(
        "INSERT INTO doorfiets.stage VALUES ('store', 'w', 900, NULL, now()), ('aggregate', 'w', 0, now(), now())"
    )
    with watching(processing) as watch:
        watch.minute()
        assert watch.messages() == []
        processing.database.execute(
            "UPDATE doorfiets.stage SET measured_at = now() - interval '5 minutes' WHERE stage = 'store'"
        )
        watch.minute()
        assert watch.messages() == [[("firing", "lag", "store")]]
        processing.database.execute("UPDATE doorfiets.stage SET measured_at = now()")
        watch.minute()
        watch.minute()
        assert watch.messages()[1:] == [[("cleared", "lag", "store")]]


async def test_a_bridge_that_is_away_is_said(processing: StoreAndAggregate, now: datetime) -> None:
    """It marks nothing any more; who waits for it is not behind."""
    await speak(processing, ALL_OF_A, now - QUARTER)
    processing.database.execute("INSERT INTO doorfiets.stage VALUES ('store', 'w', 0, NULL, now())")
    processing.database.execute("UPDATE doorfiets.watermark SET published_until = now() - interval '10 minutes'")
    with watching(processing) as watch:
        watch.minute()
        assert watch.messages() == [[("firing", "lag", "receive")]]


async def test_a_full_disk_is_said(processing: StoreAndAggregate, tmp_path: Path) -> None:
    """By what is free of the file system of a folder."""
    with watching(processing, PlatformPlaces((tmp_path,)), rule={"disk": {"free": 99.999}}) as watch:
        watch.minute()
        assert watch.messages() == [[("firing", "disk", str(tmp_path))]]


@contextmanager
def delivering(processing: StoreAndAggregate, made: AlertPlan, at: datetime) -> Iterator[None]:
    """Send messages as the process does."""
    delivery = AlertDelivery(made, lambda: connect(processing.conninfo), lambda: at, AlertMetrics(CollectorRegistry()))
    delivery.start()
    try:
        yield
    finally:
        delivery.stop(60)


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something is so, for two minutes at most."""
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def secret(folder: Path) -> None:
    """Write the secret of a webhook."""
    path = folder / "secret"
    path.write_text("s")
    path.chmod(0o600)


def mail_of(mailbox: Mailbox) -> dict[str, Any]:
    """Give the entry of a receiver that is this server."""
    return {
        "kind": "smtp",
        "host": "127.0.0.1",
        "port": mailbox.port,
        "security": "none",
        "sender": "doorfiets@example.nl",
        "to": ["beheer@example.nl"],
    }


async def test_mail_webhook_and_phone_say_the_same(
    processing: StoreAndAggregate, now: datetime, tmp_path: Path, httpserver: HTTPServer
) -> None:
    """Each once, in its own language, with the first step and the page."""
    await speak(processing, ALL_OF_A, now - 5 * QUARTER)
    secret(tmp_path)
    httpserver.expect_request("/hook").respond_with_data("")
    httpserver.expect_request("/").respond_with_json({})
    with ExitStack() as stack:
        mailbox = stack.enter_context(mail_server())
        text = {
            "runbooks": "https://docs.example.nl/runbooks",
            "receiver": {
                "mail": mail_of(mailbox),
                "hook": {**HOOK, "url": httpserver.url_for("/hook"), "locale": "en"},
                "phone": {"kind": "ntfy", "url": httpserver.url_for("/"), "topic": "t"},
            },
        }
        made = plan(text, tmp_path)
        watch = Watching(processing, made, PlatformPlaces())
        watch.sends = False
        stack.callback(watch.close)
        stack.enter_context(delivering(processing, made, watch.at))
        watch.minute()
        wait_for(
            lambda: processing.row("SELECT count(*) FROM doorfiets.alert_message WHERE sent_at IS NOT NULL") == (3,)
        )
    (mail,) = mailbox.mails
    assert mail["Subject"] == "[doorfiets] Dringend: A: er komt niets meer binnen"
    body = mail.get_content()
    assert "Eerste stap: Controleer stroom en verbinding van deze plek." in body
    assert "https://docs.example.nl/runbooks/site-silent.md" in body
    assert body.count("- a-1, ") == 3
    said = {request.path: request.get_json() for request, _ in httpserver.log}
    assert said["/hook"]["title"] == "[doorfiets] Critical: A: nothing is received any more"
    assert said["/hook"]["alerts"][0]["measured"]["feeds"] == 3
    assert said["/"]["title"] == mail["Subject"]
    assert said["/"]["click"] == "https://docs.example.nl/runbooks/site-silent.md"
    assert len(httpserver.log) == 2


async def test_a_receiver_that_hangs_delays_no_other(
    processing: StoreAndAggregate, now: datetime, tmp_path: Path, httpserver: HTTPServer
) -> None:
    """Neither the mail of the same alert, nor that of the next one, nor a round."""
    await speak(processing, ALL_OF_A, now - 5 * QUARTER)
    secret(tmp_path)
    answered = Event()

    def hang(_: Request) -> Response:
        answered.wait(120)
        return Response("", 200)

    httpserver.expect_request("/").respond_with_handler(hang)
    with ExitStack() as stack:
        mailbox = stack.enter_context(mail_server())
        text = {"receiver": {"hook": {**HOOK, "url": httpserver.url_for("/")}, "mail": mail_of(mailbox)}}
        made = plan(text, tmp_path)
        watch = Watching(processing, made, PlatformPlaces())
        watch.sends = False
        stack.callback(watch.close)
        stack.enter_context(delivering(processing, made, watch.at))
        stack.callback(answered.set)
        watch.minute()
        wait_for(lambda: len(mailbox.mails) == 1)
        await speak(processing, ALL_OF_A, now - QUARTER)
        watch.minute()
        watch.minute()
        wait_for(lambda: len(mailbox.mails) == 2)
        assert not answered.is_set()


async def test_what_did_not_arrive_is_sent_again(processing: StoreAndAggregate, now: datetime, tmp_path: Path) -> None:
    """With what the server said; what has ended meanwhile is one message, that it was."""
    await speak(processing, ALL_OF_A, now - 5 * QUARTER)
    with ExitStack() as stack:
        mailbox = stack.enter_context(mail_server())
        mailbox.answer = "451 later"
        made = plan({"receiver": {"mail": mail_of(mailbox)}}, tmp_path)
        watch = Watching(processing, made, PlatformPlaces())
        watch.sends = False
        stack.callback(watch.close)
        stack.enter_context(delivering(processing, made, watch.at))
        watch.minute()
        problem = "SELECT problem, attempts > 0 AND next_attempt_at > now() FROM doorfiets.alert_message"
        wait_for(lambda: processing.rows(problem) == [(f"127.0.0.1:{mailbox.port}: 451 later", True)])
        await speak(processing, ALL_OF_A, now - QUARTER)
        watch.minute()
        watch.minute()
        mailbox.answer = "250 OK"
        wait_for(lambda: mailbox.mails)
    assert [one["Subject"] for one in mailbox.mails] == ["[doorfiets] Voorbij: A: er komt niets meer binnen"]


async def test_what_is_over_waits_for_what_it_was(processing: StoreAndAggregate) -> None:
    """A message about two alerts waits for its next try, and with it what is newer about one of them."""
    store = AlertStore(processing.database)
    for alerts, wait in (([1, 2], "10 minutes"), ([1], "0"), ([3], "0")):
        processing.database.execute(
            "INSERT INTO doorfiets.alert_message (receiver, alerts, content, made_at, next_attempt_at)"
            " VALUES ('phone', %s, %s, now(), now() + %s::interval)",
            [alerts, Jsonb({"is": alerts}), wait],
        )
    claimed = [row["content"]["is"] for _ in range(2) for row in store.rows("claim", receiver="phone")]
    assert claimed == [[3]]
    processing.database.execute("UPDATE doorfiets.alert_message SET sent_at = now() WHERE alerts = '{1,2}'")
    assert [row["content"]["is"] for row in store.rows("claim", receiver="phone")] == [[1]]


def test_a_database_that_refuses_is_in_the_log_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not with every try: it is tried every two seconds."""
    tried = []

    def refuse() -> psycopg.Connection[Any]:
        tried.append(1)
        raise psycopg.OperationalError("no slot is free")

    made = plan({"receiver": {"phone": {"kind": "ntfy", "url": "http://127.0.0.1:9/", "topic": "t"}}}, tmp_path)
    delivery = AlertDelivery(made, refuse, lambda: datetime(2026, 5, 12, tzinfo=UTC), AlertMetrics(CollectorRegistry()))
    delivery.start()
    try:
        wait_for(lambda: len(tried) > 1)
    finally:
        delivery.stop(5)
    assert [record.getMessage() for record in caplog.records if record.name == "doorfiets.alerts"] == [
        "messages to phone cannot be read or kept: no slot is free"
    ]


async def test_a_message_is_given_up_after_a_day(processing: StoreAndAggregate, tmp_path: Path) -> None:
    """And not tried for ever."""
    made = plan({"receiver": {"phone": {"kind": "ntfy", "url": "http://127.0.0.1:9/", "topic": "t"}}}, tmp_path)
    processing.database.execute(
        "INSERT INTO doorfiets.alert_message (receiver, alerts, content, made_at, next_attempt_at)"
        " VALUES ('phone', '{}', %s, now() - interval '25 hours', now())",
        [Jsonb({"alerts": [_dead()]})],
    )
    with delivering(processing, made, datetime(2026, 5, 12, tzinfo=UTC)):
        wait_for(lambda: processing.row("SELECT given_up_at IS NOT NULL FROM doorfiets.alert_message")[0])


def _dead() -> dict[str, Any]:
    return {
        "alert": 1, "said": "firing", "rule": "dead", "severity": "critical", "subject": "a", "name": "A", "owner": "o",
        "since": "2026-05-12T10:00:00+00:00", "until": None, "runbook": "x", "measured": {"feeds": 1, "of": 1},
    }  # fmt: skip


def run(stack: Stack, processing: StoreAndAggregate, *words: str, **environment: str) -> Any:  # noqa: ANN401 - of the library
    """Type a command of `doorfiets alerts`."""
    keys = write(stack.settings()) | {"DOORFIETS_POSTGRES": processing.conninfo} | environment
    return CliRunner().invoke(assembled(), ["alerts", *words], env=keys)


async def test_alerts_are_listed_with_their_history(stack: Stack, processing: StoreAndAggregate, now: datetime) -> None:
    """What fires, then how it ended; the exit code says whether something does."""
    await speak(processing, ALL_OF_A, now - 5 * QUARTER)
    assert run(stack, processing, "list").exit_code == 0
    with watching(processing) as watch:
        watch.sends = False
        watch.minute()
        listed = run(stack, processing, "list", "--json")
        assert listed.exit_code == 1
        (one,) = json.loads(listed.stdout)
        assert (one["rule"], one["sentence"], one["waiting"]) == ("site_silent", "A: nothing is received any more", "r")
        assert "site_silent" in run(stack, processing, "list").stdout
        await speak(processing, ALL_OF_A, now - QUARTER)
        watch.minute()
        watch.minute()
    assert run(stack, processing, "list").exit_code == 0
    (past,) = json.loads(run(stack, processing, "history", "--subject", "a", "--json").stdout)
    assert past["ended"] == "cleared"
    assert "cleared" in run(stack, processing, "history").stdout


async def test_a_sign_of_life_is_given_while_rounds_succeed(
    processing: StoreAndAggregate, httpserver: HTTPServer
) -> None:
    """Once a minute; not after a round of which the database did nothing."""
    httpserver.expect_request("/ping", method="GET").respond_with_data("")
    with watching(processing, heartbeat={"url": httpserver.url_for("/ping")}) as watch:
        watch.minute()
        wait_for(lambda: len(httpserver.log) == 1)
        watch.close()
        for _ in range(7):
            with pytest.raises(psycopg.OperationalError):
                watch.round()
        watch.connect()
        watch.round()
        wait_for(lambda: len(httpserver.log) == 2)


async def test_the_process_says_what_it_finds(
    stack: Stack, processing: StoreAndAggregate, now: datetime, tmp_path: Path
) -> None:
    """As it is started: it reads the file, finds a silent site by its own clock, sends mail, and ends by a signal."""
    await speak(processing, ALL_OF_A, now - 5 * QUARTER)
    with mail_server() as mailbox:
        lines = [f"{name} = {json.dumps(value)}" for name, value in mail_of(mailbox).items()]
        file = tmp_path / "alerts.toml"
        file.write_text("\n".join(["[receiver.mail]", *lines]))
        environment = watch_environment(stack, processing, tmp_path, file)
        process = subprocess.Popen(watch_command(), env=environment)  # noqa: ASYNC220 - a server beside the test
        try:
            wait_for(lambda: mailbox.mails)
        finally:
            process.terminate()
            assert process.wait(60) == 0
    assert mailbox.mails[0]["Subject"] == "[doorfiets] Dringend: A: er komt niets meer binnen"


def test_the_process_does_not_start_with_a_file_that_is_wrong(
    stack: Stack, processing: StoreAndAggregate, tmp_path: Path
) -> None:
    """Who believes that he is told must be."""
    file = tmp_path / "alerts.toml"
    file.write_text("[receiver.mail]")
    environment = watch_environment(stack, processing, tmp_path, file)
    done = subprocess.run(watch_command(), env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert f"{file}: " in done.stderr


def watch_command() -> list[str]:
    """Start `watch` as the stack does."""
    return [sys.executable, "-P", "-m", "deploy", "run", "watch"]


def watch_environment(stack: Stack, processing: StoreAndAggregate, home: Path, file: Path) -> dict[str, str]:
    """Give the settings of one beside that of the stack, for the database of a test."""
    own = {"DOORFIETS_POSTGRES": processing.conninfo, "DOORFIETS_HOME": str(home), "DOORFIETS_ALERTS": str(file)}
    settings = {name: value for name, value in write(stack.settings()).items() if name != "DOORFIETS_METRICS"}
    return {**os.environ, **settings, **own}


def test_the_role_of_watch_reads_no_message_that_was_refused(processing: StoreAndAggregate) -> None:
    """Numbers and times of it, not its bytes."""
    with connect(processing.conninfo) as connection, suppress(psycopg.Error):
        connection.execute("SELECT reason, receptions FROM doorfiets.rejection")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT payload FROM doorfiets.rejection")
