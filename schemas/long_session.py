"""How soon a connection that stays open notices that PostgreSQL is gone, and its time zone: parameters of libpq."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LONG_SESSION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "connect_timeout": "5",
        "keepalives_idle": "10",
        "keepalives_interval": "5",
        "keepalives_count": "3",
        "tcp_user_timeout": "20000",  # milliseconds; the others are seconds
        "options": "-c TimeZone=UTC",
    }
)
"""For `psycopg.conninfo.make_conninfo`, beside user and application name."""
