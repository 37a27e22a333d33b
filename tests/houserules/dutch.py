"""Telling Dutch from English by its small words, its endings and its letters: good enough to find a sentence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_SMALL: Final = frozenset({
    "aan", "alle", "als", "bij", "binnen", "boven", "buiten", "dan", "dat", "de", "dekking", "deze", "dit", "een",
    "elk", "elke", "en", "er", "geen", "gemeten", "geteld", "goed", "heeft", "het", "hun", "ieder", "kan", "laat",
    "maar", "meer", "met", "minder", "naar", "niemand", "niet", "nog", "nooit", "onder", "ook", "op", "slecht",
    "stil", "te", "tot", "uit", "veel", "voor", "waar", "wat", "wel", "werd", "werden", "wordt", "worden", "zijn",
    "zonder", "dag", "dagen", "fiets", "fietsers", "geldig", "geldige", "lucht", "meting", "regio", "telpunt",
    "uur", "wegvak",
})  # fmt: skip
"""Words that hardly a Dutch sentence does without; those that are English too are left out."""
_SHAPED: Final = re.compile(r"(?:\w*ij(?!ack)\w*|\w+(?:heid|heden|lijk|lijke|tje|tjes|ieuw|isch|ische))", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")
_SQL: Final = re.compile(r"'((?:[^']|'')*)'")


class Said(NamedTuple):
    """A text that is not for a programmer: where it stands, and the Dutch words in it."""

    place: str
    line: int
    text: str
    words: tuple[str, ...]


def dutch(text: str) -> tuple[str, ...]:
    """Give the words of a text that are Dutch."""
    return tuple(word for word in _WORD.findall(text) if word.lower() in _SMALL or _SHAPED.fullmatch(word))


def said(path: Path, place: str) -> Iterator[Said]:
    """Find the Dutch texts among the literals of a Python or an SQL file."""
    literals = _of_python(path) if path.suffix == ".py" else _of_sql(path)
    for line, text in literals:
        if words := dutch(text):
            yield Said(place, line, text, words)


def _of_python(path: Path) -> Iterator[tuple[int, str]]:
    tree = ast.parse(path.read_text("utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def _of_sql(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        for text in _SQL.findall(line.partition("--")[0]):
            yield number, text
