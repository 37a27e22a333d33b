"""The edge publisher: what a sensor of ours measured is on its disk until the platform has stored it (record 31)."""

from ingest.edge.publisher import EdgePublisher
from ingest.edge.readings import EdgeReading, ReadingRefusedError
from ingest.edge.settings import EdgeSettings
from ingest.edge.spool import SpoolFullError

__all__ = ["EdgePublisher", "EdgeReading", "EdgeSettings", "ReadingRefusedError", "SpoolFullError"]
