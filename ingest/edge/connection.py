"""The connection of an edge publisher: MQTT 5, with a certificate or a password, opened again with a random pause."""

import random
import ssl
import time
from collections.abc import Callable
from typing import Final

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest.edge.settings import EdgeSettings
from ingest.pause import pause
from schemas.topics import nack_topic, receipt_topic

_CONNECT_SECONDS: Final = 5.0


class EdgeConnection:
    """One client id over many connections; everything happens in the thread that calls `turn`.

    `received` is called with topic and payload of what the platform says, `lost` when a connection is gone.
    `problem` says in a few words why there is none, or why a publication was refused; None while all is well.
    """

    def __init__(
        self, settings: EdgeSettings, received: Callable[[str, bytes], None], lost: Callable[[], None]
    ) -> None:
        """Describe it; the first `turn` connects."""
        self._settings, self._received, self._lost = settings, received, lost
        self._client: Client | None = None
        self._subscribed = self._answered = False
        self._attempt = 0
        self._refusal: str | None = None  # what the broker said against this connection
        self._not_before = 0.0
        self.problem: str | None = None

    @property
    def is_ready(self) -> bool:
        """Return whether receipts would come: only then anything is published."""
        return self._subscribed

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a message; whether it arrived is told by its receipt."""
        if self._client is not None:
            self._client.publish(topic, payload, qos=1)

    def turn(self, seconds: float) -> None:
        """Serve the connection for some time; connect where there is none and it is time to."""
        if self._client is None and not self._open():
            time.sleep(seconds)
        elif self._client is not None and self._client.loop(seconds) is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._close("the connection was lost" if self._answered else self._not_let_in())

    def close(self) -> None:
        """Disconnect; the broker keeps the session, and what the platform says meanwhile."""
        if self._client is not None:
            self._client.disconnect()
            self._close(None)

    def _open(self) -> bool:
        if time.monotonic() < self._not_before:
            return False
        host, _, port = str(self._settings.broker).rpartition(":")
        try:
            client = self._made()
            client.connect(
                host, int(port), self._settings.keepalive_seconds, clean_start=False, properties=self._properties()
            )
        except (OSError, ValueError) as problem:
            self._failed(str(problem))
            return False
        self._client, self._answered, self._refusal = client, False, None
        return True

    def _not_let_in(self) -> str:
        return (
            f"the broker ended the connection before it let {self._settings.sensor} in: look whether the certificate "
            "has ended or was revoked"
        )

    def _made(self) -> Client:
        settings = self._settings
        client = Client(CallbackAPIVersion.VERSION2, client_id=settings.sensor, protocol=MQTTProtocolVersion.MQTTv5)
        if settings.authority:
            client.tls_set(str(settings.authority), _text(settings.certificate), _text(settings.key), ssl.CERT_REQUIRED)
        if settings.password_file:
            client.username_pw_set(settings.user or settings.sensor, settings.password_file.read_text().strip())
        client.max_inflight_messages_set(2 * settings.window)
        client.connect_timeout = _CONNECT_SECONDS
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _properties(self) -> Properties:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # untyped in paho
        properties.SessionExpiryInterval = self._settings.session_seconds
        return properties

    def _close(self, why: str | None) -> None:
        client, self._client = self._client, None
        if client is not None and (socket := client.socket()):
            socket.close()
        was, self._subscribed = self._subscribed, False
        if was:
            self._lost()
        if why is not None:
            self._failed(self._refusal or why)

    def _failed(self, why: str) -> None:
        self.problem = why
        self._not_before = time.monotonic() + pause(self._attempt) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
        self._attempt += 1

    def _on_connect(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        self._answered = True
        if reason.is_failure:
            self.problem = self._refusal = f"the broker refuses {self._settings.sensor}: {reason}"
            return
        client.subscribe([(topic(self._settings.sensor), 1) for topic in (receipt_topic, nack_topic)])

    def _on_subscribe(
        self, _client: object, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        if any(one.is_failure for one in reasons):
            self._refusal = f"the broker lets {self._settings.sensor} read no receipts: allow them in its acl file"
            self.problem = self._refusal
            return
        self._subscribed, self._attempt, self.problem = True, 0, None

    def _on_publish(self, _client: object, _data: object, _mid: int, reason: ReasonCode, _properties: object) -> None:
        self.problem = f"the broker refuses a message: {reason}" if reason.is_failure else self._refusal

    def _on_message(self, _client: object, _data: object, message: MQTTMessage) -> None:
        self._received(message.topic, bytes(message.payload))


def _text(path: object) -> str | None:
    return None if path is None else str(path)
