"""What becomes of alerts in one round: what begins, fires, is said again, and ends. Pure: time is an argument."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

from operations.alerts.configuration import AlertPlan
from operations.alerts.occurrence import Occurrence, RoundOccurrences, Subject
from operations.alerts.rules import REPLACES, RULES, Severity

Ended: TypeAlias = Literal["cleared", "maintenance", "replaced", "unruled"]
Said: TypeAlias = Literal["firing", "repeat", "cleared"]


class Alert(NamedTuple):
    """A row of table `alert` that has not ended; `alert` is None as long as it has no row."""

    alert: int | None
    rule: str
    subject: str
    name: str
    owner: str | None
    severity: Severity
    state: Literal["pending", "firing"]
    since: datetime
    seen_at: datetime
    fired_at: datetime | None
    last_sent_at: datetime | None
    clearing_at: datetime | None
    content: Mapping[str, Any]


class Transition(NamedTuple):
    """What becomes of one alert: how it is now, why it has ended if it has, and what is said of it if anything.

    One that has ended and was never said (`ended` without `fired_at`) leaves no trace.
    """

    alert: Alert
    ended: Ended | None = None
    said: Said | None = None


def transitions(
    alerts: Mapping[Subject, Alert], occurrences: RoundOccurrences, plan: AlertPlan, at: datetime
) -> Iterator[Transition]:
    """Compare what is open with what was found; yield every alert that changed."""
    for subject, occurrence in occurrences.found.items():
        before = alerts.get(subject)
        after = _begun(occurrence, plan, at) if before is None else _going_on(before, occurrence, plan)
        change = _said(after, plan, at)
        if change.alert != before:
            yield change
    for subject, alert in alerts.items():
        if subject not in occurrences.found:
            yield from _missing(alert, occurrences, plan, at)


def _begun(occurrence: Occurrence, plan: AlertPlan, at: datetime) -> Alert:
    severity = plan.severity(occurrence.rule)
    rule, subject, name, owner, since, content = occurrence
    return Alert(None, rule, subject, name, owner, severity, "pending", since, at, None, None, None, content)


def _going_on(alert: Alert, occurrence: Occurrence, plan: AlertPlan) -> Alert:
    return alert._replace(
        name=occurrence.name,
        owner=occurrence.owner,
        severity=plan.severity(alert.rule),
        clearing_at=None,
        content=occurrence.content,
    )


def _said(alert: Alert, plan: AlertPlan, at: datetime) -> Transition:
    """Fire what has held for long enough, and say again what was said long ago."""
    if alert.state == "pending":
        if at - alert.seen_at < plan.after(alert.rule):
            return Transition(alert)
        return Transition(alert._replace(state="firing", fired_at=at, last_sent_at=at), said="firing")
    repeat = plan.repeat(alert.rule)
    if repeat and alert.last_sent_at is not None and at - alert.last_sent_at >= repeat:
        return Transition(alert._replace(last_sent_at=at), said="repeat")
    return Transition(alert)


def _missing(alert: Alert, occurrences: RoundOccurrences, plan: AlertPlan, at: datetime) -> Iterator[Transition]:
    """End what does not hold any more, unless that cannot be seen."""
    if alert.rule not in RULES or not plan.entry(alert.rule).enabled:
        yield Transition(alert, "unruled")
    elif any((rule, alert.subject) in occurrences.found for rule in _that_replace(alert.rule)):
        yield Transition(alert, "replaced")
    elif _is_hidden(alert, occurrences):
        return
    elif _datastreams(alert) and _datastreams(alert) <= occurrences.muted.get(alert.subject, frozenset()):
        yield Transition(alert, "maintenance")
    else:
        yield _clearing(alert, plan, at)


def _that_replace(rule: str) -> Iterator[str]:
    return (other for other, replaced in REPLACES.items() if rule in replaced)


def _is_hidden(alert: Alert, occurrences: RoundOccurrences) -> bool:
    subject = (alert.rule, alert.subject)
    if subject not in occurrences.hidden:
        return False
    feeds = occurrences.hidden[subject]
    return feeds is None or bool(feeds & _datastreams(alert))


def _datastreams(alert: Alert) -> frozenset[int]:
    return frozenset(alert.content.get("datastreams", ()))


def _clearing(alert: Alert, plan: AlertPlan, at: datetime) -> Transition:
    if alert.state == "pending":
        return Transition(alert, "cleared")
    since = alert.clearing_at or at
    if at - since < plan.file.clears_after.span:
        return Transition(alert._replace(clearing_at=since))
    return Transition(alert._replace(last_sent_at=at), "cleared", "cleared")
