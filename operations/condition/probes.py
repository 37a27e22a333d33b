"""Questions asked in parallel with one time limit: one that hangs does not delay the others."""

import time
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T")
PATIENCE: Final = 5.0
"""The time limit of all of them, in seconds."""


class ProbeAnswer(NamedTuple, Generic[T]):
    """The answer to one question: a value after so many seconds, or the problem."""

    value: T | None
    problem: str = ""
    seconds: float = 0.0


def ask_all(questions: Mapping[str, Callable[[], T]], patience: float = PATIENCE) -> dict[str, ProbeAnswer[T]]:
    """Ask all questions in parallel; an exception is a problem, and so is no answer within `patience` seconds."""
    answers: dict[str, ProbeAnswer[T]] = {}
    threads = [
        Thread(target=_ask, args=(name, question, answers), name=f"ask-{name}", daemon=True)
        for name, question in questions.items()
    ]
    deadline = time.monotonic() + patience
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    silent = ProbeAnswer[T](None, f"did not answer within {patience:g} s", patience)
    return {name: answers.get(name, silent) for name in questions}


def _ask(name: str, question: Callable[[], T], answers: dict[str, ProbeAnswer[T]]) -> None:
    began = time.monotonic()
    try:
        value = question()
    except Exception as problem:  # noqa: BLE001 - any of them is the answer
        answers[name] = ProbeAnswer(None, str(problem).strip() or type(problem).__name__, time.monotonic() - began)
    else:
        answers[name] = ProbeAnswer(value, "", time.monotonic() - began)
