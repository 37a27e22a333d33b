"""What the site counts of itself: by route and never by address, and until when its numbers go."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import httpx
import psycopg
import pytest
from prometheus_client import CollectorRegistry

from tests.opendata import city
from tests.services import wait_until

pytestmark = pytest.mark.contracts

SERIES: Final = "/v1/telpunten/{telpunt}/tellingen"


@pytest.fixture
def registry() -> CollectorRegistry:
    """A registry of Prometheus."""
    return CollectorRegistry()


@pytest.fixture
def site(conninfo: str, registry: CollectorRegistry) -> Iterator[httpx.Client]:
    """A visitor of a site that counts there."""
    with city.visitor(city.settings(conninfo), registry) as client:
        yield client


def wait_for_sample(registry: CollectorRegistry, name: str, wanted: float | None, **labels: str) -> None:
    """Wait until a sample has a value."""
    wait_until(lambda: registry.get_sample_value(name, labels) == wanted, f"{name} {labels} is {wanted}", patience=60)


@pytest.mark.parametrize(
    ("requested", "route", "status"),
    [
        (("GET", "/v1/telpunten/kolk/tellingen"), SERIES, 200),
        (("HEAD", "/v1/telpunten/kolk/tellingen"), SERIES, 200),
        (("GET", "/v1/telpunten/weg/tellingen"), SERIES, 404),
        (("GET", "/v1/telpunten/kolk/tellingen?interval=eeuw"), SERIES, 400),
        (("GET", "/nl/telpunten/kolk"), "/nl/telpunten/{site}", 200),
        (("GET", "/en/sites/kolk"), "/en/sites/{site}", 200),
        (("GET", "/static/site.css"), "/static/*", 200),
        (("GET", "/v1/nergens"), "/v1/*", 404),
        (("GET", "/nergens"), "none", 404),
        (("POST", "/nl/"), "/nl/", 405),
        (("OPTIONS", "/nl/"), "none", 204),
        (("BREW", "/nl/"), "/nl/", 405),
    ],
)
def test_an_answer_is_counted_by_its_route(
    site: httpx.Client, registry: CollectorRegistry, requested: tuple[str, str], route: str, status: int
) -> None:
    """As many names as there are routes, whatever is asked."""
    method, path = requested
    assert site.request(method, path).status_code == status
    word = method if method != "BREW" else "OTHER"
    wait_for_sample(registry, "http_requests_total", 1, route=route, method=word, status=str(status))
    assert registry.get_sample_value("http_seconds_count", {"route": route}) == 1


def test_streams_and_lent_connections_are_counted_while_they_last(
    site: httpx.Client, registry: CollectorRegistry
) -> None:
    """And no longer; a stream has no length."""
    stream = "/nl/live/vandaag/stroom"
    with site.stream("GET", stream) as answer:
        lines = answer.iter_lines()
        assert next(lines)
        wait_for_sample(registry, "sse_connections", 1)
    wait_for_sample(registry, "sse_connections", 0)
    wait_for_sample(registry, "http_requests_total", 1, route=stream, method="GET", status="200")
    assert registry.get_sample_value("http_seconds_count", {"route": stream}) is None
    wait_for_sample(registry, "db_pool_in_use", 0)


def test_the_pool_is_seen_in_use(site: httpx.Client, registry: CollectorRegistry, owner: psycopg.Connection) -> None:
    """While a question waits for the database."""
    with owner.transaction():
        owner.execute("LOCK TABLE doorfiets.site IN ACCESS EXCLUSIVE MODE")
        requesting = threading.Thread(target=site.get, args=["/v1/telpunten"])
        requesting.start()
        wait_for_sample(registry, "db_pool_in_use", 1)
    requesting.join()
    wait_for_sample(registry, "db_pool_in_use", 0)


def test_the_watermark_is_told_as_visitors_see_it(
    site: httpx.Client, registry: CollectorRegistry, owner: psycopg.Connection
) -> None:
    """What is not known has no sample."""
    assert site.get("/gezond/live").status_code == 200
    assert registry.get_sample_value("watermark_timestamp_seconds", {"stage": "stored"}) is None
    until = city.NOW - timedelta(seconds=4)
    owner.execute("INSERT INTO doorfiets.watermark VALUES ('b', 0, %s)", [until])
    owner.execute("INSERT INTO doorfiets.stage VALUES ('aggregate', 'w', 5, %s, %s)", [until, city.NOW])
    wait_for_sample(registry, "watermark_timestamp_seconds", until.timestamp(), stage="stored")
    assert registry.get_sample_value("watermark_backlog", {"stage": "aggregated"}) == 5
    owner.execute("TRUNCATE doorfiets.watermark, doorfiets.stage")
    wait_for_sample(registry, "watermark_timestamp_seconds", None, stage="stored")
