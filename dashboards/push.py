"""Pushing the dashboards of this repository to a Grafana of version 9 or later."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from dashboards.client import Grafana
from dashboards.query import PLUGIN
from schemas.failures import CheckFailedError, ServiceMissingError

UID: Final = "tsdb"
"""The uid of the data source that every dashboard names."""

_OLDEST: Final = (9,)
_RENAMED: Final = (10, 2, 3)
_OLD_PLUGIN: Final = "postgres"


class GrafanaTooOldError(CheckFailedError):
    """This Grafana cannot read the dashboards; nothing was changed."""


class SourceMissingError(ServiceMissingError):
    """The data source is missing, and there is no address to make it with; nothing was changed."""


class DatabaseAddress(NamedTuple):
    """Where the data source finds the database, and the password of `grafana_staff`."""

    address: str
    database: str
    password: str


def push(
    grafana: Grafana,
    dashboards: Mapping[str, str],
    *,
    folder: str,
    source: DatabaseAddress | None = None,
    dry_run: bool = False,
) -> Iterator[str]:
    """Create data source and folder where missing, and save every dashboard; yield one sentence per step."""
    version = grafana.version()
    if version < _OLDEST:
        raise GrafanaTooOldError(
            f"Grafana {_dotted(version)} is older than 9 and cannot show these dashboards; upgrade it"
        )
    plugin = _plugin(version)
    found = grafana.source(UID)
    if found is None:
        yield _add_source(grafana, plugin, source, dry_run=dry_run)
    else:
        plugin = str(found["type"])
        yield f"data source {UID}: there ({plugin})"
    there = grafana.folder(folder)
    yield f"folder {folder}: {'to be made' if there is None else 'there'}"
    if there is None and not dry_run:
        there = grafana.add_folder(folder)
    for text in dashboards.values():
        yield _saved(grafana, _for_plugin(json.loads(text), plugin), there or "", dry_run=dry_run)


def _add_source(grafana: Grafana, plugin: str, source: DatabaseAddress | None, *, dry_run: bool) -> str:
    if source is None:
        raise SourceMissingError(
            f"Grafana has no data source with uid {UID}; provision dashboards/provisioning/datasources,"
            " or give --postgres and --postgres-password-file to make it"
        )
    if not dry_run:
        grafana.add_source(_described(plugin, source))
    return f"data source {UID}: to be made ({plugin})"


def _saved(grafana: Grafana, dashboard: Mapping[str, Any], folder: str, *, dry_run: bool) -> str:
    before = grafana.saved(dashboard["uid"])
    does = "new" if before is None else f"over version {before}"
    where = "" if dry_run else f" at {grafana.save(dashboard, folder)}"
    return f"dashboard {dashboard['title']}: {does}{where}"


def _plugin(version: tuple[int, ...]) -> str:
    """Return the type of the data source: a Grafana that does not know the new name stores it and fails later."""
    return PLUGIN if version >= _RENAMED else _OLD_PLUGIN


def _described(plugin: str, source: DatabaseAddress) -> Mapping[str, Any]:
    """Describe the data source; Grafana 9 reads the database's name at the top, later ones below `jsonData`."""
    return {
        "name": "Metingen",
        "uid": UID,
        "type": plugin,
        "access": "proxy",
        "url": source.address,
        "user": "grafana_staff",
        "database": source.database,
        "jsonData": {"database": source.database, "sslmode": "disable", "postgresVersion": 1500, "timescaledb": True},
        "secureJsonData": {"password": source.password},
    }


def _for_plugin(node: Any, plugin: str) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Replace the data source's type in a dashboard by the one that this Grafana knows."""
    match node:
        case {"type": str(), "uid": str(uid)} if uid == UID:
            return {**node, "type": plugin}
        case dict():
            return {key: _for_plugin(value, plugin) for key, value in node.items()}
        case list():
            return [_for_plugin(value, plugin) for value in node]
        case _:
            return node


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
