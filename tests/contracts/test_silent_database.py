"""A server that takes connections and never says a word: every command that needs the database ends, and says so."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import pytest
import typer

from deploy.cli import assembled
from deploy.settings import ROOT

pytestmark = pytest.mark.contracts

BOUND: Final = 60.0  # seconds, with the others beside it on a small machine; alone none takes more than a dozen
TOGETHER: Final = 8
SILENT: Final = (
    "doorfiets: the database does not answer at 127.0.0.1:{} (connection timeout expired);"
    " start it, with `doorfiets up` where it is the local one"
)
DEVICES: Final = (
    "doorfiets: the registered devices are not known: the database does not answer. Start PostgreSQL, or correct"
    " DOORFIETS_POSTGRES; nothing was published"
)
NEEDING: Final = (
    "alerts list",
    "alerts history",
    "console account add j.jansen --role viewer --generate",
    "console account list",
    "console account password j.jansen --generate",
    "console account disable j.jansen",
    "dashboards check",
    "dashboards preview",
    "db migrate",
    "exclude a --from 2026-05-12 --to 2026-05-13 --reason x",
    "exclude --undo 3 --reason x",
    "exclude list",
    "failures",
    "feeds",
    "feeds show lus-0001",
    "feeds tail lus-0001",
    "feeds gaps lus-0001",
    "feeds watch",
    "maintenance a",
    "maintenance list",
    "prepare",
    "quality --from 2026-01-01",
    "quality --from 2026-01-01 --dry-run",
    "quality list",
    "raw replay --from 2026-01-01 --to 2026-01-02",
    "rebuild",
    "registry apply --remove",
    "registry draft --unknown",
    "registry list",
    "registry remove GM0106 --remove",
    "rejections",
    "rejections list",
    "rejections replay --all",
    "rejections show --reason unit",
)
"""One line or several of every command that needs the database before anything else."""
OTHERS: Final[Mapping[str, str]] = {
    "alerts check": "a file", "alerts example": "a file", "alerts test": "a receiver", "api-key create": "a file",
    "api-key list": "a file", "api-key revoke": "a file", "bench": "a stack of its own",
    "chaos": "a stack of its own", "config show": "settings", "dashboards build": "files",
    "dashboards pull-diff": "a Grafana", "dashboards push": "a Grafana",
    "demo": "a stack of its own", "device credential": "files",
    "device list": "files", "device revoke": "files", "doctor": "asks, and says it among its checks; below",
    "down": "the supervisor", "edge drain": "the broker", "edge publish": "the broker", "edge status": "a spool",
    "generate": "files", "import": "Kafka first; that nobody answers afterwards is no failure",
    "intake add-credential": "gives it all the same; below", "intake credentials": "a file",
    "intake remove-credential": "a file", "logs": "files", "poll": "Kafka", "registry check": "files",
    "run": "a process, which tries on", "simulate": "the broker", "status": "the supervisor first",
    "up": "starts what is missing", "verify": "a site",
}  # fmt: skip
"""What every other command needs, or why it is not one of those."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Give an environment whose database is a socket on which nobody ever answers; nothing else is there."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as silent:
        port = silent.getsockname()[1]
        yield {name: value for name, value in os.environ.items() if not name.startswith("DOORFIETS_")} | {
            "DOORFIETS_HOME": str(tmp_path_factory.mktemp("home")),
            "DOORFIETS_POSTGRES": f"host=127.0.0.1 port={port} dbname=doorfiets",
            "DOORFIETS_KAFKA": "127.0.0.1:1",
            "DOORFIETS_MQTT": "127.0.0.1:1",
        }


def test_every_command_is_tried_or_is_known_to_need_no_database() -> None:
    """A new command is tried here, or it is said why not."""
    needing = {name for name in _names() if any(f"{line} ".startswith(f"{name} ") for line in NEEDING)}
    assert needing & set(OTHERS) == set()
    assert needing | set(OTHERS) == set(_names())


def test_a_database_that_never_answers_is_said_by_every_command(environment: dict[str, str]) -> None:
    """Within a bound, in one sentence with the address or the setting, and what to do; exit code 3."""
    with ThreadPoolExecutor(TOGETHER) as together:
        ended = dict(zip(NEEDING, together.map(partial(_doorfiets, environment), NEEDING), strict=True))
    wrong = {line: problem for line, one in ended.items() if (problem := _problem(environment, one))}
    assert wrong == {}


def test_the_doctor_says_it_among_its_checks(environment: dict[str, str]) -> None:
    """And tries nothing that needs the database."""
    ended = _doorfiets(environment, "doctor")
    assert isinstance(ended, subprocess.CompletedProcess)
    assert ended.returncode == 1
    assert f"the database does not answer at 127.0.0.1:{_port(environment)}" in ended.stdout
    assert "not tried, as `database` does not hold" in ended.stdout


def test_a_credential_of_the_intake_is_given_all_the_same(environment: dict[str, str]) -> None:
    """Whether a device is called so cannot be known, so nobody is warned."""
    ended = _doorfiets(environment, "intake add-credential esp8266-1")
    assert isinstance(ended, subprocess.CompletedProcess)
    assert (ended.returncode, "warning" in ended.stderr) == (0, False)


def _names() -> Iterator[str]:
    """Give the names of all commands; a group that does something by itself is one."""

    def below(command: object, path: list[str]) -> Iterator[str]:
        inner = getattr(command, "commands", {})
        if path and (not inner or getattr(command, "invoke_without_command", False)):
            yield " ".join(path)
        for name, one in inner.items():
            yield from below(one, [*path, name])

    return below(typer.main.get_command(assembled()), [])


def _doorfiets(environment: dict[str, str], line: str) -> "subprocess.CompletedProcess[str] | None":
    """Run a command; None where it did not end in time."""
    words = [sys.executable, "-P", "-m", "deploy", *line.split()]
    try:
        return subprocess.run(
            words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=BOUND, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None


def _problem(environment: dict[str, str], ended: "subprocess.CompletedProcess[str] | None") -> str | None:
    """Say what is wrong about the end of a command, None where nothing is."""
    if ended is None:
        return f"it did not end within {BOUND:.0f} s"
    said = ended.stderr.strip().splitlines()[-1:]
    right = (
        ended.returncode == 3
        and said in ([SILENT.format(_port(environment))], [DEVICES])
        and "Traceback" not in ended.stderr
    )
    return None if right else f"exit code {ended.returncode}: {ended.stderr[-500:]}"


def _port(environment: dict[str, str]) -> str:
    return environment["DOORFIETS_POSTGRES"].split()[1].removeprefix("port=")
