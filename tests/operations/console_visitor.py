"""A console on a free port, and people who visit it: nobody, a viewer, an operator."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Final

import httpx
import psycopg
import uvicorn
from psycopg.conninfo import make_conninfo

from operations.console import accounts, sessions
from operations.console.accounts import AccountRole
from operations.console.app import create
from operations.console.cookies import name
from operations.console.settings import ConsoleSettings

PASSWORD: Final = "een lang wachtwoord"
_CLIENTS: Final[list[httpx.Client]] = []  # of whoever visits, closed with the console
SEED: Final = Path(__file__).with_name("console.sql")


@contextmanager
def served(conninfo: str, *, secure: bool = False, registry: Path | None = None) -> Iterator[str]:
    """Serve a console over a database; answer its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    url = address.replace("http:", "https:") if secure else address
    settings = ConsoleSettings(postgres=conninfo, url=url, clock=lambda: datetime.now(UTC), registry=registry)  # noqa: TID251 - what the pages show ends now, by the clock of the database
    config = uvicorn.Config(create(settings), log_level="critical", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listening],), name="console of the tests")
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield address
    finally:
        while _CLIENTS:
            _CLIENTS.pop().close()
        server.should_exit = True
        thread.join()


def account(conninfo: str, called: str, role: AccountRole) -> None:
    """Make an account with the password of the tests."""
    with accounts.connected(conninfo) as session:
        accounts.add(session, called, role, PASSWORD, by="tests")


class ConsoleVisitor:
    """Somebody who visits a console, with a session of an account, or without one."""

    def __init__(self, address: str, conninfo: str, called: str | None = None) -> None:
        """Begin a session of an account without its password; None is nobody."""
        self.http = httpx.Client(base_url=address, timeout=60)
        _CLIENTS.append(self.http)
        self.token = sessions.new_token()
        if called is not None:
            with psycopg.connect(make_conninfo(conninfo, user="console")) as session:
                self.token = sessions.start(session, called)
            self.http.cookies.set(name(secure=False), self.token)

    def get(self, path: str, **query: str) -> httpx.Response:
        """Open a page."""
        return self.http.get(path, params=query or None)  # an empty one would take away what the path says

    def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form with the token that it has to carry."""
        return self.http.post(path, data={"token": sessions.form_token(self.token), **fields})

    def log_in(self, called: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        """Fill in the form of the login as a person does."""
        found = re.search(r'name="token" value="(\w+)"', self.get("/nl/login").text)
        assert found is not None
        return self.http.post("/nl/login", data={"token": found[1], "account": called, "password": password, **fields})
