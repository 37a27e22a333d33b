"""The bridge: receives messages of sensors over MQTT, and acknowledges nothing that Kafka does not hold."""

from ingest.bridge.main import run

__all__ = ["run"]
