"""The MQTT session: connected again whenever it is lost, subscribed to every dialect, acknowledging on request."""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.clock import HearingClock
from ingest.bridge.inbox import Arrival, Inbox
from ingest.bridge.listener import Listener
from ingest.dialects import DIALECTS
from ingest.settings import BridgeSettings

_LOG = logging.getLogger("doorfiets.ingest.mqtt")
_KEEPALIVE: Final = 20
_TICK: Final = 0.5
_LONGEST_PAUSE: Final = 10.0
_SUBSCRIPTIONS: Final = [
    (topic, SubscribeOptions(qos=1)) for dialect in DIALECTS for topic in dialect.subscriptions
]


class Session:
    """One persistent session; `connection` counts its connections, for message ids mean nothing on another one."""

    def __init__(
        self, settings: BridgeSettings, inbox: Inbox, clock: HearingClock, subscribed: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._inbox = inbox
        self._tick = clock.tick
        self._subscribed = subscribed
        self._lost = asyncio.Event()
        self._reading = True
        self.connection = 0
        self._client = self._listener()

    async def keep(self) -> None:
        """Stay connected until cancelled."""
        attempt = 0
        while True:
            try:
                await asyncio.to_thread(self._client.reconnect)
            except OSError as problem:
                self._complain(attempt, problem)
            else:
                attempt = 0 if await self._serve() else attempt
            attempt += 1
            await asyncio.sleep(min(_LONGEST_PAUSE, 0.2 * 2 ** min(attempt, 6)) * random.uniform(0.5, 1))  # noqa: S311  jitter

    def acknowledge(self, connection: int, mids: list[int]) -> None:
        """Acknowledge messages in the order given, unless they came on a connection that is gone."""
        if connection == self.connection and not self._lost.is_set() and mids:
            self._client.acknowledge(mids)

    def stop_reading(self) -> None:
        """Hear nothing new; acknowledgements still go out."""
        self._reading = False
        if socket := self._client.socket():
            asyncio.get_running_loop().remove_reader(socket)

    def leave(self) -> None:
        """Disconnect in good order; the broker keeps the session and everything unacknowledged."""
        self._client.disconnect()

    async def _serve(self) -> bool:
        """Serve one connection until it is lost; tell whether the broker ever accepted it."""
        loop = asyncio.get_running_loop()
        before = self.connection
        self._lost.clear()
        self._client.forget_ahead()
        if (socket := self._client.socket()) and self._reading:
            loop.add_reader(socket, self._client.pump)
        while not self._lost.is_set():
            self._client.loop_misc()
            if self._client.want_write():
                self._client.loop_write()
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await self._lost.wait()
        return self.connection != before

    def _listener(self) -> Listener:
        host, _, port = self._settings.mqtt.rpartition(":")
        client = Listener(self._settings.client_id, self._hear)
        if self._settings.mqtt_user:
            client.username_pw_set(self._settings.mqtt_user, self._password())
        client.connect_timeout = 5.0
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_socket_close = self._on_socket_close
        client.connect_async(host, int(port), _KEEPALIVE, clean_start=False, properties=self._asked())
        return client

    def _password(self) -> str | None:
        file = self._settings.mqtt_password_file
        return file.read_text().strip() if file else None

    def _asked(self) -> Properties:
        asked = Properties(PacketTypes.CONNECT)
        asked.SessionExpiryInterval = self._settings.session_seconds
        asked.ReceiveMaximum = self._settings.receive_maximum
        return asked

    def _hear(self, mid: int, topic: str, payload: bytes) -> None:
        self._inbox.put(Arrival(self.connection, mid, self._tick(), topic, payload))

    def _on_connect(self, client: Any, _data: Any, flags: Any, reason: ReasonCode, _properties: Any) -> None:  # noqa: ANN401
        if reason.is_failure:
            _LOG.error("the mqtt broker refuses us: check DOORFIETS_MQTT_USER and its password file", extra={"reason": str(reason)})
            return
        self.connection += 1
        _LOG.info("connected", extra={"mqtt": self._settings.mqtt, "session_kept": flags.session_present})
        client.subscribe(_SUBSCRIPTIONS)

    def _on_subscribe(self, _client: Any, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Any) -> None:  # noqa: ANN401
        if refused := [topic for (topic, _), reason in zip(_SUBSCRIPTIONS, reasons, strict=False) if reason.is_failure]:
            _LOG.error("the mqtt broker refuses subscriptions: allow them in its acl file", extra={"topics": refused})
        else:
            self._subscribed()

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode | None, _properties: Any) -> None:  # noqa: ANN401
        self._inbox.drop_unacknowledged()
        self._lost.set()
        _LOG.warning("disconnected", extra={"mqtt": self._settings.mqtt, "reason": str(reason)})

    def _on_socket_close(self, _client: Any, _data: Any, socket: Any) -> None:  # noqa: ANN401
        asyncio.get_running_loop().remove_reader(socket)

    def _complain(self, attempt: int, problem: Exception) -> None:
        if attempt % 12 == 0:
            _LOG.error(
                "the mqtt broker does not answer; start it or correct DOORFIETS_MQTT, the bridge tries on by itself",
                extra={"mqtt": self._settings.mqtt, "problem": str(problem)},
            )
