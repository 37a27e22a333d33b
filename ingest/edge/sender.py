"""From the spool to the broker: oldest first with room for what is new, and again until there is a receipt."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from ingest.edge.connection import EdgeConnection
from ingest.edge.send_window import SendWindow
from ingest.edge.settings import EdgeSettings
from ingest.edge.spool import Spool
from schemas.number_ranges import Ranges
from schemas.topics import backfill_topic, data_topic, nack_topic

_LOG = logging.getLogger("doorfiets.ingest.edge")
_LIVE_SHARE: Final = 4
_SILENT_LOG: Final = 60.0


class _Receipt(msgspec.Struct):
    """What a receipt or a nack says; words that are not known are left for later versions."""

    boot: str
    seq: int
    beyond: Ranges = ()
    reason: str = ""


_DECODER: Final = msgspec.json.Decoder(_Receipt)


class EdgeSender:
    """Sends what is in a spool; everything happens in the thread that calls `turn`.

    Within a boot messages are sent in order, but for those that have just been measured: they have a fourth of the
    window. The first message of a boot is sent after those of all boots before it, which puts the boots in order.
    """

    def __init__(self, settings: EdgeSettings, spool: Spool, now: Callable[[], datetime]) -> None:
        """Send with a spool of its own thread; `now` tells what is late."""
        self._settings, self._spool, self._now = settings, spool, now
        self._connection = EdgeConnection(settings, self._received, self._lost)
        self._flight = SendWindow(settings.window, settings.receipt_seconds)
        self._logged: str | None = None

    @property
    def problem(self) -> str | None:
        """Return why nothing is sent, or was refused, in a few words; None while all is well."""
        return self._connection.problem

    def turn(self, seconds: float) -> None:
        """Send what is due, and serve the connection for some time."""
        self._connection.turn(seconds)
        if self._connection.is_ready:
            if self._flight.go_back(time.monotonic()) and self._flight.fruitless == 1:
                _LOG.info("no receipt: what has none is sent again")
            self._fill()
        if self.problem != self._logged:
            self._logged = self.problem
            if self.problem:
                _LOG.warning("nothing is lost, the spool keeps it: %s", self.problem)

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()

    def _fill(self) -> None:
        room = self._flight.window - len(self._flight)
        if room <= 0:
            return
        for place in self._next(room):
            if place in self._flight:
                continue
            message = self._spool.one(place)
            if message is None:
                continue
            topic = backfill_topic if self._is_late(message.ended_at) else data_topic
            self._connection.publish(topic(self._settings.sensor), message.payload)
            self._flight.sent(place, time.monotonic())
            room -= 1
            if not room:
                return

    def _next(self, room: int) -> Iterator[int]:
        """Yield places in the order in which they are to be sent; those on their way may be among them."""
        most = room + len(self._flight)
        heads = self._spool.places("heads", most)
        yield from heads
        if len(heads) < most and self._flight.window > 1:
            since = self._now().timestamp() - self._settings.late_after.total_seconds()
            yield from self._spool.places("newest", max(1, self._settings.window // _LIVE_SHARE), since)
        yield from self._spool.places("oldest", most)

    def _is_late(self, ended_at: float) -> bool:
        return self._now().timestamp() - ended_at > self._settings.late_after.total_seconds()

    def _received(self, topic: str, payload: bytes) -> None:
        try:
            said = _DECODER.decode(payload)
        except (ValueError, msgspec.MsgspecError):
            _LOG.warning("what came on %s is no receipt", topic)
            return
        at = self._now().timestamp()
        if topic == nack_topic(self._settings.sensor):
            places = self._spool.refuse(said.boot, said.seq, said.reason, at)
            if places:
                _LOG.warning("the platform refuses message %d: %s", said.seq, said.reason)
        else:
            first: Ranges = ((0, said.seq),) if said.seq >= 0 else ()
            places = self._spool.release(said.boot, (*first, *said.beyond), at)
        self._flight.done(places, time.monotonic())

    def _lost(self) -> None:
        self._flight.lost()
