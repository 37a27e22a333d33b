"""Pushing alert rules, a contact point and the route to it to a Grafana, 9 or later, beside those of others."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from dashboards.alerting.build import GROUP, TEAM, RuleJson
from dashboards.alerting.compared_rule import ComparedRule, compared, marked
from dashboards.alerting.contact import CONTACT, MATCHERS, contact_point, route
from dashboards.alerting.duration import seconds_of
from dashboards.client import Grafana
from dashboards.differences import differences, shown
from dashboards.push_state import Consent, PushState

_ROUTE: Final = f"notification route team={TEAM}"
_EDITABLE: Final = (9, 5)
"""From this version on what is written over HTTP need not be locked, notification policies included."""
_SPANS: Final = ("group_wait", "group_interval", "repeat_interval")


class AlertSetup(NamedTuple):
    """The rules, as `build` gives them; who gets them, "" where others see to that; how often what lasts is said."""

    rules: Sequence[RuleJson]
    to: str = ""
    repeat: timedelta = timedelta(hours=4)


def push_alerts(grafana: Grafana, setup: AlertSetup, folder: str, consent: Consent, *, dry_run: bool) -> Iterator[str]:
    """Write every rule that differs into the folder of this uid, then who receives alerts; yield what is done.

    What was changed or deleted by hand is shown, and written over only with consent. Nothing is deleted, and nothing
    of others is touched: of their notification policies every one stays as it is.
    """
    for one in compare_alerts(grafana, setup.rules, folder):
        yield from _pushed(grafana, one, consent, dry_run=dry_run)
    ours = {rule["uid"] for rule in setup.rules}
    for rule in grafana.found("alert rules", lambda api: api.alertingprovisioning.get_alertrules_all()) or ():
        if (rule.get("labels") or {}).get("team") == TEAM and rule["uid"] not in ours:
            yield f"alert rule {rule['title']} ({rule['uid']}): of team {TEAM} and none of these; left as it is"
    if not setup.to:
        yield "alerts: to whom the notification policies say; --alerts-to makes a contact point and a route of our own"
        return
    yield from _contact_pushed(grafana, contact_point(setup.to), consent, dry_run=dry_run)
    if grafana.version() < _EDITABLE:
        yield f"{_ROUTE}: add it by hand; this Grafana lets nobody change policies any more that were written over HTTP"
        return
    yield from _route_pushed(grafana, route(setup.repeat), consent, dry_run=dry_run)


def compare_alerts(grafana: Grafana, rules: Sequence[RuleJson], folder: str) -> Iterator[ComparedRule]:
    """Compare what a Grafana has with these rules, and change nothing."""
    there = {rule["uid"]: _saved_rule(grafana, rule["uid"]) for rule in rules}
    yield from compared([{**rule, "orgID": 1, "folderUID": folder, "ruleGroup": GROUP} for rule in rules], there)


def _saved_rule(grafana: Grafana, uid: str) -> RuleJson | None:
    return grafana.found(f"alert rule {uid}", lambda api: api.alertingprovisioning.get_alertrule(uid))


def _pushed(grafana: Grafana, one: ComparedRule, consent: Consent, *, dry_run: bool) -> Iterator[str]:
    """Write a rule by itself: a group with new rules in it is refused by older versions."""
    name = f"alert rule {one.here['title']}"
    if one.state is PushState.SAME:
        yield f"{name}: there"
        return
    yield str(one)
    yield from shown(one.differs)
    if dry_run:
        return
    if one.state in {PushState.GONE, PushState.EDITED} and not consent(f"{one}. Write ours there?"):
        yield f"{name}: left as it is"
        return
    if _saved_rule(grafana, one.here["uid"]) != one.there:
        yield f"{name}: somebody changed it at the same time; left as it is, push again"
        return
    body, uid = marked(one.here), one.here["uid"]
    if one.there is None:
        grafana.call(
            f"to add {name}", lambda api: api.alertingprovisioning.create_alertrule(body, disable_provenance=True)
        )
    else:
        grafana.call(
            f"to change {name}",
            lambda api: api.alertingprovisioning.update_alertrule(uid, body, disable_provenance=True),
        )
    yield f"{name}: saved"


def _contact_pushed(grafana: Grafana, ours: dict[str, Any], consent: Consent, *, dry_run: bool) -> Iterator[str]:
    """Make the contact point, or change where it leads; one of that name that is another's is left alone."""
    name = f"contact point {CONTACT}"
    points = grafana.call("for contact points", lambda api: api.alertingprovisioning.get_contactpoints())
    there = next((point for point in points if point.get("uid") == CONTACT), None)
    if there is None and any(point.get("name") == CONTACT for point in points):
        yield f"{name}: there, and not made by a push; left as it is"
        return
    differs = [] if there is None else differences(_meaning(there), _meaning(ours))
    if there is not None and not differs:
        yield f"{name}: there"
        return
    yield f"{name}: {'not there yet' if there is None else 'says another thing'}"
    yield from shown(differs)
    if dry_run:
        return
    if there is not None and not consent(f"{name} says another thing there. Write ours there?"):
        yield f"{name}: left as it is"
        return
    if there is None:
        grafana.call(
            f"to add {name}", lambda api: api.alertingprovisioning.create_contactpoint(ours, disable_provenance=True)
        )
    else:
        grafana.call(
            f"to change {name}",
            lambda api: api.alertingprovisioning.update_contactpoint(CONTACT, ours, disable_provenance=True),
        )
    yield f"{name}: saved"


def _meaning(point: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{key: point.get(key) for key in ("name", "type")},
        "disableResolveMessage": bool(point.get("disableResolveMessage")),
        "settings": point.get("settings"),
    }


def _route_pushed(grafana: Grafana, ours: dict[str, Any], consent: Consent, *, dry_run: bool) -> Iterator[str]:
    """Put our route first among those below the root, or where it is already; every other one stays as it is.

    It takes nothing from others, as it matches our label only; a tree that comes from files is not written.
    """
    name = _ROUTE
    tree = _policies(grafana)
    there = next((one for one in _routes(tree) if _is_ours(one)), None)
    differs = [] if there is None else differences(_leading({key: there.get(key) for key in ours}), _leading(ours))
    if there is not None and not differs:
        yield f"{name}: there"
        return
    yield f"{name}: {'not there yet' if there is None else 'says another thing'}"
    yield from shown(differs)
    if tree.get("provenance") == "file":
        yield f"{name}: the notification policies come from files there; add it to them"
        return
    if dry_run:
        return
    if there is not None and not consent(f"{name} says another thing there. Write ours there?"):
        yield f"{name}: left as it is"
        return
    _merge(grafana, _policies(grafana), ours)
    yield f"{name}: saved"


def _leading(one: Mapping[str, Any]) -> dict[str, Any]:
    """Write durations alike: Grafana gives 60m back as 1h."""
    return {key: seconds_of(value) if key in _SPANS and value else value for key, value in one.items()}


def _merge(grafana: Grafana, tree: Mapping[str, Any], ours: dict[str, Any]) -> None:
    """Write the tree with our route; who wrote it stays, so that nobody is kept from changing it."""
    routes = _routes(tree)
    if any(_is_ours(one) for one in routes):
        routes = [{**one, **ours} if _is_ours(one) else one for one in routes]
    else:
        routes = [ours, *routes]
    body = {**{key: value for key, value in tree.items() if key != "provenance"}, "routes": routes}
    by_hand = not tree.get("provenance")
    grafana.call(
        f"to merge {_ROUTE} into the notification policies",
        lambda api: api.alertingprovisioning.set_notification_policy_tree(body, disable_provenance=by_hand),
    )


def _policies(grafana: Grafana) -> Mapping[str, Any]:
    tree: Mapping[str, Any] = grafana.call(
        "for notification policies", lambda api: api.alertingprovisioning.get_notification_policy_tree()
    )
    return tree


def _routes(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(tree.get("routes") or ())


def _is_ours(one: Mapping[str, Any]) -> bool:
    return bool(one.get("object_matchers") == MATCHERS)
