"""Times in questions: RFC 3339 with an offset, to the letter; and plain days."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, TypeAlias

from pydantic import PlainValidator, WithJsonSchema

_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def read(text: Any) -> datetime:  # noqa: ANN401 - a validator is handed anything
    """Read an instant; raise ValueError with a Dutch sentence that says what is expected."""
    if not isinstance(text, str) or not _RFC3339.fullmatch(text):
        hint = " Een + in het adres is een spatie: codeer hem als %2B." if " " in str(text) else ""
        raise ValueError(f"verwacht datum, tijd en zone volgens RFC 3339, zoals 2026-05-12T06:00:00Z.{hint}")
    try:
        instant = datetime.fromisoformat(_microseconds(text.upper())).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("deze datum of tijd bestaat niet.") from error
    if not _EARLIEST <= instant <= _LATEST:
        raise ValueError("verwacht een tijd tussen 1970 en 2200.")
    return instant


def _microseconds(text: str) -> str:
    """Cut a fraction of a second to microseconds: truncated, never rounded into the next interval."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)


def read_bound(text: Any) -> date:  # noqa: ANN401 - a validator is handed anything
    """Read an instant, or a plain day whose midnight only its place can tell."""
    instant_or_day = isinstance(text, str) and _DAY.fullmatch(text)
    return _real_day(text) if instant_or_day else read(text)


def read_day(text: Any) -> date:  # noqa: ANN401 - a validator is handed anything
    """Read a plain day; raise ValueError with a Dutch sentence that says what is expected."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError("verwacht een datum, zoals 2026-05-12.")
    return _real_day(text)


def _real_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("deze datum bestaat niet.") from error
    if not _EARLIEST.date() < day < _LATEST.date():
        raise ValueError("verwacht een dag tussen 1970 en 2200.")
    return day


Bound: TypeAlias = Annotated[
    datetime | date,
    PlainValidator(read_bound),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]
"""An end of a period: an aware UTC datetime read strictly, or a local day."""

Instant: TypeAlias = Annotated[
    datetime, PlainValidator(read), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A moment: an aware UTC datetime read strictly."""

Day: TypeAlias = Annotated[date, PlainValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A local day."""
