"""The report of a run, as tables and as JSON."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.chaos.faults import FAULTS
from bench.chaos.judge.verdict import ChaosVerdict
from bench.chaos.recovery import Recovery

_WIDE: Final = 140


@dataclass(frozen=True, kw_only=True)
class ChaosReport:
    """One run: its length, seed, faults, verdict and times of recovery."""

    seed: int
    seconds: float
    acknowledged: int
    cuts: int
    takeovers: int
    spooled: int = 0
    """Readings that edge publishers spooled."""
    recoveries: Sequence[Recovery]
    verdict: ChaosVerdict | None
    why: str = ""
    """Why there is no verdict, or why the run ended early; "" otherwise."""
    strict: bool = False
    """Whether a target that was missed is a failure too."""

    @property
    def done(self) -> Mapping[str, int]:
        """Count the faults of each class."""
        return Counter(one.fault for one in self.recoveries)

    @property
    def is_clean(self) -> bool:
        """Return whether the verdict is clean and, where `strict`, no target was missed."""
        stored = self.verdict is not None and self.verdict.is_clean and not self.why
        return stored and not (self.strict and any(row.missed for row in rows(self.recoveries)))


@dataclass(frozen=True)
class FaultRow:
    """One class of faults: how often it was injected, and the seconds of recovery where no other fault interfered."""

    fault: str
    times: int
    alone: int
    middle: float | None
    longest: float | None
    target: float | None

    @property
    def missed(self) -> bool:
        """Return whether the longest was longer than promised."""
        return self.target is not None and self.longest is not None and self.longest > self.target


def rows(recoveries: Sequence[Recovery]) -> list[FaultRow]:
    """Group the recoveries by class, in the order of the catalogue."""
    return [_row(name, those) for name in FAULTS if (those := [one for one in recoveries if one.fault == name])]


def show(report: ChaosReport) -> None:
    """Print the tables; a file or a pipe is as wide as it needs to be."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    console.print(_faults(report))
    console.print(_checked(report))
    for kind, examples in (report.verdict.examples if report.verdict else {}).items():
        for one in examples:
            console.print(f"  {kind}: {' · '.join(map(str, one))}", markup=False, highlight=False)
    if report.why:
        console.print(f"  {report.why}", markup=False)


def as_json(report: ChaosReport) -> str:
    """Return everything as JSON."""
    document: dict[str, Any] = asdict(report)
    document["recoveries"] = [asdict(row) for row in rows(report.recoveries)]
    return json.dumps({**document, "clean": report.is_clean}, indent=2, default=str)


def _row(name: str, those: Sequence[Recovery]) -> FaultRow:
    took = [one.seconds if one.seconds is not None else float("inf") for one in those if one.alone]
    middle, longest = (median(took), max(took)) if took else (None, None)
    return FaultRow(name, len(those), len(took), middle, longest, FAULTS[name].target)


def _faults(report: ChaosReport) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("fault", "times", "alone", "recovery p50", "max", "target"):
        table.add_column(title, justify="left" if title == "fault" else "right")
    for row in rows(report.recoveries):
        mark = " !" if row.missed else ""
        table.add_row(
            row.fault,
            str(row.times),
            str(row.alone),
            _seconds(row.middle),
            _seconds(row.longest) + mark,
            _seconds(row.target),
        )
    table.add_row("publishers cut", str(report.cuts))
    table.add_row("publishers taken over", str(report.takeovers))
    return table


def _checked(report: ChaosReport) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in _numbers(report).items():
        table.add_row(name, f"{number:,}" if isinstance(number, int) else number)
    return table


def _numbers(report: ChaosReport) -> dict[str, int | str]:
    kills = sum(times for name, times in report.done.items() if not FAULTS[name].lasts)
    head: dict[str, int | str] = {
        "seed": str(report.seed),
        "seconds": f"{report.seconds:.0f}",
        "kills": kills,
        "faults that lasted": sum(report.done.values()) - kills,
        "publications acknowledged": report.acknowledged,
    }
    verdict = report.verdict
    if verdict is None:
        return {**head, "verdict": "none"}
    return {
        **head,
        "messages": verdict.messages,
        "readings": verdict.readings,
        "readings of edge publishers": report.spooled,
        "lost": verdict.lost,
        "lost of edge publishers": verdict.lost_of_edges,
        "lost with the broker": verdict.lost_with_broker,
        "doubled": verdict.doubled,
        "phantom": verdict.phantom,
        "older value stands": verdict.older,
        "older, newer lost with the broker": verdict.older_with_broker,
        "malformed, not rejected once": verdict.unrejected,
        "wrong aggregates": sum(verdict.wrong.values()),
        "hours not computed": verdict.waiting,
        "hands": 0,
    }


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"
