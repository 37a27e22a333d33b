"""The simulator publishes as itself on the local broker, and as whoever the environment names elsewhere."""

from pathlib import Path

import pytest

from deploy import settings
from deploy.local import ports, secrets
from deploy.local.layout import Layout
from deploy.local.location import filled
from deploy.local.simulator.access import broker_of

pytestmark = pytest.mark.pure


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Make the state folder of a stack that was started once."""
    layout = Layout(tmp_path)
    layout.make()
    secrets.make(layout)
    return layout


def test_the_local_simulator_is_not_the_bridge(layout: Layout) -> None:
    """Whether the addresses have been filled in or not: the bridge may not publish."""
    wanted = settings.read({"DOORFIETS_HOME": str(layout.home)})
    block = ports.choose(19_560, layout.ports)
    for said in (wanted, filled(wanted, block)):
        broker = broker_of(said)
        assert (broker.user, broker.port) == ("simulator", block.mqtt)
        assert broker.password == secrets.of_mqtt(layout)["simulator"]


def test_elsewhere_it_is_who_the_environment_names(layout: Layout, tmp_path: Path) -> None:
    """A broker of one's own has its own users."""
    (tmp_path / "password").write_text("geheim\n")
    said = settings.read(
        {
            "DOORFIETS_HOME": str(layout.home),
            "DOORFIETS_MQTT": "broker.internal:1883",
            "DOORFIETS_KAFKA": "kafka.internal:9092",
            "DOORFIETS_POSTGRES": "host=db dbname=doorfiets",
            "DOORFIETS_MQTT_USER": "proef",
            "DOORFIETS_MQTT_PASSWORD_FILE": str(tmp_path / "password"),
        }
    )
    broker = broker_of(said)
    assert (broker.host, broker.port, broker.user, broker.password) == ("broker.internal", 1883, "proef", "geheim")
