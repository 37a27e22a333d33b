"""The compose file and the units, checked for form: they name services, settings and versions of the local stack."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.run import PROCESSES
from deploy.settings import ROOT, SETTINGS, read

pytestmark = pytest.mark.pure

DEPLOY = ROOT / "deploy"


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
    read(compose["x-process"]["environment"])


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


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda unit: unit.name)
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
            if re.match(r"max_|memory_|queue_|retain_", line)
        }
        for name in ("local.conf", "compose.conf")
    ]
    assert limits[0] == limits[1]
