"""Numbers as tables write them: the sign before decimals, the one between thousands, and what is doubtful."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from ingest.dialects.fields import FARTHEST

BLANK: Final = " "
THOUSANDS: Final = (".", ",", "'", BLANK)
"""What may stand between thousands; blanks of any width are one, and so are straight and curved apostrophes."""

_SPELLED: Final = str.maketrans({"\u00a0": BLANK, "\u2009": BLANK, "\u202f": BLANK, "\u2019": "'"})
_APART: Final = re.compile(r"-?\d{1,3}([., '])\d{3}(\1\d{3})*([.,]\d{1,20})?", re.ASCII)
_DOUBTFUL: Final = re.compile(r"-?[1-9]\d{0,2}\.\d{3}", re.ASCII)


class NumberForm(NamedTuple):
    """How numbers are written; `thousands` is empty where nothing stands between them.

    Unless that is `stated`, a number such as 1.234 is refused: it may be a thousand times what it seems.
    """

    decimal: str = "."
    thousands: str = ""
    stated: bool = True


POINT: Final = NumberForm()
"""A point before decimals, as interfaces and files for programs have it."""


def as_number(cell: str, form: NumberForm = POINT) -> float:
    """Parse a number of the form; raise ValueError, with what is expected, for anything else."""
    spelled = cell.translate(_SPELLED) if form.thousands else cell
    if not _pattern(form).fullmatch(spelled):
        between = f" and {form.thousands!r} between its thousands" if form.thousands else ""
        raise ValueError(f"{cell[:60]!r} is not a number with {form.decimal!r} before its decimals{between}")
    if not form.stated and _DOUBTFUL.fullmatch(spelled):
        whole = spelled.replace(".", "")
        raise ValueError(f"{cell[:60]!r} may be {spelled} or {whole}; say --decimal . or --thousands . --decimal ,")
    digits = spelled.replace(form.thousands, "") if form.thousands else spelled
    if abs(parsed := float(digits.replace(form.decimal, "."))) > FARTHEST:
        raise ValueError(f"{cell[:60]!r} is farther than any measurement")
    return parsed


def thousands_hint(cell: str, form: NumberForm) -> str:
    """Return the option that a refused number may need; "" where it does not look like thousands."""
    found = _APART.fullmatch(cell.translate(_SPELLED))
    if form.thousands or found is None:
        return ""
    sign = "blank" if found[1] == BLANK else found[1]
    return f'; if its thousands are set apart, say --thousands "{sign}", and --decimal for what stands before decimals'


@lru_cache(maxsize=64)
def _pattern(form: NumberForm) -> re.Pattern[str]:
    groups = rf"|[1-9]\d{{0,2}}(?:{re.escape(form.thousands)}\d{{3}}){{1,4}}" if form.thousands else ""
    return re.compile(rf"-?(?:\d{{1,15}}{groups})(?:{re.escape(form.decimal)}\d{{1,20}})?", re.ASCII)
