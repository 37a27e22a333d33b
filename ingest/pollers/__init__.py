"""What is fetched from publishers' interfaces: asked for by piece, taken in like messages, resumed without a gap."""

from ingest.pollers.main import run

__all__ = ["run"]
