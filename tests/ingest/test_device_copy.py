"""The copy of the device directory on disk: replaced whole, readable to its own user, and no reason not to start."""

import errno
import logging
import os
from pathlib import Path
from typing import Final

import pytest

from ingest import device_copy
from ingest.device_copy import StoredDirectory
from schemas.device import RegisteredDevice
from tests.ingest.registered import with_shipped

pytestmark = pytest.mark.pure

DEVICES: Final = {
    one.device: one
    for one in (
        with_shipped("imbuildings-counter", "counter_a", "Battery (V)", name="assen-imb-01"),
        RegisteredDevice("assen-log-04", None, frozenset({"bikes"}), {"bikes": "1"}),
    )
}


def test_what_is_stored_is_loaded_again(tmp_path: Path) -> None:
    """Profiles, sources and all, into a folder that was not there; readable to nobody else, and alone there."""
    file = tmp_path / "data" / "devices.json"
    assert device_copy.store(file, "1.7-2.3", DEVICES)
    assert device_copy.store(file, "1.8-2.3", DEVICES)
    assert device_copy.load(file) == StoredDirectory("1.8-2.3", list(DEVICES.values()))
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["devices.json"]


@pytest.mark.parametrize("content", [b"", b'{"state":"1"', b"[]", b'{"state":1,"devices":[]}', b"\xff\xfe"])
def test_a_damaged_copy_is_none_and_is_told(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Without a word of what is in it."""
    file = tmp_path / "devices.json"
    file.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        assert device_copy.load(file) is None
    assert ["cannot be read" in record.getMessage() for record in caplog.records] == [True]


def test_no_copy_is_none_without_a_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As on the first start."""
    assert device_copy.load(tmp_path / "devices.json") is None
    assert not caplog.records


def test_a_copy_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk; and nothing else is left there."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    file = tmp_path / "devices.json"
    assert device_copy.store(file, "1", DEVICES)
    monkeypatch.setattr(os, "fsync", full)
    assert not device_copy.store(file, "2", {})
    assert [path.name for path in tmp_path.iterdir()] == ["devices.json"]
    assert device_copy.load(file) == StoredDirectory("1", list(DEVICES.values()))
    assert ["cannot be written" in record.getMessage() for record in caplog.records] == [True]


def test_processes_that_share_a_copy_do_not_write_into_each_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bridge, intake and pollers have one: another of them replaces it between our writing and our replacing."""
    file, write = tmp_path / "devices.json", device_copy._write

    def interrupted(path: Path, content: bytes) -> None:
        write(path, content)
        monkeypatch.setattr(device_copy, "_write", write)
        with monkeypatch.context() as other:
            other.setattr(os, "getpid", lambda: 1)
            assert device_copy.store(file, "of the other", {})

    monkeypatch.setattr(device_copy, "_write", interrupted)
    assert device_copy.store(file, "ours", DEVICES)
    assert device_copy.load(file) == StoredDirectory("ours", list(DEVICES.values()))
    assert [path.name for path in tmp_path.iterdir()] == ["devices.json"]
