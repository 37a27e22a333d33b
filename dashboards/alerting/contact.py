"""Who receives alerts: the contact point that is ours, and the notification route that leads to it."""

from datetime import timedelta
from typing import Any, Final, TypeAlias

from dashboards.alerting.build import TEAM

ContactJson: TypeAlias = dict[str, Any]
RouteJson: TypeAlias = dict[str, Any]
_NEVER: Final = timedelta(days=366)

CONTACT: Final = "doorfiets"
"""Name and uid of the contact point."""
MATCHERS: Final = [["team", "=", TEAM]]
"""What the route is known by, and what it takes: alerts of ours and no others."""


def contact_point(to: str) -> ContactJson:
    """Describe the contact point: addresses of e-mail, with commas between, or the http(s) address of a webhook."""
    if to.startswith(("https://", "http://")):
        return _point("webhook", {"url": to, "httpMethod": "POST"})
    return _point("email", {"addresses": to.replace(",", ";").replace(" ", ""), "singleEmail": True})


def _point(kind: str, settings: dict[str, Any]) -> ContactJson:
    return {"uid": CONTACT, "name": CONTACT, "type": kind, "settings": settings, "disableResolveMessage": False}


def route(repeat: timedelta) -> RouteJson:
    """Describe the route of everything that has our label: one message for a rule at a place, and again after hours."""
    return {
        "receiver": CONTACT,
        "object_matchers": MATCHERS,
        "group_by": ["alertname", "site"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": f"{(repeat or _NEVER) // timedelta(minutes=1)}m",
    }
