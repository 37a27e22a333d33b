"""Anything that may be sent or offered: bytes, JSON of every shape, and right messages with wrong pieces in them."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from hypothesis import strategies as st

CODE_POINTS: Final = st.characters(exclude_categories=())  # lone surrogates and controls are among them
TEXTS: Final = st.text(CODE_POINTS, max_size=12) | st.sampled_from(
    ["\ud800", "\udfff\ud800", "\0", "\uffff", "\U0010ffff", "\u2028", "\u0085", "\ufeff", "\x1b[31m", "a" * 5_000]
)
NUMBERS: Final = (
    st.sampled_from(
        ["1e400", "-1e400", "NaN", "Infinity", "-Infinity", "-0", "-0.0", "1e-400", "9" * 30, "9" * 400, "9" * 5_000,
         "9223372036854775808", "18446744073709551616", "0.1", "1E+5", "01", "1.", "+1", "0x10"]
    )
    | st.integers().map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
)  # fmt: skip
STAMPS: Final = st.sampled_from(
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-14:00",
     "2026-05-12T06:00:00Z", "2026-02-30T06:00:00Z", "1969-12-31T23:59:59Z", "2026-05-12T24:00:00Z"]
)  # fmt: skip
_WORDS: Final = st.sampled_from(
    ["sensor", "readings", "boot", "seq", "quantity", "start", "end", "value", "unit", "channel", "uptime",
     "end_device_ids", "device_id", "uplink_message", "decoded_payload", "received_at", "f_cnt", "session_key_id",
     "report", "data", "status_code", "segment_id", "date", "interval", "bike", "mac", "dev_eui"]
)  # fmt: skip
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|[^\s,:\[\]{}"]+')

Span = tuple[int, int]


def _spelled(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda text, escaped: json.dumps(text, ensure_ascii=escaped), texts, st.booleans())


_LEAVES: Final = st.sampled_from(["null", "true", "false", "{}", "[]"]) | NUMBERS | _spelled(TEXTS | STAMPS | _WORDS)
_KEYS: Final = _spelled(_WORDS | TEXTS)


def _lists_and_objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.builds("{}:{}".format, _KEYS, inner)
    return st.lists(inner, max_size=4).map(lambda some: f"[{','.join(some)}]") | st.lists(pairs, max_size=4).map(
        lambda some: f"{{{','.join(some)}}}"
    )


DOCUMENTS: Final = st.recursive(_LEAVES, _lists_and_objects, max_leaves=8)
"""JSON as text: any type at any place, keys that come twice, and numbers that no type holds."""

DEEP: Final = st.builds(
    lambda inner, depth: f"{'[' * depth}{inner}{']' * depth}", _LEAVES, st.sampled_from([7, 8, 9, 400, 1_100, 20_000])
)


def encoded(texts: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Encode texts as a stranger may: mostly UTF-8, with what UTF-8 has no place for passed through."""
    codecs = st.sampled_from(["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
    return st.builds(lambda text, codec: text.encode(codec, "surrogatepass"), texts, codecs)


@st.composite
def changed(draw: st.DrawFn, text: str, spans: Sequence[Span], pieces: st.SearchStrategy[str]) -> str:
    """Put other pieces in up to three places of a text."""
    for start, end in sorted(draw(st.lists(st.sampled_from(spans), max_size=3)), reverse=True):
        text = text[:start] + draw(pieces) + text[end:]
    return text


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Replace one stretch of bytes, the whole tail perhaps, by other bytes."""
    start = draw(st.integers(0, len(content)))
    return content[:start] + draw(st.binary(max_size=12)) + content[start + draw(st.integers(0, len(content))) :]


def places_of_json(text: str) -> list[Span]:
    """Find every key and value of a JSON text, lists and objects whole."""
    return sorted(_places(text))


def _places(text: str) -> Iterator[Span]:
    opened: list[int] = []
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            opened.append(token.start())
        elif token[0] in "]}":
            yield opened.pop(), token.end()
        else:
            yield token.span()


def places_of_csv(text: str) -> list[Span]:
    """Find every cell and every whole line of a CSV text."""
    lines = re.finditer(r"[^\r\n]*\r?\n", text)
    return sorted({cell.span() for cell in re.finditer(r"[^,\r\n]+", text)} | {line.span() for line in lines})


def messages(right: bytes) -> st.SearchStrategy[bytes]:
    """Draw what may come instead of a right JSON message."""
    text = right.decode()
    return (
        encoded(changed(text, places_of_json(text), DOCUMENTS | _KEYS))
        | encoded(DOCUMENTS)
        | damaged(right)
        | st.binary()
        | DEEP.map(lambda deep: deep.encode("utf-8", "surrogatepass"))
    )
