"""What was found, for people and for programs: how much was compared, and every difference in a table."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from verify.comparison import Compared, Finding, Number, Unchecked

MOST: Final = 60
"""Differences that a table shows; a program gets all."""
_HEAD: Final = ("what", "bucket", "number", "published", "recomputed", "why it matters")


@dataclass
class VerifyReport:
    """The sum of all findings: differences whole, the rest as numbers."""

    compared: int = 0
    differences: list[Compared] = field(default_factory=list)
    unchecked: Counter[str] = field(default_factory=Counter)

    def take(self, findings: Iterable[Finding]) -> "VerifyReport":
        """Take in findings as they come."""
        for finding in findings:
            match finding:
                case Compared():
                    self.compared += 1
                    self.differences += [finding] if finding.differs else []
                case Unchecked():
                    self.unchecked[finding.why] += 1
        return self

    def verdict(self) -> str:
        """Say it in one line, in the words of the public surface."""
        count = len(self.differences)
        return f"{count} {'verschil' if count == 1 else 'verschillen'} in {self.compared} vergeleken getallen"

    def table(self) -> Iterator[tuple[str, ...]]:
        """Give the differences as rows of text, under a head: the first ones, and nothing where there are none."""
        if self.differences:
            yield _HEAD
        for one in self.differences[:MOST]:
            yield one.what, one.bucket, one.name, _text(one.published), _text(one.recomputed), one.why

    def json(self, **subject: str) -> str:
        """Give everything to a program."""
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
    """Write a number; a missing one is said, never a zero."""
    return "none" if value is None else f"{float(value):.12g}"
