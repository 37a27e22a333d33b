"""Vendors' message formats, one dialect a file; the MQTT topic decides which of them decodes a message."""

from ingest.dialects.decoder import DIALECTS, decode, decode_permitted, dialect_of, sensor_of, unreadable
from ingest.dialects.dialect import Dialect

__all__ = ["DIALECTS", "Dialect", "decode", "decode_permitted", "dialect_of", "sensor_of", "unreadable"]
