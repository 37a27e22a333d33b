"""The alert rules as JSON, as Grafana's provisioning interface takes and gives them."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final, TypeAlias

from dashboards.alerting.definitions import RULES
from dashboards.alerting.rule import GrafanaRule, RuleLimits
from dashboards.query import PLUGIN
from locales import DEFAULT, LOCALES, texts

RuleJson: TypeAlias = dict[str, Any]

GROUP: Final = "doorfiets"
"""The group that all rules are in: they are evaluated together."""
INTERVAL: Final = timedelta(minutes=1)
"""How often they are: what every version takes for a group that says nothing else."""
TEAM: Final = "doorfiets"
"""The label of every alert of ours, by which it finds its way."""
SOURCE: Final = "tsdb"
"""The uid of the data source that every rule names."""

_PARAMETER: Final = re.compile(r"(?<!:):([a-z_]+)")
_VALUE: Final = '{{ printf "%.0f" $values.B.Value }}'
_EXPRESSION: Final = {"type": "__expr__", "uid": "__expr__"}


def build(limits: Mapping[str, RuleLimits], runbooks: str) -> list[RuleJson]:
    """Build every rule that has limits, with those of its own where it has; `runbooks` is where their pages are."""
    return [
        _built(rule, found, f"{runbooks}/{rule.name.replace('_', '-')}.md")
        for rule in RULES
        if (found := rule.own or limits.get(rule.name)) is not None
    ]


def _built(rule: GrafanaRule, limits: RuleLimits, runbook: str) -> RuleJson:
    return {
        "uid": f"doorfiets-{rule.name.replace('_', '-')}",
        "title": texts()(f"grafana_alert_title.{rule.name}"),
        "condition": "C",
        "data": [_query(rule, limits), _reduced(), _compared(rule, limits)],
        "noDataState": rule.no_data,
        "execErrState": "Error",
        "for": _whole_intervals(limits.after),
        "labels": {"team": TEAM, "kind": rule.kind, "rule": rule.name, "severity": limits.severity},
        "annotations": {**_summaries(rule), "runbook_url": runbook},
        "isPaused": False,
    }


def _query(rule: GrafanaRule, limits: RuleLimits) -> RuleJson:
    """Describe the query: a table, since of time series an empty one is an error in Grafana 9."""
    model = {
        "datasource": {"type": PLUGIN, "uid": SOURCE},
        "editorMode": "code",
        "format": "table",
        "rawQuery": True,
        "rawSql": _sql(rule.name, limits.parameters),
    }
    return _part("A", SOURCE, model, round(limits.span.total_seconds()))


def _reduced() -> RuleJson:
    """Describe the step to one number a subject; what is null is dropped, else Grafana 9 would take it for too much."""
    model = {
        "datasource": _EXPRESSION,
        "type": "reduce",
        "expression": "A",
        "reducer": "last",
        "settings": {"mode": "dropNN"},
    }
    return _part("B", "__expr__", model, 0)


def _compared(rule: GrafanaRule, limits: RuleLimits) -> RuleJson:
    condition = {
        "evaluator": {"type": rule.comparison, "params": [limits.threshold]},
        "operator": {"type": "and"},
        "query": {"params": ["C"]},
        "reducer": {"type": "last", "params": []},
        "type": "query",
    }
    model = {"datasource": _EXPRESSION, "type": "threshold", "expression": "B", "conditions": [condition]}
    return _part("C", "__expr__", model, 0)


def _part(name: str, source: str, model: RuleJson, seconds: int) -> RuleJson:
    return {
        "refId": name,
        "queryType": "",
        "relativeTimeRange": {"from": seconds, "to": 0},
        "datasourceUid": source,
        "model": {**model, "refId": name},
    }


def _summaries(rule: GrafanaRule) -> dict[str, str]:
    """Say a rule in every locale, with what Grafana puts in the place of its labels and of its value."""
    shown = {label: f"{{{{ $labels.{label} }}}}" for label in rule.labels} | {"value": _VALUE}
    return {
        "summary" if locale == DEFAULT else f"summary_{locale}": texts(locale)(f"grafana_alert.{rule.name}", **shown)
        for locale in LOCALES
    }


def _sql(name: str, parameters: Mapping[str, float | str]) -> str:
    """Read a query and put numbers and texts in the place of its parameters; raise KeyError for one that it lacks."""
    text = (files("dashboards.alerting") / "queries" / f"{name}.sql").read_text("utf-8").rstrip()
    lines = (line for line in text.splitlines())
    return "\n".join(
        line if line.startswith("--") else _PARAMETER.sub(lambda found: _literal(parameters[found[1]]), line)
        for line in lines
    )


def _literal(value: float | str) -> str:
    return f"""'{value.replace("'", "''")}'""" if isinstance(value, str) else json.dumps(value)


def _whole_intervals(span: timedelta) -> str:
    """Round up to a multiple of the interval: Grafana looks no more often."""
    whole = -(-span // INTERVAL) * INTERVAL
    return f"{whole // timedelta(minutes=1)}m" if whole else "0s"
