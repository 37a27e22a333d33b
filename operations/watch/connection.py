"""Connections of process `watch`: role, time zone, and how soon a server that is gone is noticed."""

from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo

_PARAMETERS: Final = {
    "user": "watch",
    "application_name": "doorfiets-watch",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "options": "-c TimeZone=UTC",
}


def connect(conninfo: str) -> psycopg.Connection[Any]:
    """Connect as role `watch`, each statement committed; raise psycopg.OperationalError within some seconds."""
    return psycopg.connect(make_conninfo(conninfo, **_PARAMETERS), autocommit=True, prepare_threshold=0)
