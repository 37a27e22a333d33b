"""The order of the doctor's checks, and those of the machine."""

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from operations.doctor import machine
from operations.doctor.checks import Check, DoubtfulError, NotAsExpectedError, examine

pytestmark = pytest.mark.pure

GIB = 2**30


class Usage(NamedTuple):
    """What the system says of a disk."""

    total: int
    used: int
    free: int


def failing() -> str:
    """Fail as a check does, over two lines."""
    raise NotAsExpectedError("one\n  two")


def doubtful() -> str:
    """Ask for somebody's eye."""
    raise DoubtfulError("three")


def test_what_needs_a_failed_check_is_not_tried() -> None:
    """Neither is what needs that; the rest is, also after one that is only doubtful."""
    found = list(
        examine(
            [
                Check("a", "a", failing, "mend it"),
                Check("b", "b", lambda: "well", "", needs=("a",)),
                Check("c", "c", lambda: "well", "", needs=("b",)),
                Check("d", "d", doubtful, "look"),
                Check("e", "e", lambda: "well", "", needs=("d",)),
            ]
        )
    )
    assert [one.verdict for one in found] == ["fail", "skipped", "skipped", "warn", "ok"]
    assert found[0].measured == "one two"
    assert found[1].measured == "not tried, as `a` does not hold"
    assert found[2].measured == "not tried, as `b` does not hold"


def test_a_disk_that_fills_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A tenth free is enough, a fiftieth is not; a folder to come is on the disk of its parent."""
    for free, expected in ((10, None), (9, DoubtfulError), (2, NotAsExpectedError)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Usage(100 * GIB, (100 - free) * GIB, free * GIB))
        if expected is None:
            assert machine.disk_has_room(tmp_path / "to" / "come").startswith("10 % free, 10.0 GiB of 100.0")
            continue
        with pytest.raises(expected, match=f"{free} % free"):
            machine.disk_has_room(tmp_path)


def test_a_secret_that_others_may_read(tmp_path: Path) -> None:
    """The first of them is named, with its mode; one that is not there yet is no fault."""
    closed, open_ = tmp_path / "closed", tmp_path / "open"
    closed.touch(0o600)
    assert machine.secrets_are_closed([closed, None, tmp_path / "missing"]).startswith("1 files and folders")
    open_.touch()
    open_.chmod(0o640)
    with pytest.raises(NotAsExpectedError, match=r"others may read .*/open \(640\)"):
        machine.secrets_are_closed([closed, open_])
    with pytest.raises(DoubtfulError):
        machine.secrets_are_closed([None])


def test_a_python_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs is named either way."""
    assert machine.python_runs().startswith("Python 3.")
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    with pytest.raises(NotAsExpectedError, match=r"Python 3\."):
        machine.python_runs()


def test_time_zones_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minimal machine may have none."""
    import zoneinfo  # noqa: PLC0415 - what is taken away is its data

    assert "Europe/Amsterdam among them" in machine.zones_are_known()

    def unknown(key: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", unknown)
    with pytest.raises(NotAsExpectedError, match="is not among the"):
        machine.zones_are_known()
