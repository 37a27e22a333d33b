"""What the database did in a run: each statement by name, its share and microseconds a reading."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Final, NamedTuple, Self

import psycopg

from bench.measurements import Measurement
from deploy.local import secrets
from deploy.local.stack import Stack
from schemas import named_sql

PAIRING: Final = ("write.put_alone", "write.put_paired")
_SQL: Final = named_sql.parse((files("bench") / "statements.sql").read_text("utf-8"))
_SHOWN: Final = 0.01  # of all time; what takes less is shown as one line
_MICRO: Final = 1e6
_COMMENT: Final = re.compile(r"--[^\n]*")
_CONSTANT: Final = re.compile(r"'[^']*'|%\(\w+\)s|(?<=extract\()\w+|\b(?:true|false|null)\b", re.IGNORECASE)
_WORD: Final = re.compile(r"(?<![\w$])[a-z_]\w*", re.IGNORECASE)
_TITLE: Final = 40  # characters of what has no name


class StatementTime(NamedTuple):
    """One statement as the server counted it: its text without constants, how often it ran, and seconds in all."""

    text: str
    calls: int
    seconds: float


class StatementMeter:
    """The server's own count of what each statement takes, from when this was made."""

    def __init__(self, stack: Stack) -> None:
        """Begin to count, as the superuser of the database; its own statements are not counted."""
        conninfo = f"{stack.settings().postgres} user={secrets.SUPERUSER}"
        self._line = psycopg.connect(conninfo, autocommit=True)
        for step in ("extension", "with_planning", "reload", "reset"):
            self._line.execute(_SQL[step])

    def __enter__(self) -> Self:
        """Go on."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the line."""
        self._line.close()

    def spent(self) -> list[StatementTime]:
        """Read what was counted so far."""
        return [StatementTime(*row) for row in self._line.execute(_SQL["spent"]).fetchall()]


def measurements(bench: str, readings: int, spent: Iterable[StatementTime]) -> Iterator[Measurement]:
    """Give the database's time a reading: of all pairing, then of each statement that takes a hundredth or more."""
    named = by_name(spent)
    whole = sum(named.values())
    most = sorted(named.items(), key=lambda one: -one[1])
    shown = [(name, seconds) for name, seconds in most if seconds >= _SHOWN * whole]
    rest = whole - sum(seconds for _, seconds in shown)
    pairing = sum(named.get(name, 0.0) for name in PAIRING)
    for what, seconds in (("pairing", pairing), *shown, ("all others", rest)):
        yield Measurement(
            bench=f"{bench}: database",
            what=what,
            value=seconds / readings * _MICRO,
            unit="µs/reading",
            beside=whole / readings * _MICRO,
            beside_what="all statements",
        )


def by_name(spent: Iterable[StatementTime]) -> dict[str, float]:
    """Add seconds up by `file.statement`; what has no name is called by how it begins."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for one in spent:
        seconds[_NAMES.get(words(one.text)) or _beginning(one.text)] += one.seconds
    return seconds


def words(text: str) -> tuple[str, ...]:
    """Give what a statement has in common with the server's note of it, in which every constant is a parameter."""
    return tuple(_WORD.findall(_CONSTANT.sub(" ", _COMMENT.sub(" ", text))))


def _beginning(text: str) -> str:
    return " ".join(_COMMENT.sub(" ", text).split())[:_TITLE]


def _names() -> Mapping[tuple[str, ...], str]:
    """Name every statement of the writers; two that differ in constants only share the name of the first."""
    names: dict[tuple[str, ...], str] = {}
    for folder in ("streams.sinks", "streams.sinks.aggregation"):
        for file in sorted(files(folder).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".sql"):
                for name, text in named_sql.parse(file.read_text("utf-8")).items():
                    names.setdefault(words(text), f"{file.name.removesuffix('.sql')}.{name}")
    return names


_NAMES: Final = _names()
