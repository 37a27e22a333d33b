"""The intake over HTTP without a network: who may push what, how often, and what is answered when it is refused."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from prometheus_client import CollectorRegistry

from ingest.dialects import decode
from ingest.http import credentials
from ingest.http.allowance import Allowance
from ingest.http.app import create
from ingest.http.credentials import Credentials, CredentialsUnreadableError, UnknownCredentialError
from ingest.http.delivery import MessageDelivery
from ingest.http.metrics import IntakeMetrics
from ingest.intake import Message
from ingest.kafka_log import LogUnavailableError
from ingest.settings import IntakeSettings
from schemas.failures import WrongUsageError
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
KIT: Final = "esp8266-1234567"
CHEAP: Final = (2, 8, 1)
PUSH: Final = json.dumps(
    {"esp8266id": "1234567", "sensordatavalues": [{"value_type": "SDS_P1", "value": "14.30"}]}
).encode()


class Log:
    """A log in memory: what it holds, and what becomes of the next messages."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.held: list[Message] = []
        self.away: Exception | None = None
        self.goes_on, self.offered = asyncio.Event(), asyncio.Event()
        self.goes_on.set()

    async def take(self, messages: Sequence[Message]) -> list[Rejection | None]:
        """Hold messages as the intake does, or fail."""
        self.offered.set()
        await self.goes_on.wait()
        if self.away:
            raise self.away
        self.held += messages
        outcomes = [decode(one.topic, one.payload, NOON) for one in messages]
        return [one if isinstance(one, Rejection) else None for one in outcomes]


class Intake:
    """An intake with two credentials, its log and its metrics."""

    def __init__(self, file: Path, **settings: Any) -> None:  # noqa: ANN401 - fields of the settings
        """Make the credentials, and assemble it."""
        self.file = file
        self.seconds = 0.0
        self.passwords: dict[str, str] = {}
        self._lines: list[str] = []
        for sensor in (KIT, "noord-1"):
            self.give(sensor)
        self.log, self.registry = Log(), CollectorRegistry()
        made = replace(IntakeSettings(kafka="127.0.0.1:1", credentials_file=file), **settings)
        metrics = IntakeMetrics(self.registry)
        delivery = MessageDelivery(self.log.take, made, metrics)
        app = create(made, Credentials(file), delivery, metrics, now=lambda: self.seconds)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake")

    def give(self, sensor: str) -> None:
        """Give a sensor a cheap credential."""
        made, self.passwords[sensor] = credentials.made(sensor, CHEAP)
        self._lines.append(f"{sensor}:{credentials._spelled(made)}\n")
        self.file.write_text("".join(self._lines))

    async def push(
        self, path: str = "/airrohr", body: bytes = PUSH, user: str = KIT, password: str | None = None, **headers: str
    ) -> httpx.Response:
        """Push something as somebody."""
        secret = self.passwords.get(user, "") if password is None else password
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(path, content=body, auth=(user, secret), headers=given)

    def count(self, name: str, **labels: str) -> float:
        """Give a metric."""
        return self.registry.get_sample_value(name, labels) or 0


@pytest.fixture
async def intake(tmp_path: Path) -> AsyncIterator[Intake]:
    """Give an intake."""
    made = Intake(tmp_path / "credentials")
    async with made.client:
        yield made


def problem(answer: httpx.Response, status: int, reason: str) -> str:
    """See that an answer is this problem; give its sentence."""
    document = answer.json()
    assert (answer.status_code, document["reason"]) == (status, reason), document
    assert document["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Connection"] == "close"
    detail: str = document["detail"]
    return detail


@pytest.mark.parametrize("path", ["/airrohr", "/airrohr/", "/airrohr/data.php"])
async def test_a_kit_is_answered_once_the_log_holds_its_push(intake: Intake, path: str) -> None:
    """With the headers that it sends; the firmware takes 202 for success."""
    answer = await intake.push(path, X_Sensor=KIT, X_MAC_ID="esp8266-aabbccddeeff")
    assert (answer.status_code, answer.content, answer.headers["Connection"]) == (202, b"", "close")
    assert intake.log.held == [Message(f"http/airrohr/{KIT}", PUSH)]
    assert intake.count("intake_messages_total", outcome="decoded") == 1
    assert intake.count("intake_requests_total", route="/airrohr", status="202") == 1


@pytest.mark.parametrize(
    ("path", "body", "topic"),
    [
        ("/senml/noord-1", b'[{"n":"bikes","v":42}]', "senml/noord-1"),
        ("/senml/noord-1", bytes.fromhex("81a200617802182a"), "senml/noord-1"),
        (
            "/ecocounter/noord-1",
            b'{"step":900,"rows":[{"date":"2026-05-12T08:00:00Z","counts":1}]}',
            "ecocounter/noord-1",
        ),
    ],
)
async def test_other_dialects_are_pushed_on_paths_of_their_own(
    intake: Intake, path: str, body: bytes, topic: str
) -> None:
    """The credential is that of the sensor in the path."""
    answer = await intake.push(path, body, "noord-1")
    assert answer.status_code == 202, answer.text
    assert intake.log.held == [Message(topic, body)]


@pytest.mark.parametrize(
    ("path", "user", "headers"),
    [
        ("/senml/oost-1", "noord-1", {}),
        ("/senml/noord-1", KIT, {}),
        ("/airrohr", KIT, {"X_Sensor": "esp8266-7654321"}),
        ("/airrohr", "noord-1", {}),
        ("/telraam/noord-1", "noord-1", {}),
    ],
)
async def test_a_credential_pushes_for_its_own_sensor_only(
    intake: Intake, path: str, user: str, headers: dict[str, str]
) -> None:
    """Whoever reads one password out of a kit speaks for that kit; nothing of it reaches the log."""
    problem(await intake.push(path, PUSH, user, **headers), 403, "other_sensor")
    assert not intake.log.held


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic " + b64encode(b"\xff\xfe:x").decode(),
        "Basic " + b64encode(b":x").decode(),
        "Bearer x",
    ],
)
async def test_without_a_credential_nothing_is_taken(intake: Intake, header: str) -> None:
    """A header that is none is no reason to fail."""
    answer = await intake.client.post("/airrohr", content=PUSH, headers={"Authorization": header})
    problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert not intake.log.held


@pytest.mark.parametrize("user", [KIT, "esp8266-999", "x" * 5000])
@pytest.mark.parametrize("password", ["", "wrong", "x" * 5000, "é"])
async def test_a_wrong_password_is_refused_as_an_unknown_user_is(intake: Intake, user: str, password: str) -> None:
    """The answer does not say which of the two it was."""
    detail = problem(await intake.push(user=user, password=password), 401, "unauthorized")
    assert user not in detail
    assert not intake.log.held


async def test_who_guesses_passwords_has_to_wait(intake: Intake) -> None:
    """After ten wrong ones of a kit no further is tried from that address; who was known before goes on."""
    noord = b'[{"n":"x","v":1}]'
    assert (await intake.push("/senml/noord-1", noord, "noord-1")).status_code == 202
    for _ in range(10):
        problem(await intake.push(password="wrong"), 401, "unauthorized")
    answer = await intake.push()
    problem(answer, 429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 6
    assert (await intake.push("/senml/noord-1", noord, "noord-1")).status_code == 202


async def test_kits_behind_one_proxy_do_not_pay_for_a_wrong_password_of_another(intake: Intake) -> None:
    """They have one address: one that was set up wrongly does not shut out those that are new."""
    for _ in range(11):
        await intake.push(password="wrong")
    problem(await intake.push(), 429, "too_many_requests")
    assert (await intake.push("/senml/noord-1", b'[{"n":"x","v":1}]', "noord-1")).status_code == 202


async def test_who_guesses_passwords_of_many_kits_has_to_wait_too(tmp_path: Path) -> None:
    """All wrong passwords together have a bound; who was known before goes on."""
    intake = Intake(tmp_path / "credentials", all_failures_per_minute=20)
    noord = b'[{"n":"x","v":1}]'
    assert (await intake.push("/senml/noord-1", noord, "noord-1")).status_code == 202
    for number in range(20):
        problem(await intake.push(user=f"esp8266-{number}", password="wrong"), 401, "unauthorized")
    problem(await intake.push(user="esp8266-20", password="wrong"), 429, "too_many_requests")
    assert (await intake.push("/senml/noord-1", noord, "noord-1")).status_code == 202


async def test_a_kit_that_does_not_stop_has_to_wait_alone(tmp_path: Path) -> None:
    """Its allowance is its own: another sensor is taken meanwhile."""
    intake = Intake(tmp_path / "credentials", pushes_per_minute=3)
    for _ in range(3):
        assert (await intake.push()).status_code == 202
    problem(await intake.push(), 429, "too_many_requests")
    assert (await intake.push("/senml/noord-1", b'[{"n":"x","v":1}]', "noord-1")).status_code == 202
    assert len(intake.log.held) == 4


async def test_an_address_that_does_not_stop_has_to_wait(tmp_path: Path) -> None:
    """Before its credential is looked at."""
    intake = Intake(tmp_path / "credentials", requests_per_minute=2)
    for _ in range(2):
        await intake.client.post("/airrohr")
    problem(await intake.client.post("/airrohr"), 429, "too_many_requests")
    problem(await intake.client.get("/gezond/klaar"), 429, "too_many_requests")


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (PUSH.replace(b"1234567", b"7654321"), 403, "other_sensor"),
        (b"{", 400, "malformed"),
        (b"\xff\xfe", 400, "encoding"),
        (b"", 400, "not_an_object"),
        (PUSH.replace(b"14.30", b"wet"), 422, "type"),
        (b"{}", 422, "missing_field"),
    ],
)
async def test_what_is_refused_is_in_the_log_as_a_rejection(
    intake: Intake, body: bytes, status: int, reason: str
) -> None:
    """The sender reads the reason of the catalogue, and operators find the message."""
    detail = problem(await intake.push(body=body), status, reason)
    assert detail
    assert [one.payload for one in intake.log.held] == [body]
    assert intake.count("intake_rejections_total", reason=reason) == 1


async def test_a_body_that_is_too_large_is_not_read(intake: Intake) -> None:
    """By what it says of itself, and by what comes where it says nothing."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"x" * 1000
        raise AssertionError("all of it was read")

    problem(await intake.push(body=b"x" * 65_537), 413, "too_large")
    auth = (KIT, intake.passwords[KIT])
    problem(await intake.client.post("/airrohr", content=endless(), auth=auth), 413, "too_large")
    problem(await intake.push(Content_Encoding="gzip"), 415, "encoding")
    assert not intake.log.held


async def test_a_body_that_does_not_come_is_waited_for_in_vain(tmp_path: Path) -> None:
    """A client that says nothing more holds nobody up."""
    intake = Intake(tmp_path / "credentials", body_seconds=0.01)
    ended = asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        yield b"{"
        await ended.wait()

    answer = await intake.client.post("/airrohr", content=silent(), auth=(KIT, intake.passwords[KIT]))
    problem(answer, 408, "timeout")


@pytest.mark.parametrize("how", ["fails", "hangs"])
async def test_while_the_log_is_away_nothing_is_acknowledged(tmp_path: Path, how: str) -> None:
    """Kits are given to come again, and the first that is taken says that all is well."""
    intake = Intake(tmp_path / "credentials", kafka_seconds=0.01)
    if how == "fails":
        intake.log.away = LogUnavailableError("gone")
    else:
        intake.log.goes_on.clear()
    answer = await intake.push()
    assert "it may or may not be stored" in problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "30"
    assert intake.count("intake_kafka_answers") == 0
    problem(await intake.client.get("/gezond/klaar"), 503, "unavailable")
    intake.log.away = None
    intake.log.goes_on.set()
    assert (await intake.push()).status_code == 202
    assert intake.count("intake_kafka_answers") == 1


async def test_while_the_log_is_away_one_push_at_a_time_waits_for_it(intake: Intake) -> None:
    """All others are answered at once: those that wait are never many."""
    intake.log.away = LogUnavailableError("gone")
    problem(await intake.push(), 503, "unavailable")
    intake.log.away = None
    intake.log.goes_on.clear()
    intake.log.offered.clear()
    first = asyncio.create_task(intake.push())
    await intake.log.offered.wait()
    problem(await intake.push(), 503, "unavailable")
    intake.log.goes_on.set()
    assert (await first).status_code == 202


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("GET", "/airrohr", 405, "method_not_allowed"),
        ("POST", "/", 404, "not_found"),
        ("POST", "/v1", 404, "not_found"),
    ],
)
async def test_other_paths_and_methods_are_problems_too(
    intake: Intake, method: str, path: str, status: int, reason: str
) -> None:
    """A kit with a typing error in its settings reads what is wrong."""
    problem(await intake.client.request(method, path), status, reason)


async def test_it_lives_while_its_loop_turns(intake: Intake) -> None:
    """Whatever Kafka does: here nothing listens where it should be."""
    assert (await intake.client.get("/gezond/live")).json() == {"status": "live"}
    problem(await intake.client.get("/gezond/klaar"), 503, "unavailable")


async def test_credentials_are_read_again_when_their_file_changes(intake: Intake) -> None:
    """A new one is valid at once, one that was taken away no more, and a broken file changes nothing."""
    problem(await intake.push("/senml/oost-1", user="oost-1"), 401, "unauthorized")
    intake.give("oost-1")
    assert (await intake.push("/senml/oost-1", b'[{"n":"x","v":1}]', "oost-1")).status_code == 202
    assert (await intake.push()).status_code == 202
    intake.file.write_text("oost-1:open\n")
    assert (await intake.push()).status_code == 202
    intake.file.write_text("# nobody\n")
    problem(await intake.push(), 401, "unauthorized")


def test_a_password_is_shown_once_and_stored_as_a_digest(tmp_path: Path) -> None:
    """In a file that only its owner reads; a second one takes the place of the first."""
    file = tmp_path / "secrets" / "credentials"
    first, second = (credentials.add(file, KIT) for _ in range(2))
    assert credentials.add(file, "noord-1") not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    known = credentials.read(file)
    assert set(known) == {KIT, "noord-1"}
    assert known[KIT].cost == credentials.COST
    assert (known[KIT].fits(second), known[KIT].fits(first)) == (True, False)
    assert len(second) <= 30  # the page of a kit takes 35 characters
    credentials.remove(file, KIT)
    assert set(credentials.read(file)) == {"noord-1"}
    with pytest.raises(UnknownCredentialError, match=KIT):
        credentials.remove(file, KIT)


@pytest.mark.parametrize("sensor", ["", "ab", "Noord", "a:b:c", "x" * 41, "noord-1\n", "nöörd"])
def test_only_a_sensor_gets_a_credential(tmp_path: Path, sensor: str) -> None:
    """The file stays one that can be read."""
    with pytest.raises(WrongUsageError):
        credentials.add(tmp_path / "credentials", sensor)


@pytest.mark.parametrize(
    "line",
    ["noord-1:secret", "noord-1:scrypt:16384:8:1:x:y", f"noord-1:scrypt:16383:8:1:{'a' * 24}:{'a' * 44}", "x", "\xff"],
)
def test_another_file_is_none_of_credentials(tmp_path: Path, line: str) -> None:
    """It is named with its line, and what stands in it is not."""
    file = tmp_path / "credentials"
    file.write_bytes(f"\n{line}\n".encode("latin-1"))
    with pytest.raises(CredentialsUnreadableError, match=r"line 2|no text") as problem:
        Credentials(file)
    assert "secret" not in str(problem.value)


def test_an_allowance_comes_back_with_time() -> None:
    """Three at once, and then one each twenty seconds; each client by itself, and never more than the burst."""
    three = Allowance(3, 3)
    assert [three.take("a", 0) for _ in range(4)] == [0, 0, 0, 20]
    assert three.take("b", 0) == 0
    assert [three.wait("a", 5), three.take("a", 20), three.take("a", 21)] == [15, 0, 19]
    assert [three.take("a", 1000) for _ in range(4)] == [0, 0, 0, 20]


def test_allowances_of_many_clients_take_no_memory() -> None:
    """Of a hundred thousand addresses the newest are known."""
    one = Allowance(60, 1)
    for number in range(20_000):
        assert one.take(str(number), 0) == 0
    assert len(one._left) == 10_000
    assert one.take("19999", 0) > 0
