"""Publishing as a sensor does: MQTT 5 at QoS 1, with a limit of unacknowledged messages."""

import time
from threading import BoundedSemaphore, Event
from types import TracebackType
from typing import Final, Self

from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from deploy.local.simulator.messages import SimulatedMessage
from deploy.local.simulator.settings import Broker
from schemas.failures import ServiceMissingError

_ON_THE_WAY: Final = 500
_PATIENCE: Final = 15.0  # seconds
_NO_SUBSCRIBER: Final = 0x10


class BrokerUnavailableError(ServiceMissingError):
    """The MQTT broker does not answer or refuses the simulator; nothing was published, start the stack."""


class SensorPublisher:
    """One connection over which all simulated sensors publish."""

    def __init__(self, broker: Broker) -> None:
        """Describe it; it connects in `with`."""
        self.refused = 0
        self.undelivered = 0
        self.why = ""
        self._broker = broker
        self._room = BoundedSemaphore(_ON_THE_WAY)
        self._answered = Event()
        self._answer = ""
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.max_inflight_messages_set(_ON_THE_WAY)
        self._client.username_pw_set(broker.user, broker.password)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish

    def __enter__(self) -> Self:
        """Connect, or raise BrokerUnavailableError."""
        where = f"MQTT broker {self._broker.host}:{self._broker.port}"
        try:
            self._client.connect(self._broker.host, self._broker.port, keepalive=30)
        except OSError as problem:
            raise BrokerUnavailableError(f"{where}: {problem}; is the stack up? `doorfiets status` tells") from problem
        self._client.loop_start()
        if not self._answered.wait(_PATIENCE) or self._answer:
            self._client.loop_stop()
            raise BrokerUnavailableError(f"{where}: {self._answer or 'no answer'}; expected user {self._broker.user}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, message: SimulatedMessage) -> None:
        """Publish one message; wait while too many are unacknowledged, also through a restart of the broker."""
        self._room.acquire()
        self._client.publish(message.topic, message.payload, qos=1)

    def drain(self, patience: float = 60.0) -> bool:
        """Wait until everything is acknowledged; return whether it was within `patience` seconds."""
        until = time.monotonic() + patience
        taken = 0
        while taken < _ON_THE_WAY and self._room.acquire(timeout=max(0.0, until - time.monotonic())):
            taken += 1
        for _ in range(taken):
            self._room.release()
        return taken == _ON_THE_WAY

    def _on_connect(
        self, _client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _more: Properties | None
    ) -> None:
        self._answer = str(reason) if reason.is_failure else ""
        self._answered.set()

    def _on_publish(self, _client: Client, _data: object, _mid: int, reason: ReasonCode, _more: Properties) -> None:
        if reason.is_failure:
            self.refused += 1
            self.why = str(reason)
        self.undelivered += reason.value == _NO_SUBSCRIBER
        self._room.release()
