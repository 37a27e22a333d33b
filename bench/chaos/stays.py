"""What stays of a message in the log and in the database, for the judge, who compares the bytes only."""

from ingest.clock import system_time
from ingest.dialects.decoder import decode_permitted


def stays(topic: str, payload: bytes) -> tuple[str, bytes]:
    """Return the topic and the payload of a message as they stay; of one that cannot be parsed what is sealed."""
    decoded = decode_permitted(topic, payload, system_time(), seal=lambda content, _: content)
    return decoded.topic, decoded.payload or b""
