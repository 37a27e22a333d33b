"""The rules about feeds: what is silent alone, as a place, or all at once, and what has one of the other statuses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from operations.alerts.configuration import AlertPlan
from operations.alerts.occurrence import Occurrence, RoundOccurrences, Subject
from operations.alerts.rules import REPLACES
from schemas.feed_states import STATUSES

_OF_STATUS: Final = ("dead", "stuck", "clock", "battery")
_MOST: Final = 50  # feeds of a place that an alert names
_STAYS: Final = 0.5  # of the share that raised it: so far below it must come to end


class AlertPlace(NamedTuple):
    """A site or station: how many feeds owe something, which are worked at, and which are not well.

    Each part has datastream, sensor, what, status, since, missed and reason; times in it are texts of RFC 3339.
    """

    place: str
    name: str
    owner: str
    feeds: int
    muted: Sequence[int]
    parts: Sequence[Mapping[str, Any]]


def found_at_places(
    places: Sequence[AlertPlace], plan: AlertPlan, at: datetime, many_since: datetime | None
) -> RoundOccurrences:
    """Apply the rules about feeds to all places, at a moment; `many_since` is since when `many_silent` fires, if so."""
    many = _many_silent(places, plan, at, many_since)
    since = (many_since or at) - plan.file.rule.many_silent.within.span
    found = {(one.rule, one.subject): one for one in ([many] if many else []) + [*_of_places(places, plan)]}
    hidden: dict[Subject, frozenset[int] | None] = {}
    for place in places:
        hidden |= _hidden(place)
    if many is not None:
        for key in [*found]:
            if key[0] in {"silent", "site_silent"} and found[key].since >= since and _says(plan, many, found[key]):
                hidden |= dict.fromkeys([key, *((rule, key[1]) for rule in REPLACES[key[0]])])
                del found[key]
    return RoundOccurrences(found, hidden, {one.place: frozenset(one.muted) for one in places if one.muted})


def _says(plan: AlertPlan, many: Occurrence, one: Occurrence) -> bool:
    """Return whether everybody who is told of one place is told of many."""
    of_many, of_one = (plan.receivers_of(other.rule, plan.severity(other.rule), other.owner) for other in (many, one))
    return {*of_many} >= {*of_one}


def _of_places(places: Iterable[AlertPlace], plan: AlertPlan) -> Iterator[Occurrence]:
    for place in places:
        yield from _silent(place, plan)
        for rule in _OF_STATUS:
            parts = [part for part in place.parts if part["status"] == rule]
            if parts and plan.entry(rule).enabled:
                yield _occurrence(rule, place, parts)


def _silent(place: AlertPlace, plan: AlertPlan) -> Iterator[Occurrence]:
    rules = plan.file.rule
    whole = _missing(place, rules.site_silent.missed)
    if rules.site_silent.enabled and whole and len(whole) == place.feeds:
        yield _occurrence("site_silent", place, whole)
    elif rules.silent.enabled and (parts := _missing(place, rules.silent.missed)):
        yield _occurrence("silent", place, parts)


def _missing(place: AlertPlace, missed: float) -> list[Mapping[str, Any]]:
    return [part for part in place.parts if part["status"] == "silent" and (part["missed"] or 0) >= missed]


def _many_silent(
    places: Sequence[AlertPlace], plan: AlertPlan, at: datetime, many_since: datetime | None
) -> Occurrence | None:
    """Say that a share of all feeds fell silent at once; those that were silent long before count as none."""
    entry = plan.file.rule.many_silent
    begin = (many_since or at) - entry.within.span
    fell, before = _fallen(places, begin)
    feeds = sum(place.feeds for place in places) - before
    silent = sum(map(len, fell.values()))
    needed = entry.percent / 100 * (_STAYS if many_since else 1)
    if not entry.enabled or not feeds or silent <= needed * feeds or (not many_since and len(fell) < entry.sites):
        return None
    since = min(_moment(part["since"]) for parts in fell.values() for part in parts)
    content = {"sites": len(fell), "feeds": silent, "of": feeds, "percent": round(100 * silent / feeds)}
    return Occurrence("many_silent", "", "", None, since, content)


def _fallen(places: Sequence[AlertPlace], begin: datetime) -> tuple[dict[str, list[Mapping[str, Any]]], int]:
    """Return by place the feeds that fell silent from a moment on, and how many were silent before."""
    silent = [(place.place, part) for place in places for part in place.parts if part["status"] == "silent"]
    fell: dict[str, list[Mapping[str, Any]]] = {}
    for place, part in silent:
        if _moment(part["since"]) >= begin:
            fell.setdefault(place, []).append(part)
    return fell, len(silent) - sum(map(len, fell.values()))


def _hidden(place: AlertPlace) -> dict[Subject, frozenset[int]]:
    """Say of each rule which feeds show something worse, so that what it says of them cannot be seen."""
    ranks = {part["datastream"]: STATUSES.index(part["status"]) for part in place.parts}
    return {
        (rule, place.place): worse
        for rule in _OF_STATUS
        if (worse := frozenset(one for one, rank in ranks.items() if rank < STATUSES.index(rule)))
    }


def _occurrence(rule: str, place: AlertPlace, parts: Sequence[Mapping[str, Any]]) -> Occurrence:
    content = {
        "feeds": len(parts),
        "of": place.feeds,
        "datastreams": [part["datastream"] for part in parts],
        "parts": [{name: part[name] for name in ("sensor", "what", "reason")} for part in parts[:_MOST]],
    }
    return Occurrence(rule, place.place, place.name, place.owner, min(_moment(one["since"]) for one in parts), content)


def _moment(text: str | datetime) -> datetime:
    return datetime.fromisoformat(text) if isinstance(text, str) else text
