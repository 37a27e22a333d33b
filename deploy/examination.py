"""The checks of `doorfiets doctor`, on broker, Kafka and database at the addresses of the settings."""

import time
from collections.abc import Iterator
from functools import partial

from deploy import absence
from deploy.settings import Settings
from operations.doctor import Check, Finding, database_answers, examine, kafka_answers, since


def examined(settings: Settings) -> Iterator[Finding]:
    """Carry out every check on the services that the settings name, one after the other."""
    return examine(checks(settings))


def checks(settings: Settings) -> tuple[Check, ...]:
    """Return all checks in order; a new check is a new line."""
    return (
        Check(
            "broker answers",
            partial(_broker_answers, settings),
            "start it, or correct DOORFIETS_MQTT, DOORFIETS_MQTT_USER and the password file",
        ),
        Check(
            "broker keeps sessions",
            partial(_broker_stores_sessions, settings),
            "give the broker the settings and the rights of deploy/mosquitto/ (local.conf, access.acl)",
        ),
        Check(
            "kafka answers",
            partial(kafka_answers, str(settings.kafka)),
            "start it, or correct DOORFIETS_KAFKA; `doorfiets prepare` makes the topics",
        ),
        Check(
            "database answers",
            partial(database_answers, str(settings.postgres)),
            "start it, or correct DOORFIETS_POSTGRES; `doorfiets prepare` makes the schema",
        ),
    )


def _broker_answers(settings: Settings) -> str:
    broker, began = absence.broker_of(settings), time.monotonic()
    absence.check_login(broker)
    return f"{broker.host}:{broker.port} let {broker.user} in after {since(began)}"


def _broker_stores_sessions(settings: Settings) -> str:
    began = time.monotonic()
    waited = absence.prove_persistent_session(absence.broker_of(settings))
    return f"{waited} messages waited for a session that was away, {since(began)}"
