"""Messages in words: a title, a sentence for each alert, its feeds, the first step, and where the page about it is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from locales import Texts, texts
from operations import feed_words
from operations.alerts.receivers.receiver import AlertMessage
from operations.alerts.rules import RULES, SEVERITIES
from operations.payloads import safe

_SHOWN: Final = 12  # feeds of one alert


def worded(message: int, content: Mapping[str, Any], locale: str, timezone: ZoneInfo) -> AlertMessage:
    """Return a message of table `alert_message` in the words of a locale, with times of a time zone."""
    alerts: Sequence[Mapping[str, Any]] = content["alerts"]
    words = texts(locale)
    severity = max((one["severity"] for one in alerts), key=SEVERITIES.index)
    cleared = all(one["said"] == "cleared" for one in alerts)
    return AlertMessage(
        key=f"doorfiets-alert-{message}",
        title=_title(alerts, words, cleared=cleared),
        text="\n\n".join("\n".join(_lines(one, words, timezone)) for one in alerts) + "\n",
        severity=severity,
        cleared=cleared,
        link=next((one["runbook"] for one in alerts if one["runbook"].startswith("http")), ""),
        content=content,
    )


def sentence(alert: Mapping[str, Any], words: Texts) -> str:
    """Return what an alert says, as a sentence of a locale."""
    shown = {name: alert["measured"].get(name, 0) for name in RULES[alert["rule"]].parameters}
    return words(f"alert.{alert['rule']}", name=safe(alert["name"]), **shown)


def _title(alerts: Sequence[Mapping[str, Any]], words: Texts, *, cleared: bool) -> str:
    first = alerts[0]
    kind = "cleared" if cleared else "repeat" if first["said"] == "repeat" else first["severity"]
    more = words("alert_message.more", more=len(alerts) - 1) if len(alerts) > 1 else ""
    return f"[doorfiets] {words(f'alert_message.{kind}')}: {sentence(first, words)}{more}"


def _lines(alert: Mapping[str, Any], words: Texts, timezone: ZoneInfo) -> Iterator[str]:
    since = _moment(alert["since"], timezone)
    if alert["said"] == "cleared":
        yield f"{words('alert_message.cleared')}: {sentence(alert, words)}"
        yield words("alert_message.lasted", since=since, until=_moment(alert["until"], timezone))
        return
    yield f"{words('alert_message.' + alert['severity'])}: {sentence(alert, words)}"
    yield words("alert_message.since", since=since)
    parts = alert["measured"].get("parts", ())
    for part in parts[:_SHOWN]:
        yield f"- {_part(part, words.locale)}"
    if alert["measured"].get("feeds", 0) > len(parts[:_SHOWN]) > 0:
        yield "- " + words("alert_message.other_feeds", more=alert["measured"]["feeds"] - len(parts[:_SHOWN]))
    yield words("alert_message.first_step", step=words(f"alert_step.{alert['rule']}"))
    yield alert["runbook"]


def _part(part: Mapping[str, Any], locale: str) -> str:
    why = feed_words.why(part["reason"], locale)
    return safe(f"{part['sensor']}, {part['what']}" + (f": {why}" if why else ""))


def _moment(text: str, timezone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(text).astimezone(timezone):%Y-%m-%d %H:%M}"
