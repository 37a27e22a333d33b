"""The terms of the recordings that ship, as the platform publishes them."""

import httpx
import pytest

from deploy.local.stack import Stack

pytestmark = pytest.mark.contracts


def test_the_recordings_of_the_example_are_munsters(stack: Stack) -> None:
    """Not one of them is given away as ours, and the repetition says that it was changed."""
    site = f"{stack.settings().public_url}/v1/telpunten/vaart"
    channels = httpx.get(site, timeout=30).json()["telkanalen"]
    recorded = [p for one in channels for p in one["meetperioden"] if p["herkomst"] == "opgenomen"]
    assert {period["bron"]["licentie"] for period in recorded} == {"DL-DE-BY-2.0"}
    assert all("gewijzigd" in p["bron"]["bronvermelding"] for p in recorded if p["startTijd"] > "2024-12-31T22:59:59Z")
    assert all("gewijzigd" not in p["bron"]["bronvermelding"] for p in recorded if p["startTijd"] < "2024-06-01")
