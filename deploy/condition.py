"""The condition of a local stack, with the addresses of its settings."""

from collections.abc import Callable
from datetime import datetime

from deploy import web_processes
from deploy.local.stack import Stack
from deploy.owner_folders import SHIPPED
from deploy.run import metrics_address
from operations.condition import questions
from operations.condition.report import Condition
from streams.epoch import epoch_of


def ask(stack: Stack, now: Callable[[], datetime]) -> Condition:
    """Ask every service that runs; raise StackSilentError when the supervisor does not answer."""
    settings = stack.settings()
    places = questions.ServiceAddresses(
        postgres=str(settings.postgres),
        kafka=str(settings.kafka),
        bridge_metrics=metrics_address(settings, "bridge"),
        site=str(settings.listen),
        log_of_supervisor=stack.layout.log("supervisor"),
        registry=settings.registry,
        profiles=SHIPPED,
        web_sockets=web_processes.sockets(settings),
    )
    return questions.ask(stack, places, epoch_of, now)
