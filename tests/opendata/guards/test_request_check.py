"""Which requests are none."""

import pytest

from opendata.guards.header_block import has_body, judge, judge_part
from opendata.guards.request_check import headers_of, refusal
from opendata.guards.single_headers import single

pytestmark = pytest.mark.pure

NOTHING = headers_of(single([]))
ODD = (
    b"/nl/../v1", b"/nl/..", b"/./nl", b"/nl/%2e%2e/", b"/%2E/", b"/nl%00", b"/nl//over", b"/nl;a=b", b"/nl%2fover",
    b"/nl%5Cover", b"/nl\\over", b"/nl%3bx", b"/%0a", b"/%7F", b"/nl%", b"/nl%4", b"/nl%zz",
)  # fmt: skip

KEYS = (
    b"key=x", b"a=1&api_key=x", b"apiKey=x", b"access_token=x", b"sleutel=x", b"q=dfk_abcdefgh_x", b"X-Api-Key=x",
    b"%6bey=x", b"a=1&api%5Fkey=x", b"q=d%66k_abcdefgh_x", b"a=1;key=x", b"%20key=x",
)  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_a_path_that_two_could_read_differently_is_refused(path: bytes) -> None:
    """Whatever a proxy makes of it."""
    assert refusal("GET", path, b"", NOTHING) == "address"


@pytest.mark.parametrize("path", [b"/", b"/nl/telpunten/kolk", b"/nl/caf%C3%A9", b"/static/a.b-c_d~.css", b"/v1/..a"])
def test_an_ordinary_path_is_none_of_them(path: bytes) -> None:
    """Letters that are not English are encoded, and fine."""
    assert refusal("GET", path, b"a=%2F..%2F;//", NOTHING) is None


@pytest.mark.parametrize("query", KEYS)
def test_a_key_in_the_address_is_refused(query: bytes) -> None:
    """By what it is called, and by what it looks like, however it is encoded."""
    assert refusal("GET", b"/v1/telpunten", query, NOTHING) == "key_in_address"


@pytest.mark.parametrize("query", [b"kengetal=x", b"monkey=x", b"q=R%26D%20%26key%3Dx", b"q=key"])
def test_what_only_sounds_like_a_key_is_none(query: bytes) -> None:
    """A value is no name."""
    assert refusal("GET", b"/v1/telpunten", query, NOTHING) is None


def test_a_key_in_the_path_is_refused() -> None:
    """It comes into the same logs."""
    assert refusal("GET", b"/v1/telpunten/%64fk_abcdefgh_x", b"", NOTHING) == "key_in_address"


def test_headers_that_are_repeated_are_one_or_none() -> None:
    """Lists are joined in their order, cookies as pairs; what has one value by its definition is refused."""
    lists = single([(b"accept", b"a"), (b"x-odd", b"1"), (b"accept", b"b"), (b"cookie", b"a=1"), (b"cookie", b"b=2")])
    assert lists == ([(b"accept", b"a, b"), (b"x-odd", b"1"), (b"cookie", b"a=1; b=2")], None)
    for name in (b"x-api-key", b"range", b"content-length", b"sec-fetch-site", b"last-event-id"):
        assert refusal("GET", b"/", b"", headers_of(single([(name, b""), (b"a", b""), (name, b"")]))) == "repeated"


def test_a_body_belongs_to_no_question() -> None:
    """Of a method that the site does not have, it says that itself."""
    for name, value in ((b"content-length", b"5"), (b"transfer-encoding", b"chunked")):
        assert refusal("GET", b"/", b"", headers_of(single([(name, value)]))) == "body"
        assert refusal("POST", b"/", b"", headers_of(single([(name, value)]))) is None
    assert refusal("GET", b"/", b"", headers_of(single([(b"content-length", b"0")]))) is None


def test_an_address_has_eight_kilobytes() -> None:
    """Path and query together."""
    assert refusal("GET", b"/" + b"a" * 8191, b"", NOTHING) is None
    assert refusal("GET", b"/" + b"a" * 8000, b"b" * 200, NOTHING) == "long"


def head(*lines: bytes) -> bytes:
    """Write the head of a request."""
    return b"\r\n".join([b"GET / HTTP/1.1", b"Host: x", *lines, b"", b""])


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (head(b"Content-Length: 1", b"Content-Length: 1"), "length"),
        (head(b"Content-Length: 1", b"content-length: 2"), "length"),
        (head(b"Content-Length: +1"), "length"),
        (head(b"Content-Length: 1, 1"), "length"),
        (head(b"Content-Length: 1", b"Transfer-Encoding: chunked"), "two framings"),
        (head(b"X: a\nY: b"), "line end"),
        (head(b"X: a\rY: b"), "line end"),
        (head(b"X: a", b" b"), "folded line"),
        (head(b"X : a"), "space before a colon"),
        (head(b"X: " + b"a" * 8_200), "headers"),
        (b"GET /" + b"a" * 8_200 + b" HTTP/1.1\r\n\r\n", "address"),
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused(block: bytes, why: str) -> None:
    """Before anything parses it."""
    bad = judge(block)
    assert bad is not None
    assert bad.why == why


def test_an_ordinary_head_is_fine_whole_and_in_parts() -> None:
    """A client may send it byte by byte."""
    block = head(b"Accept: text/html; q=0.5, */*", b"User-Agent: a (b; c) d: e", b"Content-Length: 0")
    assert judge(block) is None
    assert all(judge_part(block[:length]) is None for length in range(len(block) - 4))
    assert not has_body(block)
    assert has_body(head(b"Content-Length: 7"))
    assert has_body(head(b"transfer-encoding: chunked"))


@pytest.mark.parametrize(
    "part", [b"a" * 8_193, head(b"X: " + b"a" * 9_000)[:-4], b"GET / HTTP/1.1\nHost", b"GET / H\r\nX: y\n\n"]
)
def test_what_will_never_be_a_head_is_refused_before_its_end(part: bytes) -> None:
    """Nobody sends without end."""
    assert judge_part(part) is not None
