"""Where the street publishes: the local broker as its own user, or the broker and user that the environment names."""

from deploy.local.here import locate
from deploy.local.layout import Layout
from deploy.local.street.settings import Broker
from deploy.settings import Settings


def broker_of(settings: Settings) -> Broker:
    """Find broker, user and password; raise NothingHereError when no stack was started and no address is given."""
    there = locate(settings)
    host, _, port = str(there.mqtt).rpartition(":")
    local = settings.mqtt is None or there.mqtt_password_file is None
    user = "street" if local else settings.mqtt_user
    password = Layout(settings.home).password("street") if local else there.mqtt_password_file
    return Broker(host=host, port=int(port), user=user, password=str(password and password.read_text().strip()))
