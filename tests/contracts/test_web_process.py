"""The site as a process of the stack: what its visitors hold outlives it."""

import httpx
import pytest

from deploy.local.stack import Stack
from tests.services import wait_until

pytestmark = pytest.mark.contracts


def test_a_link_to_the_next_page_outlives_a_restart(stack: Stack) -> None:
    """Who copies a long series goes on where he was."""
    series = f"{stack.settings().public_url}/v1/telpunten/kolk/tellingen?interval=uur&paginaGrootte=5"
    following = httpx.get(series, timeout=30).json()["volgende"]
    before = httpx.get(following, timeout=30)
    stack.restart("web")
    after = httpx.get(following, timeout=30)
    assert (before.status_code, after.status_code) == (200, 200), after.text
    assert after.json()["gegevens"] == before.json()["gegevens"]


def test_the_ready_file_of_the_site_comes_back_when_it_was_taken_away(stack: Stack) -> None:
    """It listens as before; whoever tidied up made it no less ready."""
    file = stack.layout.ready("web")
    before = file.read_text()
    file.unlink()
    wait_until(lambda: file.exists() and file.read_text() == before, "the ready file of the site is back", patience=60)
