"""The table of pollers: a publisher more is a module with its poller, and a line here."""

from types import MappingProxyType
from typing import Final

from ingest.pollers import luchtmeetnet, samen_meten, sensor_community, telraam

POLLERS: Final = MappingProxyType(
    {one.name: one for one in (luchtmeetnet.POLLER, samen_meten.POLLER, sensor_community.POLLER, telraam.POLLER)}
)
"""Every poller, by the name of its entries in the file of pollers."""
