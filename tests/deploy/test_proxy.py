"""The proxy of the local stack: its workers may reach the sockets of the site, wherever the state is."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import proxy
from deploy.local.layout import Layout

pytestmark = [
    pytest.mark.pure,
    pytest.mark.skipif(os.geteuid() != 0, reason="who is not root starts workers of its own user anyway"),
]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that everybody may pass."""
    with tempfile.TemporaryDirectory(prefix="doorfiets-proxy-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize(("mode", "user"), [(0o755, "www-data"), (0o700, "root")])
def test_workers_are_of_a_user_who_may_reach_the_sockets(home: Path, mode: int, user: str) -> None:
    """Of www-data where that may pass the folder of the state; of root where nobody else may, as below /root."""
    layout = Layout(home / "state")
    for folder in (layout.run, layout.etc, layout.data):
        folder.mkdir(parents=True)
    (home / "state").chmod(mode)
    proxy.prepare(layout, "127.0.0.1:18800", 2)
    written = (layout.etc / "nginx" / "nginx.conf").read_text()
    assert f"user {user};" in written
    assert written.count("server unix:") == 2
