"""The site as a process of the stack: what its visitors hold outlives it."""

import httpx
import pytest

from deploy.local.stack import Stack

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
