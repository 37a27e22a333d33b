"""The paths in the state folder of one stack."""

import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

_LONGEST_SOCKET: Final[int] = (
    90  # Unix sockets have 108 bytes, and the supervisor appends its process id while it starts
)


@dataclass(frozen=True)
class Layout:
    """The folders and files below `home`."""

    home: Path

    @property
    def run(self) -> Path:
        """Return the folder of what belongs to the running stack only."""
        return self.home / "run"

    @property
    def logs(self) -> Path:
        """Return the folder of the logs, one per service."""
        return self.home / "log"

    @property
    def data(self) -> Path:
        """Return the folder of the services' data."""
        return self.home / "data"

    @property
    def etc(self) -> Path:
        """Return the folder of the configuration files made for this stack."""
        return self.home / "etc"

    @property
    def secrets(self) -> Path:
        """Return the folder of passwords, which only this user can read."""
        return self.home / "secrets"

    @property
    def ports(self) -> Path:
        """Return the file of the chosen ports."""
        return self.run / "ports.json"

    @property
    def pgpass(self) -> Path:
        """Return the file of the passwords of all database roles, as libpq reads it."""
        return self.secrets / "pgpass"

    @property
    def cursor_key(self) -> Path:
        """Return the file of the key that signs the paging links of `/v1`, which are valid as long as it exists."""
        return self.secrets / "cursor-key"

    @property
    def api_keys(self) -> Path:
        """Return the file of the prefixes and digests of API keys."""
        return self.secrets / "api-keys"

    @property
    def api_keys_secret(self) -> Path:
        """Return the file of the secret that these digests are made with."""
        return self.secrets / "api-keys-secret"

    @property
    def passing_cursor_key(self) -> Path:
        """Return the file of a key for paging links that ends with the web processes, where no other one is given."""
        return self.run / "cursor-key"

    @property
    def visitors(self) -> Path:
        """Return the table of what visitors have used of their budgets."""
        return self.run / "visitors"

    def web_socket(self, number: int) -> Path:
        """Return the socket on which one of the web processes serves the site to the proxy of this machine."""
        return self._short(f"web-{number}.sock")

    def metrics_socket(self, number: int) -> Path:
        """Return the socket on which one of the web processes tells its metrics."""
        return self._short(f"web-{number}-metrics.sock")

    @property
    def intake_credentials(self) -> Path:
        """Return the file of who may push to the intake over HTTP."""
        return self.secrets / "intake-credentials"

    @property
    def authority(self) -> Path:
        """Return the folder of the authority that signs the certificates of broker and devices."""
        return self.secrets / "authority"

    def device(self, sensor: str) -> Path:
        """Return the folder of the credential of a device that publishes from this machine."""
        return self.secrets / "devices" / sensor

    @property
    def devices(self) -> Path:
        """Return the copy of the registered devices with which an intake starts while the database is away."""
        return self.data / "devices.json"

    @property
    def seal_keys(self) -> Path:
        """Return the folder of the keys that seal what cannot be parsed: never copy it, and back it up nowhere."""
        return self.secrets / "seal-keys"

    @property
    def socket(self) -> Path:
        """Return the socket of the supervisor."""
        return self._short("supervisor.sock")

    def _short(self, name: str) -> Path:
        """Return where a socket is: among what belongs to the stack, if that is not too long for a socket."""
        path = self.run / name
        if len(str(path)) <= _LONGEST_SOCKET:
            return path
        of_home = sha256(str(self.home).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"doorfiets-{of_home}-{name}"

    def log(self, name: str) -> Path:
        """Return the log of a service."""
        return self.logs / f"{name}.log"

    def ready(self, name: str) -> Path:
        """Return the ready file of a worker."""
        return self.run / f"{name}.ready"

    def password(self, mqtt_user: str) -> Path:
        """Return the password file of a user of the MQTT broker."""
        return self.secrets / f"mqtt-{mqtt_user}"

    def make(self) -> None:
        """Make the folders, passable for the database's own user, with the secrets closed."""
        for folder in (self.home, self.run, self.logs, self.data, self.etc):
            folder.mkdir(parents=True, exist_ok=True)
        self.secrets.mkdir(mode=0o700, exist_ok=True)
