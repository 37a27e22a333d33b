"""The step of process `watch` that raises alerts: what is found is compared with what is open, and said."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

import psycopg

from operations.alerts import feed_rules, platform_rules
from operations.alerts.alert_store import AlertStore
from operations.alerts.configuration import AlertPlan
from operations.alerts.metrics import AlertMetrics
from operations.alerts.occurrence import Occurrence, RoundOccurrences, Subject
from operations.alerts.outgoing import outgoing
from operations.alerts.platform_rules import PlatformPlaces
from operations.alerts.rules import SEVERITIES
from operations.alerts.transitions import Alert, transitions

_EVERY: Final = 10.0  # seconds between two rounds of alerts
_MANY: Final = ("many_silent", "")


class Alerts:
    """The alerts of one plan; `start_delivery` is called in the first round."""

    def __init__(
        self,
        plan: AlertPlan,
        places: PlatformPlaces,
        metrics: AlertMetrics,
        start_delivery: Callable[[], None] = lambda: None,
        every: float = _EVERY,
    ) -> None:
        self._plan, self._places, self._metrics, self._every = plan, places, metrics, every
        self._start_delivery = start_delivery
        self._raised_at: datetime | None = None
        self._heartbeat = plan.heartbeat()

    def __call__(self, connection: psycopg.Connection[Any], at: datetime) -> None:
        """Raise alerts, if that is due; raise psycopg.Error when the database does not answer."""
        self._start_delivery()
        if self._raised_at is not None and 0 <= (at - self._raised_at).total_seconds() < self._every:
            return
        store = AlertStore(connection)
        with connection.transaction():
            store.lock()
            alerts = store.open_alerts()
            found = self._found(store, alerts, at)
            changes = store.write(transitions(alerts, found, self._plan, at), at)
            store.put([*outgoing(changes, self._plan, at)], at)
            store.forget()
            open_alerts = store.open_alerts()
        self._raised_at = at
        self._heartbeat.beat(at)
        for severity in SEVERITIES:
            firing = [one for one in open_alerts.values() if (one.state, one.severity) == ("firing", severity)]
            self._metrics.firing.labels(severity).set(len(firing))

    def _found(self, store: AlertStore, alerts: dict[Subject, Alert], at: datetime) -> RoundOccurrences:
        many = alerts.get(_MANY)
        of_feeds = feed_rules.found_at_places(store.places(), self._plan, at, many.fired_at if many else None)
        of_platform = {(one.rule, one.subject): one for one in self._of_platform(store, at)}
        return of_feeds._replace(found={**of_feeds.found, **of_platform})

    def _of_platform(self, store: AlertStore, at: datetime) -> Iterator[Occurrence]:
        rules = self._plan.file.rule
        if rules.rejections.enabled:
            seconds = rules.rejections.within.span.total_seconds()
            yield from platform_rules.refused(store.rows("refused", seconds=seconds), self._plan)
        if rules.lag.enabled:
            for stages in store.rows("stages"):
                yield from platform_rules.lagging(stages, self._plan)
        if rules.disk.enabled:
            yield from platform_rules.full(self._places, self._plan, at)
        if rules.certificate.enabled:
            yield from platform_rules.ending(self._places, self._plan, at)
