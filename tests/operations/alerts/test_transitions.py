"""What becomes of an alert from round to round, and which messages follow."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from operations.alerts.configuration import AlertPlan, plan
from operations.alerts.occurrence import Occurrence, RoundOccurrences, Subject
from operations.alerts.outgoing import OutgoingMessage, outgoing
from operations.alerts.transitions import Alert, Transition, transitions

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
HOOK = {"kind": "ntfy", "url": "https://example.org", "topic": "t"}
ALL = {"receiver": {"one": HOOK, "two": HOOK}}


class Rounds:
    """Rounds over a store that is a dictionary."""

    def __init__(self, text: Mapping[str, Any] = ALL) -> None:
        self.plan: AlertPlan = plan(dict(text), Path())
        self.alerts: dict[Subject, Alert] = {}
        self._numbers = 0

    def round(
        self,
        at: datetime,
        *found: Occurrence,
        hidden: Mapping[Subject, frozenset[int] | None] | None = None,
        muted: Mapping[str, frozenset[int]] | None = None,
    ) -> list[tuple[str | None, str, str]]:
        """Carry one out; give what was said of which rule and subject, or why it ended."""
        changes = self.changes(at, *found, hidden=hidden or {}, muted=muted or {})
        return [(one.said or one.ended, one.alert.rule, one.alert.subject) for one in changes if one.said or one.ended]

    def changes(self, at: datetime, *found: Occurrence, **other: Any) -> list[Transition]:  # noqa: ANN401 - as above
        """Carry one out; give what changed."""
        occurrences = RoundOccurrences(
            {(one.rule, one.subject): one for one in found}, other.get("hidden", {}), other.get("muted", {})
        )
        changes = [self._numbered(one) for one in transitions(dict(self.alerts), occurrences, self.plan, at)]
        for change in changes:
            key = (change.alert.rule, change.alert.subject)
            self.alerts.pop(key, None)
            if change.ended is None:
                self.alerts[key] = change.alert
        return changes

    def _numbered(self, change: Transition) -> Transition:
        if change.alert.alert is not None:
            return change
        self._numbers += 1
        return change._replace(alert=change.alert._replace(alert=self._numbers))


def found(rule: str, subject: str = "a", *feeds: int, owner: str | None = "GM0000", **content: Any) -> Occurrence:  # noqa: ANN401 - as a rule has it
    """Give an occurrence."""
    return Occurrence(rule, subject, subject.upper(), owner, NOON, {"datastreams": list(feeds), **content})


def test_what_holds_for_long_enough_is_said_once() -> None:
    """30 s for a feed that is silent, then no more until it is said again after hours."""
    rounds = Rounds()
    assert rounds.round(NOON, found("silent")) == []
    assert rounds.round(NOON + 29 * SECOND, found("silent")) == []
    assert rounds.round(NOON + 30 * SECOND, found("silent")) == [("firing", "silent", "a")]
    assert rounds.round(NOON + 40 * SECOND, found("silent")) == []
    assert rounds.round(NOON + 4 * HOUR, found("silent")) == []
    assert rounds.round(NOON + 4 * HOUR + 30 * SECOND, found("silent")) == [("repeat", "silent", "a")]
    assert rounds.round(NOON + 5 * HOUR, found("silent")) == []
    assert rounds.round(NOON + 8 * HOUR + 30 * SECOND, found("silent")) == [("repeat", "silent", "a")]


def test_what_was_over_before_it_was_said_is_never_said() -> None:
    """It leaves nothing."""
    rounds = Rounds()
    rounds.round(NOON, found("silent"))
    assert rounds.round(NOON + 20 * SECOND) == [("cleared", "silent", "a")]
    assert rounds.alerts == {}
    assert rounds.changes(NOON + 30 * SECOND) == []


def test_what_is_over_for_long_enough_is_said() -> None:
    """After a minute, unless it comes back within it."""
    rounds = Rounds()
    assert rounds.round(NOON, found("dead")) == [("firing", "dead", "a")]
    assert rounds.round(NOON + 10 * SECOND) == []
    assert rounds.round(NOON + 60 * SECOND, found("dead")) == []
    assert rounds.round(NOON + 70 * SECOND) == []
    assert rounds.round(NOON + 129 * SECOND) == []
    assert rounds.round(NOON + 130 * SECOND) == [("cleared", "dead", "a")]
    assert rounds.round(NOON + 140 * SECOND, found("dead")) == [("firing", "dead", "a")]


def test_nothing_is_repeated_where_the_file_says_so() -> None:
    """`repeat = "0s"` of a rule."""
    rounds = Rounds({**ALL, "rule": {"dead": {"repeat": "0s"}}})
    rounds.round(NOON, found("dead"))
    assert rounds.round(NOON + 1000 * HOUR, found("dead")) == []


def test_what_cannot_be_seen_goes_on() -> None:
    """A dead counter that is late is neither well nor said again; another feed of its place says nothing about it."""
    rounds = Rounds()
    rounds.round(NOON, found("dead", "a", 1))
    late = {("dead", "a"): frozenset({1})}
    assert rounds.changes(NOON + 9 * HOUR, hidden=late) == []
    other = {("dead", "a"): frozenset({2})}
    rounds.round(NOON + 10 * HOUR, hidden=other)
    assert rounds.round(NOON + 11 * HOUR, hidden=other) == [("cleared", "dead", "a")]


def test_what_many_silent_says_is_said_by_it_alone() -> None:
    """What was not said yet stays unsaid, what was said is not over."""
    rounds = Rounds()
    rounds.round(NOON, found("site_silent", "a"))
    hidden: dict[Subject, frozenset[int] | None] = {("site_silent", "a"): None, ("site_silent", "b"): None}
    many = found("many_silent", "", owner=None)
    assert rounds.round(NOON + 60 * SECOND, many, hidden=hidden) == [("firing", "many_silent", "")]
    assert set(rounds.alerts) == {("site_silent", "a"), ("many_silent", "")}


def test_maintenance_ends_without_a_word() -> None:
    """Who works there knows; what still holds afterwards is said as new."""
    rounds = Rounds()
    rounds.round(NOON, found("dead", "a", 1, 2))
    assert rounds.round(NOON + HOUR, muted={"a": frozenset({1, 2, 3})}) == [("maintenance", "dead", "a")]
    assert not [*outgoing(rounds.changes(NOON + HOUR, muted={"a": frozenset({1, 2, 3})}), rounds.plan, NOON)]
    assert rounds.round(NOON + 2 * HOUR, found("dead", "a", 1)) == [("firing", "dead", "a")]


def test_a_place_that_falls_silent_whole_is_one_alert() -> None:
    """The one about some of its feeds ends where the other begins, and the other way round."""
    rounds = Rounds()
    rounds.round(NOON, found("silent", "a", 1))
    rounds.round(NOON + 30 * SECOND, found("silent", "a", 1))
    assert rounds.round(NOON + 60 * SECOND, found("site_silent", "a", 1, 2)) == [("replaced", "silent", "a")]
    assert rounds.round(NOON + 90 * SECOND, found("site_silent", "a", 1, 2)) == [("firing", "site_silent", "a")]
    assert rounds.round(NOON + 2 * HOUR, found("silent", "a", 1)) == [("replaced", "site_silent", "a")]


def test_a_rule_that_is_off_ends_its_alerts() -> None:
    """Without a message: nobody knows whether it is over."""
    rounds = Rounds()
    rounds.round(NOON, found("dead"))
    rounds.plan = plan({**ALL, "rule": {"dead": {"enabled": False}}}, Path())
    assert rounds.round(NOON + HOUR) == [("unruled", "dead", "a")]


def messages(rounds: Rounds, *occurrences: Occurrence) -> list[OutgoingMessage]:
    """Give the messages of a round at noon."""
    return [*outgoing(rounds.changes(NOON, *occurrences), rounds.plan, NOON)]


def said(message: OutgoingMessage) -> list[tuple[str, str]]:
    """Name the alerts of a message."""
    return [(one["rule"], one["subject"]) for one in message.content["alerts"]]


def test_a_place_is_one_message_to_each_receiver() -> None:
    """Whatever happens there; another place is another one."""
    sent = messages(Rounds(), found("dead", "a"), found("stuck", "a"), found("battery", "b"))
    assert [(one.receiver, said(one)) for one in sent] == [
        ("one", [("dead", "a"), ("stuck", "a")]),
        ("one", [("battery", "b")]),
        ("two", [("dead", "a"), ("stuck", "a")]),
        ("two", [("battery", "b")]),
    ]


def test_very_many_places_are_one_message() -> None:
    """Ten are ten; eleven are read by nobody."""
    places = [found("dead", name) for name in "abcdefghijk"]
    assert len(messages(Rounds(), *places[:10])) == 20
    both = messages(Rounds(), *places)
    assert [len(one.content["alerts"]) for one in both] == [11, 11]


def test_routes_choose_by_severity_owner_and_rule() -> None:
    """What is nobody's goes where no owner is named."""
    route = [
        {"to": ["one"], "severity": "critical"},
        {"to": ["two"], "owners": ["PV99"], "rules": ["stuck", "dead"]},
    ]
    rounds = Rounds({**ALL, "route": route})
    sent = messages(
        rounds,
        found("dead", "a"),
        found("stuck", "b"),
        found("stuck", "z", owner="PV99"),
        found("dead", "y", owner="PV99"),
        found("battery", "x", owner="PV99"),
        found("disk", "/", owner=None),
    )
    assert sorted((one.receiver, *said(one)[0]) for one in sent) == [
        ("one", "dead", "a"),
        ("one", "dead", "y"),
        ("one", "disk", "/"),
        ("two", "dead", "y"),
        ("two", "stuck", "z"),
    ]
