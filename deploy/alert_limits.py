"""From when on Grafana's rules hold: what the file of the platform's own alerts says, so that both say the same."""

import json
from collections.abc import Iterator, Mapping

from dashboards.alerting.rule import RuleLimits
from operations.alerts.configuration import AlertPlan
from operations.alerts.platform_rules import WAITS

_NEVER = 1e9
"""Intervals that no feed misses."""


def limits(plan: AlertPlan) -> dict[str, RuleLimits]:
    """Return the limits of every rule of a plan that Grafana has, too; one that is off has none."""
    return {name: found for name, found in _all(plan) if plan.entry(name).enabled}


def runbooks(plan: AlertPlan) -> str:
    """Return the address below which the pages of rules are, or their place in the documentation."""
    return plan.runbook("silent").rpartition("/")[0]


def _all(plan: AlertPlan) -> Iterator[tuple[str, RuleLimits]]:
    rules = plan.file.rule
    within, many = (
        rules.many_silent.within.span,
        {"percent": rules.many_silent.percent, "sites": rules.many_silent.sites},
    )
    together = many if rules.many_silent.enabled else {**many, "percent": 100}
    whole = rules.site_silent.missed if rules.site_silent.enabled else _NEVER
    yield "many_silent", _limits(plan, "many_silent", rules.many_silent.percent)._replace(span=within, parameters=many)
    yield "site_silent", _limits(plan, "site_silent", whole)._replace(span=within, parameters=together)
    yield (
        "silent",
        _limits(plan, "silent", rules.silent.missed)._replace(span=within, parameters={**together, "missed": whole}),
    )
    yield "dead", _limits(plan, "dead", 0)
    yield (
        "lag",
        _limits(plan, "lag", rules.lag.behind.span.total_seconds())._replace(
            parameters={"waits": WAITS.total_seconds()}
        ),
    )
    refused: Mapping[str, float | str] = {
        "messages": rules.rejections.messages,
        "reasons": json.dumps(rules.rejections.reasons),
    }
    yield "rejections", _limits(plan, "rejections", 0)._replace(span=rules.rejections.within.span, parameters=refused)


def _limits(plan: AlertPlan, rule: str, threshold: float) -> RuleLimits:
    return RuleLimits(plan.severity(rule), threshold, plan.after(rule))
