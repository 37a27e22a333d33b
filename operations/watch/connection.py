"""Connections of process `watch`: role, time zone, and how soon a server that is gone is noticed."""

from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from schemas.long_session import LONG_SESSION


def connect(conninfo: str) -> psycopg.Connection[Any]:
    """Connect as role `watch`, each statement committed; raise psycopg.OperationalError within some seconds."""
    whole = make_conninfo(conninfo, user="watch", application_name="doorfiets-watch", **LONG_SESSION)
    return psycopg.connect(whole, autocommit=True, prepare_threshold=0)
