"""What arrives for a session that is away waits for it: the shipped broker keeps it, one that does not is found out."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from deploy.absence import MESSAGES, AbsentSessionLostError, Visit, prove_persistent_session
from deploy.local.layout import Layout
from deploy.local.ports import LOOPBACK
from deploy.local.simulator.publisher import BrokerUnavailableError
from schemas.topics import absence_topic
from tests.contracts.brokers import allowed, broker, certify, configured, free_port, listen_to_sensors, version
from tests.services import wait_until

pytestmark = pytest.mark.contracts

HAS_RIGHTS_OF_THE_ABSENT = (2, 0, 11)


def test_the_shipped_broker_keeps_what_arrives_for_a_session_that_is_away(tmp_path: Path) -> None:
    """Every message, on the version that is installed here."""
    with broker(tmp_path) as shipped:
        assert prove_persistent_session(shipped) == MESSAGES


@pytest.mark.parametrize("qos", [0, 1])
def test_what_waits_is_bounded_with_and_without_acknowledgement(tmp_path: Path, qos: int) -> None:
    """A flood of QoS 0 waits as one of QoS 1 does, and the limit of the queue holds for both."""
    name = "flooded"
    with broker(tmp_path, too_short_a_queue) as short:
        until = time.monotonic() + 120
        with Visit(short, name, until, stays=300) as visit:
            visit.subscribe(absence_topic(name))
        with Visit(short, "flood", until, clean=True) as other:
            other.publish(absence_topic(name), [str(number).encode() for number in range(1_500)], qos=qos)
            other.publish(absence_topic(name), [b"last"])
        with Visit(short, name, until, stays=300) as back:
            assert len(back.waited(absence_topic(name)) - {b"end"}) == 1_000


def nothing(_: Layout) -> None:
    """Leave the broker as it is shipped."""


def too_short_a_queue(layout: Layout) -> None:
    """Keep what a broker keeps that nobody configured."""
    configured(layout, "max_queued_messages 500000", "max_queued_messages 1000")
    configured(layout, "max_inflight_messages 2000", "max_inflight_messages 20")


def no_right_to_receive(layout: Layout) -> None:
    """Let the client write only: a subscription is granted and nothing comes."""
    allowed(layout, "topic readwrite platform/absence/+", "topic write platform/absence/+")


@pytest.mark.parametrize("change", [too_short_a_queue, no_right_to_receive])
def test_a_broker_that_loses_is_found_out(tmp_path: Path, change: Callable[[Layout], None]) -> None:
    """It acknowledges every message, and says nothing."""
    with broker(tmp_path, change) as losing, pytest.raises(AbsentSessionLostError, match=r"lost \d+ of them; give it"):
        prove_persistent_session(losing)


@pytest.mark.skipif(version() <= HAS_RIGHTS_OF_THE_ABSENT, reason="this Mosquitto keeps them with either setting")
def test_rights_of_a_listener_are_found_out(tmp_path: Path) -> None:
    """A session that is away has no listener, and so no rights."""

    def per_listener(layout: Layout) -> None:
        text = (layout.etc / "mosquitto.conf").read_text()
        rights = [
            line for line in text.splitlines() if line.startswith(("allow_anonymous", "password_file", "acl_file"))
        ]
        rest = [line for line in text.splitlines() if line not in {*rights, "per_listener_settings false"}]
        (layout.etc / "mosquitto.conf").write_text("\n".join(["per_listener_settings true", *rest, *rights, ""]))

    with broker(tmp_path, per_listener) as losing, pytest.raises(AbsentSessionLostError, match="per_listener_settings"):
        prove_persistent_session(losing)


def test_a_right_that_is_missing_is_named(tmp_path: Path) -> None:
    """With the topic, so that it can be granted."""
    with (
        broker(tmp_path, lambda layout: allowed(layout, "topic readwrite platform/absence/+", "")) as strict,
        pytest.raises(BrokerUnavailableError, match=r"user bridge may not publish on platform/absence/"),
    ):
        prove_persistent_session(strict)


def test_a_wrong_password_is_named(tmp_path: Path) -> None:
    """Nothing else is to be suspected."""
    with broker(tmp_path) as shipped, pytest.raises(BrokerUnavailableError, match="bridge may not connect"):
        prove_persistent_session(replace(shipped, password="wrong"))


@pytest.mark.parametrize("change", [nothing, too_short_a_queue])
def test_nothing_stays_of_the_proof(tmp_path: Path, change: Callable[[Layout], None]) -> None:
    """The broker does not know the client any more, whether it kept the messages or not."""
    with broker(tmp_path, change) as one:
        with suppress(AbsentSessionLostError):
            prove_persistent_session(one, "proof")
        with Visit(one, "proof", time.monotonic() + 60) as visit:
            assert not visit.remembered


def test_a_sensor_with_a_certificate_speaks_for_itself_only(tmp_path: Path) -> None:
    """Rights and passwords are the whole broker's, certificates stay the listener's; sessions are kept."""
    port, certificates = free_port(), tmp_path / "certificates"
    certify(certificates, ["kolk-1"])
    with broker(tmp_path / "home", lambda layout: listen_to_sensors(layout, certificates, port)) as shipped:
        assert outcomes(port, certificates, "kolk-1", ["sensors/kolk-1/data", "sensors/kolk-1/backfill"]) == [
            True,
            True,
        ]
        others = [
            "sensors/kolk-2/data",
            "platform/watermark/bridge",
            "v3/a@b/devices/kolk-1/up",
            "sensors/kolk-1/other",
        ]
        assert outcomes(port, certificates, "kolk-1", others) == [False] * 4
        assert prove_persistent_session(shipped) == MESSAGES


def test_a_sensor_with_a_certificate_takes_nobodys_session(tmp_path: Path) -> None:
    """Whoever connects under the id of the bridge would end its session, and take all that waits in it along."""
    port, certificates, taken = free_port(), tmp_path / "certificates", "doorfiets-bridge"
    certify(certificates, ["kolk-1"])
    with broker(tmp_path / "home", lambda layout: listen_to_sensors(layout, certificates, port)) as shipped:
        until = time.monotonic() + 120
        with Visit(shipped, taken, until, stays=300) as bridge:
            bridge.subscribe(absence_topic(taken))
        assert outcomes(port, certificates, "kolk-1", ["sensors/kolk-1/data"], client_id=taken) == [True]
        with Visit(shipped, taken, until, stays=300) as back:
            assert back.remembered


def outcomes(port: int, certificates: Path, name: str, topics: list[str], *, client_id: str = "") -> list[bool]:
    """Publish as a sensor with its certificate and without a password; tell of each topic whether it was allowed."""
    reported: dict[int, bool] = {}

    def on_publish(_client: object, _data: object, mid: int, reason: ReasonCode, _properties: Properties) -> None:
        reported[mid] = not reason.is_failure

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
    client.tls_set(str(certificates / "ca.crt"), str(certificates / f"{name}.crt"), str(certificates / f"{name}.key"))
    client.on_publish = on_publish
    client.connect(LOOPBACK, port)
    client.loop_start()
    try:
        mids = [client.publish(topic, b"{}", qos=1).mid for topic in topics]
        wait_until(lambda: len(reported) == len(mids), "the broker answers every message", patience=30)
        return [reported[mid] for mid in mids]
    finally:
        client.disconnect()
        client.loop_stop()
