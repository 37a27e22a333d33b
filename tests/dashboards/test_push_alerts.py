"""Pushing alert rules, a contact point and a route to something that answers over HTTP as Grafana does."""

import json
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from dashboards.alerting.build import build as built
from dashboards.alerting.compared_rule import MARK
from dashboards.alerting.push import AlertSetup
from dashboards.client import Grafana, GrafanaRefusedError
from dashboards.push import push
from dashboards.push_state import Consent
from deploy.alert_limits import limits, runbooks
from operations.alerts.configuration import read
from tests.dashboards.pretended import NEW, OLD, PretendedGrafana

pytestmark = pytest.mark.contracts

PLAN = read(None)
RULES = built(limits(PLAN), runbooks(PLAN))
SETUP = AlertSetup(RULES, "beheer@example.nl")
SILENT = "doorfiets-silent"
ROUTE = "notification route team=doorfiets"
OTHERS = [
    {"receiver": "grafana-default-email", "object_matchers": [["severity", "=", "critical"]], "continue": True},
    {"receiver": "grafana-default-email", "object_matchers": [["team", "=", "roads"]], "mute_time_intervals": ["x"]},
]


@pytest.fixture
def grafana(httpserver: HTTPServer) -> Grafana:
    """Ours, pointed at the pretended one."""
    return Grafana(httpserver.url_for("/"), "token", timeout=2)


@pytest.fixture
def there(httpserver: HTTPServer) -> PretendedGrafana:
    """One with the data source and routes of others."""
    made = PretendedGrafana(httpserver).with_source()
    made.alerting.tree["routes"] = json.loads(json.dumps(OTHERS))
    return made


def never(question: str) -> bool:
    """Refuse to be asked."""
    raise AssertionError(question)


def pushed(grafana: Grafana, consent: Consent = never, setup: AlertSetup = SETUP, **options: Any) -> list[str]:  # noqa: ANN401 - options of push
    """Push the alerts alone."""
    return list(push(grafana, {}, folder="Doorfiets", consent=consent, alerts=setup, **options))


def test_the_first_push_writes_rules_contact_point_and_route(there: PretendedGrafana, grafana: Grafana) -> None:
    """Each rule by itself, into our folder; the routes of others stand behind ours as they were."""
    pushed(grafana)
    assert set(there.alerting.rules) == {rule["uid"] for rule in RULES}
    assert {(one["folderUID"], one["ruleGroup"]) for one in there.alerting.rules.values()} == {
        ("doorfiets", "doorfiets")
    }
    assert [point["settings"]["addresses"] for point in there.alerting.points] == ["beheer@example.nl"]
    ours, *others = there.alerting.tree["routes"]
    assert (ours["receiver"], ours["object_matchers"]) == ("doorfiets", [["team", "=", "doorfiets"]])
    assert others == OTHERS
    assert there.alerting.tree["receiver"] == "grafana-default-email"
    assert not [line for line in there.written if "rule-groups" in line]


@pytest.mark.parametrize("version", ["9.3.3", "12.2.0", "13.1.0"])
def test_the_same_push_twice_writes_nothing(httpserver: HTTPServer, grafana: Grafana, version: str) -> None:
    """Whatever Grafana adds by itself; an old one has no list of all rules, and names the data source otherwise."""
    kind = OLD if version == "9.3.3" else NEW
    there = PretendedGrafana(httpserver, version).with_source(kind)
    if kind == OLD:
        there.without.add("rules")
    pushed(grafana)
    sources = {one["data"][0]["model"]["datasource"]["type"] for one in there.alerting.rules.values()}
    assert sources == {kind}
    there.written.clear()
    lines = pushed(grafana)
    assert there.written == []
    own = lines[3:-1] if kind == OLD else lines[3:]
    assert {line.rpartition(": ")[2] for line in own} == {"there"}


def test_a_dry_run_writes_nothing(there: PretendedGrafana, grafana: Grafana) -> None:
    """And says what it would do."""
    lines = pushed(grafana, dry_run=True)
    assert there.written == []
    assert lines[-2:] == ["contact point doorfiets: not there yet", f"{ROUTE}: not there yet"]
    assert lines.count("alert rule Meetreeks stil: not there yet") == 1


def test_what_an_earlier_release_pushed_is_written_over(there: PretendedGrafana, grafana: Grafana) -> None:
    """Nobody is asked; what changes is shown."""
    earlier = [{**rule, "title": f"{rule['title']} (oud)"} for rule in RULES]
    pushed(grafana, setup=SETUP._replace(rules=earlier))
    lines = pushed(grafana)
    assert "alert rule Meetreeks stil: as an earlier push left it" in lines
    assert "  title: there 'Meetreeks stil (oud)', here 'Meetreeks stil'" in lines
    assert there.alerting.rules[SILENT]["title"] == "Meetreeks stil"


@pytest.mark.parametrize("changed", [{"isPaused": True}, {"for": "2h"}, {"labels": {"team": "doorfiets"}}])
def test_a_hand_edit_is_shown_and_questions(there: PretendedGrafana, grafana: Grafana, changed: dict[str, Any]) -> None:
    """Neither a dry run nor a no writes; a yes does."""
    pushed(grafana)
    before = there.alerting.rules[SILENT]
    there.alerting.by_hand(SILENT, **changed)
    there.written.clear()
    looked, questions = pushed(grafana, dry_run=True), list[str]()

    def refusing(question: str) -> bool:
        questions.append(question)
        return False

    pushed(grafana, refusing)
    assert "alert rule Meetreeks stil: changed by hand" in looked
    assert any(line.startswith(f"  {next(iter(changed))}") for line in looked)
    assert questions == ["alert rule Meetreeks stil: changed by hand. Write ours there?"]
    assert there.written == []
    pushed(grafana, lambda _: True)
    assert there.alerting.rules[SILENT] == before


def test_a_changed_query_or_threshold_is_a_hand_edit(there: PretendedGrafana, grafana: Grafana) -> None:
    """It is named by its step."""
    pushed(grafana)
    data = json.loads(json.dumps(there.alerting.rules[SILENT]["data"]))
    data[2]["model"]["conditions"][0]["evaluator"]["params"] = [12]
    there.alerting.by_hand(SILENT, data=data)
    assert "  data[C].evaluators[0].params[0]: there 12.0, here 3.0" in pushed(grafana, dry_run=True)


def test_a_rule_that_was_deleted_is_questions(there: PretendedGrafana, grafana: Grafana) -> None:
    """Where others of ours are."""
    pushed(grafana)
    del there.alerting.rules[SILENT]
    assert "alert rule Meetreeks stil: left as it is" in pushed(grafana, lambda _: False)
    assert SILENT not in there.alerting.rules


def test_somebody_who_saves_at_the_same_time_is_not_written_over(there: PretendedGrafana, grafana: Grafana) -> None:
    """Between the question and the answer somebody goes on."""
    pushed(grafana)
    there.alerting.by_hand(SILENT, title="Eerst")

    def slow(_: str) -> bool:
        there.alerting.by_hand(SILENT, title="Later")
        return True

    assert any("at the same time" in line for line in pushed(grafana, slow))
    assert there.alerting.rules[SILENT]["title"] == "Later"


def test_rules_and_contact_points_of_others_are_not_touched(there: PretendedGrafana, grafana: Grafana) -> None:
    """One of our team that does not ship is named; a contact point of our name that somebody made is left."""
    theirs = {**RULES[0], "uid": "theirs", "title": "Van hen", "folderUID": "theirs", "labels": {}}
    there.alerting.rules |= {
        "theirs": theirs,
        "before": {**theirs, "uid": "before", "title": "Oud", "labels": {"team": "doorfiets"}},
    }
    there.alerting.points = [{"uid": "x", "name": "doorfiets", "type": "slack", "settings": {}}]
    before = json.dumps([there.alerting.rules["theirs"], there.alerting.rules["before"], there.alerting.points])
    lines = pushed(grafana)
    assert "alert rule Oud (before): of team doorfiets and none of these; left as it is" in lines
    assert "contact point doorfiets: there, and not made by a push; left as it is" in lines
    after = json.dumps([there.alerting.rules["theirs"], there.alerting.rules["before"], there.alerting.points])
    assert after == before


def test_a_route_that_somebody_moved_and_changed_stays_where_it_is(there: PretendedGrafana, grafana: Grafana) -> None:
    """What it says is asked about, what was added to it stays."""
    pushed(grafana)
    ours, *others = there.alerting.tree["routes"]
    there.alerting.tree["routes"] = [*others, {**ours, "repeat_interval": "12h", "mute_time_intervals": ["nacht"]}]
    lines = pushed(grafana, lambda _: False)
    assert "  repeat_interval: there 43200.0, here 14400.0" in lines
    assert lines[-1] == f"{ROUTE}: left as it is"
    pushed(grafana, lambda _: True)
    assert there.alerting.tree["routes"] == [*OTHERS, {**ours, "mute_time_intervals": ["nacht"]}]


@pytest.mark.parametrize(("version", "written"), [("9.3.3", False), ("9.4.17", False), ("9.5.1", True)])
def test_an_old_grafana_would_lock_the_policies_of_everybody(
    httpserver: HTTPServer, grafana: Grafana, version: str, *, written: bool
) -> None:
    """So that they are not written, and who pushes is sent to do it by hand."""
    there = PretendedGrafana(httpserver, version).with_source(OLD)
    lines = pushed(grafana)
    assert ("routes" in there.alerting.tree) == written
    assert ("add it by hand" in lines[-1]) == (not written)
    assert len(there.alerting.points) == 1


def test_policies_from_files_are_not_written(there: PretendedGrafana, grafana: Grafana) -> None:
    """Whoever has those files adds the route."""
    there.alerting.files.add("policies")
    before = json.dumps(there.alerting.tree)
    assert pushed(grafana)[-1] == f"{ROUTE}: the notification policies come from files there; add it to them"
    assert json.dumps(there.alerting.tree) == before


def test_without_anybody_to_tell_policies_are_not_even_read(there: PretendedGrafana, grafana: Grafana) -> None:
    """Rules are written, and the alerts go where they went."""
    assert "--alerts-to" in pushed(grafana, setup=AlertSetup(RULES))[-1]
    assert there.alerting.tree["routes"] == OTHERS
    assert not any("polic" in request.path for request, _ in there.server.log)


def test_another_address_is_questions(there: PretendedGrafana, grafana: Grafana) -> None:
    """Somebody may have put it there."""
    pushed(grafana)
    hook = SETUP._replace(to="https://tickets.example.nl/hook")
    assert "contact point doorfiets: left as it is" in pushed(grafana, lambda _: False, hook)
    pushed(grafana, lambda _: True, hook)
    assert there.alerting.points[0]["settings"]["url"] == "https://tickets.example.nl/hook"


def test_a_rule_from_files_is_refused_with_its_remedy(there: PretendedGrafana, grafana: Grafana) -> None:
    """What Grafana said, and what to do."""
    pushed(grafana)
    there.alerting.files.add(SILENT)
    there.alerting.by_hand(SILENT, title="Uit een bestand")
    with pytest.raises(GrafanaRefusedError, match=r"409: cannot change provenance"):
        pushed(grafana, lambda _: True)


def test_every_rule_bears_the_mark_of_a_push(there: PretendedGrafana, grafana: Grafana) -> None:
    """Under a name that Grafana does not show."""
    pushed(grafana)
    assert all(rule["annotations"][MARK] for rule in there.alerting.rules.values())
    assert MARK.startswith("__")
    assert MARK.endswith("__")
