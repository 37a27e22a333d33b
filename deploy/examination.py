"""The checks of `doorfiets doctor` with the addresses of the settings, in order of dependency."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from deploy import absence, web_processes
from deploy.migrate import migrations
from deploy.owner_folders import SHIPPED
from deploy.run import metrics_address
from deploy.settings import Settings
from operations.condition.questions import ask_web, ask_web_processes
from operations.doctor import database, log, machine, processing
from operations.doctor.checks import Check, CheckResult, NotAsExpectedError, examine, since
from streams.epoch import epoch_of

_PATIENCE: Final = 5.0


def examined(settings: Settings, now: Callable[[], datetime]) -> Iterator[CheckResult]:
    """Carry out every check on the services that the settings name, one after the other."""
    return examine(checks(settings, now))


def checks(settings: Settings, now: Callable[[], datetime]) -> tuple[Check, ...]:
    """Return all checks in order; a new check is a new line."""
    return (
        *_of_machine(settings),
        *_of_broker(settings),
        *_of_kafka(settings),
        *_of_database(settings, now),
        *_of_processing(settings),
        *_of_faces(settings),
    )


def _of_machine(settings: Settings) -> Iterator[Check]:
    secret = (
        settings.mqtt_password_file,
        settings.cursor_key_file,
        settings.seal_keys,
        settings.intake_credentials_file,
        settings.grafana_token_file,
    )
    yield Check("python", "Python is new enough", machine.python_runs, "install Python 3.11 or newer")
    yield Check(
        "time-zones",
        "time zones are known",
        machine.zones_are_known,
        "install the package tzdata, as the lock file does",
    )
    yield Check(
        "disk",
        "the disk has room",
        partial(machine.disk_has_room, settings.home),
        "make room, or move DOORFIETS_HOME to a larger disk: a full one stops the intake",
    )
    yield Check(
        "secrets",
        "secrets are closed",
        partial(machine.secrets_are_closed, secret),
        "chmod 600 the file (700 a folder), and renew what others may have read",
    )


def _of_broker(settings: Settings) -> Iterator[Check]:
    yield Check(
        "broker",
        "broker answers",
        partial(_broker_answers, settings),
        "start it, or correct DOORFIETS_MQTT, DOORFIETS_MQTT_USER and the password file",
    )
    yield Check(
        "broker-strangers",
        "broker refuses strangers",
        partial(_broker_refuses_strangers, settings),
        "set `allow_anonymous false`, as deploy/mosquitto/ does",
        needs=("broker",),
    )
    yield Check(
        "broker-retained",
        "broker retains nothing",
        partial(_broker_retains_nothing, settings),
        "set `retain_available false`: a retained reading comes again as if it were new",
        needs=("broker",),
    )
    yield Check(
        "broker-sessions",
        "broker keeps sessions",
        partial(_broker_stores_sessions, settings),
        "give the broker the settings and the rights of deploy/mosquitto/ (local.conf, access.acl)",
        needs=("broker",),
    )


def _of_kafka(settings: Settings) -> Iterator[Check]:
    address = str(settings.kafka)
    yield Check(
        "kafka",
        "kafka answers",
        partial(log.kafka_answers, address),
        "start it, or correct DOORFIETS_KAFKA; `doorfiets prepare` makes the topics",
    )
    yield Check(
        "topics",
        "topics are as declared",
        partial(log.topics_are_as_declared, address),
        "set what differs with the tools of Kafka; what a topic needs is in schemas/topics.py",
        needs=("kafka",),
    )


def _of_database(settings: Settings, now: Callable[[], datetime]) -> Iterator[Check]:
    conninfo = str(settings.postgres)
    ours = [one.name for one in migrations()]
    yield Check(
        "database",
        "database answers",
        partial(database.database_answers, conninfo),
        "start it, or correct DOORFIETS_POSTGRES; `doorfiets prepare` makes the schema",
    )
    yield Check(
        "timescaledb",
        "TimescaleDB is there",
        partial(database.timescaledb_is_there, conninfo),
        "install the extension for this server, and `doorfiets prepare`",
        needs=("database",),
    )
    yield Check(
        "schema",
        "the schema is the newest",
        partial(database.schema_is_newest, conninfo, ours),
        "`doorfiets db migrate`, or the program that belongs to this database",
        needs=("timescaledb",),
    )
    yield Check(
        "clock",
        "clocks agree",
        partial(database.clocks_agree, conninfo, now),
        "let both machines follow a time server (systemd-timesyncd, chrony)",
        needs=("database",),
    )
    yield Check(
        "readers",
        "readers cannot write",
        partial(database.readers_cannot_write, conninfo),
        "revoke what was granted by hand; `doorfiets db migrate` on an empty database shows the rights",
        needs=("schema",),
    )
    yield Check(
        "registry",
        "the registry is applied",
        partial(processing.registry_is_applied, conninfo, settings.registry, SHIPPED),
        "`doorfiets registry apply --dry-run` says what differs",
        needs=("schema",),
    )


def _of_processing(settings: Settings) -> Iterator[Check]:
    conninfo = str(settings.postgres)
    if settings.metrics:
        yield Check(
            "bridge",
            "nothing was dropped",
            partial(processing.broker_drops_nothing, metrics_address(settings, "bridge")),
            "start the bridge (`doorfiets logs bridge`); where messages were dropped, raise max_queued_messages",
            needs=("broker", "kafka"),
        )
    yield Check(
        "workers",
        "workers are at work",
        partial(processing.workers_measure, conninfo),
        "`doorfiets status`, then `doorfiets logs store` or `... aggregate`",
        needs=("schema",),
    )
    yield Check(
        "log",
        "the log is read",
        partial(log.log_is_read, str(settings.kafka), conninfo, epoch_of),
        "`doorfiets logs store`; nothing is lost, and more workers share the partitions",
        needs=("kafka", "schema"),
    )
    yield Check(
        "stored",
        "storing keeps up",
        partial(processing.stored_in_time, conninfo),
        "`doorfiets status` says which stage is behind",
        needs=("schema",),
    )
    yield Check(
        "aggregated",
        "aggregates keep up",
        partial(processing.aggregated_in_time, conninfo),
        "`doorfiets status`; after an import or a rebuild it needs some time",
        needs=("schema",),
    )
    yield Check(
        "set-aside",
        "nothing is set aside",
        partial(processing.nothing_is_set_aside, conninfo),
        "`doorfiets failures` says what and why (docs/howto/failures.md)",
        needs=("schema",),
    )
    yield Check(
        "feeds",
        "feeds speak",
        partial(processing.feeds_speak, conninfo),
        "`doorfiets feeds` lists them, worst first; many at once: look at the broker and the bridge",
        needs=("schema",),
    )
    yield Check(
        "rejections",
        "little is refused",
        partial(processing.little_is_refused, conninfo),
        "`doorfiets rejections` says what, and why",
        needs=("schema",),
    )


def _of_faces(settings: Settings) -> Iterator[Check]:
    """Return the checks of what readers see, as far as it is known where that is."""
    if settings.listen:
        yield Check(
            "site",
            "the site is ready",
            partial(_site_is_ready, settings.listen),
            "`doorfiets logs web`, or correct DOORFIETS_LISTEN",
            needs=("schema",),
        )
        yield Check(
            "web-processes",
            "every web process answers",
            partial(_web_processes_answer, web_processes.sockets(settings)),
            "`doorfiets logs web` says which one ended, and why",
            needs=("site",),
        )
        yield Check(
            "api",
            "the API describes itself",
            partial(processing.api_describes_itself, f"http://{settings.listen}"),
            "`doorfiets logs web`",
            needs=("site",),
        )
    if settings.grafana_url:
        yield Check(
            "grafana",
            "Grafana is well",
            partial(_grafana_is_well, settings.grafana_url),
            "start it, or correct DOORFIETS_GRAFANA_URL",
        )


def _broker_answers(settings: Settings) -> str:
    broker, began = absence.broker_of(settings), time.monotonic()
    absence.check_login(broker)
    return f"{broker.host}:{broker.port} let {broker.user} in after {since(began)}"


def _broker_refuses_strangers(settings: Settings) -> str:
    broker = absence.broker_of(settings)
    if absence.lets_strangers_in(broker):
        raise NotAsExpectedError(f"{broker.host}:{broker.port} lets anybody in without a name")
    return "without a name and a password nobody is let in"


def _broker_retains_nothing(settings: Settings) -> str:
    if absence.retains(absence.broker_of(settings)):
        raise NotAsExpectedError("the broker keeps retained messages")
    return "the broker takes no retained messages"


def _broker_stores_sessions(settings: Settings) -> str:
    began = time.monotonic()
    waited = absence.prove_persistent_session(absence.broker_of(settings))
    return f"{waited} messages waited for a session that was away, {since(began)}"


def _site_is_ready(listen: str) -> str:
    began = time.monotonic()
    ask_web(listen)
    return f"{listen} is ready, {since(began)}"


def _web_processes_answer(sockets: Sequence[Path]) -> str:
    if not any(path.exists() for path in sockets):
        return "they run on another machine"
    return f"{ask_web_processes(sockets)} web processes answer"


def _grafana_is_well(url: str) -> str:
    answer = httpx.get(f"{url}/api/health", timeout=_PATIENCE).raise_for_status().json()
    if answer.get("database") != "ok":
        raise NotAsExpectedError(f"{urlsplit(url).netloc} says that its database is {answer.get('database')!r}")
    return f"Grafana {answer.get('version')} at {urlsplit(url).netloc}"
