"""What stays of a refused row of a file: numbers, times, the sensor and plain words, and nothing of anybody."""

from random import Random

import pytest

from ingest.history.redaction import redacted
from tests.ingest.planted import Identifier, Search, identifiers, spellings

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("one", identifiers(Random(7), 48), ids=lambda one: one.kind)  # noqa: S311 - no secret
def test_no_identifier_stays_of_a_refused_row(one: Identifier) -> None:
    """Planted in every column, in every spelling: of a row in the skipped hour, and of the row itself."""
    for text in spellings(one):
        if text.isalpha() and len(text) <= 12:
            continue  # a word is a word
        cells = [*"abcdef", text]
        for place in range(7):
            row = [*cells[:place], text, *cells[place:6]]
            stays = redacted(row, [0, 1, 2], [3], ["noord-1"], [4])
            assert Search([one]).hits("row", stays) == [], (place, text)


@pytest.mark.parametrize(
    "cell", ["0612345678", "+31 6 12345678", "06-12345678", "356938035643809", "GX812K", "jan.jansen", "GX-812-K"]
)
def test_what_may_be_somebody_does_not_stay_of_a_refused_row(cell: str) -> None:
    """Whatever column it stands in."""
    assert redacted([cell] * 4, [0], [1], ["noord-1"], [2]) == ",".join([f"<text {len(cell)}>"] * 4).encode()


def test_what_operators_need_stays_of_a_refused_row() -> None:
    """Numbers and times as publishers write them, the sensor of the row, and a source in plain words."""
    row = [
        "12", "-0,5", "NA", "", "2026-03-29 02:15", "29-03-2026 02:15", "2026-03-29T02:15:00+01:00", "02:15",
        "29/3/2026",
    ]  # fmt: skip
    assert redacted(row, range(len(row))) == ",".join(row).encode()
    assert redacted(["Noord_1", "bike/left"], [], [0], ["noord-1"], [1]) == b"Noord_1,bike/left"
