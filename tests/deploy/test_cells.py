"""Cells of lists are short, and say no more than is known."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.cells import ago, lasting, percent

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


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
