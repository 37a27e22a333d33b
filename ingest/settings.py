"""The settings of the bridge; the environment is read in `deploy`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BridgeSettings:
    """Addresses are `host:port`; `lock_file` keeps a second bridge with the same client id from starting.

    `receive_maximum` is how many messages the broker may have waiting for our acknowledgement, `batch_messages` and
    `batch_seconds` when a batch is closed, `batches_in_flight` how many may wait for Kafka at once. A broker that sends
    nothing for `keepalive_seconds`, nor answers a ping for as long, is disconnected and connected to again. Each
    `mark_seconds` the bridge publishes a watermark. One that acknowledges nothing for `quiet_seconds` though
    messages wait, or has no broker for as long, is not ready; one that does the first for `hang_seconds` although
    Kafka answers is ended. `seal_keys` is the folder of the keys that seal what cannot be parsed, None where such bytes
    are not kept.
    """

    kafka: str
    mqtt: str
    lock_file: Path
    mqtt_user: str | None = None
    mqtt_password_file: Path | None = None
    ready_file: Path | None = None
    seal_keys: Path | None = None
    client_id: str = "doorfiets-bridge"
    partitions: int = 12
    receive_maximum: int = 5000
    batch_messages: int = 2500
    batch_seconds: float = 0.05
    batches_in_flight: int = 8
    keepalive_seconds: int = 20
    mark_seconds: float = 1.0
    session_seconds: int = 7 * 86_400
    stop_seconds: float = 10.0
    quiet_seconds: float = 10.0
    hang_seconds: float = 30.0
    log_level: str = "INFO"
