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
from dashboards.definitions.cycling import DASHBOARD
from dashboards.push import (
    DatabaseAddress,
    GrafanaTooOldError,
    SourceMissingError,
    SourceUnhealthyError,
    push,
)
from dashboards.push_state import Consent
from tests.dashboards.pretended import NEW, OLD, PretendedDashboard, PretendedGrafana

UID = DASHBOARD.uid("nl")
BUILT = build()
TITLE = json.loads(BUILT[f"{UID}.json"])["title"]
pytestmark = pytest.mark.contracts

DATABASE = DatabaseAddress("127.0.0.1:5432", "doorfiets", "secret")


@pytest.fixture
def grafana(httpserver: HTTPServer) -> Grafana:
    """Ours, pointed at the pretended one and impatient."""
    return Grafana(httpserver.url_for("/"), "token", timeout=0.5)


@pytest.fixture
def there(httpserver: HTTPServer) -> PretendedGrafana:
    """One with the data source and nothing else."""
    return PretendedGrafana(httpserver).with_source()


def never(question: str) -> bool:
    """Refuse to be asked."""
    raise AssertionError(question)


def pushed(grafana: Grafana, consent: Consent = never, **options: Any) -> list[str]:  # noqa: ANN401 - options of push
    """Push one dashboard into the usual folder."""
    return list(push(grafana, {f"{UID}.json": BUILT[f"{UID}.json"]}, folder="Doorfiets", consent=consent, **options))


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


def test_the_first_push_makes_folder_and_dashboard(there: PretendedGrafana, grafana: Grafana) -> None:
    """The token travels as a bearer, and the folder has an address of ours."""
    lines = pushed(grafana)
    assert "folder Doorfiets: to be made" in lines
    assert lines[-1].endswith(f"saved at {there.server.url_for('/').rstrip('/')}/d/{UID}/x")
    assert there.folders == {"doorfiets": "Doorfiets"}
    assert (there.dashboards[UID].folder, there.dashboards[UID].version) == ("doorfiets", 1)
    assert {request.headers["Authorization"] for request, _ in there.server.log} == {"Bearer token"}


@pytest.mark.parametrize("version", ["12.2.0", "9.3.3"])
def test_a_push_that_changes_nothing_writes_nothing(httpserver: HTTPServer, grafana: Grafana, version: str) -> None:
    """The version stays as it is."""
    there = PretendedGrafana(httpserver, version).with_source(NEW if version > "10" else OLD)
    pushed(grafana)
    there.written.clear()
    assert pushed(grafana)[-1].endswith("there, version 1")
    assert there.written == []


def test_a_grafana_without_histories_is_judged_by_what_it_says(there: PretendedGrafana, grafana: Grafana) -> None:
    """What it added by itself is a difference there: nothing is written without asking."""
    there.without.add("versions")
    pushed(grafana)
    there.written.clear()
    assert pushed(grafana, lambda _: False)[-1].endswith("left as it is")
    assert there.written == []


def test_what_an_earlier_release_pushed_is_written_over(there: PretendedGrafana, grafana: Grafana) -> None:
    """Nobody is asked; what changes is shown."""
    pushed(grafana)
    found = there.dashboards[UID]
    found.content["title"], found.messages[-1] = "Vroeger", "doorfiets dashboards push 0123456789ab"
    lines = pushed(grafana)
    assert f"dashboard {TITLE}: as an earlier push left it" in lines
    assert f"  title: there 'Vroeger', here '{TITLE}'" in lines
    assert (found.content["title"], there.dashboards[UID].content["title"]) == ("Vroeger", TITLE)


def test_a_hand_edit_is_shown_and_asked_about(there: PretendedGrafana, grafana: Grafana) -> None:
    """Neither a dry run nor a no writes; a yes does, over exactly the version that was shown."""
    pushed(grafana)
    panels = json.loads(json.dumps(there.dashboards[UID].content["panels"]))
    panels[1]["title"] = "Van mij"
    there.by_hand(UID, panels=panels, tags=["doorfiets", "taal:nl", "eigen"])
    there.written.clear()
    looked = pushed(grafana, dry_run=True)
    assert f"dashboard {TITLE}: changed by hand" in looked
    assert any("tags[2]: there 'eigen', here nothing" in line for line in looked)
    assert any("Van mij" in line for line in looked)
    questions: list[str] = []

    def refusing(question: str) -> bool:
        questions.append(question)
        return False

    assert pushed(grafana, refusing)[-1] == f"dashboard {TITLE}: left as it is"
    assert questions == [f"dashboard {TITLE}: changed by hand. Write ours there?"]
    assert there.written == []
    pushed(grafana, lambda _: True)
    assert there.dashboards[UID].content["panels"][1]["title"] != "Van mij"
    assert (there.dashboards[UID].version, there.written) == (3, ["POST /dashboards/db"])


def test_somebody_who_saves_at_the_same_time_is_not_written_over(there: PretendedGrafana, grafana: Grafana) -> None:
    """Between the question and the answer somebody goes on."""
    pushed(grafana)
    there.by_hand(UID, title="Eerst")

    def slow(_: str) -> bool:
        there.by_hand(UID, title="Later")
        return True

    with pytest.raises(GrafanaRefusedError, match=r"412.*try again"):
        pushed(grafana, slow)
    assert there.dashboards[UID].content["title"] == "Later"


def test_a_move_and_a_renamed_folder_are_asked_about(there: PretendedGrafana, grafana: Grafana) -> None:
    """The folder is known by its address, so that another name makes no second one."""
    pushed(grafana)
    there.folders |= {"doorfiets": "Fiets", "other": "Anders"}
    there.dashboards[UID].folder = "other"
    there.written.clear()
    looked = pushed(grafana, lambda _: False)
    assert "folder Doorfiets: is called Fiets there" in looked
    assert f"dashboard {TITLE}: the same, in another folder" in looked
    assert there.written == []
    pushed(grafana, lambda _: True)
    assert there.folders == {"doorfiets": "Doorfiets", "other": "Anders"}
    assert there.dashboards[UID].folder == "doorfiets"


def test_a_dashboard_that_was_deleted_is_asked_about(there: PretendedGrafana, grafana: Grafana) -> None:
    """Where others of ours are; the first push of all asks nothing."""
    text = BUILT[f"{UID}.json"]
    second = {f"{UID}.json": text, "second.json": json.dumps({**json.loads(text), "uid": "second", "title": "Tweede"})}
    list(push(grafana, second, folder="Doorfiets", consent=never))
    del there.dashboards["second"]
    lines = list(push(grafana, second, folder="Doorfiets", consent=lambda _: False))
    assert "dashboard Tweede: left as it is" in lines
    assert "second" not in there.dashboards


def test_nothing_is_deleted_and_nothing_of_others_is_touched(there: PretendedGrafana, grafana: Grafana) -> None:
    """A dashboard of an earlier release is named; folders, sources and dashboards of others stay as they are."""
    there.folders["theirs"] = "Van hen"
    there.sources["theirs"] = {"uid": "theirs", "type": "postgres"}
    there.dashboards["theirs"] = PretendedDashboard({"title": "Van hen", "tags": []}, "theirs", [""])
    there.dashboards["before"] = PretendedDashboard({"title": "Oud", "tags": ["doorfiets"]}, "doorfiets", ["x"])
    before = json.dumps([there.folders["theirs"], there.sources["theirs"], there.dashboards["theirs"].content])
    assert pushed(grafana, lambda _: True)[-1] == (
        "dashboard Oud (before): tagged doorfiets and none of these; left as it is"
    )
    assert json.dumps([there.folders["theirs"], there.sources["theirs"], there.dashboards["theirs"].content]) == before
    assert there.dashboards["before"].version == 1


def test_a_dashboard_that_ships_no_longer_is_said_to_be_there(there: PretendedGrafana, grafana: Grafana) -> None:
    """In a dry run too; it is neither written over nor deleted, as somebody may have a link to it."""
    old = PretendedDashboard({"title": "Gebruik", "tags": ["doorfiets"]}, "doorfiets", ["doorfiets dashboards push 0"])
    there.dashboards["doorfiets-gebruik"] = old
    said = "dashboard Gebruik (doorfiets-gebruik): of an earlier release and ships no longer; it is still there"
    for dry_run in (True, False):
        assert pushed(grafana, dry_run=dry_run)[-1].startswith(said)
    assert there.dashboards["doorfiets-gebruik"] == old
    assert old.version == 1


def test_every_dashboard_gets_into_the_folder(there: PretendedGrafana, grafana: Grafana) -> None:
    """In both languages, without a question."""
    lines = list(push(grafana, BUILT, folder="Doorfiets", consent=never))
    assert {f"{uid}.json" for uid in there.dashboards} == set(BUILT)
    assert sum(": saved at " in line for line in lines) == len(BUILT)


@pytest.mark.parametrize("version", ["12.0.1", "9.3.3"])
def test_a_dry_run_writes_nothing(httpserver: HTTPServer, grafana: Grafana, version: str) -> None:
    """It says the same steps."""
    there = PretendedGrafana(httpserver, version)
    assert len(pushed(grafana, source=DATABASE, dry_run=True)) == 3
    assert there.written == []


@pytest.mark.parametrize(
    ("version", "kind"),
    [("9.3.3", OLD), ("10.2.2", OLD), ("10.2.3", NEW), ("12.0.1+security-01", NEW), ("13.1.0-pre", NEW)],
)
def test_the_data_source_has_the_type_its_version_knows(
    httpserver: HTTPServer, grafana: Grafana, version: str, kind: str
) -> None:
    """An older Grafana stores the new name and fails later; it also reads the database's name at the top only."""
    there = PretendedGrafana(httpserver, version)
    pushed(grafana, source=DATABASE)
    made = there.sources["tsdb"]
    assert (made["type"], made["database"], made["jsonData"]["database"]) == (kind, "doorfiets", "doorfiets")
    assert set(types_of(there.dashboards[UID].content)) == {kind}
    assert ("palette-classic-by-name" in json.dumps(there.dashboards[UID].content)) == (kind == NEW)


def test_the_type_of_the_data_source_that_is_there_wins(httpserver: HTTPServer, grafana: Grafana) -> None:
    """An upgraded Grafana keeps what it had under the old name."""
    there = PretendedGrafana(httpserver).with_source(OLD)
    pushed(grafana, source=DATABASE)
    assert set(types_of(there.dashboards[UID].content)) == {OLD}
    assert there.sources["tsdb"]["type"] == OLD


def test_a_wrong_password_is_an_error_and_the_next_push_mends_it(there: PretendedGrafana, grafana: Grafana) -> None:
    """Grafana tells no password: whether it reads the database decides."""
    there.password = "another"
    with pytest.raises(SourceUnhealthyError, match=r"password authentication failed.*--postgres-password-file"):
        pushed(grafana)
    assert UID in there.dashboards
    lines = pushed(grafana, source=DATABASE._replace(password="another"))
    assert "data source tsdb: to be mended (password)" in lines
    assert "data source tsdb: Grafana reads the database with it" in lines
    there.written.clear()
    pushed(grafana, source=DATABASE._replace(password="another"))
    assert there.written == []


def test_a_data_source_that_says_another_thing_is_mended(httpserver: HTTPServer, grafana: Grafana) -> None:
    """Its name and its type stay."""
    there = PretendedGrafana(httpserver).with_source(url="10.0.0.1:5432", name="Tellingen")
    assert "data source tsdb: to be mended (url)" in pushed(grafana, source=DATABASE)
    assert (there.sources["tsdb"]["url"], there.sources["tsdb"]["name"]) == ("127.0.0.1:5432", "Tellingen")


def test_without_a_data_source_nothing_is_pushed(httpserver: HTTPServer, grafana: Grafana) -> None:
    """The remedy is in the sentence."""
    there = PretendedGrafana(httpserver)
    with pytest.raises(SourceMissingError, match="provisioning/datasources"):
        pushed(grafana)
    assert there.written == []


def test_a_grafana_that_is_too_old_is_left_alone(httpserver: HTTPServer, grafana: Grafana) -> None:
    """Version 8 shows these dashboards wrong."""
    PretendedGrafana(httpserver, "8.5.27")
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
    there: PretendedGrafana, grafana: Grafana, path: str, said: tuple[int, str], remedy: str
) -> None:
    """What Grafana said, and what to do."""
    there.refusals[path] = said
    with pytest.raises(GrafanaRefusedError, match=f"{said[0]}: {said[1]}.*{remedy}"):
        pushed(grafana)


def test_a_wrong_token_is_told_at_once(httpserver: HTTPServer, grafana: Grafana) -> None:
    """Before anything is written."""
    httpserver.expect_request("/api/frontend/settings").respond_with_json({"message": "Unauthorized"}, 401)
    with pytest.raises(GrafanaRefusedError, match="service account token"):
        pushed(grafana)


def test_a_failing_grafana_is_unavailable(there: PretendedGrafana, grafana: Grafana) -> None:
    """Nothing is known to have changed, and pushing again is safe."""
    there.refusals["/dashboards/db"] = (500, "database is locked")
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
