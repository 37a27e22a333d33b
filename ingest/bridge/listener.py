"""A paho client that reads ahead: one recv for hundreds of packets, and PUBLISH packets cut straight from the buffer.

paho keeps the session (connect, subscribe, ping, disconnect). Its own path costs 23 to 49 µs a message, most of it for
reading one byte at a time; this one costs 2. Everything happens in the thread of the event loop.
"""

from collections.abc import Callable
from contextlib import suppress
from socket import socket
from time import monotonic
from typing import Final

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from ingest.bridge.packets import PUBACK, PUBLISH, MalformedPacketError, body_of, marked, pubacks, publish

_AT_ONCE: Final = 1 << 18


class Listener(Client):
    """A client that calls `receive(mid, topic, payload, again)` for each message, and acknowledges on request."""

    def __init__(self, client_id: str, receive: Callable[[int, str, bytes, bool], None]) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTv5, manual_ack=True)
        self._receive = receive
        self._ahead = b""
        self._opened: socket | None = None

    def __del__(self) -> None:
        """Close the socket without callbacks: the event loop may be gone, or this client be half made."""
        with suppress(Exception):
            self.on_socket_close = None
            super().__del__()

    def begin(self, opened: socket) -> None:
        """Send CONNECT on a socket that was just opened; buffers of the connection before are discarded."""
        self._ahead = b""
        self._opened = opened
        self.reconnect()

    def pump(self) -> None:
        """Read and handle all that the broker has sent; a broken or closed connection calls `on_disconnect`."""
        try:
            arrived = self._sock.recv(_AT_ONCE) if self._sock else b""
            self._ahead = self._cut(self._ahead + arrived)
        except BlockingIOError:
            return
        except (OSError, MalformedPacketError, UnicodeDecodeError, IndexError):
            arrived = b""
        if arrived:
            self._alive()
        else:
            self._ahead = b""
            self.loop_read()  # paho reads the end of the stream and calls the callbacks
        if self.want_write():
            self.loop_write()

    def acknowledge(self, mids: list[int]) -> None:
        """Send the PUBACKs of these messages, in this order, as one write."""
        self._packet_queue(PUBACK, pubacks(mids), 0, 0)

    def send(self, topic: str, payload: bytes) -> None:
        """Publish a short message with QoS 1, on this connection only."""
        mid = self._mid_generate()
        self._packet_queue(PUBLISH, marked(topic, mid, payload), mid, 1)

    def give_up(self) -> None:
        """Close the connection to a broker that does not answer."""
        self._sock_close()
        self._do_on_disconnect(packet_from_broker=False, v1_rc=MQTTErrorCode.MQTT_ERR_KEEPALIVE)

    def _alive(self) -> None:
        """Tell paho that bytes came: the answer to its ping may be behind megabytes of them."""
        self._last_bytes_received = monotonic()
        if self._ping_t:
            self._ping_t = self._last_bytes_received

    def _cut(self, data: bytes) -> bytes:
        """Handle every complete packet of the data, and return the rest."""
        at, receive = 0, self._receive
        while found := body_of(data, at):
            start, end = found
            kind = data[at]
            if kind & 0xF0 == PUBLISH:
                receive(*publish(data, start, end, flags=kind))
            else:
                self._ahead = data[at:end]
                self.loop_read()
                if self._sock is None:
                    return b""  # that was the end of the connection, and nothing after it counts
            at = end
        return data[at:]

    def _sock_recv(self, bufsize: int) -> bytes:
        """Serve paho's small reads from what was read ahead: exactly one whole packet, or the end of the stream."""
        taken, self._ahead = self._ahead[:bufsize], self._ahead[bufsize:]
        return taken

    def _create_socket(self) -> socket:
        """Return the socket that is open already."""
        if self._opened is None:
            raise ConnectionError("no connection was opened")
        opened, self._opened = self._opened, None
        return opened
