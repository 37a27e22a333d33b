"""Every statement says what it is for, before it says how."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemas import named_sql

pytestmark = pytest.mark.pure

ROOT: Final = Path(__file__).resolve().parents[2]
GENERATED: Final = ("schemas/sql/migrations", "streams/sinks/aggregation/published.sql")
"""What `doorfiets generate` writes, and what is never changed again."""
SENTENCE: Final = re.compile(r"[A-Z`\d].*[.:]", re.DOTALL)


def sql_files() -> Iterator[Path]:
    """Give the files of statements that git knows."""
    answer = subprocess.run(["git", "ls-files", "--", "*.sql"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = [name for name in answer.stdout.splitlines() if not name.startswith(GENERATED)]
    return (ROOT / name for name in names if (ROOT / name).is_file())


def without_a_sentence(text: str) -> list[str]:
    """List the named statements of a text that do not open with a comment of whole sentences."""
    return [name for name, statement in named_sql.parse(text).items() if not SENTENCE.fullmatch(opening(statement))]


def opening(statement: str) -> str:
    """Give the comment that a statement opens with."""
    comment = re.match(r"(?:--[^\n]*\n?)*", statement)
    return re.sub(r"^--\s?", "", comment[0], flags=re.MULTILINE).strip() if comment else ""


def test_every_named_statement_opens_with_a_sentence() -> None:
    """Whoever looks for a statement reads what it answers or does, not its joins."""
    texts = {path: path.read_text("utf-8") for path in sql_files()}
    assert sum(len(named_sql.parse(text)) for text in texts.values()) > 100
    found = {str(path.relative_to(ROOT)): without_a_sentence(text) for path, text in texts.items()}
    assert {name: missing for name, missing in found.items() if missing} == {}


@pytest.mark.parametrize(
    ("comment", "missing"),
    [
        ("-- The oldest hour that waits.\n", []),
        ("-- The oldest hour\n-- that waits.\n", []),
        ("-- `store` waits: the oldest hour.\n", []),
        ("", ["oldest"]),
        ("-- the oldest hour\n", ["oldest"]),
        ("\n-- TODO\n", ["oldest"]),
    ],
)
def test_a_statement_without_a_sentence_is_found(comment: str, missing: list[str]) -> None:
    """Capital, full stop, and directly below the name."""
    assert without_a_sentence(f"-- oldest --\n{comment}SELECT 1;\n") == missing


MIXED: Final = re.compile(r"\|\s*[\w.]+\s*&(?!&)|(?<!&)&\s*[\w.%()]+\s*\|(?!\|)")
"""Bits that are joined beside bits that are picked, without brackets."""


def test_bits_are_joined_and_picked_in_brackets() -> None:
    """In SQL `|` and `&` bind alike, from left to right: `a | b & c` picks from both."""
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sql_files()
        for line in re.sub(r"--[^\n]*", "", path.read_text("utf-8")).splitlines()
        if MIXED.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("expression", "mixed"),
    [
        ("o.flags | o.found & 12", True), ("flags & 12 | found", True), ("flags | (found & 12)", False),
        ("(flags | found) & 12 = 0", False), ("place && other || name", False),
    ],
)  # fmt: skip
def test_bits_without_brackets_are_found(expression: str, mixed: bool) -> None:  # noqa: FBT001 - a parameter
    """And nothing else that is written with the same signs."""
    assert bool(MIXED.search(expression)) == mixed
