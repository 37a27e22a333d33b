"""The benchmarks as a developer runs them, ten times smaller: each ends, and measures what its name says."""

import json
import subprocess
import sys
from math import isfinite

import pytest

from bench.run import BENCHES

pytestmark = [pytest.mark.journeys, pytest.mark.night]


def test_every_benchmark_ends_and_measures_something() -> None:
    """No figure is judged: that is another machine's affair; `make bench` is typed seldom, and has to work then."""
    ended = subprocess.run(
        [sys.executable, "-m", "deploy", "bench", "--quick", "--json"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    measured = json.loads(ended.stdout)
    assert {row["bench"].partition(":")[0].lower() for row in measured} >= {*BENCHES}
    unmeasured = [
        (row["bench"], row["what"])
        for row in measured
        if not isfinite(row["value"]) or (row["beside"] == 0 and "waited" not in row["what"])  # nothing may have waited
    ]
    assert unmeasured == []
