"""Where the site is that a command of this environment speaks of."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import assembled
from deploy.local.layout import Layout
from deploy.local.location import filled, site_address
from deploy.local.ports import Ports
from deploy.settings import read

pytestmark = pytest.mark.contracts


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A state folder whose stack had to move to other ports."""
    layout = Layout(tmp_path)
    layout.make()
    layout.ports.write_text(json.dumps(asdict(Ports.block(19_870))))
    return tmp_path


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({"DOORFIETS_PUBLIC_URL": "https://fiets.assen.example"}, "https://fiets.assen.example"),
        ({"DOORFIETS_LISTEN": "0.0.0.0:8080"}, "http://127.0.0.1:8080"),
        ({"DOORFIETS_LISTEN": "web.internal:8080"}, "http://web.internal:8080"),
        ({}, "http://127.0.0.1:19870"),
    ],
)
def test_the_site_is_where_it_is_configured_else_where_it_runs(
    home: Path, environment: dict[str, str], address: str
) -> None:
    """A stack that moved to other ports is found there."""
    settings = read({"DOORFIETS_HOME": str(home), **environment})
    assert site_address(settings) == address
    assert filled(settings, Ports.block(19_870)).public_url == address


def test_without_a_stack_the_site_is_where_one_would_be(tmp_path: Path) -> None:
    """The block of ports that is configured begins with it."""
    assert (
        site_address(read({"DOORFIETS_HOME": str(tmp_path), "DOORFIETS_PORT_BASE": "19950"}))
        == "http://127.0.0.1:19950"
    )


def test_verify_asks_the_configured_site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It says whom it asked when nobody answers."""
    monkeypatch.setenv("DOORFIETS_HOME", str(tmp_path))
    monkeypatch.setenv("DOORFIETS_PUBLIC_URL", "http://127.0.0.1:9")
    result = CliRunner().invoke(assembled(), ["verify", "kolk", "--from", "2024-05-01", "--to", "2024-05-02"])
    assert result.exit_code == 3
    assert "127.0.0.1:9" in result.stderr
