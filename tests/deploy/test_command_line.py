"""The command line: help for everybody, and exit codes for programs."""

import psycopg
import pytest
from aiokafka.errors import KafkaConnectionError
from typer import Typer
from typer.testing import CliRunner

from deploy.cli import assembled, exit_code
from deploy.local.location import NoStackError
from deploy.settings import SettingRefusedError

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def app() -> Typer:
    """Put the command line together once."""
    return assembled()


def test_help_names_the_commands_of_the_stack(app: Typer) -> None:
    """What a newcomer looks for."""
    said = CliRunner().invoke(app, ["--help"]).stdout
    assert all(f" {command} " in said for command in ("up", "down", "status", "logs", "run"))


@pytest.mark.parametrize("command", ["up", "down", "status", "logs", "run", "prepare", "doctor", "poll"])
def test_every_help_has_examples(app: Typer, command: str) -> None:
    """An example says more than an option."""
    assert "doorfiets" in CliRunner().invoke(app, [command, "--help"]).stdout.split("Example")[1]


def test_a_misspelt_command_is_answered_with_the_right_one(app: Typer) -> None:
    """Exit code 2, as for every wrong use."""
    result = CliRunner().invoke(app, ["stauts"])
    assert result.exit_code == 2
    assert "Did you mean 'status'" in result.stderr


def test_expected_failures_have_exit_codes_and_bugs_have_none() -> None:
    """A bug shows where it is instead."""
    assert exit_code(SettingRefusedError("x")) == 2
    assert exit_code(NoStackError("x")) == 3
    assert exit_code(psycopg.OperationalError("x")) == 3
    assert exit_code(KafkaConnectionError("x")) == 3
    assert exit_code(ZeroDivisionError("x")) is None


def test_a_failure_is_a_sentence_and_its_code(app: Typer) -> None:
    """The setting is named, and nothing of our own code is shown."""
    result = CliRunner().invoke(app, ["config", "show"], env={"DOORFIETS_PORT_BASE": "x"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("doorfiets: DOORFIETS_PORT_BASE='x': expected ")


def test_an_ephemeral_stack_cannot_be_left_alone(app: Typer) -> None:
    """Nobody would clean up after it."""
    assert CliRunner().invoke(app, ["up", "--ephemeral", "--detach"]).exit_code == 2


def test_the_name_of_a_device_is_shown_where_it_belongs(app: Typer) -> None:
    """Also a command that is nearly right is still found."""
    result = CliRunner().invoke(app, ["feeds", "lus-0002"])
    assert result.exit_code == 2
    assert "`doorfiets feeds show lus-0002` shows a device" in " ".join(result.stderr.replace("│", "").split())
    assert "Did you mean 'show'" in CliRunner().invoke(app, ["feeds", "shwo"]).stderr
