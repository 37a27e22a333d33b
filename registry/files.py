"""The owners' registry files, read and checked together: TOML for what people write, GeoJSON for what maps draw."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from registry.checks import problems
from registry.geojson import DistrictFeature, FeatureCollection, LinkFeature
from registry.placements import expanded
from registry.profiles import FOLDER, ProfileFile, ProfileUnreadableError, profiles_of, read_profiles
from schemas.explanations import explained
from schemas.failures import CheckFailedError
from schemas.profile import DeviceProfile
from schemas.registry import (
    Calendar,
    CalibrationEntry,
    Channel,
    Datastream,
    DeviceEntry,
    District,
    Link,
    Owner,
    Placement,
    Registry,
    Route,
    Screenline,
    Site,
    Station,
)
from schemas.suggestions import nearest, nearest_key

OWNER_FILE: Final = "owner.toml"
TOML_FILES: Final = (
    OWNER_FILE, "sites.toml", "stations.toml", "links.toml", "routes.toml", "screenlines.toml", "calendar.toml"
)  # fmt: skip
GEOJSON_FILES: Final = ("districts.geojson", "links.geojson")
FILES: Final = (*TOML_FILES, *GEOJSON_FILES)
"""The files of one owner's folder; all are needed, an empty list is written as such."""
DEVICES_FILE: Final = "devices.toml"
"""The one file that an owner's folder may be without."""
_KNOWN: Final = (*FILES, DEVICES_FILE)
_FORMER: Final = "municipality.toml"
_STRUCTS: Final = (
    Owner,
    Site,
    Station,
    Link,
    Route,
    Screenline,
    Channel,
    Datastream,
    DeviceEntry,
    Placement,
    CalibrationEntry,
)
"""What has keys that somebody may misspell."""

Entry = TypeVar("Entry")


class RegistryUnreadableError(CheckFailedError):
    """A registry file is missing or cannot be read; nothing was loaded, the registry in force stays."""


class RegistryRefusedError(CheckFailedError):
    """The registry files contradict themselves, each other or the history in the database; nothing was changed."""


class OwnerFolder(NamedTuple):
    """One owner's folder: where it is, what its files say, and the SHA-256 (hexadecimal) over their names and bytes.

    The files of the profiles of its devices belong to it, wherever they stand.
    """

    path: Path
    registry: Registry
    state: str

    @property
    def name(self) -> str:
        """Give the name that a person types: that of the folder."""
        return self.path.name


def load(root: Path, shipped: Path | None = None) -> list[OwnerFolder]:
    """Read the folders of all owners under a root, and check them together.

    A root that holds an `owner.toml` itself is the folder of its only owner. `shipped` is the folder of the profiles
    that come with the platform; those of the root stand over them, those of an owner's folder over both. Raises
    RegistryUnreadableError naming file and place, or RegistryRefusedError with one sentence per problem.
    """
    above = ([shipped] if shipped else []) + [root / FOLDER]
    folders = [_folder(path, above) for path in _paths(root)]
    if found := problems([folder.registry for folder in folders]):
        raise RegistryRefusedError("\n".join(found))
    return folders


def chosen(folders: Sequence[OwnerFolder], owner: str | None) -> list[OwnerFolder]:
    """Pick the folder of one owner, by its name or the owner's id; all of them where none is named.

    Raises RegistryUnreadableError naming those that there are.
    """
    found = [one for one in folders if owner in {None, one.name, one.registry.owner.id}]
    if not found:
        there = ", ".join(f"{one.name} ({one.registry.owner.id})" for one in folders)
        raise RegistryUnreadableError(f"no owner {owner!r} in the registry; there are {there}")
    return found


def host(folders: Iterable[OwnerFolder]) -> Owner:
    """Give the owner whose name stands above the public site; the check has found exactly one."""
    return next(one.registry.owner for one in folders if one.registry.owner.host)


def read(files: Mapping[str, bytes], profiles: Mapping[str, DeviceProfile] | None = None) -> Registry:
    """Turn the files of one owner's folder (name to content) into a Registry, placements into datastreams.

    `profiles` are those that its devices may name. Raises RegistryUnreadableError naming file and place.
    """
    missing = sorted(set(FILES) - set(files))
    if missing:
        msg = f"missing registry files: {', '.join(missing)}"
        raise RegistryUnreadableError(msg)
    lines = _geometries(files["links.geojson"])
    links = _entries(files, "links.toml", "link", Link)
    said = Registry(
        owner=_decode(OWNER_FILE, files[OWNER_FILE], Owner),
        districts=_districts(files["districts.geojson"]),
        sites=_entries(files, "sites.toml", "site", Site),
        stations=_entries(files, "stations.toml", "station", Station),
        links=[msgspec.structs.replace(link, geometry=lines.get(link.id, [])) for link in links],
        routes=_entries(files, "routes.toml", "route", Route),
        screenlines=_entries(files, "screenlines.toml", "screenline", Screenline),
        calendar=_decode("calendar.toml", files["calendar.toml"], Calendar),
        devices=_entries({DEVICES_FILE: b"", **files}, DEVICES_FILE, "device", DeviceEntry),
        profiles=dict(profiles or {}),
    )
    return expanded(said)


def _paths(root: Path) -> list[Path]:
    for former in (root / _FORMER, *root.glob(f"*/{_FORMER}")):
        if former.is_file():
            raise RegistryUnreadableError(
                f"{former}: this file is called {OWNER_FILE} now; rename it, and add `host = true` for the host"
            )
    if not root.is_dir():
        raise RegistryUnreadableError(f"missing registry files: {root} is no folder")
    if any((root / name).is_file() for name in FILES):
        return [root]
    found = sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = [path for path in found if any((path / name).is_file() for name in FILES)]
    if not found:
        raise RegistryUnreadableError(
            f"missing registry files: no folder in {root} holds an {OWNER_FILE}; one folder for each owner is expected"
        )
    return found


def _folder(path: Path, above: Sequence[Path]) -> OwnerFolder:
    try:
        _refuse_others(one.name for one in path.iterdir())
        files = {name: (path / name).read_bytes() for name in _KNOWN if (path / name).is_file()}
        profiles = read_profiles([*above, path / FOLDER])
        registry = read(files, profiles_of(profiles))
        return OwnerFolder(path, registry, _state({**files, **_effective(registry, profiles)}))
    except (RegistryUnreadableError, ProfileUnreadableError, OSError) as problem:
        raise RegistryUnreadableError(f"{path.name}: {problem}") from problem


def _refuse_others(names: Iterable[str]) -> None:
    """Refuse a file whose name nobody reads: what it says would be missing without a word."""
    for name in sorted(name for name in names if name.endswith((".toml", ".geojson")) and name not in _KNOWN):
        there = nearest(name, _KNOWN) or f"; there are {', '.join(_KNOWN)}"
        raise RegistryUnreadableError(f"{name} is no file of a registry{there}")


def _effective(registry: Registry, profiles: Mapping[str, ProfileFile]) -> dict[str, bytes]:
    """Give the files of the profiles that the owner's devices name."""
    named = {device.profile for device in registry.devices} & set(profiles)
    return {f"{FOLDER}/{name}.toml": profiles[name].content for name in named}


def _state(files: Mapping[str, bytes]) -> str:
    digest = sha256()
    for name in sorted(files):
        digest.update(f"{name} {len(files[name])}\n".encode())
        digest.update(files[name])
    return digest.hexdigest()


def _decode(name: str, content: bytes, kind: type[Entry]) -> Entry:
    try:
        return msgspec.toml.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        said = explained(problem, content, kind)
        raise RegistryUnreadableError(f"{name}: {said}{nearest_key(problem, *_STRUCTS)}") from problem


def _entries(files: Mapping[str, bytes], name: str, table: str, kind: type[Entry]) -> list[Entry]:
    tables: dict[str, list[Entry]] = _decode(name, files[name], dict[str, list[kind]])  # type: ignore[valid-type]
    if set(tables) - {table}:
        msg = f"{name}: holds {', '.join(sorted(set(tables)))}, expected [[{table}]] only"
        raise RegistryUnreadableError(msg)
    return tables.get(table, [])


def _features(name: str, content: bytes, kind: type[Entry]) -> list[Entry]:
    try:
        return msgspec.json.decode(content, type=FeatureCollection[kind]).features  # type: ignore[valid-type]
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        msg = f"{name}: not a GeoJSON FeatureCollection as is needed here ({problem})"
        raise RegistryUnreadableError(msg) from problem


def _districts(content: bytes) -> list[District]:
    return [
        District(
            id=feature.properties.statcode,
            name=feature.properties.statnaam,
            geometry=msgspec.to_builtins(feature.geometry),
        )
        for feature in _features("districts.geojson", content, DistrictFeature)
    ]


def _geometries(content: bytes) -> dict[str, list[tuple[float, float]]]:
    return {
        feature.properties.id: [(lon, lat) for lon, lat, *_ in feature.geometry.coordinates]
        for feature in _features("links.geojson", content, LinkFeature)
    }
