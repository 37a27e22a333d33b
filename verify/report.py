"""The report of a verification, as text and as JSON: how much was compared, and every difference."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from verify.comparison import Compared, Finding, Number, Unchecked

MOST: Final = 60
"""The number of differences that a table shows; JSON has all."""
_HEAD: Final = ("what", "bucket", "number", "published", "recomputed", "why it matters")


@dataclass
class VerifyReport:
    """All findings: the differences themselves, the others as numbers."""

    compared: int = 0
    differences: list[Compared] = field(default_factory=list)
    unchecked: Counter[str] = field(default_factory=Counter)

    def take(self, findings: Iterable[Finding]) -> "VerifyReport":
        """Add findings as they come."""
        for finding in findings:
            match finding:
                case Compared():
                    self.compared += 1
                    self.differences += [finding] if finding.differs else []
                case Unchecked():
                    self.unchecked[finding.why] += 1
        return self

    def add(self, other: "VerifyReport") -> None:
        """Add the findings of another report."""
        self.compared += other.compared
        self.differences += other.differences
        self.unchecked += other.unchecked

    def line(self) -> str:
        """Return the result with how many numbers were not compared."""
        return self.verdict() + (f", {self.unchecked.total()} niet vergeleken" if self.unchecked else "")

    def verdict(self) -> str:
        """Return the result as one line."""
        count = len(self.differences)
        return f"{count} {'verschil' if count == 1 else 'verschillen'} in {self.compared} vergeleken getallen"

    def table(self) -> Iterator[tuple[str, ...]]:
        """Return the first MOST differences as lines of text below a head; empty where there are none."""
        if self.differences:
            yield _HEAD
        for one in self.differences[:MOST]:
            yield one.what, one.bucket, one.name, _text(one.published), _text(one.recomputed), one.why

    def json(self, **subject: str) -> str:
        """Return everything as JSON."""
        return json.dumps(
            {
                **subject,
                "compared": self.compared,
                "differences": [_plain(one) for one in self.differences],
                "unchecked": dict(self.unchecked),
            }
        )


def _plain(one: Compared) -> dict[str, Any]:
    numbers = {"published": _number(one.published), "recomputed": _number(one.recomputed)}
    return {"what": one.what, "bucket": one.bucket, "number": one.name, **numbers, "why": one.why}


def _number(value: Number) -> float | None:
    return None if value is None else float(value)


def _text(value: Number) -> str:
    """Format a number; a missing one is a word, never a zero."""
    return "none" if value is None else f"{float(value):.12g}"
