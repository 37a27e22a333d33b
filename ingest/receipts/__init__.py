"""Process `receipts`: senders that number their messages are told over MQTT what became of them."""

from ingest.receipts.main import run

__all__ = ["run"]
