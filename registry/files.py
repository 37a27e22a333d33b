"""A municipality's registry files, read and checked: TOML for what people write, GeoJSON for what maps draw."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from registry.checks import problems
from schemas.failures import CheckFailedError
from schemas.registry import Calendar, District, Link, Municipality, Registry, Route, Screenline, Site, Station

TOML_FILES = (
    "municipality.toml", "sites.toml", "stations.toml", "links.toml", "routes.toml", "screenlines.toml", "calendar.toml"
)  # fmt: skip
GEOJSON_FILES = ("districts.geojson", "links.geojson")
FILES = (*TOML_FILES, *GEOJSON_FILES)
"""The files of one registry folder; all are needed, an empty list is written as such."""

Entry = TypeVar("Entry")


class RegistryUnreadableError(CheckFailedError):
    """A registry file is missing or cannot be read; nothing was loaded, the registry in force stays."""


class RegistryRefusedError(CheckFailedError):
    """The registry files contradict themselves or the history in the database; nothing was changed."""


def load(folder: Path) -> Registry:
    """Read and check the registry of a folder.

    Raises RegistryUnreadableError naming file and place, or RegistryRefusedError with one sentence per problem.
    """
    registry = read({name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()})
    found = problems(registry)
    if found:
        raise RegistryRefusedError("\n".join(found))
    return registry


def read(files: Mapping[str, bytes]) -> Registry:
    """Turn the files of a registry folder (name to content) into a Registry.

    Raises RegistryUnreadableError naming file and place.
    """
    missing = sorted(set(FILES) - set(files))
    if missing:
        msg = f"missing registry files: {', '.join(missing)}"
        raise RegistryUnreadableError(msg)
    lines = _geometries(files["links.geojson"])
    links = _entries(files, "links.toml", "link", Link)
    return Registry(
        municipality=_decode("municipality.toml", files["municipality.toml"], Municipality),
        districts=_districts(files["districts.geojson"]),
        sites=_entries(files, "sites.toml", "site", Site),
        stations=_entries(files, "stations.toml", "station", Station),
        links=[msgspec.structs.replace(link, geometry=lines.get(link.id, [])) for link in links],
        routes=_entries(files, "routes.toml", "route", Route),
        screenlines=_entries(files, "screenlines.toml", "screenline", Screenline),
        calendar=_decode("calendar.toml", files["calendar.toml"], Calendar),
    )


def _decode(name: str, content: bytes, kind: type[Entry]) -> Entry:
    try:
        return msgspec.toml.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        msg = f"{name}: {problem}"
        raise RegistryUnreadableError(msg) from problem


def _entries(files: Mapping[str, bytes], name: str, table: str, kind: type[Entry]) -> list[Entry]:
    tables: dict[str, list[Entry]] = _decode(name, files[name], dict[str, list[kind]])  # type: ignore[valid-type]
    if set(tables) - {table}:
        msg = f"{name}: holds {', '.join(sorted(set(tables)))}, expected [[{table}]] only"
        raise RegistryUnreadableError(msg)
    return tables.get(table, [])


def _features(name: str, content: bytes) -> list[dict[str, Any]]:
    try:
        features: list[dict[str, Any]] = msgspec.json.decode(content)["features"]
    except (msgspec.MsgspecError, KeyError, TypeError) as problem:
        msg = f"{name}: not a GeoJSON FeatureCollection ({problem})"
        raise RegistryUnreadableError(msg) from problem
    return features


def _districts(content: bytes) -> list[District]:
    return [
        District(
            id=feature["properties"]["statcode"], name=feature["properties"]["statnaam"], geometry=feature["geometry"]
        )
        for feature in _features("districts.geojson", content)
    ]


def _geometries(content: bytes) -> dict[str, list[tuple[float, float]]]:
    return {
        feature["properties"]["id"]: [(lon, lat) for lon, lat in feature["geometry"]["coordinates"]]
        for feature in _features("links.geojson", content)
    }
