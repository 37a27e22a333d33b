"""Pushing the dashboards of this repository to a Grafana of version 9 or later, over nobody's work without a word."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

from dashboards.alerting.build import RuleJson
from dashboards.alerting.compared_rule import ComparedRule
from dashboards.alerting.push import AlertSetup, compare_alerts, push_alerts
from dashboards.client import Grafana, SavedDashboard
from dashboards.differences import differences, shown
from dashboards.push_state import Consent, PushState
from dashboards.query import PLUGIN
from schemas.failures import CheckFailedError, ServiceMissingError

UID: Final = "tsdb"
"""The uid of the data source that every dashboard names."""
FOLDER: Final = "doorfiets"
"""The uid of the folder that a push makes, however it is called."""
TAG: Final = "doorfiets"
"""What every dashboard of ours is tagged with."""

_OLDEST: Final = (9,)
_RENAMED: Final = (10, 2, 3)
_OLD_PLUGIN: Final = "postgres"
_WRITTEN: Final = "doorfiets dashboards push"


class GrafanaTooOldError(CheckFailedError):
    """This Grafana cannot read the dashboards; nothing was changed."""


class SourceMissingError(ServiceMissingError):
    """The data source is missing, and there is no address to make it with; nothing was changed."""


class SourceUnhealthyError(CheckFailedError):
    """Grafana cannot read the database; the dashboards are there and show errors."""


class DatabaseAddress(NamedTuple):
    """Where the data source finds the database, and the password of `grafana_staff`."""

    address: str
    database: str
    password: str


class ComparedDashboard(NamedTuple):
    """A dashboard of ours, what a Grafana has of it, and the places in which they differ."""

    here: Mapping[str, Any]
    there: SavedDashboard | None
    state: PushState
    differs: Sequence[str]
    moved: bool

    @property
    def is_ours(self) -> bool:
        """Return whether Grafana has it as it is here, where it belongs."""
        return self.state is PushState.SAME and not self.moved

    def __str__(self) -> str:
        """Say what Grafana has of it."""
        return f"dashboard {self.here['title']}: {self.state.value}{', in another folder' if self.moved else ''}"


def push(
    grafana: Grafana,
    dashboards: Mapping[str, str],
    *,
    folder: str,
    consent: Consent,
    source: DatabaseAddress | None = None,
    alerts: AlertSetup | None = None,
    dry_run: bool = False,
) -> Iterator[str]:
    """Make data source and folder where they are missing, and save every dashboard that differs; yield what is done.

    Alert rules follow, where they are given, with who receives them.

    What somebody changed, moved, renamed or deleted by hand is shown, and written over only with consent; what is not
    ours is not touched. Raises SourceUnhealthyError after all else is done.
    """
    plugin = _plugin(grafana)
    unhealthy = ""
    found = grafana.source(UID)
    if found is None:
        yield _add_source(grafana, plugin, source, dry_run=dry_run)
    else:
        plugin = str(found["type"])
        yield from _mended_source(grafana, found, source, dry_run=dry_run)
    if found is not None or not dry_run:
        unhealthy = grafana.unhealthy(UID) or ""
        yield f"data source {UID}: {unhealthy or 'Grafana reads the database with it'}"
    there = grafana.folder(FOLDER, folder)
    if there is None:
        yield f"folder {folder}: to be made"
        uid = FOLDER if dry_run else grafana.add_folder(FOLDER, folder)
    else:
        uid = there.uid
        yield from _renamed(grafana, there.uid, there.title, folder, consent, dry_run=dry_run)
    for one in compared(grafana, dashboards, plugin, uid if there else None):
        yield from _saved(grafana, one, uid, consent, dry_run=dry_run)
    for uid_there, title in grafana.tagged(TAG):
        if f"{uid_there}.json" not in dashboards:
            yield f"dashboard {title} ({uid_there}): {_left_over(uid_there)}"
    if alerts is not None:
        rules = [_for_plugin(rule, plugin) for rule in alerts.rules]
        yield from push_alerts(grafana, alerts._replace(rules=rules), uid, consent, dry_run=dry_run)
    if unhealthy:
        raise SourceUnhealthyError(
            f"Grafana cannot read the database with data source {UID} ({unhealthy}); push again with --postgres and"
            " --postgres-password-file, and what differs is mended"
        )


def compare(
    grafana: Grafana, dashboards: Mapping[str, str], rules: Sequence[RuleJson] = (), *, folder: str
) -> Iterator[ComparedDashboard | ComparedRule]:
    """Compare what a Grafana has with these dashboards and alert rules, and change nothing."""
    plugin = _plugin(grafana)
    found, there = grafana.source(UID), grafana.folder(FOLDER, folder)
    yield from compared(grafana, dashboards, str(found["type"]) if found else plugin, there.uid if there else None)
    yield from compare_alerts(grafana, rules, there.uid if there else FOLDER)


def compared(
    grafana: Grafana, dashboards: Mapping[str, str], plugin: str, folder: str | None
) -> Iterator[ComparedDashboard]:
    """Compare each dashboard with what there is of it; `folder` is the uid of ours, None while there is none."""
    ours = [_for_plugin(json.loads(text), plugin) for text in dashboards.values()]
    there = {one["uid"]: grafana.saved(one["uid"]) for one in ours}
    some = any(there.values())
    for one in ours:
        found = there[one["uid"]]
        if found is None:
            yield ComparedDashboard(one, None, PushState.GONE if some else PushState.NEW, (), moved=False)
            continue
        differs = differences(found.content, one)
        yield ComparedDashboard(one, found, _state(one, found, differs), differs, moved=found.folder != folder)


def _state(here: Mapping[str, Any], there: SavedDashboard, differs: Sequence[str]) -> PushState:
    """Judge by who wrote last: Grafana may add to what it is given, so that what we wrote need not read the same."""
    if not differs or there.message == _message(here):
        return PushState.SAME
    return PushState.OLDER if (there.message or "").startswith(_WRITTEN) else PushState.EDITED


def _saved(grafana: Grafana, one: ComparedDashboard, folder: str, consent: Consent, *, dry_run: bool) -> Iterator[str]:
    name = f"dashboard {one.here['title']}"
    if one.there and one.is_ours:
        yield f"{name}: there, version {one.there.version}"
        return
    yield str(one)
    yield from shown(one.differs)
    by_hand = one.state in {PushState.GONE, PushState.EDITED} or one.moved
    if dry_run:
        return
    if by_hand and not consent(f"{one}. Write ours there?"):
        yield f"{name}: left as it is"
        return
    version = one.there.version if one.there else None
    yield f"{name}: saved at {grafana.save(one.here, folder, _message(one.here), over=version)}"


def _left_over(uid: str) -> str:
    """Say why a dashboard that is tagged as ours is not among those that ship; nothing is deleted."""
    if uid.startswith(f"{TAG}-"):
        return "of an earlier release and ships no longer; it is still there, delete it in Grafana when nobody needs it"
    return f"tagged {TAG} and none of these; left as it is"


def _renamed(grafana: Grafana, uid: str, title: str, wanted: str, consent: Consent, *, dry_run: bool) -> Iterator[str]:
    if title == wanted:
        yield f"folder {wanted}: there"
        return
    yield f"folder {wanted}: is called {title} there"
    if not dry_run:
        if consent(f"The folder is called {title} there. Call it {wanted}?"):
            grafana.rename_folder(uid, wanted)
            yield f"folder {wanted}: renamed"
        else:
            yield f"folder {title}: left as it is"


def _add_source(grafana: Grafana, plugin: str, source: DatabaseAddress | None, *, dry_run: bool) -> str:
    if source is None:
        raise SourceMissingError(
            f"Grafana has no data source with uid {UID}; provision dashboards/provisioning/datasources,"
            " or give --postgres and --postgres-password-file to make it"
        )
    if not dry_run:
        grafana.add_source(_described(plugin, source))
    return f"data source {UID}: to be made ({plugin})"


def _mended_source(
    grafana: Grafana, found: Mapping[str, Any], source: DatabaseAddress | None, *, dry_run: bool
) -> Iterator[str]:
    """Write the data source again where it is given and differs; Grafana tells no password, so health decides."""
    plugin = str(found["type"])
    if source is None:
        yield f"data source {UID}: there ({plugin})"
        return
    wanted = _described(plugin, source)
    differs = [key for key in ("url", "user", "access") if found.get(key) != wanted[key]]
    known = found.get("jsonData") or {}
    differs += [f"jsonData.{key}" for key, value in wanted["jsonData"].items() if known.get(key) != value]
    if not differs and grafana.unhealthy(UID):
        differs = ["password"]
    if differs and not dry_run:
        grafana.change_source({**wanted, "name": found.get("name", wanted["name"])})
    yield (
        f"data source {UID}: to be mended ({', '.join(differs)})" if differs else f"data source {UID}: there ({plugin})"
    )


def _plugin(grafana: Grafana) -> str:
    """Return the type of the data source: a Grafana that does not know the new name stores it and fails later."""
    version = grafana.version()
    if version < _OLDEST:
        raise GrafanaTooOldError(
            f"Grafana {_dotted(version)} is older than 9 and cannot show these dashboards; upgrade it"
        )
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


def _message(dashboard: Mapping[str, Any]) -> str:
    """Say in the history of a dashboard who wrote it, and what."""
    digest = sha256(json.dumps(dashboard, sort_keys=True).encode()).hexdigest()
    return f"{_WRITTEN} {digest[:12]}"


def _for_plugin(node: Any, plugin: str) -> Any:  # noqa: ANN401 - any part of a JSON document
    """Replace the data source's type in a dashboard by the one that this Grafana knows, and colours it may not know."""
    match node:
        case {"type": str(), "uid": str(uid)} if uid == UID:
            return {**node, "type": plugin}
        case {"mode": "palette-classic-by-name"} if plugin == _OLD_PLUGIN:
            return {**node, "mode": "palette-classic"}
        case dict():
            return {key: _for_plugin(value, plugin) for key, value in node.items()}
        case list():
            return [_for_plugin(value, plugin) for value in node]
        case _:
            return node


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
