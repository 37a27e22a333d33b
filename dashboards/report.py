"""The results of `dashboards check`: one line per query, or JSON with every run."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from dashboards.check import BUDGET_MS, Run, check_all


def checked(dashboards: Mapping[str, str], conninfo: str) -> list[Run]:
    """Run the queries of all dashboards and return every run, with the dashboard in its place."""
    parsed = [json.loads(text) for text in dashboards.values()]
    return [run._replace(place=f"{uid}, {run.place}") for uid, run in check_all(parsed, conninfo)]


def as_lines(runs: Sequence[Run]) -> Iterator[str]:
    """Return one line per query with its most rows and its slowest run, and one below it per problem."""
    for place, group in groupby(runs, key=lambda run: run.place):
        yield from _lines(place, list(group))


def as_json(runs: Sequence[Run]) -> Iterator[str]:
    """Return a JSON document with every run."""
    yield json.dumps({"budget_ms": BUDGET_MS, "runs": [run._asdict() for run in runs]}, indent=2, ensure_ascii=False)


def _lines(place: str, runs: Sequence[Run]) -> Iterator[str]:
    slowest = max(run.milliseconds for run in runs)
    verdict = "failed" if any(run.problems for run in runs) else "slow" if slowest > BUDGET_MS else "ok"
    yield f"{verdict:<6} {max(run.rows for run in runs):>6} rows {slowest:>7.1f} ms  {place}"
    for problem, which in _by_problem(runs).items():
        yield f"       {problem} ({', '.join(which)})"


def _by_problem(runs: Sequence[Run]) -> Mapping[str, list[str]]:
    """Group the runs by problem: a mistake in a query shows in all of them."""
    found: dict[str, list[str]] = {}
    for run in runs:
        for problem in run.problems:
            found.setdefault(problem, []).append(f"{run.range}/{run.chosen}")
    return found
