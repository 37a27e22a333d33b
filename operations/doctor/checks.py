"""What a check is, and carrying out many of them in order of dependency."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

Verdict: TypeAlias = Literal["ok", "warn", "fail", "skipped"]
"""What a check found: it holds; it holds and somebody should look; it does not hold; it could not be tried."""

_SHOWN: Final = 300


class CheckResult(NamedTuple):
    """The result of one check: its id, what it is about, the verdict, what was measured, and the remedy."""

    id: str
    check: str
    verdict: Verdict
    measured: str
    remedy: str


class Check(NamedTuple):
    """One line of the table.

    `measure` returns a sentence with what it measured, raises DoubtfulError where somebody should look, and anything
    else where the check does not hold. `needs` are the ids of checks without which it cannot be tried; they come before
    it.
    """

    id: str
    check: str
    measure: Callable[[], str]
    remedy: str
    needs: tuple[str, ...] = ()


class NotAsExpectedError(Exception):
    """A service answers, but not as the platform needs it; the message says what was found."""


class DoubtfulError(Exception):
    """It works, and somebody should look; the message says what was found."""


def examine(checks: Iterable[Check]) -> Iterator[CheckResult]:
    """Carry out every check in order; what needs one that does not hold is skipped, and says so."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it logs of a Kafka that is away is in the result
    failed: set[str] = set()
    for check in checks:
        missing = next((one for one in check.needs if one in failed), None)
        found = _skipped(check, missing) if missing else _examined(check)
        if found.verdict in {"fail", "skipped"}:
            failed.add(check.id)
        yield found


def _skipped(check: Check, missing: str) -> CheckResult:
    return CheckResult(check.id, check.check, "skipped", f"not tried, as `{missing}` does not hold", "")


def _examined(check: Check) -> CheckResult:
    verdict: Verdict = "ok"
    try:
        measured = check.measure()
    except DoubtfulError as doubtful:
        verdict, measured = "warn", str(doubtful)
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is what this check found
        verdict, measured = "fail", str(problem) or type(problem).__name__
    return CheckResult(check.id, check.check, verdict, " ".join(measured.split())[:_SHOWN], check.remedy)


def graded(measured: str, *, doubtful: bool, wrong: bool = False) -> str:
    """Return what was measured; raise NotAsExpectedError with it where it is wrong, DoubtfulError where it is not well.

    What is wrong need not be doubtful too.
    """
    if wrong:
        raise NotAsExpectedError(measured)
    if doubtful:
        raise DoubtfulError(measured)
    return measured


def since(began: float) -> str:
    """Return the time since a moment of the monotonic clock as text."""
    return f"{(time.monotonic() - began) * 1000:.0f} ms"
