"""What is wrong in a TOML file that people write: of which entry, which key, and what may stand there."""

import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

import msgspec
from msgspec import inspect

_AT: Final = re.compile(r"(?P<what>.*) - at `\$(?P<path>.*)`", re.DOTALL)
_STEP: Final = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<place>\d+)\]|(?P<any>\[\.\.\.\])")
_TYPE: Final = re.compile(r"`([^`]+)`")
_WORDS: Final = {
    "int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false", "array": "a list",
    "object": "a table", "date": "a day such as 2026-03-01", "datetime": "a time", "null": "nothing",
}  # fmt: skip
_SECONDS: Final = frozenset({"interval", "every"})
"""The keys whose whole numbers are seconds."""

_IN_SECONDS: Final = "a whole number of seconds such as 900"
_NO_DAY: Final = re.compile(r"Invalid RFC3339 encoded (date|datetime)")
_MISSING: Final = re.compile(r"Object missing required field `([^`]*)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `([^`]*)`")
_NO_WORD: Final = re.compile(r"Invalid enum value (.*)")


def explained(problem: Exception, content: bytes, kind: Any) -> str:  # noqa: ANN401 - a type, or a form of one
    """Say what is wrong with TOML that is to be of a kind; what has no place in it is said as it came."""
    return explained_in(problem, lambda: tomllib.loads(content.decode()), kind)


def explained_in(problem: Exception, document: Callable[[], Any], kind: Any) -> str:  # noqa: ANN401 - likewise
    """Say it of a document that is parsed already, or when it is asked for."""
    found = _AT.fullmatch(str(problem))
    if not isinstance(problem, msgspec.ValidationError) or not found:
        return _sentence(str(problem), [], None) if isinstance(problem, msgspec.ValidationError) else str(problem)
    steps = [*_STEP.finditer(found["path"])]
    names = [*_names(steps, document())]
    said = _sentence(found["what"], _allowed(inspect.type_info(kind), steps), steps[-1]["key"] if steps else None)
    return f"{', '.join(names)}: {said}" if names else said


def _names(steps: list[re.Match[str]], document: Any) -> Iterator[str]:  # noqa: ANN401 - whatever the file holds
    """Name what is on the way to a value: an entry by its id or its number, a key by itself."""
    here, table = document, ""
    for step, after in pairwise([*steps, None]):
        if step is None:
            return
        if step["any"]:
            if not isinstance(here, dict) or len(here) != 1:
                return
            ((table, here),) = here.items()
        elif step["key"]:
            table, here = step["key"], here.get(step["key"]) if isinstance(here, dict) else None
            if after is None or not after["place"]:
                yield table
        else:
            number = int(step["place"])
            here = here[number] if isinstance(here, list) and number < len(here) else None
            yield f"{table} {_id(here) or number + 1}"


def _id(entry: object) -> str:
    id_ = entry.get("id") if isinstance(entry, dict) else None
    return id_ if isinstance(id_, str) else ""


def _allowed(of: inspect.Type, steps: list[re.Match[str]]) -> list[str]:
    """List the words that may stand where the steps lead to; none where it is not a choice."""
    for step in steps:
        match of:
            case inspect.DictType():
                of = of.value_type
            case inspect.ListType():
                of = of.item_type
            case inspect.StructType():
                of = next((one.type for one in of.fields if one.encode_name == step["key"]), inspect.AnyType())
            case _:
                return []
    kinds = of.types if isinstance(of, inspect.UnionType) else (of,)
    return [str(word) for one in kinds if isinstance(one, inspect.LiteralType) for word in one.values]


def _sentence(what: str, allowed: list[str], key: str | None) -> str:
    if found := _MISSING.fullmatch(what):
        return f"the key {found[1]!r} is missing"
    if found := _UNKNOWN.fullmatch(what):
        return f"there is no key `{found[1]}`"
    if found := _NO_WORD.fullmatch(what):
        return f"{found[1]} is none of {', '.join(map(repr, allowed))}"
    if found := _NO_DAY.fullmatch(what):
        return f"expected {_WORDS[found[1]]}"
    said = _TYPE.sub(_in_words, what[:1].lower() + what[1:])
    return said.replace("a whole number", _IN_SECONDS, 1) if key in _SECONDS else said


def _in_words(found: re.Match[str]) -> str:
    return " or ".join(_WORDS.get(one, one) for one in found[1].split(" | ") if one != "null") or _WORDS["null"]
