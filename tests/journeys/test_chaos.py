"""A short chaos: load, faults and judge of `make chaos` for a minute, on a machine that may be busy."""

import pytest

from bench.chaos.run import Options, print_line, run

pytestmark = [pytest.mark.journeys, pytest.mark.night]

CLASSES = ("kill-bridge", "kill-store", "kill-aggregate", "kill-web", "postgres-fast", "reset-bridge", "reset-store")


def test_a_minute_of_chaos_breaks_no_promise() -> None:
    """Whatever is cut, taken over and killed: once, newest, nothing else, and every sum is right."""
    report = run(Options(minutes=1, seed=7, rate=60, only=CLASSES, patience=600), print_line)
    assert sum(report.done.values()) > 3
    assert report.verdict is not None
    assert report.verdict.readings > 1_000
    assert report.is_clean, report
