"""What Grafana does with results before it draws them: the few transformations of which our dashboards make use."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from dashboards.preview.result_frames import ResultFrame

Transformation: TypeAlias = Callable[[ResultFrame, Mapping[str, Any]], ResultFrame]


def applied(steps: Iterable[Mapping[str, Any]], frames: Sequence[ResultFrame]) -> Sequence[ResultFrame]:
    """Apply the steps that are known, one after the other."""
    for step in steps:
        known = _KNOWN.get(str(step.get("id")))
        if known and not step.get("disabled"):
            frames = [known(frame, step.get("options") or {}) for frame in frames]
    return frames


def unknown(steps: Iterable[Mapping[str, Any]]) -> list[str]:
    """Give the names of the steps that are not applied here."""
    return [str(step.get("id")) for step in steps if str(step.get("id")) not in _KNOWN and not step.get("disabled")]


def _organized(frame: ResultFrame, options: Mapping[str, Any]) -> ResultFrame:
    """Leave out fields, put them in an order and give them other names."""
    excluded, order = options.get("excludeByName") or {}, options.get("indexByName") or {}
    renamed = options.get("renameByName") or {}
    left = [field for field in frame.fields if not excluded.get(field.name)]
    left.sort(key=lambda field: order.get(field.name, len(order)))
    return ResultFrame(frame.ref, [field._replace(name=renamed.get(field.name) or field.name) for field in left])


def _limited(frame: ResultFrame, options: Mapping[str, Any]) -> ResultFrame:
    most = int(options.get("limitField", 10))
    return ResultFrame(frame.ref, [field._replace(values=field.values[:most]) for field in frame.fields])


_KNOWN: Final[Mapping[str, Transformation]] = MappingProxyType({"organize": _organized, "limit": _limited})
