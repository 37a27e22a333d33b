"""The pages that alerts lead to: every command in them is one of ours, with options that it has."""

import re
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from deploy.cli import assembled
from tests.howto.tree import ROOT

pytestmark = pytest.mark.pure

PAGES: Final = sorted((ROOT / "docs" / "howto" / "runbooks").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_runbook_is_there(page: Path) -> None:
    """Who is woken at night types what stands there."""
    for line in re.findall(r"`doorfiets ([^`]+)`", page.read_text("utf-8")):
        assert is_a_command(line), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_runbook_says_how_it_ends_and_leads_back(page: Path) -> None:
    """And fits on a screen."""
    text = page.read_text("utf-8")
    assert "\n**Until it is over.** " in text
    assert re.search(r"\[All alerts\]\(\.\./(alerts|dashboards)\.md(#alerts)?\)\n$", text)
    assert len(text.splitlines()) < 20


@pytest.mark.parametrize("line", ["fedes", "feeds shwo", "feeds --statsu silent"])
def test_a_command_that_is_not_there_is_found(line: str) -> None:
    """A misspelt one, one below another, a misspelt option."""
    assert not is_a_command(line)


def is_a_command(line: str) -> bool:
    """Tell whether a command line is understood: then it shows its help."""
    return CliRunner().invoke(assembled(), [*line.split(), "--help"]).exit_code == 0
