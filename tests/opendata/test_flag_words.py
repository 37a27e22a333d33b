"""What was excluded of a number is said by flag, with in how much of it, where that is known."""

import pytest

from opendata.flag_words import excluded
from opendata.vocabulary import flag_parts
from schemas.quality_flags import DEAD, DST_MERGED, EVENT, MAINTENANCE, OUTSIDE_WINDOW, STATUS_BAD

pytestmark = pytest.mark.pure

ZEROS = "de teller gaf alleen nullen waar fietsers verwacht werden"


def test_flags_that_exclude_are_said_with_their_hours_or_days() -> None:
    """One flag or several, one part or several."""
    assert excluded(DEAD, {"dead": 4}, "hours") == f"waarvan uitgesloten: {ZEROS} (4 uur)"
    both = {"dead": 1, "maintenance": 12}
    assert excluded(DEAD | MAINTENANCE, both, "days") == f"waarvan uitgesloten: {ZEROS} (1 dag), onderhoud (12 dagen)"
    assert excluded(STATUS_BAD, {}, "hours", "en") == "of which excluded: the sensor reports a fault"


@pytest.mark.parametrize("flags", [0, DST_MERGED, EVENT, OUTSIDE_WINDOW])
def test_what_takes_nothing_out_is_not_said(flags: int) -> None:
    """A doubt keeps its number, and where a sensor cannot measure nothing was expected."""
    assert excluded(flags, {}, "days") is None


def test_parts_are_counted_by_flag() -> None:
    """From the flags of each part."""
    assert flag_parts([DEAD, DEAD | MAINTENANCE]) == {"dead": 2, "maintenance": 1}
