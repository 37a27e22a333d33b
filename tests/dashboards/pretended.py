"""Something that answers over HTTP as Grafana does, and remembers: folders, dashboards, data sources, alerting."""

import json
import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.dashboards.pretended_alerting import PretendedAlerting

NEW, OLD = "grafana-postgresql-datasource", "postgres"


@dataclass
class PretendedDashboard:
    """A dashboard, its folder, and who wrote each version."""

    content: dict[str, Any]
    folder: str
    messages: list[str]

    @property
    def version(self) -> int:
        """Count its versions."""
        return len(self.messages)


@dataclass
class PretendedGrafana:
    """A Grafana of a version, with what it holds; `password` is the one that its database takes."""

    server: HTTPServer
    version: str = "12.2.0"
    password: str = "secret"
    folders: dict[str, str] = field(default_factory=dict)
    dashboards: dict[str, PretendedDashboard] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    alerting: PretendedAlerting = field(default_factory=PretendedAlerting)

    def __post_init__(self) -> None:
        """Answer everything."""
        self.server.expect_request(re.compile("/api/.*")).respond_with_handler(self._answer)

    def with_source(self, kind: str = NEW, **more: Any) -> "PretendedGrafana":  # noqa: ANN401 - fields of a source
        """Have the data source already."""
        own = {"user": "grafana_staff", "access": "proxy", "url": "127.0.0.1:5432", "database": "doorfiets"}
        known = {"database": "doorfiets", "sslmode": "disable", "postgresVersion": 1500, "timescaledb": True}
        self.sources["tsdb"] = {
            "uid": "tsdb", "name": "Metingen", "type": kind, **own, "jsonData": known,
            "secureJsonData": {"password": self.password}, **more,
        }  # fmt: skip
        return self

    def by_hand(self, uid: str, **changed: Any) -> None:  # noqa: ANN401 - fields of a dashboard
        """Change a dashboard as somebody does who opens it and saves it."""
        found = self.dashboards[uid]
        found.content = {**found.content, **changed}
        found.messages.append("")

    def _answer(self, request: Request) -> Response:
        path = request.path.removeprefix("/api")
        if request.method == "GET":
            return self._read(path.strip("/").split("/"))
        if path in self.refusals:
            status, message = self.refusals[path]
            return _json({"message": message}, status)
        self.written.append(f"{request.method} {path}")
        if path.startswith("/v1/provisioning"):
            return _json(*self.alerting.write(request, path))
        return self._write([request.method, *path.strip("/").split("/")], request.get_json())

    def _read(self, path: list[str]) -> Response:
        found: Any = None
        match path:
            case ["frontend", "settings"]:
                found = {"buildInfo": {"version": self.version}}
            case ["search"]:
                ours = [(uid, one) for uid, one in self.dashboards.items() if "doorfiets" in one.content["tags"]]
                found = [{"uid": uid, "title": one.content["title"]} for uid, one in ours]
            case ["datasources", "uid", uid, "health"]:
                return self._health(uid)
            case ["datasources", "uid", uid] if uid in self.sources:
                found = {key: value for key, value in self.sources[uid].items() if not key.startswith("secure")}
            case ["v1", "provisioning", *rest]:
                found = self.alerting.read(rest, lists="rules" not in self.without)
            case ["folders"]:
                found = [{"uid": uid, "title": title} for uid, title in self.folders.items()]
            case ["dashboards", "uid", uid] if uid in self.dashboards:
                found = _as_read(uid, self.dashboards[uid])
            case ["dashboards", "uid", uid, "versions"] if uid in self.dashboards and "versions" not in self.without:
                found = self._history(self.dashboards[uid])
        return _json({"message": "Not found"}, 404) if found is None else _json(found)

    def _write(self, path: list[str], body: dict[str, Any]) -> Response:
        match path:
            case ["POST", "datasources"] | ["PUT", "datasources", "uid", _]:
                self.sources[body["uid"]] = body
            case ["POST", "folders"]:
                self.folders[body["uid"]] = body["title"]
            case ["PUT", "folders", uid]:
                self.folders[uid] = body["title"]
            case ["POST", "dashboards", "db"]:
                return self._save(body)
            case _:
                return _json({"message": "Not found"}, 404)
        return _json(body)

    def _health(self, uid: str) -> Response:
        if "health" in self.without:
            return _json({"message": "Not found"}, 404)
        if self.sources[uid]["secureJsonData"]["password"] != self.password:
            return _json({"status": "ERROR", "message": "password authentication failed"}, 400)
        return _json({"status": "OK", "message": "Database Connection OK"})

    def _history(self, one: PretendedDashboard) -> Any:  # noqa: ANN401 - a list up to Grafana 10, then an object
        listed = [{"version": number + 1, "message": text} for number, text in enumerate(one.messages)][::-1]
        return {"versions": listed} if int(self.version.split(".")[0]) > 10 else listed

    def _save(self, body: dict[str, Any]) -> Response:
        content = body["dashboard"]
        uid, there = content["uid"], self.dashboards.get(content["uid"])
        if there and not body["overwrite"] and content.get("version") != there.version:
            return _json(
                {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}, 412
            )
        messages = [*(there.messages if there else []), body["message"]]
        self.dashboards[uid] = PretendedDashboard(content, body["folderUid"], messages)
        return _json({"uid": uid, "url": f"/d/{uid}/x", "status": "success", "version": len(messages)})


def _as_read(uid: str, one: PretendedDashboard) -> dict[str, Any]:
    """Give a dashboard as Grafana does: with an id and a version of its own, and what it adds by itself."""
    content = {**deepcopy(one.content), "uid": uid, "id": 7, "version": one.version, "preload": False}
    return {"dashboard": content, "meta": {"folderUid": one.folder}}


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
