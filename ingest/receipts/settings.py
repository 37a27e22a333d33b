"""The settings of process `receipts`; the environment is read in `deploy`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ReceiptSettings:
    """Addresses are `host:port`; `postgres` is a connection string without user.

    `most_waiting` is how many messages may wait for the broker: of more the newest are left out, as every message that
    is sent again earns its receipt again. Marks that changed in the last `repeat_hours` are told again at each
    connection.
    """

    kafka: str
    mqtt: str
    postgres: str
    lock_file: Path
    mqtt_user: str = "receipts"
    mqtt_password_file: Path | None = None
    ready_file: Path | None = None
    client_id: str = "doorfiets-receipts"
    keepalive_seconds: int = 20
    most_waiting: int = 20_000
    repeat_hours: int = 24
    log_level: str = "INFO"
