"""The access file of Mosquitto, with the rights of services and sensors, made from the table of dialects."""

from collections.abc import Iterable, Sequence
from typing import Final

from ingest.bridge import broker
from ingest.dialects import DIALECTS, Dialect
from schemas.topics import absence_topic, nack_topic, receipt_topic, watermark_topic

_HEAD: Final = """\
# What each of our own services may do, and each sensor; who is not named may do nothing. One file for all of them: with
# `per_listener_settings true`, Mosquitto 2.0.21 finds no rights for a session that is away and drops what waits for it.
# Made from the dialects by `doorfiets generate`: not to be changed by hand.
"""
_BRIDGE: Final = f"""\
# how far it has come in what waits for it here: it writes a mark and reads it back
topic readwrite {watermark_topic("+")}
# what proves that this broker keeps what arrives for a session that is away: `doorfiets doctor`, and every start
topic readwrite {absence_topic("+")}
# what the broker counts of itself
"""
_SENSORS: Final = """\
# A sensor has the topics of its own only: %u is the common name of its certificate (sensors.conf), or its user name. It
# reads what is told of its own messages (record 31).
"""


def access_file(dialects: Sequence[Dialect] = DIALECTS) -> str:
    """Return the text of deploy/mosquitto/access.acl: bridge and simulator have the topics of the dialects."""
    spoken = [topic for dialect in dialects for topic in dialect.subscriptions]
    own = [topic for dialect in dialects for topic in dialect.sensor_topics]
    bridge = f"user bridge\n{_lines('topic read', spoken)}{_BRIDGE}{_lines('topic read', broker.TOPICS)}"
    sensors = f"user simulator\n{_lines('topic write', spoken)}"
    receipts = f"user receipts\n{_lines('topic write', [receipt_topic('+'), nack_topic('+')])}"
    read = _lines("pattern read", [receipt_topic("%u"), nack_topic("%u")])
    return "\n".join((_HEAD, bridge, sensors, receipts, _SENSORS + _lines("pattern write", own) + read))


def rights_of(sensor: str, dialects: Sequence[Dialect] = DIALECTS) -> list[tuple[str, str]]:
    """Return what one sensor may do, as right and topic."""
    own = [("write", topic.replace("%u", sensor)) for dialect in dialects for topic in dialect.sensor_topics]
    return [*own, ("read", receipt_topic(sensor)), ("read", nack_topic(sensor))]


def _lines(right: str, topics: Iterable[str]) -> str:
    return "".join(f"{right} {topic}\n" for topic in topics)
