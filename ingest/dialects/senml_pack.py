"""A SenML pack from its bytes: JSON or CBOR, with the names of its records freed from who sent them.

A name says who measured and what was measured in one text, cut anywhere between `bn` and `n`. Only the latter may be
written: a URN of a device, an address and hexadecimal digits of one go, and `n` holds what is left.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from io import BytesIO
from math import isfinite
from typing import Final

import cbor2

from ingest.dialects.document import MAX_BYTES, Document, parse_any, wrapped
from ingest.dialects.refusal import RefusedError

WHOLE: Final = "value"
"""The name of what is measured where a name is nothing but that of the sender."""

MEASURED: Final = frozenset({"v", "vs", "vb", "vd", "s"})
OWN: Final = MEASURED | {"n", "u", "t"}
"""Labels of a record that is more than a base for those behind it."""

POSITIONS: Final = frozenset({"lon", "lat", "alt"})
"""Units of the place of a sender. It stays nowhere: the registry knows the places of its devices."""

_LABELS: Final = {
    -1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs",
    0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd",
}  # fmt: skip
_NUMBERS: Final = {label: number for number, label in _LABELS.items()}
_IS_CBOR: Final = re.compile(rb"[\x80-\x9f\xd9]")
_LARGEST: Final = 2**63
_SENDER: Final = re.compile(
    r"urn:dev:[a-z]+:[^_:/]*[_:/]?"
    r"|[a-z][a-z0-9+.-]*://[^/]*/?"
    r"|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f.]{0,15}(?:%[^/_]*)?(?:[/_]|$)"
    r"|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?:[/_:-]|$)"
    r"|[0-9a-f]{8,}(?:[/_:.-]|$)",
    re.ASCII | re.IGNORECASE,
)


def parse_pack(payload: bytes) -> Document:
    """Parse a pack into `{"records": […]}`; what was written so before is parsed into itself."""
    parsed = _from_cbor(payload) if _IS_CBOR.match(payload) else parse_any(payload)
    records = parsed.get("records") if isinstance(parsed, dict) else parsed
    if not isinstance(records, list):
        raise RefusedError("not_an_object", f"a pack is a list of records, not {type(parsed).__name__}")
    return wrapped("records", list(_freed(records)))


def to_cbor(records: list[dict[str, object]]) -> bytes:
    """Encode records as CBOR, with numbers for labels."""
    return cbor2.dumps([{_NUMBERS.get(label, label): value for label, value in record.items()} for record in records])


def what_is_measured(name: str) -> str:
    """Return what a resolved name says beside its sender, `value` where that is nothing."""
    before = None
    while before != name:
        before, name = name, _SENDER.sub("", name, count=1) if _SENDER.match(name) else name
    return name or WHOLE


def _freed(records: list[object]) -> Iterator[object]:
    """Yield records with what they measure as `n` instead of `bn` and `n`, without those of the sender's place."""
    base_name, base_unit = "", ""
    for record in records:
        if not isinstance(record, dict):
            yield record
            continue
        stays = {label: value for label, value in record.items() if label != "bn"}
        base_name = _text(record.get("bn", base_name))
        base_unit = _text(record.get("bu", base_unit))
        name = base_name + _text(record.get("n", ""))
        if OWN & record.keys() and name:
            stays["n"] = what_is_measured(name)
        if _text(record.get("u", base_unit)) in POSITIONS:
            stays = {label: value for label, value in stays.items() if label not in OWN}
        yield stays


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise RefusedError("type", f"{type(value).__name__} where a record has a text")
    return value


def _from_cbor(payload: bytes) -> object:
    if len(payload) > MAX_BYTES:
        raise RefusedError("too_large", f"{len(payload)} bytes, at most {MAX_BYTES}")
    stream = BytesIO(payload)
    try:
        pack = cbor2.CBORDecoder(stream).decode()
    except (cbor2.CBORDecodeError, ValueError, OverflowError, ArithmeticError) as problem:
        raise RefusedError("malformed", f"not CBOR: {type(problem).__name__} at byte {stream.tell()}") from problem
    if stream.tell() != len(payload):
        raise RefusedError("malformed", f"{len(payload) - stream.tell()} bytes behind the pack")
    if not isinstance(pack, list):
        return None
    return [_labelled(record) if isinstance(record, dict) else None for record in pack]


def _labelled(record: Mapping[object, object]) -> dict[str, object]:
    """Return a record of CBOR as JSON has it."""
    labelled: dict[str, object] = {}
    for key, value in record.items():
        label = _LABELS.get(key, str(key)) if isinstance(key, int) else _text(key)
        if label in labelled:
            raise RefusedError("duplicate_key", "a label is given twice in one record")
        labelled[label] = _plain(value)
    return labelled


def _plain(value: object) -> object:
    match value:
        case bool() | str() | None:
            return value
        case int() if abs(value) < _LARGEST:
            return value
        case float() | Decimal() if isfinite(value):
            return float(value)
        case float() | Decimal() | int():
            raise RefusedError(
                "not_finite" if not isinstance(value, int) else "range",
                "a number is not finite, or has more than 63 bits",
            )
        case bytes():
            return f"<data {len(value)}>"
    return f"<{type(value).__name__.lower()[:12]} 0>"
