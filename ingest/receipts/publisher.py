"""The MQTT side of process `receipts`: messages to sensors, QoS 1, never retained, and a bound on those that wait."""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Final

from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from ingest.receipts.messages import messages_of
from ingest.receipts.settings import ReceiptSettings
from schemas.receipt import Receipt

_LOG = logging.getLogger("doorfiets.ingest.receipts")
_IN_FLIGHT: Final = 500
_LONGEST_PAUSE: Final = 10


class ReceiptPublisher:
    """Publishes receipts while there is a connection; what cannot be published is left out, and counted.

    paho serves the connection in a thread of its own; `connected` is called there, after each connection.
    """

    def __init__(self, settings: ReceiptSettings, connected: Callable[[], object]) -> None:
        """Describe it; `start` connects."""
        self._settings, self._announce = settings, connected
        self._client = self._made()
        self._up = threading.Event()
        self.receipts = self.refusals = self.left_out = 0

    @property
    def is_connected(self) -> bool:
        """Return whether the broker has accepted the connection."""
        return self._up.is_set()

    def start(self) -> None:
        """Connect, and stay connected until `stop`."""
        host, _, port = self._settings.mqtt.rpartition(":")
        self._client.connect_async(host, int(port), self._settings.keepalive_seconds, clean_start=True)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, receipts: Iterable[Receipt]) -> None:
        """Publish receipts; without a connection nothing, as senders send again what they have no receipt for."""
        for receipt in receipts:
            for topic, payload in messages_of(receipt):
                self._publish(topic, payload)
            self.receipts += 1
            self.refusals += len(receipt.refused)

    def _publish(self, topic: str, payload: bytes) -> None:
        sent = self._up.is_set() and self._client.publish(topic, payload, qos=1)
        if not sent or sent.rc is MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
            self.left_out += 1

    def _made(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=self._settings.client_id, protocol=MQTTProtocolVersion.MQTTv5
        )
        if file := self._settings.mqtt_password_file:
            client.username_pw_set(self._settings.mqtt_user, file.read_text().strip())
        client.max_inflight_messages_set(_IN_FLIGHT)
        client.max_queued_messages_set(self._settings.most_waiting)
        client.reconnect_delay_set(1, _LONGEST_PAUSE)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        return client

    def _on_connect(
        self, _client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            _LOG.error("the mqtt broker refuses us: check its user `receipts`", extra={"reason": str(reason)})
            return
        _LOG.info("connected", extra={"mqtt": self._settings.mqtt})
        self._up.set()
        self._announce()

    def _on_disconnect(
        self, _client: Client, _data: object, _flags: object, reason: ReasonCode | None, _properties: object
    ) -> None:
        if self._up.is_set():
            _LOG.warning("disconnected", extra={"mqtt": self._settings.mqtt, "reason": str(reason)})
        self._up.clear()
