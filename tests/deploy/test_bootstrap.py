"""The set-up for the demo and the one for the tests: whichever ran before, nothing is made twice."""

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.settings import ROOT

pytestmark = pytest.mark.contracts

STEPS = ("system", "timescaledb", "kafka", "python", "tools", "web", "judges")
OF_TESTS = {"tools", "judges"}
PRETENDED = """
{0}_there() {{ [ -e "$STATE/made.{0}" ]; }}
{0}_do() {{ touch "$STATE/made.{0}"; echo {0} >>"$STATE/made"; }}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which each step only writes down that it was taken."""
    for name in ("deploy/local", "deploy/kafka", "requirements", "tests/judges"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    for step in STEPS:
        with (tmp_path / "deploy" / "local" / "steps" / f"{step}.sh").open("a") as file:
            file.write(PRETENDED.format(step))
    python = tmp_path / ".local" / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/usr/bin/env")
    return tmp_path


def set_up(checkout: Path, *words: str) -> tuple[set[str], str]:
    """Run the set-up; answer the steps that were taken, and what it said."""
    made = checkout / ".local" / "made"
    made.unlink(missing_ok=True)
    done = subprocess.run(
        [checkout / "deploy/local/bootstrap", *words], capture_output=True, text=True, check=True, cwd=checkout
    )
    return set(made.read_text().split()) if made.exists() else set(), done.stdout


def test_the_set_up_for_tests_makes_only_what_the_demo_did_not(checkout: Path) -> None:
    """What both need is made once."""
    assert set_up(checkout)[0] == set(STEPS) - OF_TESTS
    assert set_up(checkout, "--tests")[0] == OF_TESTS


def test_going_to_and_fro_makes_nothing(checkout: Path) -> None:
    """Every step says that it is there already, and only that."""
    set_up(checkout, "--tests")
    for words, steps in (((), 5), (("--tests",), 7), ((), 5)):
        made, said = set_up(checkout, *words)
        assert made == set()
        assert said.count("there already") == steps


def test_a_lock_file_that_changed_is_installed_once(checkout: Path) -> None:
    """By whoever comes first, for both."""
    set_up(checkout, "--tests")
    with (checkout / "requirements" / "runtime.txt").open("a") as file:
        file.write("# newer\n")
    assert set_up(checkout)[0] == {"python"}
    assert set_up(checkout, "--tests")[0] == set()
