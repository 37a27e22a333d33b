"""The page about alerts, followed: its file is right, its commands run, and its table is that of the rules."""

import re
from pathlib import Path

import pytest

from operations.alerts import configuration
from operations.alerts.rules import RULES
from tests.howto.tree import ROOT, Tree, blocks

pytestmark = pytest.mark.contracts

PAGE = ROOT / "docs" / "howto" / "alerts.md"


def test_what_the_page_says_works(tmp_path: Path) -> None:
    """Its file with its secrets passes, and who is told of what is printed; so does the file that ships."""
    (printed,) = Tree(tmp_path).follow("alerts.md")
    lines = [re.split(r"  +", line) for line in printed.splitlines()]
    assert ["site_silent", "critical", "30 s", "mail, tickets, phone"] in lines
    assert ["silent", "warning", "30 s", "mail, tickets"] in lines
    assert ["silent", "warning", "30 s", "-"] in lines


def test_every_rule_is_in_the_table_with_its_page() -> None:
    """In the order of the rules, with how long it must hold."""
    found = re.findall(
        r"^\| `(\w+)` \| .* \| (at once|\d+ s) \| \[runbook\]\((.*)\) \|$", PAGE.read_text(), re.MULTILINE
    )
    assert [(name, after) for name, after, _ in found] == [
        (name, f"{rule.after} s" if rule.after else "at once") for name, rule in RULES.items()
    ]
    plan = configuration.read(None)
    for name, _, page in found:
        assert (PAGE.parent / page).is_file()
        assert plan.runbook(name) == f"docs/howto/{page}"


def test_every_rule_of_the_file_that_ships_is_as_without_it() -> None:
    """It is documentation that is read: whoever copies it changes nothing."""
    shipped = configuration.read(None)
    nothing = configuration.plan({}, Path())
    for rule in RULES:
        assert shipped.severity(rule) == nothing.severity(rule)
        assert shipped.after(rule) == nothing.after(rule)
    assert "".join(block.text for block in blocks("alerts.md")).count("[receiver.") == 3
