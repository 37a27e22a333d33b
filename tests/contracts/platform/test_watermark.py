"""What the running platform says of how far it is."""

from typing import Any

import psycopg
import pytest

from tests.services import wait_until

pytestmark = pytest.mark.contracts


def test_a_running_platform_follows_what_is_published(database: psycopg.Connection[Any]) -> None:
    """Through broker, bridge, log, `store` and `aggregate`, within seconds where nothing else is to be done."""
    (began,) = database.execute("SELECT now()").fetchall()[0]
    query = "SELECT least(received_until, stored_until, aggregated_until) > %(began)s FROM api.watermark"
    wait_until(
        lambda: database.execute(query, {"began": began}).fetchall() == [(True,)],
        "all of it is aggregated",
        patience=180,
    )
