"""The settings of the bridge and of the intake over HTTP; the environment is read in `deploy`."""

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
    Kafka answers is ended. `postgres` is where the registered devices are read (a connection string without user), and
    `devices_file` holds a copy of them; without `postgres` no device is registered. `seal_keys` is the folder of the
    keys that seal what cannot be parsed, None where such bytes are not kept.
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
    postgres: str | None = None
    devices_file: Path | None = None
    log_level: str = "INFO"


@dataclass(frozen=True, kw_only=True)
class IntakeSettings:
    """How the intake over HTTP listens, who may push, and how long and how often.

    `kafka` is `host:port`, `credentials_file` what `ingest.http.credentials` reads. A client has `header_seconds` to
    say what it wants and `body_seconds` to send it; Kafka has `kafka_seconds`. A credential may push
    `pushes_per_minute`, and an address may ask `requests_per_minute`. An address may be wrong about the password of one
    user `failures_per_minute`, all together `all_failures_per_minute`.
    `postgres`, `devices_file` and `seal_keys` are as for the bridge.
    """

    kafka: str
    credentials_file: Path
    seal_keys: Path | None = None
    postgres: str | None = None
    devices_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 18819
    writer: str = "doorfiets-intake"
    partitions: int = 12
    largest_body: int = 65_536
    largest_header: int = 8_192
    most_connections: int = 500
    header_seconds: float = 10.0
    body_seconds: float = 10.0
    kafka_seconds: float = 8.0
    retry_seconds: int = 30
    pushes_per_minute: int = 60
    requests_per_minute: int = 600
    failures_per_minute: int = 10
    all_failures_per_minute: int = 300
    log_level: str = "INFO"
