"""The persistent MQTT session: it reconnects, subscribes to every dialect's topics, and acknowledges on request."""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from socket import socket
from typing import TYPE_CHECKING, Final

from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.bridge import broker
from ingest.bridge.broker import BrokerCounts
from ingest.bridge.connection import opened
from ingest.bridge.inbox import Arrival, Inbox
from ingest.bridge.listener import Listener
from ingest.clock import ReceptionClock
from ingest.dialects import DIALECTS
from ingest.pause import LOG_AGAIN_AFTER, pause
from ingest.settings import BridgeSettings
from schemas.topics import watermark_topic

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike  # exists for type checkers only

_LOG = logging.getLogger("doorfiets.ingest.mqtt")
_CONNECT_SECONDS: Final = 5.0
_SUBSCRIBE_SECONDS: Final = 120.0  # SUBACK may be behind all that is queued for the bridge
_TICK: Final = 0.5
_AT_LEAST_ONCE: Final = SubscribeOptions(qos=1)
_AT_MOST_ONCE: Final = SubscribeOptions(qos=0)


class Session:
    """One persistent session over many connections.

    `connection` counts them, from before the first byte of each: a packet id is valid on its own connection only.
    `subscribed` is true once the broker has accepted all subscriptions on the present one; `broker` holds the counts
    that it publishes.
    """

    def __init__(
        self, settings: BridgeSettings, inbox: Inbox, clock: ReceptionClock, subscribed: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._inbox = inbox
        self._tick = clock.tick
        self._announce = subscribed
        self._loop = asyncio.get_running_loop()
        self._lost = asyncio.Event()
        self._watched: SocketLike | None = None
        self._accepted = self._refused = self._answered = False
        self._reading = True
        self.connection = 0
        self.subscribed = False
        self.broker = BrokerCounts()
        self._host, _, self._port = settings.mqtt.rpartition(":")
        self._mark_topic = watermark_topic(settings.client_id)
        self._topics = [*(topic for dialect in DIALECTS for topic in dialect.subscriptions), self._mark_topic]
        self._client = self._listener()

    @property
    def connected(self) -> bool:
        """Return whether there is a connection that the broker has accepted."""
        return self._accepted and not self._lost.is_set()

    async def maintain(self) -> None:
        """Stay connected until cancelled."""
        attempt = 0
        while True:
            try:
                wire = await opened(self._host, int(self._port), _CONNECT_SECONDS)
            except OSError as problem:
                self._log_problem(attempt, problem)
            else:
                if await self._serve(wire):
                    attempt = 0
                elif not self._refused:
                    self._log_problem(attempt, ConnectionError("it closes the connection before it accepts it"))
            attempt += 1
            await asyncio.sleep(pause(attempt) * random.uniform(0.5, 1))  # noqa: S311 - jitter

    def acknowledge(self, connection: int, mids: list[int]) -> None:
        """Acknowledge messages in the order given, unless they came on a connection that is gone."""
        if connection == self.connection and self.connected and mids:
            self._client.acknowledge(mids)

    def mark(self, payload: bytes) -> bool:
        """Publish a mark, which comes back behind all that is queued for the bridge; false without a connection."""
        if self.subscribed:
            self._client.send(self._mark_topic, payload)
        return self.subscribed

    def stop_reading(self) -> None:
        """Stop receiving; acknowledgements are still sent."""
        self._reading = False
        if socket := self._client.socket():
            self._loop.remove_reader(socket)

    def leave(self) -> None:
        """Send DISCONNECT; the broker keeps the session and everything unacknowledged."""
        self._client.disconnect()

    async def _serve(self, wire: socket) -> bool:
        """Serve one connection until it is lost; return whether the broker accepted it."""
        self.connection += 1
        self._accepted = self._refused = self._answered = self.subscribed = False
        self._lost.clear()
        self._watched = wire
        self._client.begin(wire)
        if self._reading and not self._lost.is_set():
            self._loop.add_reader(wire, self._client.pump)
        deadline = self._loop.time() + _SUBSCRIBE_SECONDS
        while self._client.socket() and not self._lost.is_set():
            self._client.loop_misc()
            if self._client.want_write():
                self._client.loop_write()
            if not self._answered and self._loop.time() > deadline:
                self._client.give_up()
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await self._lost.wait()
        return self._accepted

    def _listener(self) -> Listener:
        client = Listener(self._settings.client_id, self._receive)
        if self._settings.mqtt_user:
            client.username_pw_set(self._settings.mqtt_user, self._password())
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_socket_close = self._on_socket_close
        client.connect_async(
            self._host,
            int(self._port),
            self._settings.keepalive_seconds,
            clean_start=False,
            properties=self._connect_properties(),
        )
        return client

    def _password(self) -> str | None:
        file = self._settings.mqtt_password_file
        return file.read_text().strip() if file else None

    def _connect_properties(self) -> Properties:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # untyped in paho
        properties.SessionExpiryInterval = self._settings.session_seconds
        properties.ReceiveMaximum = self._settings.receive_maximum
        return properties

    def _receive(self, mid: int, topic: str, payload: bytes, again: bool) -> None:  # noqa: FBT001 - as it is on the wire
        if topic.startswith(broker.SYSTEM):
            self.broker.take(topic, payload)
            return
        self._inbox.put(Arrival(self.connection, mid, self._tick(), topic, payload, again))

    def _on_connect(
        self, client: Client, _data: object, flags: ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        self._refused = reason.is_failure
        if self._refused:
            _LOG.error(
                "the mqtt broker refuses us: check DOORFIETS_MQTT_USER and its password file",
                extra={"reason": str(reason)},
            )
            return
        self._accepted = True
        _LOG.info("connected", extra={"mqtt": self._settings.mqtt, "session_stored": flags.session_present})
        wanted = [(topic, _AT_LEAST_ONCE) for topic in self._topics]
        client.subscribe([*wanted, *((topic, _AT_MOST_ONCE) for topic in broker.TOPICS)])

    def _on_subscribe(
        self, _client: object, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        self._answered = True
        if refused := [topic for topic, reason in zip(self._topics, reasons, strict=False) if reason.is_failure]:
            _LOG.error("the mqtt broker refuses subscriptions: allow them in its acl file", extra={"topics": refused})
        else:
            self.subscribed = True
            self._announce()

    def _on_disconnect(
        self, _client: object, _data: object, _flags: object, reason: ReasonCode | None, _properties: object
    ) -> None:
        self._inbox.drop_unacknowledged()
        self.broker.forget()
        self.subscribed = False
        self._lost.set()
        if self._accepted:
            _LOG.warning("disconnected", extra={"mqtt": self._settings.mqtt, "reason": str(reason)})

    def _on_socket_close(self, _client: object, _data: object, socket: "SocketLike") -> None:
        if socket is self._watched:
            self._loop.remove_reader(socket)

    def _log_problem(self, attempt: int, problem: Exception) -> None:
        if attempt % LOG_AGAIN_AFTER == 0:
            _LOG.error(
                "the mqtt broker does not answer; start it or correct DOORFIETS_MQTT, the bridge tries on by itself",
                extra={"mqtt": self._settings.mqtt, "problem": str(problem)},
            )
