"""What may stay of a refused row: numbers and times of the columns that a format names, and known ids (record 26)."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from ingest.dialects.permitted import NUMBER, TIME, SenderForm, is_harmless
from ingest.history.table import NOTHING
from schemas.rejection import Rejection

_OTHER_TIME: Final = re.compile(
    r"(?:\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}[/.]\d{1,2}[/.]\d{1,2})?(?:^|$|[T ])(?:\d{1,2}:\d\d(?::\d\d)?)?", re.ASCII
)
"""A day or a time as publishers write them who do not write ISO 8601."""


def redacted(
    cells: Sequence[str],
    measured: Iterable[int],
    ids: Iterable[int] = (),
    sensors: Collection[str] = (),
    sources: Iterable[int] = (),
) -> bytes:
    """Return a row in which every text that nobody named, or that is not of its form, is its length only.

    In columns that are `measured` numbers and times stay, in those of `ids` the names of `sensors`, in those of
    `sources` words, with `/` or `_` between them.
    """
    known = {_spelled(one) for one in sensors}
    forms = {**dict.fromkeys(measured, _measured), **dict.fromkeys(sources, _source)}
    forms |= dict.fromkeys(ids, lambda cell: cell if _spelled(cell) in known else None)
    shown = (
        stays if (form := forms.get(place)) and (stays := form(cell.strip())) is not None else _length(cell)
        for place, cell in enumerate(cells)
    )
    return ",".join(shown).encode()


def refused(
    payload: bytes, dialect: str, sensor: str, detail: str, at: datetime, *, reason: str = "no_such_hour"
) -> Rejection:
    """Make the rejection of a row, by default of one in an hour that the clock skipped."""
    return Rejection(at, f"history/{sensor}" if sensor else "history", dialect, reason, detail, payload, sensor or None)


def _length(cell: str) -> str:
    return f"<text {len(cell)}>" if cell else ""


def _spelled(name: str) -> str:
    return name.lower().replace("_", "-")


def _measured(cell: str) -> str | None:
    """Return what stays of a number, with a point or a comma, or of a time."""
    if cell in NOTHING or _OTHER_TIME.fullmatch(cell):
        return cell
    number = _form(NUMBER, cell.replace(",", ".", 1))
    if number is None:
        return _form(TIME, cell)
    return cell if len(number) == len(cell) else number


def _source(cell: str) -> str | None:
    return cell if all(map(is_harmless, re.split("[/_]", cell))) else None


def _form(form: object, cell: str) -> str | None:
    assert callable(form) and not isinstance(form, SenderForm)  # noqa: S101, PT018 - neither form asks who sent it
    stays: str | None = form(cell)
    return stays
