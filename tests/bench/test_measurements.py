"""A measurement always has a comparison, and percentiles are values that were measured."""

import json

import pytest
from rich.console import Console

from bench.measurements import Measurement, as_json, delays, percentile, shown
from bench.table import table

pytestmark = pytest.mark.pure


def measurement(value: float, beside: float, bench: str = "queue") -> Measurement:
    """Make a line of the table."""
    return Measurement(
        bench=bench, what="until stored", value=value, unit="messages/s", beside=beside, beside_what="plain COPY"
    )


@pytest.mark.parametrize(("share", "expected"), [(50, 50), (95, 95), (99, 99), (100, 100)])
def test_a_percentile_is_one_of_the_values(share: int, expected: int) -> None:
    """Of one to a hundred, p95 is 95."""
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_a_percentile_of_few_values_is_careful() -> None:
    """Of twenty values, p99 is the worst and p95 the second worst."""
    assert (percentile(range(1, 21), 99), percentile(range(1, 21), 95)) == (20, 19)


def test_a_delay_stands_beside_the_same_percentile_of_another() -> None:
    """Percentiles are compared with their like, in milliseconds."""
    found = delays("delay", "shown", [0.2, 0.4], [0.1, 0.1], "at rest")
    assert [(one.what, one.value, one.ratio) for one in found] == [
        ("shown, p50", 200, 2),
        ("shown, p95", 400, 4),
        ("shown, p99", 400, 4),
    ]


def test_beside_nothing_there_is_no_ratio() -> None:
    """A comparison that measured zero gives a dash, not an error."""
    assert shown(measurement(1, 0).ratio) == "-"


@pytest.mark.parametrize(("value", "text"), [(15_234.4, "15,234"), (12.345, "12.3"), (0.03456, "0.035"), (100, "100")])
def test_numbers_are_shown_with_the_digits_that_matter(value: float, text: str) -> None:
    """Nobody measures five digits on a shared machine."""
    assert shown(value) == text


def test_the_table_names_each_bench_once() -> None:
    """Lines of one bench belong together."""
    console = Console(width=140)
    with console.capture() as captured:
        console.print(table([measurement(1, 2), measurement(3, 4), measurement(5, 6, "delay")]))
    assert captured.get().count("queue") == 1
    assert captured.get().count("plain COPY") == 3


def test_programs_get_the_ratio_too() -> None:
    """JSON has every field and what follows from them."""
    assert json.loads(as_json([measurement(1, 2)]))[0]["ratio"] == 0.5
