"""API keys: a prefix and a digest on disk, and no way back from them."""

import stat
from datetime import date
from pathlib import Path

import pytest

from opendata.guards import api_keys
from opendata.guards.api_keys import ApiKeys, ApiKeysUnreadableError, UnknownApiKeyError
from schemas.failures import WrongUsageError

pytestmark = pytest.mark.contracts

TODAY = date(2026, 10, 27)


def test_only_a_prefix_and_a_digest_are_stored(tmp_path: Path) -> None:
    """In files that nobody else can read."""
    file, secret = tmp_path / "keys", tmp_path / "secret"
    key = api_keys.create(file, secret, "Fietsersbond", TODAY)
    _, prefix, private = key.split("_", 2)
    assert private not in file.read_text() + secret.read_text()
    assert file.read_text().startswith(f"{prefix}:")
    assert {stat.S_IMODE(one.stat().st_mode) for one in (file, secret)} == {0o600}


def test_a_key_is_known_until_it_is_revoked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By every process that reads the file, within a second."""
    monkeypatch.setattr(api_keys, "_LOOK_EVERY", 0.0)
    file, secret = tmp_path / "keys", tmp_path / "secret"
    keys = ApiKeys(file, secret)
    assert keys.prefix_of(b"dfk_abcdefgh_" + b"x" * 43) is None
    first, second = (api_keys.create(file, secret, name, TODAY) for name in ("een", "twee"))
    assert keys.prefix_of(first.encode()) == first[4:12]
    api_keys.revoke(file, first[4:12])
    assert keys.prefix_of(first.encode()) is None
    assert keys.prefix_of(second.encode()) == second[4:12]
    assert [one.name for one in api_keys.read(file).values()] == ["twee"]


def test_a_key_that_differs_in_one_sign_is_none(tmp_path: Path) -> None:
    """Nor is one that was made with another secret, nor any text."""
    file, secret = tmp_path / "keys", tmp_path / "secret"
    key = api_keys.create(file, secret, "een", TODAY)
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
    keys = ApiKeys(file, secret)
    assert keys.prefix_of(key.encode()) == key[4:12]
    assert [keys.prefix_of(one) for one in (wrong.encode(), b"", b"\xff" * 60, key.encode() + b"\n")] == [None] * 4
    (tmp_path / "other").write_text("another secret")
    assert ApiKeys(file, tmp_path / "other").prefix_of(key.encode()) is None
    (tmp_path / "empty").write_text("")
    assert ApiKeys(file, tmp_path / "empty").prefix_of(key.encode()) is None


def test_what_is_no_file_of_keys_is_refused(tmp_path: Path) -> None:
    """With the line that is wrong; and a name that would break it, too."""
    (tmp_path / "keys").write_text("# comment\n\nnonsense\n")
    with pytest.raises(ApiKeysUnreadableError, match="line 3"):
        api_keys.read(tmp_path / "keys")
    with pytest.raises(UnknownApiKeyError):
        api_keys.revoke(tmp_path / "none", "abcdefgh")
    with pytest.raises(WrongUsageError):
        api_keys.create(tmp_path / "none", tmp_path / "secret", "a:b", TODAY)
