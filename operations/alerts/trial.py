"""A message that says that it is a test, sent to one receiver at once."""

from datetime import datetime
from typing import Final

from locales import texts
from operations.alerts.configuration import AlertPlan
from operations.alerts.receivers.receiver import AlertMessage, DeliveryFailedError
from schemas.failures import CheckFailedError, WrongUsageError

_TITLE: Final = "[doorfiets] "


class ReceiverUnknownError(WrongUsageError):
    """The file of alerts has no receiver of that name."""


class TrialFailedError(CheckFailedError):
    """A test message did not arrive."""


def send_trial(plan: AlertPlan, name: str, at: datetime) -> None:
    """Send one; raise ReceiverUnknownError, or TrialFailedError with the reason why it did not arrive."""
    if name not in plan.receivers:
        raise ReceiverUnknownError(f"no receiver is called {name!r}; there are {', '.join(plan.receivers) or 'none'}")
    receiver, locale = plan.receivers[name]
    try:
        receiver.send(_trial(name, locale, at), at)
    except DeliveryFailedError as problem:
        raise TrialFailedError(f"the test message did not reach {name}: {problem}") from problem


def _trial(name: str, locale: str, at: datetime) -> AlertMessage:
    words = texts(locale)
    return AlertMessage(
        key=f"doorfiets-test-{int(at.timestamp() * 1000)}",
        title=_TITLE + words("alert_message.test"),
        text=words("alert_message.test_text", receiver=name) + "\n",
        severity="warning",
        cleared=False,
        link="",
        content={"alerts": []},
    )
