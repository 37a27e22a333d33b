"""What differs between two dashboards, said by place: a panel by its title, a variable by its name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_OF_GRAFANA: Final = frozenset({"id", "version", "iteration"})
"""What Grafana counts for itself, at the top of a dashboard."""
_NAMES: Final = ("id", "name", "refId", "title")
_PANEL: Final = re.compile(r"(?<=^panels\[)\d+(?=\])")
_LONGEST: Final = 60
_LINES: Final = 12
_ABSENT: Final = object()


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """Give a line for each place in which a dashboard that is `there` says something else than the one of `here`."""
    before, after = (dict(_leaves({k: v for k, v in one.items() if k not in _OF_GRAFANA}, "")) for one in (there, here))
    titles = {str(one["id"]): one["title"] for one in here.get("panels", []) if one.get("title")}
    found = []
    for place in dict.fromkeys([*after, *before]):
        old, new = before.get(place, _ABSENT), after.get(place, _ABSENT)
        if old != new:
            said = _PANEL.sub(lambda found: titles.get(found[0], found[0]), place)
            found.append(f"{said}: there {_shown(old)}, here {_shown(new)}")
    return found


def shown(differs: Sequence[str]) -> Iterator[str]:
    """Yield the places in which something differs, the first of them, as lines below what it is."""
    yield from (f"  {line}" for line in differs[:_LINES])
    if len(differs) > _LINES:
        yield f"  … and {len(differs) - _LINES} places more"


def _leaves(node: object, place: str) -> Iterator[tuple[str, object]]:
    """Yield each value that has no parts, and where it stands; what is empty or null says nothing."""
    match node:
        case dict():
            for key, value in node.items():
                yield from _leaves(value, f"{place}.{key}" if place else str(key))
        case list():
            for name, value in zip(_names(node), node, strict=True):
                yield from _leaves(value, f"{place}[{name}]")
        case None:
            return
        case _:
            yield place, node


def _names(nodes: Sequence[object]) -> list[str]:
    """Name the parts of a list by what they are called, where no two are called the same; else by number."""
    for key in _NAMES:
        names = [str(node[key]) for node in nodes if isinstance(node, dict) and node.get(key)]
        if len(set(names)) == len(nodes):
            return names
    return [str(number) for number in range(len(nodes))]


def _shown(value: object) -> str:
    if value is _ABSENT:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
