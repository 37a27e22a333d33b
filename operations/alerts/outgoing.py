"""Which messages follow from what became of alerts: one for a place, one to each who is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from operations.alerts.configuration import AlertPlan
from operations.alerts.rules import OF_PLACES
from operations.alerts.transitions import Alert, Transition

MOST: Final = 10
"""Messages of one round to one receiver; of more it is one that says all."""


class OutgoingMessage(NamedTuple):
    """What a receiver is sent, without words: `alerts`, each with what is said of it and what was measured."""

    receiver: str
    content: Mapping[str, Any]


def outgoing(changes: Iterable[Transition], plan: AlertPlan, at: datetime) -> Iterator[OutgoingMessage]:
    """Yield the messages of one round."""
    for receiver in plan.receivers:
        groups: dict[str, list[dict[str, Any]]] = {}
        for change in changes:
            alert = change.alert
            if change.said and receiver in plan.receivers_of(alert.rule, alert.severity, alert.owner):
                groups.setdefault(_group(alert), []).append(_said(change, plan, at))
        for alerts in groups.values() if len(groups) <= MOST else [_together(list(groups.values()))]:
            yield OutgoingMessage(receiver, {"alerts": alerts})


def _together(groups: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [alert for group in groups for alert in group]


def _group(alert: Alert) -> str:
    return f"place {alert.subject}" if alert.rule in OF_PLACES else f"{alert.rule} {alert.subject}"


def _said(change: Transition, plan: AlertPlan, at: datetime) -> dict[str, Any]:
    alert = change.alert
    return {
        "alert": alert.alert,
        "said": change.said,
        "rule": alert.rule,
        "severity": alert.severity,
        "subject": alert.subject,
        "name": alert.name,
        "owner": alert.owner,
        "since": alert.since.isoformat(),
        "until": at.isoformat() if change.ended else None,
        "runbook": plan.runbook(alert.rule),
        "measured": dict(alert.content),
    }
