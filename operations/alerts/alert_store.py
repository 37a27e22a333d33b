"""The alerts that are open and the messages about them in the database, changed together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from operations.alerts.feed_rules import AlertPlace
from operations.alerts.occurrence import Subject
from operations.alerts.outgoing import OutgoingMessage
from operations.alerts.transitions import Alert, Transition
from schemas import named_sql

_SQL: Final = named_sql.parse((files("operations.alerts") / "alerts.sql").read_text("utf-8"))
_PARTS: Final = ("content",)


class AlertStore:
    """One connection of role `watch`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rows(self, name: str, /, **values: object) -> list[dict[str, Any]]:
        """Return the rows of a named statement."""
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(_SQL[name].encode(), values).fetchall()

    def places(self) -> list[AlertPlace]:
        """Return all places with what of them is not well."""
        return [AlertPlace(**row) for row in self.rows("places")]

    def lock(self) -> None:
        """Be the only one who raises alerts until the end of the transaction."""
        self._execute("lock")

    def open_alerts(self) -> dict[Subject, Alert]:
        """Return the alerts that have not ended, by rule and subject."""
        return {(row["rule"], row["subject"]): Alert(**row) for row in self.rows("open_alerts")}

    def write(self, changes: Iterable[Transition], at: datetime) -> list[Transition]:
        """Write what became of alerts; return it with the numbers of new ones."""
        return [self._written(change, at) for change in changes]

    def put(self, messages: Sequence[OutgoingMessage], at: datetime) -> None:
        """Write messages, each in the place of those that wait and say no more."""
        for message in messages:
            alerts = [one["alert"] for one in message.content["alerts"]]
            self._execute("supersede", receiver=message.receiver, alerts=alerts)
            content = Jsonb(dict(message.content))
            self._execute("put_message", receiver=message.receiver, alerts=alerts, content=content, at=at)

    def forget(self) -> None:
        """Delete what is old."""
        self._execute("forget_alerts")
        self._execute("forget_messages")

    def _written(self, change: Transition, at: datetime) -> Transition:
        alert = change.alert
        if change.ended is not None:
            if alert.state == "pending":
                self._execute("drop_alert", alert=alert.alert)
            else:
                self._execute("end_alert", **_values(alert), ended_at=at, ended=change.ended)
            return change
        if alert.alert is None:
            (row,) = self.rows("new_alert", **_values(alert))
            return change._replace(alert=alert._replace(alert=row["alert"]))
        self._execute("change_alert", **_values(alert))
        return change

    def _execute(self, name: str, /, **values: object) -> None:
        self._connection.execute(_SQL[name].encode(), values)


def _values(alert: Alert) -> Mapping[str, object]:
    return alert._asdict() | {name: Jsonb(dict(getattr(alert, name))) for name in _PARTS}
