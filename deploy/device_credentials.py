"""Credentials of devices at the broker: certificates and passwords, with a list of what was given and taken away."""

import base64
import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from deploy.authority import Authority
from deploy.local.layout import Layout
from deploy.local.secrets import write
from ingest.in_turn import in_turn
from schemas.failures import CheckFailedError, WrongUsageError
from schemas.topics import SENSOR_ID, SERVICE_USERS

Kind: TypeAlias = Literal["certificate", "password"]
_ROUNDS: Final = 101  # as mosquitto_passwd has it; the password has 256 random bits
_SALT: Final = 12


class NoSuchCredentialError(CheckFailedError):
    """A device has no credential that could be taken away."""


class NotADeviceError(WrongUsageError):
    """That is no name that a device can have at the broker."""


class FolderUnwritableError(CheckFailedError):
    """The folder for a device cannot be written; no credential was made."""


class IssuedCredential(msgspec.Struct, kw_only=True):
    """One credential: whose it is, and from when to when; a password has no serial number and no end."""

    sensor: str
    kind: Kind
    issued_at: datetime
    serial: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    password_hash: str | None = None

    def state(self, now: datetime) -> str:
        """Return `valid`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"


class DeviceCredentials:
    """The credentials below the secrets of one installation; of several processes one at a time changes them."""

    def __init__(self, layout: Layout, now: datetime) -> None:
        """Open them; `now` is the moment of what is done."""
        self._layout, self._now = layout, now
        self._authority = Authority(layout.authority, now)
        self._file = layout.authority / "issued.json"
        self.issued = self._read()

    def prepare(self) -> None:
        """Make the authority, the broker's certificate and the list of revoked ones, where they are missing."""
        with self.alone():
            self._prepare()

    def give_certificate(self, sensor: str, out: Path, broker: str, days: int) -> IssuedCredential:
        """Give a device a certificate in a folder; one that it had stays valid until it ends or is revoked."""
        _refuse_name(sensor)
        _make(out)
        with self.alone():
            self._prepare()
            made = self._authority.issue(sensor, out, days)
            one = IssuedCredential(
                sensor=sensor,
                kind="certificate",
                issued_at=self._now,
                serial=f"{made.serial_number:x}",
                expires_at=made.not_valid_after_utc,
            )
            (out / "broker").write_text(f"{broker}\n")
            self._add(one)
        return one

    def give_password(self, sensor: str, out: Path, broker: str) -> IssuedCredential:
        """Give a device a password in a folder, in the place of one that it had; only a digest of it is kept here."""
        _refuse_name(sensor)
        _make(out)
        password = secrets.token_urlsafe(32)
        with self.alone():
            self._prepare()
            for one in self._valid(sensor, "password"):
                one.revoked_at, one.password_hash = self._now, None
            write(out / "password", password + "\n")
            self._authority.give_to(out)
            (out / "broker").write_text(f"{broker}\n")
            hashed = _hashed(password)
            given = IssuedCredential(sensor=sensor, kind="password", issued_at=self._now, password_hash=hashed)
            self._add(given)
        return given

    def revoke(self, sensor: str) -> list[IssuedCredential]:
        """Take all credentials of a device away; raise NoSuchCredentialError where it has none."""
        with self.alone():
            found = [*self._valid(sensor, "certificate"), *self._valid(sensor, "password")]
            if not found:
                raise NoSuchCredentialError(
                    f"{sensor} has no valid credential; `doorfiets device list` shows what there is"
                )
            for one in found:
                one.revoked_at, one.password_hash = self._now, None
            self._write()
            self._authority.revoke(self._revoked())
        shutil.rmtree(self._layout.device(sensor), ignore_errors=True)
        return found

    def password_lines(self) -> str:
        """Return the lines of devices for the password file of Mosquitto."""
        return "".join(f"{one.sensor}:{one.password_hash}\n" for one in self.issued if one.password_hash)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Change the list as it is now, while nobody else does: who is not in it cannot be revoked any more."""
        self._layout.authority.mkdir(mode=0o700, parents=True, exist_ok=True)
        with in_turn(self._layout.authority / "issued.lock"):
            self.issued = self._read()
            yield

    def _prepare(self) -> None:
        self._authority.prepare(revoked=self._revoked())

    def _valid(self, sensor: str, kind: Kind) -> list[IssuedCredential]:
        return [one for one in self.issued if (one.sensor, one.kind, one.revoked_at) == (sensor, kind, None)]

    def _revoked(self) -> list[tuple[int, datetime]]:
        return [(int(one.serial, 16), one.revoked_at) for one in self.issued if one.serial and one.revoked_at]

    def _add(self, one: IssuedCredential) -> None:
        self.issued.append(one)
        self._write()

    def _read(self) -> list[IssuedCredential]:
        if not self._file.exists():
            return []
        return msgspec.json.decode(self._file.read_bytes(), type=list[IssuedCredential])

    def _write(self) -> None:
        new = self._file.with_suffix(".new")
        write(new, msgspec.json.encode(self.issued).decode())
        new.replace(self._file)


def _refuse_name(sensor: str) -> None:
    if not re.fullmatch(SENSOR_ID, sensor) or sensor in SERVICE_USERS:
        raise NotADeviceError(
            f"{sensor!r} cannot be a device: 3 to 40 of a-z, 0-9 and -, and none of {', '.join(SERVICE_USERS)}"
        )


def _make(out: Path) -> None:
    """Make the folder for a device; raise FolderUnwritableError where that is impossible."""
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise FolderUnwritableError(f"{out} cannot be written, no credential was made: {problem.strerror}") from problem


def _hashed(password: str) -> str:
    """Return a password as Mosquitto stores it: PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(_SALT)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def credentials_of(layout: Layout) -> DeviceCredentials:
    """Return the credentials of an installation, as of now."""
    from ingest.clock import system_time  # noqa: PLC0415 - deploy/local starts without it

    return DeviceCredentials(layout, system_time().astimezone(UTC))
