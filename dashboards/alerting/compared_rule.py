"""An alert rule of ours beside what a Grafana has of it, in the parts that mean something in every version."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

from dashboards.alerting.build import RuleJson
from dashboards.alerting.duration import seconds_of
from dashboards.differences import differences
from dashboards.push_state import PushState

MARK: Final = "__doorfiets_push__"
"""The annotation that says what a push wrote, so that a change by hand is known; Grafana shows none of such a name."""

_PLAIN: Final = ("title", "condition", "noDataState", "execErrState", "labels", "folderUID", "ruleGroup")
_LATER: Final = ("isPaused", "notification_settings", "keep_firing_for", "record")
"""What later versions have, too: it says something where it is set."""
_MODEL: Final = ("rawSql", "format", "type", "expression", "reducer", "settings", "hide")


class ComparedRule(NamedTuple):
    """A rule as it would be written, what a Grafana has of it, and the places in which they differ."""

    here: RuleJson
    there: RuleJson | None
    state: PushState
    differs: Sequence[str]

    @property
    def is_ours(self) -> bool:
        """Return whether Grafana has it as it is here."""
        return self.state is PushState.SAME

    def __str__(self) -> str:
        """Say what Grafana has of it."""
        return f"alert rule {self.here['title']}: {self.state.value}"


def compared(rules: Sequence[RuleJson], there: Mapping[str, RuleJson | None]) -> Iterator[ComparedRule]:
    """Compare rules as they would be written with those that are there, by uid."""
    some = any(there.values())
    for rule in rules:
        found = there[rule["uid"]]
        if found is None:
            yield ComparedRule(rule, None, PushState.GONE if some else PushState.NEW, ())
            continue
        differs = differences(_meaning(found), _meaning(rule))
        yield ComparedRule(rule, found, _state(found, differs), differs)


def marked(rule: RuleJson) -> RuleJson:
    """Return a rule with the mark of what it means now."""
    return {**rule, "annotations": {**rule["annotations"], MARK: _digest(rule)}}


def _state(there: RuleJson, differs: Sequence[str]) -> PushState:
    """Judge by the mark: where it is of what is there, nobody has changed it since."""
    if not differs:
        return PushState.SAME
    return PushState.OLDER if there.get("annotations", {}).get(MARK) == _digest(there) else PushState.EDITED


def _digest(rule: RuleJson) -> str:
    return sha256(json.dumps(_meaning(rule), sort_keys=True).encode()).hexdigest()[:12]


def _meaning(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Leave what Grafana adds by itself, and write alike what its versions write differently."""
    return {
        **{key: rule.get(key) for key in _PLAIN},
        **{key: rule[key] for key in _LATER if rule.get(key)},
        "for": seconds_of(rule["for"]),
        "annotations": {key: text for key, text in (rule.get("annotations") or {}).items() if key != MARK},
        "data": [_part(part) for part in rule["data"]],
    }


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    model = part["model"]
    return {
        "refId": part["refId"],
        "datasourceUid": part["datasourceUid"],
        "from": part["relativeTimeRange"]["from"],
        "to": part["relativeTimeRange"]["to"],
        **{key: model[key] for key in _MODEL if model.get(key)},
        "evaluators": [
            {"type": one["evaluator"]["type"], "params": [float(limit) for limit in one["evaluator"]["params"]]}
            for one in model.get("conditions") or ()
        ],
    }
