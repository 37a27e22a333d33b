"""A test of a broker: whether it keeps the messages for a persistent session that is disconnected."""

import time
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue
from secrets import token_hex
from types import TracebackType
from typing import Final, Self

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from deploy.local.simulator.publisher import BrokerUnavailableError
from deploy.local.simulator.settings import Broker
from deploy.settings import Settings
from schemas.failures import CheckFailedError
from schemas.topics import absence_topic

MESSAGES: Final = 2_000
"""More than an unconfigured broker keeps (1000 queued, 20 in flight)."""

_PATIENCE: Final = 30.0  # seconds for the whole test
_ASK_AGAIN: Final = 1.0
_QUIET: Final = 10.0  # seconds without a message after which none will come
_EXPIRY: Final = 120  # seconds until the broker drops the session of a test that was killed
_END: Final = b"end"


class AbsentSessionLostError(CheckFailedError):
    """The broker acknowledges messages for a disconnected session, and drops them; nothing was started."""


def broker_of(settings: Settings) -> Broker:
    """Return the broker that the bridge uses, with the bridge's user; `settings` must have all addresses."""
    host, _, port = str(settings.mqtt).rpartition(":")
    file = settings.mqtt_password_file
    password = file.read_text().strip() if file else ""
    return Broker(host=host, port=int(port), user=settings.mqtt_user, password=password)


def check_login(broker: Broker) -> None:
    """Connect and disconnect; raise BrokerUnavailableError when the broker does not accept the connection."""
    with Visit(broker, f"doorfiets-greeting-{token_hex(4)}", time.monotonic() + _PATIENCE, clean=True):
        pass


def lets_strangers_in(broker: Broker) -> bool:
    """Return whether the broker lets somebody in who has neither name nor password; it has to answer."""
    stranger = replace(broker, user="", password="")
    try:
        with Visit(stranger, f"doorfiets-stranger-{token_hex(4)}", time.monotonic() + _PATIENCE, clean=True):
            return True
    except BrokerUnavailableError:
        return False


def retains(broker: Broker) -> bool:
    """Return whether the broker takes messages to be retained; raise BrokerUnavailableError when it lets us not in."""
    with Visit(broker, f"doorfiets-greeting-{token_hex(4)}", time.monotonic() + _PATIENCE, clean=True) as visit:
        return visit.retains


def prove_persistent_session(broker: Broker, name: str = "") -> int:
    """Subscribe, disconnect, publish as another client, reconnect; return the number of messages that were kept.

    `name` is the client's; without one it is new.

    Raises AbsentSessionLostError when some were lost, BrokerUnavailableError when the broker does not answer. The
    session is deleted afterwards.
    """
    name = name or f"doorfiets-absence-{token_hex(4)}"
    until = time.monotonic() + _PATIENCE
    try:
        return _proof(broker, name, until)
    finally:
        with suppress(BrokerUnavailableError), Visit(broker, name, until + _PATIENCE, clean=True):
            pass


def _proof(broker: Broker, name: str, until: float) -> int:
    topic = absence_topic(name)
    numbers = [str(number).encode() for number in range(MESSAGES)]
    with Visit(broker, name, until, stays=_EXPIRY) as visit:
        visit.subscribe(topic)
    with Visit(broker, f"{name}-other", until, clean=True) as other:
        other.publish(topic, numbers)
    with Visit(broker, name, until, stays=_EXPIRY) as back:
        waited = back.waited(topic) if back.remembered else set()
    if lost := MESSAGES - len(waited & set(numbers)):
        raise AbsentSessionLostError(
            f"the MQTT broker at {broker.host}:{broker.port} acknowledged {MESSAGES} messages while their session was"
            f" away and lost {lost} of them; give it `per_listener_settings false`, and the rights (one acl_file) and"
            " limits (max_queued_messages) of deploy/mosquitto/"
        )
    return MESSAGES


class Visit:
    """One connection of a client; `stays` is the expiry of its session, in seconds after the connection."""

    def __init__(self, broker: Broker, name: str, until: float, *, clean: bool = False, stays: int = 0) -> None:
        """Describe it; it connects in `with`. What is not done by `until` (monotonic seconds) raises."""
        self.remembered = False
        self.retains = True
        self._broker, self._until, self._clean, self._stays = broker, until, clean, stays
        self._reported: SimpleQueue[ReasonCode | None] = SimpleQueue()
        self._arrived: SimpleQueue[bytes] = SimpleQueue()
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.max_inflight_messages_set(500)
        if broker.user:
            self._client.username_pw_set(broker.user, broker.password)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda _client, _data, _mid, reasons, _properties: self._reported.put(reasons[0])
        self._client.on_publish = lambda _client, _data, _mid, reason, _properties: self._reported.put(reason)
        self._client.on_message = lambda _client, _data, message: self._arrived.put(bytes(message.payload))

    def __enter__(self) -> Self:
        """Connect, or raise BrokerUnavailableError."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # untyped in paho
        properties.SessionExpiryInterval = self._stays
        try:
            self._client.connect(self._broker.host, self._broker.port, clean_start=self._clean, properties=properties)
        except OSError as problem:
            raise self._unavailable(problem) from problem
        self._client.loop_start()
        try:
            self._allowed("connect")
        except BaseException:
            self._client.loop_stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, topic: str) -> None:
        """Subscribe, at QoS 1."""
        self._client.subscribe(topic, qos=1)
        self._allowed(f"subscribe to {topic}")

    def publish(self, topic: str, payloads: list[bytes], *, qos: int = 1) -> None:
        """Publish, and wait until the broker has acknowledged every message; with QoS 0, until all are sent."""
        for payload in payloads:
            self._client.publish(topic, payload, qos=qos)
        for _ in payloads:
            self._allowed(f"publish on {topic}")

    def waited(self, topic: str) -> set[bytes]:
        """Return the queued messages of a topic: all that come before one that is published now."""
        waited: set[bytes] = set()
        received_at = time.monotonic()
        while _END not in waited and time.monotonic() < min(self._until, received_at + _QUIET):
            self._client.publish(topic, _END, qos=1)  # again and again: a queue that is full drops this one as well
            with suppress(Empty):
                while _END not in waited:
                    waited.add(self._arrived.get(timeout=_ASK_AGAIN))
                    received_at = time.monotonic()
        return waited

    def _on_connect(
        self, _client: object, _data: object, flags: object, reason: ReasonCode, properties: object
    ) -> None:
        self.remembered = bool(getattr(flags, "session_present", False))
        self.retains = getattr(properties, "RetainAvailable", 1) == 1
        self._reported.put(reason)

    def _allowed(self, what: str) -> None:
        """Wait for the next answer of the broker; raise BrokerUnavailableError when there is none, or a refusal."""
        try:
            reason = self._reported.get(timeout=max(0.0, self._until - time.monotonic()))
        except Empty:
            raise self._unavailable(f"no answer within {_PATIENCE:.0f} s, asked to {what}") from None
        if reason is not None and reason.is_failure:
            raise self._unavailable(
                f"user {self._broker.user} may not {what} ({reason}); see deploy/mosquitto/access.acl"
            )

    def _unavailable(self, why: object) -> BrokerUnavailableError:
        return BrokerUnavailableError(f"MQTT broker {self._broker.host}:{self._broker.port}: {why}")
