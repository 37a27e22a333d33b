"""The page for networks, followed where it can be without one: its device is registered, its uplink is decoded."""

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from deploy.owner_folders import SHIPPED
from ingest.dialects import DIALECTS, decode
from registry.profiles import decode as profile
from schemas.device import RegisteredDevice
from tests.howto.tree import Tree, blocks

pytestmark = pytest.mark.pure

STAND_INS: Final = """\
doorfiets() { echo "MQTT 127.0.0.1:18801"; }
mosquitto_pub() { while [ "$1" != -t ]; do shift; done; printf '%s\\n%s' "$2" "$4"; }
"""
"""A status with an address, and a client that prints topic and message instead of sending them."""


def test_the_device_of_the_page_passes_the_check(tmp_path: Path) -> None:
    """What is appended to both files is a registry without problems."""
    tree = Tree(tmp_path)
    owners = tmp_path / "deploy" / "owners"
    registered = [one.text for one in blocks("networks.md") if one.language == "toml" and "[[" in one.text]
    for name, text in zip(("sites.toml", "devices.toml"), registered, strict=True):
        with (owners / "assen" / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}")
    assert "no problems." in tree.run("doorfiets registry check", {"DOORFIETS_REGISTRY": str(owners)})


def test_the_uplink_of_the_page_is_decoded(tmp_path: Path) -> None:
    """Its topic and its message are three and five passages of this moment, and the voltage in volts."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "mqtt-simulator").write_text("secret\n", "utf-8")
    (script,) = [one.text for one in blocks("networks.md") if "mosquitto_pub" in one.text and one.language == "sh"]
    tree = Tree(tmp_path)
    topic, message = tree.run(STAND_INS + script, {"DOORFIETS_HOME": str(tmp_path)}).split("\n", 1)
    (device,) = tomllib.loads(_block("[[device]]"))["device"]
    file = SHIPPED / f"{device['profile']}.toml"
    known = RegisteredDevice(
        device["id"], profile(file.name, file.read_bytes()), frozenset(device["placement"][0]["sources"])
    )
    now = datetime.fromisoformat(json.loads(message)["received_at"])
    seen = decode(topic, message.encode(), now, {device["id"]: known})
    assert isinstance(seen, list), seen
    assert {one.source: one.value for one in seen} == {"LTR": 3.0, "RTL": 5.0, "SBX_BATT": 3.56}
    assert {one.sensor for one in seen} == {"kanaalweg-1"}
    assert {one.ended_at for one in seen} == {now}
    assert all(one.quality_flags == 0 and one.run is not None for one in seen)


def test_the_topics_of_the_page_are_those_that_are_read() -> None:
    """What a section fetches, and what a network may publish, has the shape of a subscription of a dialect."""
    page = (Path(__file__).parents[2] / "docs" / "howto" / "networks.md").read_text("utf-8")
    topics = [line.split() for line in page.splitlines() if line.startswith("topic ")]
    written = {(words[1] if words[1] != "write" else words[2]).replace("assen@ttn", "+") for words in topics}
    assert written == {"v3/+/devices/+/up", "application/+/device/+/event/up"}
    assert written <= {topic for dialect in DIALECTS for topic in dialect.subscriptions}


def _block(holds: str) -> str:
    return next(one.text for one in blocks("networks.md") if one.language == "toml" and holds in one.text)
