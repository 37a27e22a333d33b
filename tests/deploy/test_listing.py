"""Lists are readable at a hundred columns, whole where nobody looks, and never longer than their line."""

import os
import shutil
import sys
from datetime import UTC, datetime, timedelta

import pytest

from deploy.listing import ago, lasting, listed, percent

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
ROWS = [
    {"status": "silent", "device": "assen-fiets-05", "why": "nothing received for 5.0 intervals of 900 s " * 3},
    {"status": "ok", "device": "a-1\x1b[31m", "why": ""},
]


def test_into_a_pipe_a_line_is_whole() -> None:
    """Aligned, and what a sensor is called cannot colour a terminal."""
    headings, silent, well = listed(ROWS)
    assert headings.split() == ["STATUS", "DEVICE", "WHY"]
    assert silent.endswith("intervals of 900 s")
    assert well == "ok      a-1\\x1b[31m"


def test_on_a_terminal_a_line_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last column is cut, with a sign that it was."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((100, 40)))
    lines = [*listed(ROWS)]
    assert max(map(len, lines)) == 100
    assert lines[1].endswith("…")


def test_nothing_is_no_line() -> None:
    """Not even headings: a sentence says why."""
    assert [*listed([])] == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "119 min"), (7200, "2 h"), (172_800, "2 d"), (-90, "-1 min")],
)
def test_a_span_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    """Two of it at least, but for minutes."""
    assert lasting(timedelta(seconds=seconds)) == words
    assert ago(NOON - timedelta(seconds=seconds), NOON) == words


@pytest.mark.parametrize(
    ("share", "words"), [(None, "-"), (0.0, "0 %"), (0.9479, "94 %"), (0.29, "29 %"), (1.0, "100 %")]
)
def test_a_share_is_rounded_down(share: float | None, words: str) -> None:
    """What is not whole is not called whole, and nothing of nothing is no number."""
    assert percent(share) == words
