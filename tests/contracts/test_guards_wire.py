"""Bytes that are no request, byte by byte, through the proxy and without it: refused, ended, and never a 5xx."""

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from tempfile import gettempdir
from typing import Final, NamedTuple

import httpx
import pytest

from deploy.local import probes, proxy
from deploy.settings import ROOT
from opendata.guards.connection import ConnectionLimits
from opendata.headers import API
from tests.contracts.brokers import free_port
from tests.contracts.doors import Spoken, listen, short_home, speak, through_nginx
from tests.opendata import city
from tests.services import wait_until

pytestmark = pytest.mark.contracts

SECONDS: Final = 2
LIMITS: Final = ConnectionLimits(head_seconds=SECONDS, half_open=200, half_open_of_one=50)
SITE, PROXY = "without the proxy", "through the proxy"


class Door(NamedTuple):
    """One way in."""

    name: str
    port: int

    def get(self, path: str = "/v1/telpunten", **more: str) -> httpx.Response:
        """Ask as everybody does."""
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=more, timeout=30)


@pytest.fixture(scope="module")
def ports(conninfo: str) -> Iterator[dict[str, int]]:
    """Serve the city on a port, and through nginx where it is installed."""
    with short_home() as home:
        (home / "run").mkdir()
        unix = home / "run" / "web-1.sock"
        with city.served(city.settings(conninfo), limits=LIMITS, also=unix) as address:
            proxy.open_socket(unix)
            site = {SITE: int(address.rpartition(":")[2])}
            if proxy.program() is None:
                yield site
                return
            with through_nginx(home, seconds=SECONDS) as port:
                yield {**site, PROXY: port}


@pytest.fixture(params=[SITE, PROXY])
def door(ports: dict[str, int], request: pytest.FixtureRequest) -> Door:
    """Go in both ways."""
    if request.param not in ports:
        pytest.skip("nginx is not installed here; deploy/local/bootstrap --tests brings it")
    return Door(request.param, ports[request.param])


def head(line: bytes = b"GET /v1/telpunten HTTP/1.1", *fields: bytes) -> bytes:
    """Write the head of a request."""
    return b"\r\n".join([line, b"Host: site", *fields, b"", b""])


LONG: Final = b"a" * 100_000
ANOTHER: Final = head(b"GET /v1/openapi.json HTTP/1.1")
TWO: Final = {
    "two lengths that differ": head(b"GET /nl/ HTTP/1.1", b"Content-Length: 1", b"Content-Length: 2") + b"xx",
    "two lengths that are equal": head(b"GET /nl/ HTTP/1.1", b"Content-Length: 1", b"Content-Length: 1") + b"x",
    "a list of lengths": head(b"GET /nl/ HTTP/1.1", b"Content-Length: 1, 1") + b"x",
    "a length with a sign": head(b"GET /nl/ HTTP/1.1", b"Content-Length: +1") + b"x",
    "a length and chunks": head(b"GET / HTTP/1.1", b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "chunks and a length": head(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked", b"Content-Length: 5") + b"0\r\n\r\n",
    "a folded line": head(b"GET /nl/ HTTP/1.1", b"X-A: b", b" c"),
    "a line folded with a tab": head(b"GET /nl/ HTTP/1.1", b"X-A: b", b"\tc"),
    "a space before a colon": head(b"GET /nl/ HTTP/1.1", b"X-A : b"),
    "a field without a name": head(b"GET /nl/ HTTP/1.1", b": b"),
    "a NUL in a field": head(b"GET /nl/ HTTP/1.1", b"X-A: b\0c"),
    "a carriage return in a field": head(b"GET /nl/ HTTP/1.1", b"X-A: b\rX-B: c"),
    "no host": b"GET /nl/ HTTP/1.1\r\n\r\n",
    "two hosts": head(b"GET /nl/ HTTP/1.1", b"Host: other"),
    "no version": b"GET /nl/\r\nHost: site\r\n\r\n",
    "a version that is none": head(b"GET /nl/ HTTP/9.9"),
    "HTTP/2 without having agreed on it": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "the hello of TLS": bytes.fromhex("16030100a5010000a10303") + bytes(160),
    "noise": bytes(range(128, 256)) + b"\r\n\r\n",
    "a space in the address": head(b"GET /nl/ x HTTP/1.1"),
    "a control in the address": head(b"GET /nl/\x01 HTTP/1.1"),
}


@pytest.mark.parametrize("content", TWO.values(), ids=TWO.keys())
def test_what_can_be_read_in_two_ways_is_refused_and_the_connection_ends(door: Door, content: bytes) -> None:
    """With 4xx, or a connection that ends where there is nobody to answer; never answered twice."""
    spoken = speak(door.port, content, quiet=SECONDS + 3)
    assert spoken.closed
    assert spoken.status in {None, 400, 405, 408, 505}
    assert b"telpunten" not in spoken.content


def test_a_bare_line_feed_ends_no_line(door: Door) -> None:
    """The site refuses it; nginx reads it as RFC 9112 lets it, and hands one whole request on that it wrote anew."""
    spoken = speak(door.port, b"GET /gezond/live HTTP/1.1\nHost: site\nConnection: close\n\n", quiet=SECONDS + 3)
    assert spoken.closed
    assert spoken.status == (400 if door.name == SITE else 200)
    length = b"Content-Length: %d" % len(ANOTHER)
    again = speak(door.port, head(b"GET /v1/telpunten HTTP/1.1", b"X-A: b\n" + length) + ANOTHER, quiet=SECONDS + 3)
    assert again.status == 400
    assert b'"gegevens"' not in again.content


def test_a_field_without_a_colon_is_none(door: Door) -> None:
    """The site refuses it; nginx hands an empty field on, which can be read in one way only."""
    spoken = speak(door.port, head(b"GET /gezond/live HTTP/1.1", b"X-A", b"Connection: close"), quiet=SECONDS + 3)
    assert spoken.status == (400 if door.name == SITE else 200)


@pytest.mark.parametrize(
    ("content", "statuses"),
    [
        (head(b"GET /" + LONG + b" HTTP/1.1"), {414}),
        (head(b"GET /v1/telpunten?a=" + LONG[:8_300] + b" HTTP/1.1"), {414}),
        (head(b"GET /v1/telpunten?" + b"&".join(b"p%d=1" % n for n in range(5_000)) + b" HTTP/1.1"), {414}),
        (head(b"GET /v1/telpunten HTTP/1.1", b"X-A: " + LONG), {431}),
        (head(b"GET /v1/telpunten HTTP/1.1", b"If-None-Match: " + LONG), {431}),
        (head(b"GET /v1/telpunten HTTP/1.1", b"Range: bytes=" + b",".join([b"0-0"] * 10_000)), {431}),
        (head(b"GET /v1/telpunten HTTP/1.1", *(b"X-%d: " % n + LONG[:100] for n in range(200))), {431}),
        (LONG, {400, 414}),
    ],
)
def test_eight_kilobytes_of_address_and_of_headers(door: Door, content: bytes, statuses: set[int]) -> None:
    """What is longer is refused before it is read to its end."""
    spoken = speak(door.port, content, quiet=SECONDS + 3)
    assert spoken.closed
    assert spoken.status in statuses


def test_what_is_just_short_enough_is_answered(door: Door) -> None:
    """A filter of 7 kB is a mistake of the question, with a name; a tag of 6 kB is none that anybody has."""
    assert door.get(f"/v1/telpunten?velden={'a' * 7_000}").status_code == 400
    assert door.get(**{"If-None-Match": f'"{"a" * 6_000}"'}).status_code == 200


ODD: Final = (
    "/nl/../v1/telpunten", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/nl/%2e%2e/v1", "/static/../app.py",
    "/static/%2e%2e/app.py", "/nl%00", "/nl/telpunten/kolk%00.csv", "//nl/", "/nl//telpunten/kolk", "/nl/;a=b",
    "/v1;x/telpunten", "/nl%2ftelpunten", "/v1%2Ftelpunten", "/nl%5ctelpunten", "/nl/\\..\\", "/%0d%0aSet-Cookie:a=b",
    "/static/..%2fapp.py", "/%c0%ae%c0%ae/", "/nl/%", "/%zz", "/.git/config", "/static/", "/nl/telpunten/kolk/",
)  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_odd_paths_lead_nowhere(door: Door, path: str) -> None:
    """400 or 404, and no header of anybody's making."""
    spoken = speak(door.port, head(f"GET {path} HTTP/1.1".encode(), b"Connection: close"), quiet=5)
    assert spoken.status in {400, 404}
    assert b"set-cookie" not in spoken.content.lower()
    assert b"root:" not in spoken.content


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        (b"BREW /nl/ HTTP/1.1", {405}),
        (b"POST /v1/telpunten HTTP/1.1", {405}),
        (b"DELETE /v1/telpunten HTTP/1.1", {405}),
        (b"PROPFIND /v1/telpunten HTTP/1.1", {405}),
        (b"TRACE /nl/ HTTP/1.1", {405}),
        (b"CONNECT example.org:443 HTTP/1.1", {400, 404, 405}),
        (b"get /nl/ HTTP/1.1", {400, 405}),
        (b"GET http://example.org/v1/telpunten HTTP/1.1", {200, 400}),
    ],
)
def test_other_methods_are_refused(door: Door, line: bytes, statuses: set[int]) -> None:
    """With those that there are."""
    spoken = speak(door.port, head(line, b"Connection: close"), quiet=5)
    assert spoken.status in statuses
    if spoken.status == 405:
        assert b"allow: GET, HEAD, OPTIONS" in spoken.content.replace(b"Allow", b"allow")


BODIES: Final = {
    "a question with a body": (head(b"GET /v1/telpunten HTTP/1.1", b"Content-Length: 5") + b"hallo", {400}),
    "in chunks": (
        head(b"GET /v1/telpunten HTTP/1.1", b"Transfer-Encoding: chunked") + b"5;x=y\r\nhallo\r\n0\r\n\r\n",
        {400},
    ),
    "another request as the body": (
        head(b"GET /v1/telpunten HTTP/1.1", b"Content-Length: %d" % len(ANOTHER)) + ANOTHER,
        {400},
    ),
    "packed": (head(b"POST /v1/telpunten HTTP/1.1", b"Content-Encoding: gzip", b"Content-Length: 9999999"), {405, 413}),
    "parts without end": (
        head(b"POST /nl/ HTTP/1.1", b"Content-Type: multipart/form-data; boundary=x", b"Content-Length: 99999999")
        + b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n" * 10_000,
        {405, 413},
    ),
}


@pytest.mark.parametrize(("content", "statuses"), BODIES.values(), ids=BODIES.keys())
def test_no_body_is_read(door: Door, content: bytes, statuses: set[int]) -> None:
    """One answer, and the end: nothing in a body is a second request."""
    spoken = speak(door.port, content, quiet=8)
    assert spoken.status in statuses
    assert spoken.closed or door.name == PROXY  # nginx has read what the head announced, and knows where it ended


def test_requests_in_a_row_are_each_answered_and_a_bad_one_ends_them(door: Door) -> None:
    """Nothing that comes behind it is read, whatever it is."""
    good = head(b"GET /gezond/live HTTP/1.1")
    assert speak(door.port, good * 3, quiet=1).statuses == [200, 200, 200]
    spoken = speak(door.port, good + head(b"GET /nl/ HTTP/1.1", b"X-A : b") + good, quiet=3)
    assert spoken.statuses in ([200], [200, 400])
    assert spoken.closed


@pytest.mark.parametrize("part", [b"", b"GET /nl/ HTTP/1.1\r\nHost: site\r\n"])
def test_who_says_too_little_is_ended_in_time(door: Door, part: bytes) -> None:
    """Nothing, or half a head."""
    began = time.monotonic()
    spoken = speak(door.port, part, quiet=30)
    assert spoken.closed
    assert spoken.status in {None, 408}
    assert time.monotonic() - began < 15


def test_who_sends_a_byte_a_moment_is_ended_in_time(door: Door) -> None:
    """A head has one time for all of it, not one for each byte."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", door.port), timeout=20) as connection:
        spoken = Spoken(b"", closed=False)
        while not spoken.closed and time.monotonic() - began < 20:
            try:
                connection.sendall(b"a")
            except OSError:
                break
            spoken = listen(connection, 0.1)
    assert time.monotonic() - began < 15


def test_six_hundred_half_requests_stop_nobody(door: Door) -> None:
    """Others are answered meanwhile, and a moment later none of them is left."""
    half = []
    try:
        for _ in range(600):
            one = socket.create_connection(("127.0.0.1", door.port), timeout=20)
            one.sendall(b"GET /nl/ HTTP/1.1\r\nHost: ")
            half.append(one)
        began = time.monotonic()
        assert [door.get().status_code for _ in range(5)] == [200] * 5
        assert time.monotonic() - began < 15
        assert listen(half[-1], SECONDS + 8).closed
        left = [one for one in half if not listen(one, 0.2).closed]
        assert left == []
    finally:
        for one in half:
            one.close()


def test_host_and_origin_and_forwarded_have_no_effect(door: Door) -> None:
    """Links lead where the settings say; what is public is public for every origin, and never with credentials."""
    plain = door.get()
    for headers in (
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "ftp", "Forwarded": "host=evil.example"},
        {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"},
        {"Origin": "null"},
        {"X-Original-URL": "/nl/", "X-Rewrite-URL": "/nl/", "X-HTTP-Method-Override": "DELETE"},
    ):
        found = door.get(**headers)
        assert (found.status_code, found.content) == (200, plain.content)
        assert found.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in found.headers
        assert "evil" not in str(found.headers)


def test_every_header_stands_once(door: Door) -> None:
    """The proxy adds nothing to what the site says, and says as much where it answers itself."""
    for path, status in (("/v1/telpunten", 200), ("/nl/", 200), ("/static/site.css", 200), (f"/{'a' * 9_000}", 414)):
        found = door.get(path)
        names = [name.lower() for name, _ in found.headers.multi_items()]
        assert found.status_code == status
        assert sorted(names) == sorted(set(names))
        assert {"x-content-type-options", "content-security-policy", "x-frame-options"} <= set(names)


@pytest.mark.parametrize("path", ["/v1/telpunten", "/v1?a=b", "/v1"])
def test_what_never_reaches_the_api_has_its_headers(door: Door, path: str) -> None:
    """A page of anybody may read why it was refused."""
    found = door.get(path, **{"X-Odd": "a" * 9_000})
    assert found.status_code == 431
    assert found.headers["content-type"].startswith("application/problem+json")
    assert {name: found.headers.get(name) for name in API} == API


@pytest.mark.parametrize(("path", "locale"), [("/nl/", "nl"), ("/en/", "en")])
def test_a_page_of_the_proxy_says_its_language(ports: dict[str, int], path: str, locale: str) -> None:
    """As every page does."""
    if PROXY not in ports:
        pytest.skip("nginx is not installed here; deploy/local/bootstrap --tests brings it")
    found = Door(PROXY, ports[PROXY]).get(path, **{"X-Odd": "a" * 9_000})
    assert (found.status_code, found.headers["content-language"]) == (431, locale)
    assert f'<html lang="{locale}">' in found.text


REPEATED: Final = {
    "coding": (b"Accept-Encoding: gzip", b"Accept-Encoding: identity", b"content-encoding: gzip"),
    "form": (b"Accept: text/csv", b"Accept: application/json", b"content-type: text/csv"),
}


@pytest.mark.parametrize(("one", "other", "says"), REPEATED.values(), ids=REPEATED.keys())
def test_a_header_that_is_repeated_poisons_no_answer(door: Door, one: bytes, other: bytes, says: bytes) -> None:
    """Whoever asks next, with one of the two, has the answer that is his."""
    for hour, both in enumerate(((one, other), (other, one))):
        path = f"/v1/telpunten/kolk/tellingen?interval=kwartier&startTijd=2026-10-13T0{hour}:00:00Z"
        line = f"GET {path}&eindTijd=2026-10-14T00:00:00Z HTTP/1.1".encode()
        assert speak(door.port, head(line, *both, b"Connection: close"), quiet=5).status == 200
        for field in both:
            found = speak(door.port, head(line, field, b"Connection: close"), quiet=5)
            assert (says in found.content.lower()) is (field == one), both


@pytest.mark.parametrize("path", ["/v1/telpunten", "/nl/"])
def test_a_header_that_may_stand_once_is_refused_twice(door: Door, path: str) -> None:
    """Two keys, two ranges: which one would count is a guess."""
    twice = (b"X-Api-Key: a", b"X-Api-Key: b", b"Connection: close")
    assert speak(door.port, head(f"GET {path} HTTP/1.1".encode(), *twice), quiet=5).status == 400


def test_many_ranges_are_no_ranges(door: Door) -> None:
    """Two are; what is asked for ten times over is sent once."""
    few = door.get("/static/site.css", Range="bytes=0-9")
    many = door.get("/static/site.css", Range="bytes=" + ",".join(["0-9"] * 10))
    assert (few.status_code, len(few.content)) == (206, 10)
    assert many.status_code == 200


def test_who_is_far_is_counted_by_address_through_the_proxy_too(conninfo: str) -> None:
    """Ten times the budget is 429 and never 5xx; an address that somebody only claims to have changes nothing."""
    settings = city.settings(conninfo)
    settings = replace(settings, guards=replace(settings.guards, unlimited=()))
    with short_home() as home:
        (home / "run").mkdir()
        unix = home / "run" / "web-1.sock"
        with city.served(settings, also=unix) as address:
            proxy.open_socket(unix)
            statuses = _flood(int(address.rpartition(":")[2]))
            assert set(statuses) == {200, 429}
            assert 120 <= statuses.count(200) < 220
        if proxy.program() is None:
            pytest.skip("without nginx, which is not installed here, it holds")
        with city.served(settings, also=unix):
            proxy.open_socket(unix)
            with through_nginx(home) as port:
                statuses = _flood(port)
            assert set(statuses) == {200, 429}
            assert 120 <= statuses.count(200) < 220


def _flood(port: int) -> list[int]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as visitor:
        return [
            visitor.get("/v1/telpunten", headers={"X-Forwarded-For": f"203.0.113.{number % 250}"}).status_code
            for number in range(1_200)
        ]


def test_in_containers_the_wall_counts_visitors_and_not_the_proxy_before_it() -> None:
    """Everybody comes from one gateway; who ignores the wall stands before it alone."""
    found = proxy.program()
    if found is None:
        pytest.skip("nginx is not installed here; deploy/local/bootstrap --tests brings it")
    with short_home() as home:
        for source in (ROOT / "deploy" / "nginx").glob("*.conf"):
            text = source.read_text().replace(f" {gettempdir()}/", f" {home}/")
            text = text.replace("server web:18800", "server 127.0.0.1:9")
            text = text.replace("rate=50r/s", "rate=1r/m").replace("burst=500", "burst=20")  # however slow who asks is
            text = text.replace("listen 8080", f"listen 127.0.0.1:{(port := free_port())}")
            (home / source.name).write_text(text.replace("172.31.188.0/24", "127.0.0.0/8"))
            if source.name == "compose.conf":
                at = port
        with subprocess.Popen([found, "-e", "stderr", "-c", home / "compose.conf", "-g", "daemon off;"]) as running:
            try:
                wait_until(lambda: probes.listens(at), "nginx listens", patience=30)
                with httpx.Client(base_url=f"http://127.0.0.1:{at}", timeout=30) as client:
                    one = [client.get("/nl/", headers={"X-Forwarded-For": "192.0.2.1"}).status_code for _ in range(40)]
                    other = client.get("/nl/", headers={"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}).status_code
            finally:
                running.terminate()
    assert 429 in one
    assert other == 503
