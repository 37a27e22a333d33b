"""The alert rules as JSON: thresholds of the platform's own alerts, in both languages, each with its page."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest
import yaml

from dashboards.alerting.build import RuleJson, build
from dashboards.alerting.contact import contact_point
from dashboards.alerting.definitions import RULES
from dashboards.alerting.duration import seconds_of
from dashboards.alerting.files import files
from deploy.alert_limits import limits, runbooks
from operations.alerts.configuration import AlertPlan, plan, read
from schemas.air_indices import SCHEMES

pytestmark = pytest.mark.pure

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "howto" / "dashboards.md"
PLAN: Final = read(None)


def built(of: AlertPlan) -> dict[str, RuleJson]:
    """Build the rules of a plan, by name."""
    return {rule["labels"]["rule"]: rule for rule in build(limits(of), runbooks(of))}


def threshold(rule: RuleJson) -> float:
    """Give the number that a rule compares with."""
    return float(rule["data"][2]["model"]["conditions"][0]["evaluator"]["params"][0])


def test_thresholds_urgency_and_time_are_those_of_the_platform() -> None:
    """A time becomes the next whole minute, in which Grafana looks."""
    rules, own = built(PLAN), PLAN.file.rule
    found = {name: threshold(rule) for name, rule in rules.items()}
    assert (found["silent"], found["site_silent"]) == (own.silent.missed, own.site_silent.missed)
    assert (found["many_silent"], found["lag"]) == (own.many_silent.percent, own.lag.behind.span.total_seconds())
    assert f">= {own.rejections.messages}" not in rules["rejections"]["data"][0]["model"]["rawSql"]
    assert f", {own.rejections.messages})" in rules["rejections"]["data"][0]["model"]["rawSql"]
    for name in limits(PLAN):
        assert rules[name]["labels"]["severity"] == PLAN.severity(name)
        waits = PLAN.after(name).total_seconds()
        assert waits <= seconds_of(rules[name]["for"]) < waits + 60
        assert rules[name]["annotations"]["runbook_url"] == PLAN.runbook(name)


def test_an_index_is_poor_from_the_first_value_that_is_called_so() -> None:
    """Values begin with 1."""
    (rule,) = (rule for rule in RULES if rule.name == "poor_air")
    assert rule.own is not None
    levels = SCHEMES[str(rule.own.parameters["scheme"])].levels
    assert [levels[value - 1] for value in (int(rule.own.threshold), int(rule.own.threshold) + 1)] == [
        "insufficient", "poor",
    ]  # fmt: skip


def test_a_rule_that_is_off_is_not_built_and_no_other_waits_for_it() -> None:
    """Without one for whole places each feed says it; without one for many no place is left out."""
    off = plan(tomllib.loads("[rule.site_silent]\nenabled = false\n[rule.many_silent]\nenabled = false"), Path())
    rules = built(off)
    assert {"site_silent", "many_silent"} & set(rules) == set()
    sql = rules["silent"]["data"][0]["model"]["rawSql"]
    assert "p.missed > 1000000000.0" in sql
    assert "> 100 *" in sql


def test_every_rule_says_all_that_grafana_and_people_need() -> None:
    """A uid and a title of its own, labels, both languages, and no parameter of a query that is not filled in."""
    rules = built(PLAN)
    assert set(rules) == {rule.name for rule in RULES}
    assert (
        len({rule["uid"] for rule in rules.values()}) == len({rule["title"] for rule in rules.values()}) == len(rules)
    )
    for rule in rules.values():
        assert set(rule["labels"]) == {"team", "kind", "rule", "severity"}
        assert set(rule["annotations"]) == {"summary", "summary_en", "runbook_url"}
        assert rule["annotations"]["summary"] != rule["annotations"]["summary_en"]
        assert len(rule["uid"]) <= 40
        assert (rule["execErrState"], rule["data"][1]["model"]["settings"]) == ("Error", {"mode": "dropNN"})
        assert not re.search(r"(?<!:):[a-z]", rule["data"][0]["model"]["rawSql"].partition("\nWITH")[2])


def test_every_label_that_a_summary_shows_is_a_column_of_its_query() -> None:
    """Grafana would write `[no value]` there."""
    for rule in built(PLAN).values():
        sql = rule["data"][0]["model"]["rawSql"]
        for label in re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]):
            assert re.search(rf"(\bAS|\bt\.|\bs\.|\br\.) ?{label}\b", sql), (rule["title"], label)
        assert "$values.B.Value" in rule["annotations"]["summary"] or rule["labels"]["rule"] == "dead"


def test_every_rule_is_in_the_table_of_the_page_with_a_runbook_of_its_name() -> None:
    """In the order of the rules, with how long it must hold."""
    found = re.findall(
        r"^\| `(\w+)` \| .* \| (at once|\d+ min) \| \[runbook\]\((.*)\) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    rules = built(PLAN)
    assert [(name, after) for name, after, _ in found] == [
        (name, f"{rule['for'].removesuffix('m')} min" if rule["for"] != "0s" else "at once")
        for name, rule in rules.items()
    ]
    for name, _, page in found:
        assert (PAGE.parent / page).read_text("utf-8").count(f"`{name}`") > 0
        assert rules[name]["annotations"]["runbook_url"] == f"docs/howto/{page}"


def test_files_hold_the_same_rules_and_no_policy() -> None:
    """A file of policies would replace those of everybody; a dollar stands alone."""
    rules = list(built(PLAN).values())
    made = {name: yaml.safe_load(text) for name, text in files(rules)}
    assert set(made) == {"rules.yaml", "contact-points.yaml"}
    (group,) = made["rules.yaml"]["groups"]
    assert group["rules"] == rules
    assert "policies" not in str(made)
    assert "$$" not in "".join(text for _, text in files(rules))


@pytest.mark.parametrize(
    ("to", "kind", "settings"),
    [
        ("a@example.nl, b@example.nl", "email", {"addresses": "a@example.nl;b@example.nl", "singleEmail": True}),
        ("https://example.nl/hook?a=1,2", "webhook", {"url": "https://example.nl/hook?a=1,2", "httpMethod": "POST"}),
    ],
)
def test_a_contact_point_is_mail_or_a_webhook(to: str, kind: str, settings: dict[str, object]) -> None:
    """By what is written."""
    assert (contact_point(to)["type"], contact_point(to)["settings"]) == (kind, settings)


@pytest.mark.parametrize(("text", "seconds"), [("0s", 0), ("1m", 60), ("1m0s", 60), ("1h30m", 5400), ("1d", 86400)])
def test_a_duration_is_read_however_it_is_written(text: str, seconds: float) -> None:
    """Versions of Grafana differ."""
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "5x"])
def test_what_is_no_duration_is_said(text: str) -> None:
    """With the text."""
    with pytest.raises(ValueError, match="no duration of Grafana"):
        seconds_of(text)
