"""Rows on terminals: what is shown by width, what stands below, and what is named as left out."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from deploy.listing import ListingForm, listed, show

pytestmark = pytest.mark.pure

AT = datetime(2026, 11, 3, 7, 5, 9, tzinfo=UTC)
ROWS: Sequence[Mapping[str, object]] = [
    {"status": "silent", "device": "kolk-1", "place": "De Kolk", "at": AT, "detail": "no unit", "stored": 12},
    {"status": "good", "device": "peelo-12", "place": "Zählstelle Größe", "at": None, "detail": "", "stored": 3},
]
FORM = ListingForm(("status", "device", "at"), ("detail",))


def test_what_fits_is_one_table() -> None:
    """With all columns in their own order, and times to the second."""
    assert listed(ROWS, FORM, 80) == [
        "status  device    place             at                    detail   stored",
        "silent  kolk-1    De Kolk           2026-11-03 07:05:09Z  no unit  12",
        "good    peelo-12  Zählstelle Größe                                 3",
    ]


def test_what_does_not_fit_is_left_out_by_rank_and_named() -> None:
    """Texts go below their row, where they say something."""
    assert listed(ROWS, FORM, 45) == [
        "status  device    at                 stored",
        "silent  kolk-1    2026-11-03 07:05Z  12",
        "    no unit",
        "good    peelo-12                     3",
        "Not shown here: place. A wider terminal shows",
        "them, and --json.",
    ]
    assert listed(ROWS, FORM, 30)[:3] == ["status  device", "silent  kolk-1", "    no unit"]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 250])
@pytest.mark.parametrize("text", ["word " * 90, "x" * 500, "大" * 300, '{"a":"b c"}' * 40])
def test_no_line_is_wider_than_the_terminal(width: int, text: str) -> None:
    """However long a text is, of letters of any width; two lines of it are shown."""
    lines = listed([{**row, "detail": text} for row in ROWS], FORM, width)
    assert all(sum(2 if one == "大" else 1 for one in line) <= width for line in lines)
    below = [line for line in lines if line.startswith("    ")]
    assert len(below) == 4
    assert [line.endswith("...") for line in below] in ([False, True] * 2, [False, False] * 2)


def test_one_row_that_is_too_wide_is_written_down() -> None:
    """A line for each cell that holds something."""
    row = {"device": "kolk-1", "maker": None, "note": "behind the hedge, call before ten in the morning"}
    assert listed([row], ListingForm(), 40) == [
        "device  kolk-1",
        "note    behind the hedge, call before",
        "        ten in the morning",
    ]


def test_what_cannot_be_printed_is_escaped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A payload is somebody else's text; the width is what `COLUMNS` says."""
    monkeypatch.setenv("COLUMNS", "20")
    show([{"id": "1", "detail": "\x1b[2J\u202eevil and long enough"}], FORM)
    assert capsys.readouterr().out.splitlines() == ["id", "1", r"    \x1b[2J\u202eevi", "    l and long..."]
