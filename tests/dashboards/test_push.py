"""Pushing to something that answers over HTTP as Grafana does: each version, and each way to say no."""

import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from dashboards.build import build
from dashboards.client import Grafana, GrafanaRefusedError, GrafanaUnavailableError
from dashboards.definitions.usage import DASHBOARD
from dashboards.push import DatabaseAddress, GrafanaTooOldError, SourceMissingError, push

UID = DASHBOARD.uid
pytestmark = pytest.mark.contracts

NEW, OLD = "grafana-postgresql-datasource", "postgres"
DATABASE = DatabaseAddress("127.0.0.1:5432", "doorfiets", "secret")


class Pretended:
    """A Grafana as far as pushing sees one: its version, and what it holds."""

    def __init__(self, server: HTTPServer, version: str, source: str | None = NEW) -> None:
        self.server, self.sent = server, list[tuple[str, Any]]()
        self._answer("/frontend/settings", {"buildInfo": {"version": version}})
        if source:
            self._answer("/datasources/uid/tsdb", {"uid": "tsdb", "type": source})
        else:
            self._answer("/datasources/uid/tsdb", {"message": "Data source not found"}, 404)
        self._take("/datasources", {"message": "Datasource added"})
        self._take("/folders", {"uid": "f1", "title": "Doorfiets"})
        self._take("/dashboards/db", {"uid": UID, "url": f"/d/{UID}/x", "status": "success", "version": 4})

    def holds(self, folders: list[dict[str, str]], version: int | None = None) -> "Pretended":
        """Say which folders there are, and which version of the dashboard."""
        self._answer("/folders", folders)
        body, status = ({"dashboard": {"version": version}}, 200) if version else ({"message": "not found"}, 404)
        self._answer(f"/dashboards/uid/{UID}", body, status)
        return self

    def refuses(self, path: str, status: int, message: str) -> "Pretended":
        """Answer the next writes to a path with no."""
        self.server.expect_oneshot_request(f"/api{path}", "POST").respond_with_json({"message": message}, status)
        return self

    def reported(self, path: str) -> Any:  # noqa: ANN401 - whatever JSON was sent
        """Give what was written to a path, once."""
        (body,) = [body for where, body in self.sent if where == path]
        return body

    def _answer(self, path: str, body: object, status: int = 200) -> None:
        self.server.expect_request(f"/api{path}", "GET").respond_with_json(body, status)

    def _take(self, path: str, body: object) -> None:
        def taken(request: Request) -> Response:
            self.sent.append((path, request.get_json()))
            return Response(json.dumps(body), content_type="application/json")

        self.server.expect_request(f"/api{path}", "POST").respond_with_handler(taken)


@pytest.fixture
def grafana(httpserver: HTTPServer) -> Grafana:
    """Ours, pointed at the pretended one and impatient."""
    return Grafana(httpserver.url_for("/"), "token", timeout=0.5)


def pushed(grafana: Grafana, **options: Any) -> list[str]:  # noqa: ANN401 - the options of push
    """Push all dashboards into the usual folder."""
    return list(push(grafana, build(), folder="Doorfiets", **options))


def types_of(node: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a JSON document
    """Give the data source types that a document names."""
    match node:
        case {"type": str(kind), "uid": "tsdb"}:
            yield kind
        case dict():
            for value in node.values():
                yield from types_of(value)
        case list():
            for value in node:
                yield from types_of(value)


def test_the_first_push_makes_folder_and_dashboard(httpserver: HTTPServer, grafana: Grafana) -> None:
    """The token travels as a bearer, the dashboard over whatever is there."""
    there = Pretended(httpserver, "12.0.1").holds([])
    lines = pushed(grafana)
    assert lines[1] == "folder Doorfiets: to be made"
    assert lines[2].endswith(f"new at {httpserver.url_for('/').rstrip('/')}/d/{UID}/x")
    body = there.reported("/dashboards/db")
    assert (body["folderUid"], body["overwrite"], body["dashboard"]["uid"]) == ("f1", True, UID)
    assert {request.headers["Authorization"] for request, _ in httpserver.log} == {"Bearer token"}


def test_a_later_push_uses_the_folder_that_is_there(httpserver: HTTPServer, grafana: Grafana) -> None:
    """And says over which version it wrote."""
    there = Pretended(httpserver, "12.0.1").holds([{"uid": "old", "title": "Doorfiets"}], version=3)
    assert "over version 3" in pushed(grafana)[-1]
    assert there.reported("/dashboards/db")["folderUid"] == "old"
    assert [path for path, _ in there.sent] == ["/dashboards/db"]


@pytest.mark.parametrize("version", ["12.0.1", "9.3.3"])
def test_a_dry_run_writes_nothing(httpserver: HTTPServer, grafana: Grafana, version: str) -> None:
    """It says the same steps."""
    there = Pretended(httpserver, version, source=None).holds([])
    assert len(pushed(grafana, source=DATABASE, dry_run=True)) == 3
    assert there.sent == []


@pytest.mark.parametrize(
    ("version", "kind"),
    [("9.3.3", OLD), ("10.2.2", OLD), ("10.2.3", NEW), ("12.0.1+security-01", NEW), ("13.1.0-pre", NEW)],
)
def test_the_data_source_has_the_type_its_version_knows(
    httpserver: HTTPServer, grafana: Grafana, version: str, kind: str
) -> None:
    """An older Grafana stores the new name and fails later; it also reads the database's name at the top only."""
    there = Pretended(httpserver, version, source=None).holds([])
    pushed(grafana, source=DATABASE)
    made = there.reported("/datasources")
    assert (made["type"], made["database"], made["jsonData"]["database"]) == (kind, "doorfiets", "doorfiets")
    assert set(types_of(there.reported("/dashboards/db"))) == {kind}


def test_the_type_of_the_data_source_that_is_there_wins(httpserver: HTTPServer, grafana: Grafana) -> None:
    """An upgraded Grafana keeps what it had under the old name."""
    there = Pretended(httpserver, "12.0.1", source=OLD).holds([])
    pushed(grafana)
    assert set(types_of(there.reported("/dashboards/db"))) == {OLD}


def test_without_a_data_source_nothing_is_pushed(httpserver: HTTPServer, grafana: Grafana) -> None:
    """The remedy is in the sentence."""
    there = Pretended(httpserver, "12.0.1", source=None).holds([])
    with pytest.raises(SourceMissingError, match="provisioning/datasources"):
        pushed(grafana)
    assert there.sent == []


def test_a_grafana_that_is_too_old_is_left_alone(httpserver: HTTPServer, grafana: Grafana) -> None:
    """Version 8 shows these dashboards wrong."""
    Pretended(httpserver, "8.5.27")
    with pytest.raises(GrafanaTooOldError, match=r"8\.5\.27 is older than 9"):
        pushed(grafana)


@pytest.mark.parametrize(
    ("path", "said", "remedy"),
    [
        ("/folders", (403, "Access denied"), "role Editor"),
        ("/folders", (409, "a folder with the same name exists"), "choose another --folder"),
        ("/folders", (412, "the folder has been changed by someone else"), "try again"),
        ("/dashboards/db", (400, "Cannot save provisioned dashboard"), "provisioned from files"),
        ("/dashboards/db", (412, "A dashboard with the same name in the folder already exists"), "rename it there"),
    ],
)
def test_a_refusal_is_told_with_its_remedy(
    httpserver: HTTPServer, grafana: Grafana, path: str, said: tuple[int, str], remedy: str
) -> None:
    """What Grafana said, and what to do."""
    Pretended(httpserver, "12.0.1").holds([]).refuses(path, *said)
    with pytest.raises(GrafanaRefusedError, match=f"{said[0]}: {said[1]}.*{remedy}"):
        pushed(grafana)


def test_a_wrong_token_is_told_at_once(httpserver: HTTPServer, grafana: Grafana) -> None:
    """Before anything is written."""
    httpserver.expect_request("/api/frontend/settings").respond_with_json({"message": "Unauthorized"}, 401)
    with pytest.raises(GrafanaRefusedError, match="service account token"):
        pushed(grafana)


def test_a_failing_grafana_is_unavailable(httpserver: HTTPServer, grafana: Grafana) -> None:
    """Nothing is known to have changed, and pushing again is safe."""
    Pretended(httpserver, "12.0.1").holds([]).refuses("/dashboards/db", 500, "database is locked")
    with pytest.raises(GrafanaUnavailableError, match=r"database is locked.*try again"):
        pushed(grafana)


def test_a_grafana_that_hangs_is_unavailable(httpserver: HTTPServer, grafana: Grafana) -> None:
    """We wait, but not for ever."""
    enough = Event()

    def slow(_: Request) -> Response:
        enough.wait(5)
        return Response("{}", content_type="application/json")

    httpserver.expect_request("/api/frontend/settings").respond_with_handler(slow)
    with pytest.raises(GrafanaUnavailableError, match="did not answer in time"):
        pushed(grafana)
    enough.set()


def test_nobody_at_the_address_is_unavailable() -> None:
    """A refused connection is no traceback."""
    with pytest.raises(GrafanaUnavailableError, match="does not answer"):
        pushed(Grafana("http://127.0.0.1:9", "token", timeout=0.5))


@pytest.mark.parametrize(
    ("body", "kind"), [("<html>Welcome</html>", "text/html"), ("{}", "application/json"), ("[]", "application/json")]
)
def test_something_that_is_no_grafana_is_told_so(
    httpserver: HTTPServer, grafana: Grafana, body: str, kind: str
) -> None:
    """A proxy's welcome page is the usual mistake."""
    httpserver.expect_request("/api/frontend/settings").respond_with_data(body, content_type=kind)
    with pytest.raises(GrafanaUnavailableError, match=r"no (Grafana says|version of Grafana)"):
        pushed(grafana)


def test_a_grafana_below_a_path_is_reached(httpserver: HTTPServer) -> None:
    """As behind a proxy that serves more than one thing."""
    httpserver.expect_request("/grafana/api/frontend/settings").respond_with_json({"buildInfo": {"version": "12.1.0"}})
    assert Grafana(httpserver.url_for("/grafana"), "token").version() == (12, 1, 0)
