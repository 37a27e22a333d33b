"""Rejections: messages that could not be decoded or may not be stored, as values with a reason."""

from datetime import datetime
from typing import Final

import msgspec

REASONS: Final[dict[str, str]] = {
    "not_an_object": "the payload is empty or not a JSON object",
    "malformed": "the payload is not one whole document of its dialect",
    "encoding": "the payload is not strict UTF-8 without a byte order mark",
    "not_finite": "a number is not finite",
    "too_deep": "the document nests deeper than 8 levels",
    "too_large": "the payload or one of its texts is larger than the dialect allows",
    "type": "a field has another type than its dialect says",
    "range": "a value or a time lies outside what can be true",
    "duplicate_key": "a key occurs twice in one object",
    "unknown_field": "a field that the dialect does not know",
    "missing_field": "a field that the dialect needs is not there",
    "unit": "the unit is not that of the quantity, or is not there",
    "unknown_quantity": "a quantity that the catalogue does not know",
    "no_offset": "a time without an offset from UTC",
    "format": "a time or an id is not written as the dialect says",
    "not_a_measurement": "a message of the network that carries no measurement",
    "unknown_dialect": "no dialect is registered for this topic",
    "other_sensor": "the payload names another sensor than its topic",
    "no_such_hour": "a local time that the clock skipped in spring",
    "unknown_sensor": "no datastream is registered for this sensor and source at that time",
    "interval": "the interval is much longer than the registered one",
    "number_reused": "the number of another measurement, with another value",
    "too_late": "older than the window of its source",
    "from_the_future": "more than five minutes after it was received",
    "unreadable": "the dialect failed on this message: it can be decoded when the dialect is corrected",
}
"""The reason codes of rejections, each with a sentence that explains it."""


class Rejection(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One refused message: when and where it was received, why it was refused, and what stays of its bytes.

    `reason` is a key of `REASONS` (a code of a newer writer is read unchanged), `detail` one sentence for a
    person. `payload` is the document with what may stay of it, sealed bytes (`schemas.sealed`) of what cannot be
    parsed, and None for what is `too_large` for the log or could not be sealed.
    """

    received_at: datetime
    topic: str
    dialect: str
    reason: str
    detail: str
    payload: bytes | None
    sensor: str | None = None
