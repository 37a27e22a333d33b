"""The head of a request, byte by byte as it came: whether it is one that nobody can read in two ways."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

LONGEST_LINE: Final = 8_192
"""Bytes of the request line."""
LONGEST_FIELDS: Final = 8_192
"""Bytes of all header fields."""
END: Final = b"\r\n\r\n"
_LINE: Final = re.compile(rb"[A-Za-z]{1,20} [\x21-\x7e]+ HTTP/1\.[01]\r\n")
_BARE: Final = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_FOLDED: Final = re.compile(rb"\r\n[ \t]")
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([^\r]*)", re.IGNORECASE)
_ENCODED: Final = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_SPACED: Final = re.compile(rb"\r\n[^:\r\n]*[ \t]:")


class BadBlock(NamedTuple):
    """Why a head is refused: its status, and a word for the metrics."""

    status: int
    why: str


def judge(head: bytes) -> BadBlock | None:
    """Judge a whole head, with the empty line at its end: one framing, lines ended by CRLF, none folded, none too long.

    RFC 9112 lets a server read a bare line feed as an end of line; what stands before us may not, so nobody does.
    """
    return next(_problems(head), None)


def judge_part(part: bytes) -> BadBlock | None:
    """Judge a head of which the end has not come, so that nobody sends without end."""
    return next(_problems_of_part(part), None)


def _problems(head: bytes) -> Iterator[BadBlock]:
    line = head.find(b"\n")
    if line > LONGEST_LINE:
        yield BadBlock(414, "address")
    if len(head) - line > LONGEST_FIELDS:
        yield BadBlock(431, "headers")
    if _BARE.search(head):
        yield BadBlock(400, "line end")
    if not _LINE.match(head):
        yield BadBlock(400, "request line")
    if _FOLDED.search(head):
        yield BadBlock(400, "folded line")
    if _SPACED.search(head, max(0, line - 1)):
        yield BadBlock(400, "space before a colon")
    lengths = _LENGTH.findall(head)
    if len(lengths) > 1 or not all(one.strip(b" \t").isdigit() for one in lengths):
        yield BadBlock(400, "length")
    if lengths and _ENCODED.search(head):
        yield BadBlock(400, "two framings")


def _problems_of_part(part: bytes) -> Iterator[BadBlock]:
    line = part.find(b"\n")
    if line < 0 and len(part) > LONGEST_LINE:
        yield BadBlock(414, "address")
    if line >= 0 and len(part) - line > LONGEST_FIELDS:
        yield BadBlock(431, "headers")
    if _BARE.search(part.removesuffix(b"\r")):
        yield BadBlock(400, "line end")


def has_body(head: bytes) -> bool:
    """Tell whether a head that was judged announces a body."""
    found = _LENGTH.search(head)
    return _ENCODED.search(head) is not None or (found is not None and found[1].strip(b" \t0") != b"")
