"""One of the processes that serve the public site: `python -m deploy.web_process NUMBER [DESCRIPTOR ...]`.

The descriptors are of listening sockets, which the process that started it has made.
"""

import logging
import os
import socket
import sys
import time
from ipaddress import ip_network
from pathlib import Path
from threading import Thread
from typing import Final

import uvicorn
from prometheus_client import REGISTRY, disable_created_metrics, generate_latest

from deploy import web_processes
from deploy.local import proxy
from deploy.local.layout import Layout
from deploy.local.location import locate
from deploy.serving import serve
from deploy.settings import Settings, read
from opendata.app import create
from opendata.guards.connection import protocol
from opendata.guards.settings import GuardSettings
from opendata.guards.visitors import Network
from opendata.settings import WebSettings

_log: Final = logging.getLogger(__name__)
_BACKLOG: Final = 512
_SCRAPE_SECONDS: Final = 2.0
_PAUSE: Final = 0.1
"""Seconds after a connection that failed, so that a machine without free descriptors is not kept busy."""
_ALL_CONNECTIONS: Final = 18
"""To the database, of all processes together: role `api` may have two more."""


def main() -> None:
    """Serve until a signal stops it."""
    disable_created_metrics()  # type: ignore[no-untyped-call]  # untyped in the library
    number, *descriptors = (int(word) for word in sys.argv[1:])
    settings = locate(read(os.environ))
    layout = Layout(settings.home)
    server = uvicorn.Server(config(settings, number))
    Thread(target=tell_metrics, args=[bound(layout.metrics_socket(number))], name="metrics", daemon=True).start()
    sockets = [bound(layout.web_socket(number)), *(socket.socket(fileno=one) for one in descriptors)]
    proxy.open_socket(layout.web_socket(number))
    serve(server, layout.ready(f"web-{number}"), sockets)


def config(settings: Settings, number: int) -> uvicorn.Config:
    """Configure the server of a process: HTTP/1.1 as the guards speak it, and nobody believed but by them."""
    return uvicorn.Config(
        create(web_settings(settings, number), REGISTRY),
        http=protocol(),  # type: ignore[arg-type] # a class is called in the same way
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="error",  # what a stranger sends wrong is counted, not logged
        timeout_graceful_shutdown=2,
        timeout_keep_alive=65,  # longer than the proxy keeps a connection, so that none ends as it is used
    )


def web_settings(settings: Settings, number: int = 0) -> WebSettings:
    """Return the settings of the site, of a stack whose addresses are known."""
    layout = Layout(settings.home)
    return WebSettings(
        postgres=str(settings.postgres),
        cursor_key=(settings.cursor_key_file or layout.passing_cursor_key).read_bytes(),
        public_url=settings.public_url or f"http://{settings.listen}",
        tokens=settings.tokens,
        map_layer=settings.map_layer,
        map_tiles=settings.map_tiles,
        map_attribution=settings.map_attribution,
        connections=max(1, _ALL_CONNECTIONS // web_processes.count(settings)),
        guards=GuardSettings(
            unlimited=_networks(settings.unlimited),
            trusted=_networks(settings.trusted_proxies),
            table=layout.visitors,
            number=number,
            keys=settings.api_keys_file or layout.api_keys,
            secret=settings.api_keys_secret_file or layout.api_keys_secret,
            anonymous_per_minute=settings.visitor_limit,
            keyed_per_minute=settings.key_limit,
            pages_per_minute=settings.page_limit,
        ),
    )


def tell_metrics(listening: socket.socket) -> None:
    """Give the metrics of this process, as text with an end, to whoever connects; who gives up stops nobody else."""
    while listening.fileno() >= 0:
        try:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(_SCRAPE_SECONDS)
                connection.sendall(generate_latest(REGISTRY) + web_processes.END_OF_METRICS)
        except OSError:
            time.sleep(_PAUSE)
        except Exception:  # noqa: BLE001 - one that cannot be written may be right the next time
            _log.exception("the metrics of this process could not be written")


def bound(path: Path) -> socket.socket:
    """Listen on a Unix socket of this user; while nobody listens there, who connects is refused at once."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    path.chmod(0o600)
    listening.listen(_BACKLOG)
    return listening


def _networks(text: str | None) -> tuple[Network, ...]:
    return tuple(ip_network(one) for one in text.split(",")) if text else ()


if __name__ == "__main__":
    main()
