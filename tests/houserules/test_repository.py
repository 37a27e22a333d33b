"""What must hold for the repository as a whole."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

from deploy.generate import outdated
from deploy.migrate import migrations
from schemas import named_sql

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[2]
ROOMS: Final[list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "root_packages"
]


def tracked(*patterns: str) -> list[Path]:
    """List the files that git knows, by pattern."""
    answer = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in answer.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("room", ROOMS)
def test_nobody_else_ships_our_package_names(room: str) -> None:
    """Short names are ours as long as no dependency brings the same."""
    assert packages_distributions().get(room, ["doorfiets"]) == ["doorfiets"]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_its_why_page(room: str) -> None:
    """Someone new finds out within a minute what a folder is for."""
    assert (ROOT / "docs" / "why" / f"{room}.md").read_text("utf-8").startswith(f"# Why `{room}`")


def test_ci_runs_what_the_readme_says() -> None:
    """A newcomer and CI do the same."""
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_every_statement_of_streams_and_bench_opens_with_a_sentence() -> None:
    """A name and a reason; what is generated has the sentences of what it is made of."""
    files = [file for file in tracked("streams/*.sql", "bench/*.sql") if file.name != "published.sql"]
    assert len(files) > 12
    silent = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in files
        for name, text in named_sql.parse(file.read_text("utf-8")).items()
        if not text.startswith("-- ")
    ]
    assert silent == []


def test_generated_files_are_current() -> None:
    """`doorfiets generate` writes them again."""
    assert outdated(ROOT) == []


def test_generated_files_are_the_same_on_every_python(tmp_path: Path) -> None:
    """They rest on no text that the compiler of one version gives otherwise than that of another."""
    program = Path(__file__).with_name("other_docstrings.py")
    done = subprocess.run(
        [sys.executable, "-X", f"pycache_prefix={tmp_path}", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_migrations_are_numbered_without_a_hole() -> None:
    """Forward only, in one order."""
    names = [migration.name for migration in migrations()]
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_records_have_numbers_of_their_own() -> None:
    """Pages name a record by its number; the file and the title say the same one."""
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    titles = [record.read_text("utf-8").partition(".")[0] for record in records]
    assert titles == [f"# {number}" for number in range(1, len(records) + 1)]


def test_links_between_pages_lead_somewhere() -> None:
    """A page that moved takes its links along."""
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in tracked("*.md")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert dead == []


def test_lock_files_hold_no_addresses() -> None:
    """Where packages come from is the machine's own business."""
    locks = tracked("requirements/*", "package-lock.json", ".npmrc")
    assert [
        path.name for path in locks if re.search(r"https?://[^/\s]*(pypi|npm|registry)", path.read_text("utf-8"))
    ] == []
