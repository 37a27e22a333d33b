"""How what could not be parsed is marked as sealed: with the day of its key, which is deleted after seven days."""

import re
from datetime import date, timedelta
from typing import Final

READABLE: Final = timedelta(days=7)
"""How long the key of a day is kept after that day; whoever has no key any more has nothing but its length."""

HEADER: Final = b"sealed %s "
"""What sealed bytes begin with; `%s` is the UTC day on which the message was received."""

_SEALED: Final = re.compile(rb"sealed (\d{4}-\d\d-\d\d) ")


def sealed_on(payload: bytes) -> date | None:
    """Return the day of the key with which a payload is sealed; None where it is not sealed."""
    found = _SEALED.match(payload)
    try:
        return found and date.fromisoformat(found[1].decode())
    except ValueError:
        return None
