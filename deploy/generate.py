"""The generated files that are committed: written again, or compared with what the code makes."""

import json
from collections.abc import Callable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from deploy import published_sql
from deploy.catalogue_page import NOTE, catalogues, page, table
from deploy.indicator_pages import indicator_pages
from deploy.owner_folders import load
from deploy.profile_page import profile_page
from registry.files import host
from schemas.profile import DeviceProfile
from schemas.registry import DeviceEntry, Registry

Files: TypeAlias = Iterator[tuple[str, str]]
Devices: TypeAlias = dict[Literal["device"], list[DeviceEntry]]
"""What a file of devices holds."""


def outdated(root: Path) -> list[str]:
    """Return the generated files under the repository root that differ from what the code makes."""
    return [name for name, text in _all() if not (root / name).is_file() or (root / name).read_text("utf-8") != text]


def write(root: Path) -> list[str]:
    """Write the files that differ; return their names."""
    changed = set(outdated(root))
    for name, text in _all():
        if name in changed:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
    return sorted(changed)


def _all() -> Files:
    for make in _MAKERS:
        yield from make()


def _json(document: object) -> str:
    return json.dumps(_described(document), indent=2, ensure_ascii=False) + "\n"


def _described(document: object) -> object:
    """Return a document with descriptions that are the same on every Python: 3.13 strips the indent of docstrings."""
    match document:
        case dict():
            return {
                key: _description(value) if key == "description" else _described(value)
                for key, value in document.items()
            }
        case list():
            return [_described(value) for value in document]
    return document


def _description(value: object) -> object:
    return cleandoc(value) if isinstance(value, str) else _described(value)


def _json_schemas() -> Files:
    from ingest.dialects.ours import SensorMessage  # noqa: PLC0415 - the message of our own dialect is a noun of its room

    yield "schemas/jsonschema/registry.json", _json(msgspec.json.schema(Registry))
    yield "schemas/jsonschema/devices.json", _json(msgspec.json.schema(Devices))
    yield "schemas/jsonschema/profile.json", _json(msgspec.json.schema(DeviceProfile))
    yield "schemas/jsonschema/message.json", _json(msgspec.json.schema(SensorMessage))


def _openapi() -> Files:
    from opendata.app import openapi  # noqa: PLC0415 - FastAPI is slow to import, and only this file needs it
    from opendata.v1.document import Publisher  # noqa: PLC0415 - likewise

    example = host(load(Path(__file__).parent / "owners"))
    publisher = Publisher(example.publisher, example.contact_email, example.contact_url, example.licence)
    yield "docs/reference/openapi.json", _json(openapi(publisher))


def _dashboards() -> Files:
    from dashboards.build import build  # noqa: PLC0415 - the dashboard builder is an extra

    for name, text in build().items():
        yield f"dashboards/generated/{name}", text


def _alerts() -> Files:
    from dashboards.alerting.build import build  # noqa: PLC0415 - read where it is described
    from dashboards.alerting.files import files  # noqa: PLC0415 - YAML is written by developers only
    from deploy.alert_limits import limits, runbooks  # noqa: PLC0415 - read where it is described
    from operations.alerts.configuration import read  # noqa: PLC0415 - likewise

    plan = read(None)
    for name, text in files(build(limits(plan), runbooks(plan))):
        yield f"dashboards/provisioning/alerting/{name}", text


def _access() -> Files:
    from deploy.broker_access import access_file  # noqa: PLC0415 - read where it is described

    yield "deploy/mosquitto/access.acl", access_file()


def _proxy() -> Files:
    from deploy.nginx_answers import bodies, locations  # noqa: PLC0415 - the site is slow to import

    yield "deploy/nginx/answers.conf", bodies()
    yield "deploy/nginx/locations.conf", locations()


def _settings() -> Files:
    from deploy.settings import ROOT, SETTINGS  # noqa: PLC0415 - read where it is described

    defaults = {one.key: (one.default or "").replace(f"{ROOT}/", "") for one in SETTINGS}
    rows = ((f"`{one.key}`", one.help, f"`{defaults[one.key]}`" if one.default else "") for one in SETTINGS)
    yield "docs/reference/settings.md", page("Settings", NOTE, table(("key", "what", "default"), rows))


def _schema() -> Files:
    """Generate the first migration while there is no second one; after that it stays as it is."""
    from deploy.migrate import first_migration, migrations, schema  # noqa: PLC0415 - the database's driver is slow to import

    made = {"50_published_tables.sql": published_sql.tables(), "65_published_views.sql": published_sql.views()}
    for name, text in made.items():
        yield f"schemas/sql/schema/{name}", text
    if len(migrations()) <= 1:
        yield "schemas/sql/migrations/0001_schema.sql", first_migration({**dict(schema()), **made})


def _statements() -> Files:
    from streams.sinks.connection import statements  # noqa: PLC0415 - likewise

    places = ("aggregation/write.sql", "aggregation/air.sql", "indicator_values.sql")
    arithmetic = {name: text for place in places for name, text in statements(place).items()}
    yield "streams/sinks/aggregation/published.sql", published_sql.statements(arithmetic)


def _catalogues() -> Files:
    yield "docs/reference/catalogues.md", catalogues()


def _profiles() -> Files:
    yield "docs/reference/profiles.md", profile_page()


_MAKERS: Final[tuple[Callable[[], Files], ...]] = (
    _json_schemas, _openapi, _dashboards, _alerts, _access, _proxy, _settings, _schema, _statements, _catalogues,
    _profiles, indicator_pages,
)  # fmt: skip
