"""The broker on which the simulator publishes: the local one as user `simulator`, or the one of the settings."""

from typing import Final

from deploy.local.layout import Layout
from deploy.local.location import locate
from deploy.local.ports import LOOPBACK, recall
from deploy.local.simulator.settings import Broker
from deploy.settings import Settings

_USER: Final = "simulator"


def broker_of(settings: Settings) -> Broker:
    """Return broker, user and password; raise NothingHereError when no stack was started and no address is given."""
    there, layout = locate(settings), Layout(settings.home)
    host, _, port = str(there.mqtt).rpartition(":")
    ports = recall(layout.ports)
    local = ports is not None and there.mqtt == f"{LOOPBACK}:{ports.mqtt}"
    user, file = (_USER, layout.password(_USER)) if local else (there.mqtt_user, there.mqtt_password_file)
    return Broker(host=host, port=int(port), user=user, password=file.read_text().strip() if file else "")
