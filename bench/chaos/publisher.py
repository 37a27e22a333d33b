"""A persistent MQTT 5 publisher that stores what was not acknowledged, and whose session can be taken over."""

import time
from collections import deque
from contextlib import suppress
from typing import Final

from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from bench.chaos.messages import LoadMessage
from bench.chaos.record import LoadRecord
from deploy.local.simulator.settings import Broker

MOST_WAITING: Final = 2_000
_IN_FLIGHT: Final = 200
_KEEPALIVE: Final = 10
_PAUSE: Final = 0.2
_PATIENCE: Final = 1.0  # seconds until a publication that was refused, or had no subscriber, is repeated
_NO_SUBSCRIBER: Final = 0x10
_SESSION_SECONDS: Final = 3_600


class MqttPublisher:
    """One client id; everything happens in the thread that calls `turn`, which has to be called continually.

    Publications are sent in order, also over a new connection: nothing new before all that is older.
    """

    def __init__(self, name: str, broker: Broker, record: LoadRecord) -> None:
        """Describe it; the first `turn` connects."""
        self.waiting: dict[int, LoadMessage] = {}  # publications that were not acknowledged, in their order
        self.takeovers = self.undelivered = self.refused = 0
        self._name, self._broker, self._record = name, broker, record
        self._unsettled: set[int] = set()
        self._publications = 0
        self._not_before = self._connected_at = 0.0
        self._connected = self._complained = False
        self._mids: dict[int, int] = {}  # of those that are sent
        self._queue: deque[int] = deque()  # of those that are not
        self._twin = self._client = self._made()

    def publish(self, message: LoadMessage) -> None:
        """Publish a message, for the first time or again."""
        self._publications += 1
        self.waiting[self._publications] = message
        self._queue.append(self._publications)

    def announce(self, message: LoadMessage) -> None:
        """Record a new message as sent, then publish it."""
        self._record.sent(message, time.monotonic())
        self._unsettled.add(message.number)
        self.publish(message)

    def settled(self, number: int) -> bool:
        """Return whether a message was acknowledged, at least once."""
        return number not in self._unsettled

    def turn(self, seconds: float) -> None:
        """Serve the connection for `seconds`; connect when there is none."""
        if self._complained:
            _hang_up(self._client)
            self._client = self._made()
            self._not_before = time.monotonic() + _PATIENCE
        while self._connected and self._queue and len(self._mids) < _IN_FLIGHT:
            self._send(self._queue.popleft())
        if self._client.loop(seconds) is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._connected = False
            self._reconnect(seconds)

    def take_over(self) -> None:
        """Leave the connection open and unserved, and go on over another one with the same client id."""
        self.takeovers += 1
        _hang_up(self._twin)
        self._twin, self._client = self._client, self._made()
        self._not_before = 0.0
        self._reconnect(0.0)

    def leave(self) -> None:
        """Send DISCONNECT."""
        self._client.disconnect()
        for client in (self._twin, self._client):
            _hang_up(client)

    def _send(self, publication: int) -> None:
        message = self.waiting[publication]
        self._mids[self._client.publish(message.topic, message.payload, qos=1).mid] = publication

    def _made(self) -> Client:
        """Make a paho client."""
        client = Client(CallbackAPIVersion.VERSION2, client_id=self._name, protocol=MQTTProtocolVersion.MQTTv5)
        client.username_pw_set(self._broker.user, self._broker.password)
        client.max_inflight_messages_set(_IN_FLIGHT)
        client.connect_timeout = 2.0
        client.on_connect = self._on_connect
        client.on_publish = self._on_publish
        parameters = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # untyped in paho
        parameters.SessionExpiryInterval = _SESSION_SECONDS
        client.connect_async(self._broker.host, self._broker.port, _KEEPALIVE, clean_start=False, properties=parameters)
        self._connected = self._complained = False
        self._mids, self._queue = {}, deque(self.waiting)
        return client

    def _reconnect(self, seconds: float) -> None:
        now = time.monotonic()
        if now < self._not_before:
            time.sleep(seconds)
            return
        self._not_before = now + _PAUSE
        self._connected_at = now
        with suppress(OSError):
            self._client.reconnect()

    def _on_connect(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _more: object
    ) -> None:
        self._connected = client is self._client and not reason.is_failure

    def _on_publish(self, client: Client, _data: object, mid: int, reason: ReasonCode, _more: object) -> None:
        if client is not self._client or (publication := self._mids.pop(mid, None)) is None:
            return
        if reason.is_failure or reason.value == _NO_SUBSCRIBER:
            self.undelivered += reason.value == _NO_SUBSCRIBER
            self.refused += reason.is_failure
            self._complained = True  # all from this one on are sent again
            return
        message = self.waiting.pop(publication)
        self._unsettled.discard(message.number)
        self._record.acknowledge(message.number, time.monotonic(), self._connected_at)


def _hang_up(client: Client) -> None:
    if socket := client.socket():
        socket.close()
