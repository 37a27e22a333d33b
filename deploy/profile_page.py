"""The page of profiles: every key of their format, and the profiles that come with the platform."""

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from itertools import pairwise
from types import NoneType
from typing import Final, Literal, get_args, get_origin

import msgspec

from deploy.catalogue_page import NOTE, page, table
from deploy.owner_folders import SHIPPED
from registry.profiles import read_profiles
from schemas import profile as nouns
from schemas.profile import (
    ByteField,
    ByteLayout,
    DeviceProfile,
    ProfileField,
    ProfileStatus,
    ProfileTime,
    StoredFrame,
)
from schemas.quantities import QUANTITIES

_TABLES: Final[Mapping[type[msgspec.Struct], str]] = {
    DeviceProfile: "The profile",
    ProfileField: "field",
    ProfileTime: "time",
    StoredFrame: "stored",
    ProfileStatus: "status",
    ByteLayout: "layout",
    ByteField: "layout.fields",
}
"""The tables of a profile, each with its heading: where it stands in the file."""
_WORDS: Final[Mapping[str, str]] = {
    "Sampling": "Words of `sampling`", "TimeForm": "Words of `form`", "StatusVerdict": "Words of `codes`",
    "ByteType": "Words of `type`",
}  # fmt: skip
_HEAD: Final = """\
A file in TOML, named after the profile; how to write one is in [a page of its own](../howto/profile.md). A key that is
not listed here is refused. `doorfiets registry check` says what else is wrong."""
_OF_SHIPPED: Final = """\
They are in [`ingest/profiles`](../../ingest/profiles). One of the same name in `profiles/` of an owner's folder, or of
the root, stands over it. Where a field has no quantity, the registry decides by what it feeds: a count is an
`increment` then, anything else a `sample`."""
_PLAIN: Final[Mapping[object, str]] = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}


def profile_page() -> str:
    """Return the page: the format from `schemas/profile.py`, then the profiles of `ingest/profiles`."""
    return page(
        "Profiles",
        NOTE,
        _HEAD,
        *_format(),
        "## The profiles that ship",
        _OF_SHIPPED,
        *_shipped(),
    )


def _format() -> Iterator[str]:
    for struct, heading in _TABLES.items():
        yield f"## {heading if struct is DeviceProfile else f'`{heading}`'}"
        yield cleandoc(struct.__doc__ or "")
        yield table(("key", "what stands there", "without it"), _keys(struct))
    for alias, text in _docstrings_of_aliases().items():
        yield f"## {_WORDS[alias]}"
        yield text
        if "- `" not in text:
            yield _listed(get_args(getattr(nouns, alias)))


def _keys(struct: type[msgspec.Struct]) -> Iterator[tuple[str, str, str]]:
    for key in msgspec.structs.fields(struct):
        yield f"`{key.encode_name}`", _kind(key.type), _default(key)


def _kind(kind: object) -> str:
    """Return in words what may stand under a key: from its annotation."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return f"a table, see [`{_TABLES[kind]}`](#{_TABLES[kind].replace('.', '')})"
    if kind in _PLAIN:
        return _PLAIN[kind]
    parts, container = [one for one in get_args(kind) if one is not NoneType], get_origin(kind)
    if container is dict:
        return f"a table: {_kind(parts[0])} = {_kind(parts[1])}"
    if container is list:
        return f"a list: {_kind(parts[0])}"
    return _listed(parts) if container is Literal else _kind(parts[0])


def _listed(words: Iterable[object]) -> str:
    return ", ".join(f"`{_toml(word)}`" for word in words)


def _default(key: msgspec.structs.FieldInfo) -> str:
    if key.default_factory is not msgspec.NODEFAULT:
        return f"`{_toml(key.default_factory())}`"
    if key.default is msgspec.NODEFAULT:
        return "refused"
    return "none" if key.default is None else f"`{_toml(key.default)}`"


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
    return f"{value:g}" if isinstance(value, float) else str(value)


def _docstrings_of_aliases() -> dict[str, str]:
    """Return what stands under each alias of words; only the source has it."""
    pairs = pairwise(ast.parse(inspect.getsource(nouns)).body)
    return {
        one.target.id: cleandoc(after.value.value)
        for one, after in pairs
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.target.id in _WORDS
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)
    }


def _shipped() -> Iterator[str]:
    for name, file in read_profiles([SHIPPED]).items():
        profile = file.profile
        yield f"### {name}"
        yield f"{profile.maker}, {profile.model}. {'; '.join(_facts(profile))}. {' '.join(profile.note.split())}"
        yield table(
            ("field", "source", "quantity", "sampling", "factor", "not measured"),
            (
                (
                    f"`{one.field}`",
                    f"`{one.name}`",
                    f"`{one.quantity}`" if one.quantity else f"by the registry{f', in {one.unit}' if one.unit else ''}",
                    _sampling(one),
                    f"{one.factor:g}",
                    ", ".join(f"{value:g}" for value in one.missing),
                )
                for one in profile.field
            ),
        )


def _facts(profile: DeviceProfile) -> Iterator[str]:
    yield f"Speaks every {profile.every} s" if profile.every else "Speaks once an interval"
    if profile.ports:
        yield f"on port {', '.join(map(str, profile.ports))}"
    if profile.layout:
        yield f"bytes laid out for port {', '.join(str(one.port) for one in profile.layout)}"
    if profile.time:
        yield f"its own time in `{profile.time.field}`"
    if profile.ignore:
        yield f"ignores {', '.join(f'`{field}`' for field in profile.ignore)}"


def _sampling(field: ProfileField) -> str:
    if field.sampling == "cumulative":
        return f"`cumulative`, {f'{field.bits} bits' if field.bits else 'a lower total is a restart'}"
    if field.sampling or not field.quantity:
        return f"`{field.sampling}`" if field.sampling else "by the registry"
    return "`increment`" if QUANTITIES[field.quantity].counted else "`sample`"
