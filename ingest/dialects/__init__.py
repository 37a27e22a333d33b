"""Vendors' words become ours: one dialect a file, found by its MQTT topic."""

from ingest.dialects.dialect import Dialect
from ingest.dialects.door import DIALECTS, dialect_of, read, sensor_of, unreadable

__all__ = ["DIALECTS", "Dialect", "dialect_of", "read", "sensor_of", "unreadable"]
