"""Spans of time in Grafana's short words."""

from datetime import timedelta

import pytest

from dashboards.spans import seconds, text_of

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("word", "length"), [("500ms", 0.5), ("15m", 900), ("1.5h", 5400), ("1d", 86_400), ("1M", 2_592_000)]
)
def test_words_are_seconds(word: str, length: float) -> None:
    """A month is 30 days, as Grafana has it."""
    assert seconds(word) == length


@pytest.mark.parametrize("word", ["", "h", "1", "1 h", "-1h", "1hour"])
def test_other_words_are_refused(word: str) -> None:
    """The complaint shows the word."""
    with pytest.raises(ValueError, match="no interval of Grafana"):
        seconds(word)


@pytest.mark.parametrize(
    ("span", "word"),
    [
        (timedelta(days=2), "2d"),
        (timedelta(hours=3), "3h"),
        (timedelta(minutes=15), "15m"),
        (timedelta(seconds=30), "30s"),
        (timedelta(milliseconds=20), "20ms"),
    ],
)
def test_a_span_is_written_in_its_largest_unit(span: timedelta, word: str) -> None:
    """As `$__interval` is."""
    assert text_of(span) == word
