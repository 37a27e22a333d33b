"""The location of a stack: its folders, its ports and the addresses of its services."""

from dataclasses import dataclass, replace
from typing import Final

from deploy.local import postgres, proxy
from deploy.local.layout import Layout
from deploy.local.ports import LOOPBACK, Ports, recall
from deploy.settings import Settings
from schemas.failures import ServiceMissingError

_EVERYWHERE: Final = frozenset({"0.0.0.0", "[::]", "::"})  # noqa: S104 - what others wrote, nothing is bound here

_THIS_MACHINE: Final = "127.0.0.0/8,::1/128"
"""Who is not limited in the local stack: tests, the bench, `doorfiets verify` and whoever tries it here."""


class NoStackError(ServiceMissingError):
    """No stack was started in this state folder and no address is given; run `doorfiets up`."""


@dataclass(frozen=True)
class Location:
    """The location of one stack; its settings have an address for every service."""

    layout: Layout
    ports: Ports
    settings: Settings


def locate(settings: Settings) -> Settings:
    """Fill in the local services' addresses, from the stack that was started in the state folder.

    Raises NoStackError when one is needed and there is no stack.
    """
    ports = recall(Layout(settings.home).ports)
    if ports is not None:
        return filled(settings, ports)
    if None in {settings.kafka, settings.postgres, settings.mqtt}:
        raise NoStackError(f"nothing was started in {settings.home}; run `doorfiets up`, or set DOORFIETS_HOME")
    return replace(settings, devices_file=settings.devices_file or Layout(settings.home).devices)


def filled(settings: Settings, ports: Ports) -> Settings:
    """Return settings with the address of the local service wherever none is given."""
    layout = Layout(settings.home)
    return replace(
        settings,
        kafka=settings.kafka or f"{LOOPBACK}:{ports.kafka}",
        postgres=settings.postgres or postgres.conninfo(layout, ports.postgres),
        mqtt=settings.mqtt or f"{LOOPBACK}:{ports.mqtt}",
        mqtt_password_file=settings.mqtt_password_file or layout.password(settings.mqtt_user),
        mqtt_receipts_password_file=settings.mqtt_receipts_password_file or layout.password("receipts"),
        devices_file=settings.devices_file or layout.devices,
        cursor_key_file=settings.cursor_key_file or layout.cursor_key,
        seal_keys=settings.seal_keys or layout.seal_keys,
        proxy=proxy.chosen(settings),
        unlimited=settings.unlimited or _THIS_MACHINE,
        api_keys_file=settings.api_keys_file or layout.api_keys,
        api_keys_secret_file=settings.api_keys_secret_file or layout.api_keys_secret,
        listen=settings.listen or f"{LOOPBACK}:{ports.web}",
        metrics=settings.metrics or f"{LOOPBACK}:{ports.metrics}",
        intake_listen=settings.intake_listen or f"{LOOPBACK}:{ports.intake}",
        intake_credentials_file=settings.intake_credentials_file or layout.intake_credentials,
        console_listen=settings.console_listen or f"{LOOPBACK}:{ports.console}",
        console_url=settings.console_url or _reached(settings.console_listen or f"{LOOPBACK}:{ports.console}"),
        public_url=settings.public_url or _reached(settings.listen or f"{LOOPBACK}:{ports.web}"),
    )


def site_address(settings: Settings) -> str:
    """Return the address of the site: the configured one, else that of the stack here, else where one would be."""
    try:
        settings = locate(settings)
    except NoStackError:
        settings = filled(settings, Ports.block(settings.port_base))
    return settings.public_url or _reached(settings.listen or f"{LOOPBACK}:{settings.port_base}")


def intake_address(settings: Settings) -> str:
    """Return the address of the intake from this machine, of settings that have one."""
    return _reached(str(settings.intake_listen))


def _reached(listen: str) -> str:
    """Turn a listening address into one that reaches it from this machine."""
    host, _, port = listen.rpartition(":")
    return f"http://{LOOPBACK if host in _EVERYWHERE else host}:{port}"
