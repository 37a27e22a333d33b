"""The compose file and the units, checked for form: they name services, settings and versions of the local stack."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from deploy.broker_access import access_file
from deploy.run import PROCESSES
from deploy.settings import ROOT, SETTINGS, read
from ingest.bridge import broker
from ingest.dialects import DIALECTS
from schemas.topics import absence_topic, backfill_topic, data_topic, nack_topic, receipt_topic, watermark_topic

pytestmark = pytest.mark.pure

DEPLOY = ROOT / "deploy"
UNITS = sorted(path for pattern in ("*.service", "*.service.d/*.conf") for path in (DEPLOY / "systemd").glob(pattern))


RECEIVING: Final = {"bridge", "intake", "poll", "replay"}
"""The processes that decode what sensors send."""


@pytest.fixture(scope="module")
def compose() -> Any:  # noqa: ANN401 - a document
    """Read the compose file."""
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_every_process_has_a_service_that_runs_it(compose: Any) -> None:  # noqa: ANN401 - a document
    """The names are those of `doorfiets run`."""
    for name in PROCESSES:
        assert compose["services"][name]["command"] == ["run", name]


def test_the_environment_is_one_the_program_reads(compose: Any) -> None:  # noqa: ANN401 - a document
    """No key is misspelt, no value refused."""
    for name in PROCESSES:
        read(compose["services"][name]["environment"])


def test_every_process_has_the_passwords_it_needs_and_no_other(compose: Any) -> None:  # noqa: ANN401 - a document
    """Whoever breaks into the public site finds a role that can only read what is public."""
    given = {name: secrets_of(service) for name, service in compose["services"].items() if "build" in service}
    assert given == {
        "prepare": {"pgpass-prepare"},
        "store": {"pgpass-store"},
        "aggregate": {"pgpass-aggregate"},
        "quality": {"pgpass-quality"},
        "web": {"pgpass-web", "cursor-key", "api-keys", "api-keys-secret"},
        "bridge": {"pgpass-bridge", "mqtt-bridge"},
        "intake": {"pgpass-bridge", "intake-credentials"},
        "poll": {"pgpass-bridge", "telraam-key"},
        "watch": {"pgpass-watch"},
        "receipts": {"pgpass-bridge", "mqtt-receipts"},
        "replay": {"pgpass-replay"},
        "console": {"pgpass-console"},
    }
    assert secrets_of(compose["services"]["postgres"]) == {"migrator"}


def secrets_of(service: Any) -> set[str]:  # noqa: ANN401 - a document
    """Name the secrets that a service is given."""
    return {secret if isinstance(secret, str) else secret["source"] for secret in service["secrets"]}


def test_every_file_it_mounts_is_there_or_is_a_secret(compose: Any) -> None:  # noqa: ANN401 - a document
    """Configuration comes from the repository, passwords do not."""
    assert all((DEPLOY / config["file"]).is_file() for config in compose["configs"].values())
    assert all(secret["file"].startswith("./secrets/") for secret in compose["secrets"].values())


def test_kafka_has_the_version_of_the_local_stack(compose: Any) -> None:  # noqa: ANN401 - a document
    """One Kafka, wherever it runs."""
    version = re.search(
        r"<artifactId>kafka_2.13</artifactId>\s*<version>(.+)</version>", (DEPLOY / "kafka/pom.xml").read_text()
    )
    assert version is not None
    assert compose["services"]["kafka"]["image"].endswith(f":{version[1]}")


def test_only_the_bridge_is_given_the_password_of_the_broker() -> None:
    """The unit of every process gives each its own password file of the database."""
    units = {
        str(unit.relative_to(DEPLOY / "systemd")): set(
            re.findall(r"LoadCredential=\S+:/etc/doorfiets/(\S+)", unit.read_text())
        )
        for unit in UNITS
    }
    assert units == {
        "doorfiets-prepare.service": {"pgpass-prepare"},
        "doorfiets@.service": {"pgpass-%i"},
        "doorfiets@bridge.service.d/mqtt.conf": {"mqtt-bridge"},
        "doorfiets@bridge.service.d/seal.conf": set(),
        "doorfiets@web.service.d/cursor.conf": {"cursor-key"},
        "doorfiets@web.service.d/keys.conf": {"api-keys", "api-keys-secret"},
        "doorfiets@intake.service.d/credentials.conf": {"intake-credentials"},
        "doorfiets@poll.service.d/pollers.conf": {"telraam-key"},
        "doorfiets@receipts.service.d/mqtt.conf": {"mqtt-receipts"},
        "doorfiets@replay.service.d/seal.conf": set(),
        "doorfiets@watch.service.d/alerts.conf": {"alert-secrets"},
    }


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_set_only_keys_that_the_program_reads(unit: Path) -> None:
    """A misspelt key would stop the service."""
    set_by_unit = set(re.findall(r"\b(DOORFIETS_\w+)=", unit.read_text()))
    assert set_by_unit <= {setting.key for setting in SETTINGS}


def test_the_broker_in_a_container_has_the_limits_of_the_local_one() -> None:
    """Limits are part of the product; only places and listeners differ."""
    limits = [
        {
            line
            for line in (DEPLOY / "mosquitto" / name).read_text().splitlines()
            if re.match(r"max_|memory_|queue_|retain_|sys_|upgrade_", line)
        }
        for name in ("local.conf", "compose.conf")
    ]
    assert limits[0] == limits[1]


def test_the_broker_lets_the_bridge_receive_what_dialects_speak_and_nothing_else() -> None:
    """Nobody holds a right that nothing uses: the bridge marks its way, the simulator may say what is received."""
    received = {topic for dialect in DIALECTS for topic in dialect.subscriptions}
    assert rights("access.acl") == {
        "bridge": {("read", topic) for topic in {*received, *broker.TOPICS}}
        | {("readwrite", watermark_topic("+")), ("readwrite", absence_topic("+"))},
        "simulator": {("write", topic) for topic in received},
        "receipts": {("write", receipt_topic("+")), ("write", nack_topic("+"))},
        "%u": {("write", topic) for dialect in DIALECTS for topic in dialect.sensor_topics}
        | {("read", receipt_topic("%u")), ("read", nack_topic("%u"))},
    }
    assert {("write", data_topic("%u")), ("write", backfill_topic("%u"))} <= rights("access.acl")["%u"]


def test_a_dialect_brings_its_rights() -> None:
    """One more in the list is one more to read, to simulate and, where its sensors publish themselves, to write."""
    tram = DIALECTS[0]._replace(name="tram", subscriptions=("tram/+/up",), sensor_topics=("tram/%u/up",))
    lines = [access_file(dialects).splitlines() for dialects in (DIALECTS, (*DIALECTS, tram))]
    added = [line for line in lines[1] if line not in lines[0]]
    assert added == ["topic read tram/+/up", "topic write tram/+/up", "pattern write tram/%u/up"]


@pytest.mark.parametrize("name", ["local.conf", "compose.conf", "sensors.conf"])
def test_rights_and_passwords_are_the_whole_brokers(name: str) -> None:
    """A session that is away has no listener: with rights of a listener, Mosquitto 2.0.21 drops what waits for it."""
    lines = (DEPLOY / "mosquitto" / name).read_text().splitlines()
    listener = next(number for number, line in enumerate(lines) if line.startswith("listener "))
    of_everyone = ("per_listener_settings", "allow_anonymous", "password_file", "acl_file")
    found = [number for number, line in enumerate(lines) if line.startswith(of_everyone)]
    assert all(number < listener for number in found)
    assert name == "sensors.conf" or "per_listener_settings false" in lines


def rights(file: str) -> dict[str, set[tuple[str, str]]]:
    """Read what an acl file allows, by user; patterns are for whoever has a certificate, `%u`."""
    found: dict[str, set[tuple[str, str]]] = {}
    user = ""
    for word, *rest in (line.split() for line in (DEPLOY / "mosquitto" / file).read_text().splitlines() if line):
        match word:
            case "user":
                user = rest[0]
            case "topic":
                found.setdefault(user, set()).add((rest[0], rest[1]))
            case "pattern":
                found.setdefault("%u", set()).add((rest[0], rest[1]))
    return found


def test_the_copy_of_the_devices_outlives_the_bridge(compose: Any) -> None:  # noqa: ANN401 - a document
    """In a volume that its own user may write."""
    folder = Path(compose["services"]["bridge"]["environment"]["DOORFIETS_DEVICES_FILE"]).parent
    assert f"devices:{folder}" in compose["services"]["bridge"]["volumes"]
    assert "devices" in compose["volumes"]
    assert re.search(rf"install -d -o doorfiets .*{folder}\b", (DEPLOY / "Dockerfile").read_text())


def test_only_who_receives_has_the_keys_that_seal(compose: Any) -> None:  # noqa: ANN401 - a document
    """In a folder that outlives it, and that no other process is given."""
    given = {
        name: service["environment"].get("DOORFIETS_SEAL_KEYS")
        for name, service in compose["services"].items()
        if "build" in service
    }
    receiving = {name: folder for name, folder in given.items() if folder}
    assert receiving.keys() == RECEIVING
    (folder,) = set(receiving.values())
    mounted = {name: service.get("volumes", []) for name, service in compose["services"].items()}
    assert {name for name, volumes in mounted.items() if f"seal-keys:{folder}" in volumes} == RECEIVING
    assert "seal-keys" in compose["volumes"]
    assert f"-m 0700 {folder}" in (DEPLOY / "Dockerfile").read_text()
    keys = {unit.parent.name for unit in UNITS if "DOORFIETS_SEAL_KEYS" in unit.read_text()}
    assert keys == {f"doorfiets@{name}.service.d" for name in RECEIVING}


def test_every_proxy_has_the_same_guards() -> None:
    """Limits are part of the product; only places and listeners differ."""
    for name in ("local.conf", "compose.conf", "system.conf"):
        text = (DEPLOY / "nginx" / name).read_text()
        assert {"include guards.conf;", "include answers.conf;", "include server.conf;"} <= {
            line.strip() for line in text.splitlines()
        }
        assert (
            re.search(r"client_|limit_|proxy_set|add_header|_timeout", text.replace("client_body_temp_path", ""))
            is None
        )


def test_the_proxy_believes_whom_the_site_believes(compose: Any) -> None:  # noqa: ANN401 - a document
    """One network, wherever it is named: whoever comes from there says for whom."""
    text = (DEPLOY / "nginx" / "compose.conf").read_text()
    trusted = compose["services"]["web"]["environment"]["DOORFIETS_TRUSTED_PROXIES"]
    assert re.findall(r"set_real_ip_from (\S+);", text) == trusted.split(",")
    assert {"real_ip_header X-Forwarded-For;", "real_ip_recursive on;"} <= {line.strip() for line in text.splitlines()}
    assert compose["networks"]["default"]["ipam"]["config"] == [{"subnet": trusted}]


def test_no_proxy_leads_where_a_visitor_says() -> None:
    """The name in an address is that of the site; what a visitor calls it is handed on and nothing else."""
    for file in (DEPLOY / "nginx").glob("*.conf"):
        assert re.findall(r"(?:return|rewrite)[^;]*\$(?:http_)?host", file.read_text()) == [], file.name
