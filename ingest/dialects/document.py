"""Bytes parsed as one strict JSON document, or refused with the reason."""

import json
import re
from math import isfinite
from typing import Final, NoReturn, TypeAlias

from ingest.dialects.refusal import RefusedError

Document: TypeAlias = dict[str, object]

MAX_BYTES: Final = 65_536
MAX_DEPTH: Final = 8
MAX_TEXT: Final = 4_096
MAX_DIGITS: Final = 40

_MARKS = ((b"\xef\xbb\xbf", "a byte order mark"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_OPEN_OR_CLOSE = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_KINDS: Final = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}


def parse(payload: bytes) -> Document:
    """Parse one JSON object: strict UTF-8, one document, finite numbers, no key twice; else raise RefusedError."""
    parsed = parse_any(payload)
    if not isinstance(parsed, dict):
        raise RefusedError("not_an_object", f"the payload is {_KINDS.get(type(parsed), 'a number')}")
    return parsed


def parse_any(payload: bytes) -> object:
    """Parse one JSON document of any kind, a list too, by the rules of `parse`; else raise RefusedError."""
    text = _text(payload)
    _refuse_depth(text)
    return document(text)


def wrapped(name: str, value: list[object]) -> Document:
    """Put a list that stands alone into an object; refuse one that would be too deep there to be parsed again."""
    document: Document = {name: value}
    if _depth(document) > MAX_DEPTH:
        raise RefusedError("too_deep", f"nests deeper than {MAX_DEPTH} levels as `{name}`")
    return document


def rows_under(name: str, parsed: object, *, texts: str) -> Document:
    """Return rows in an object, also where they come as a list alone; whole numbers under key `texts` become texts.

    Refuses `not_an_object` for anything else.
    """
    document = wrapped(name, parsed) if isinstance(parsed, list) else parsed
    if not isinstance(document, dict):
        raise RefusedError("not_an_object", f"the payload is {type(document).__name__}")
    rows = document.get(name)
    for one in rows if isinstance(rows, list) else ():
        if isinstance(one, dict) and type(one.get(texts)) is int:
            one[texts] = str(one[texts])
    return document


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _text(payload: bytes) -> str:
    if len(payload) > MAX_BYTES:
        _refuse_depth(payload[:MAX_BYTES].decode(errors="replace"))
        raise RefusedError("too_large", f"{len(payload)} bytes, at most {MAX_BYTES}")
    if not payload.strip():
        raise RefusedError("not_an_object", "the payload is empty")
    for mark, name in _MARKS:
        if payload.startswith(mark):
            raise RefusedError("encoding", f"the payload starts as {name}")
    if b"\0" in payload[:4]:
        raise RefusedError("encoding", "the payload looks like UTF-16 or UTF-32")
    try:
        return payload.decode()
    except UnicodeDecodeError as problem:
        raise RefusedError("encoding", f"byte {problem.start} is not UTF-8") from problem


def document(text: str) -> object:
    """Parse one JSON document of any kind: finite numbers, no key twice; else raise RefusedError."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as problem:
        raise RefusedError(
            "malformed", f"{problem.msg.removesuffix(' at')} at line {problem.lineno}, column {problem.colno}"
        ) from problem


def _refuse_depth(text: str) -> None:
    depth = 0
    for found in _OPEN_OR_CLOSE.finditer(text):
        depth += _STEP.get(found[0], 0)
        if depth > MAX_DEPTH:
            raise RefusedError("too_deep", f"nests deeper than {MAX_DEPTH} levels at character {found.start()}")
        if len(found[0]) > MAX_TEXT:
            raise RefusedError("too_large", f"a text of {len(found[0])} characters, at most {MAX_TEXT}")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise RefusedError("duplicate_key", f"a key of {len(twice)} characters is given twice in one object")
    return fields


def _integer(digits: str) -> int | float:
    if len(digits) > MAX_DIGITS:
        raise RefusedError("range", f"an integer of {len(digits)} digits")
    return int(digits) if digits != "-0" else -0.0


def _fraction(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise RefusedError("not_finite", f"a number of {len(digits)} characters is beyond every number")
    return number


def _constant(name: str) -> NoReturn:
    raise RefusedError("not_finite", f"{name} is not a number in JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
