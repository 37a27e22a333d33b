"""Anything that may be sent or offered: bytes, JSON of every shape, and right messages with wrong pieces in them.

All of it is spelled by one string of bytes, which decides every choice in turn: that is many times faster than one
strategy for each of them, and a shorter string with smaller bytes still spells a simpler message.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias, TypeVar

from hypothesis import strategies as st

One = TypeVar("One")
Span: TypeAlias = tuple[int, int]
Piece: TypeAlias = Callable[["Choices"], str]

_CODE_POINTS: Final = (  # from where to where
    (0x20, 0x7F), (0x00, 0x20), (0x7F, 0x100), (0xD800, 0xE000), (0x2000, 0x2070), (0xFDD0, 0xFE10), (0xFFF0, 0x10000),
    (0x00, 0x10000), (0x10000, 0x110000),
)  # fmt: skip
_TEXTS: Final = (
    "", "sensor", "readings", "boot", "seq", "quantity", "start", "end", "value", "unit", "channel", "uptime",
    "noord-1", "bicycles", "Cel", "end_device_ids", "device_id", "uplink_message", "decoded_payload", "received_at",
    "f_cnt", "session_key_id", "rx_metadata", "report", "data", "status_code", "segment_id", "date", "interval", "bike",
    "mac", "dev_eui", "jan@example.org", "\ud800", "\udfff\ud800", "\0", "\uffff", "\U0010ffff", "\u2028", "\u0085",
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-14:00",
    "2026-05-12T06:00:00Z", "2026-02-30T06:00:00Z", "1969-12-31T23:59:59Z", "2026-05-12T24:00:00Z",
)  # fmt: skip
_NUMBERS: Final = (
    "0", "-0", "-0.0", "1", "-1", "0.1", "1e400", "-1e400", "1e-400", "NaN", "Infinity", "-Infinity", "1E+5", "01",
    "1.", "+1", "0x10", "9" * 30, "9" * 400, "9" * 5_000, "9223372036854775808", "18446744073709551616", "1e308",
)  # fmt: skip
_CELLS: Final = (
    "", "NA", '"', '""', '"a', "a,b", "\r", "\n", "\r\n", "\n\n", "-0", "0.0", "1e400", "nan", "9" * 9, "9" * 15,
    "9" * 5_000, "-99.9", "100001", "Good uptime - 1.5", '"two\nlines"', "x" * 70_000, '"' + "y\n" * 40_000 + '"',
)  # fmt: skip
_STAMPS: Final = (
    "0001-01-01 00:00", "0001-01-01 00:00:00", "9999-12-31 23:45", "9999-12-31 23:00:00", "9999-12-31 22:00:00",
    "2026-03-29 02:00", "2026-10-25 02:00", "2026-10-25 02:00:00", "2026-05-12 08:15", "2026-02-30 00:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "2026-05-12T05:13:00",
)  # fmt: skip
_ENTITIES: Final = (
    "&x;", "<!DOCTYPE x [<!ENTITY x 'y'>]>", "<?xml version='1.0'?>", "<![CDATA[", "<a>" * 200, "<!--", "]]>", "&#0;",
)  # fmt: skip
_CODECS: Final = (*["utf-8"] * 12, "utf-8-sig", "utf-16", "utf-16-le", "utf-32")
_DEPTHS: Final = (7, 8, 9, 400, 1_100, 20_000)
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|[^\s,:\[\]{}"]+')


class Choices:
    """Choices that bytes make; where there are no more, each is the first that there is."""

    def __init__(self, data: bytes) -> None:
        self._data = iter(data)

    def below(self, limit: int) -> int:
        """Choose a number from 0."""
        number = 0
        for _ in range((limit.bit_length() + 7) // 8):
            number = number << 8 | next(self._data, 0)
        return number % limit

    def one(self, options: Sequence[One]) -> One:
        """Choose one of these."""
        return options[self.below(len(options))]

    def rest(self) -> bytes:
        """Give the bytes that are left."""
        return bytes(self._data)


CHOICES: Final = st.binary(min_size=24, max_size=72).map(Choices)


def text(choices: Choices) -> str:
    """Spell a text: one that somebody knows, or any code points, halves of surrogate pairs among them."""
    if choices.below(2):
        return choices.one(_TEXTS)
    return "".join(_character(*choices.one(_CODE_POINTS), choices) for _ in range(choices.below(6)))


def _character(low: int, high: int, choices: Choices) -> str:
    return chr(low + choices.below(high - low))


def _spelled(choices: Choices) -> str:
    return json.dumps(text(choices), ensure_ascii=bool(choices.below(2)))


def _number(choices: Choices) -> str:
    if choices.below(2):
        return choices.one(_NUMBERS)
    return f"{choices.below(200_000) - 100_000}{choices.one(('', '.5', 'e3', 'e-7'))}"


def document(choices: Choices, depth: int = 4) -> str:
    """Spell JSON: any type at any place, keys that come twice, and numbers that no type holds."""
    kind = choices.below(8 if depth else 5)
    if kind < 2:
        return choices.one(("null", "true", "false", "{}", "[]"))
    if kind < 5:
        return _spelled(choices) if kind > 2 else _number(choices)
    inner = [document(choices, depth - 1) for _ in range(choices.below(5))]
    if kind == 5:
        return f"[{','.join(inner)}]"
    return f"{{{','.join(f'{_spelled(choices)}:{one}' for one in inner)}}}"


def cell(choices: Choices) -> str:
    """Spell a cell of a table, or what tears it apart."""
    return choices.one((_one_of(_STAMPS), _one_of(_CELLS), text))(choices)


def _one_of(texts: Sequence[str]) -> Piece:
    return lambda choices: choices.one(texts)


class Right(NamedTuple):
    """A right message or file: its content, where pieces of it stand, and what may come instead of one."""

    content: bytes
    spans: list[Span]
    piece: Piece

    def instead(self, choices: Choices) -> bytes:
        """Give what comes instead of it."""
        match choices.below(8):
            case 0:
                return self.content
            case 1:
                return choices.rest()
            case 2:
                return self._damaged(choices)
            case 3:
                return encoded(document(choices), choices)
            case 4 if not choices.below(8):
                return _deep(choices)
            case _:
                return encoded(self._changed(choices), choices)

    def _changed(self, choices: Choices) -> str:
        """Put other pieces in one place of it or two."""
        reported = self.content.decode()
        for start, end in sorted((choices.one(self.spans) for _ in range(1 + choices.below(2))), reverse=True):
            reported = reported[:start] + self.piece(choices) + reported[end:]
        return reported

    def _damaged(self, choices: Choices) -> bytes:
        """Replace one stretch of its bytes by others."""
        start, end = (choices.below(len(self.content)) for _ in range(2))
        return self.content[:start] + choices.rest() + self.content[end:]


def encoded(reported: str, choices: Choices) -> bytes:
    """Encode a text as a stranger may: mostly in UTF-8, with what UTF-8 has no place for passed through."""
    return reported.encode(choices.one(_CODECS), "surrogatepass")


def _deep(choices: Choices) -> bytes:
    depth = choices.one(_DEPTHS)
    return ("[" * depth + document(choices) + "]" * depth).encode("utf-8", "surrogatepass")


def message(right: bytes) -> Right:
    """Find every key and value of a JSON message, lists and objects whole."""
    return Right(right, sorted(_places(right.decode())), document)


def _places(reported: str) -> Iterator[Span]:
    opened: list[int] = []
    for token in _TOKEN.finditer(reported):
        if token[0] in "[{":
            opened.append(token.start())
        elif token[0] in "]}":
            yield opened.pop(), token.end()
        else:
            yield token.span()


def table(right: bytes) -> Right:
    """Find every cell and every line of a CSV file; other cells and lines of it may come instead."""
    reported = right.decode()
    lines = {found.span() for found in re.finditer(r"[^\n]*\n", reported)}
    spans = sorted(lines | {found.span() for found in re.finditer(r"[^,;\n]+", reported)})
    others = [reported[start:end] for start, end in spans]
    return Right(right, spans, lambda choices: choices.one((cell, cell, _one_of(others)))(choices))


def markup(right: bytes) -> Right:
    """Find every tag, text and attribute of an XML document; other pieces of it may come instead."""
    reported = right.decode()
    spans = [found.span() for found in re.finditer(r'<[^<>]*>|(?<=>)[^<>]+(?=<)|(?<=")[^"<>]*(?=")', reported)]
    others = [reported[start:end] for start, end in spans]
    return Right(right, spans, lambda choices: choices.one((text, _one_of(others), _one_of(_ENTITIES), cell))(choices))


def packed(content: bytes, choices: Choices) -> bytes:
    """Compress a file, perhaps, and damage it then, perhaps."""
    if choices.below(8) < 7:
        return content
    whole = gzip.compress(content)
    return whole[: choices.below(len(whole))] + choices.rest() if choices.below(2) else whole
