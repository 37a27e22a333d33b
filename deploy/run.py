"""The processes of the platform: each with its settings, started in the foreground."""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deploy.local.layout import Layout
from deploy.local.location import locate
from deploy.local.ports import LOOPBACK, Ports
from deploy.serving import serve
from deploy.settings import Settings, read

if TYPE_CHECKING:
    from ingest.pollers.settings import PollSettings
    from ingest.replay.settings import ReplaySettings
    from operations.watch.settings import WatchSettings

_LOG = logging.getLogger("doorfiets.run")


def run(name: str) -> None:
    """Run one of PROCESSES until a signal stops it."""
    settings = locate(read(os.environ))
    ready_file = Layout(settings.home).ready(name)
    ready_file.parent.mkdir(parents=True, exist_ok=True)
    _serve_metrics(settings, name)
    try:
        PROCESSES[name](settings, ready_file)
    finally:
        _withdraw(ready_file)


def metrics_address(settings: Settings, name: str) -> tuple[str, int]:
    """Return host and port of the metrics of one of PROCESSES."""
    host, _, first = str(settings.metrics).rpartition(":")
    return host, int(first) + list(PROCESSES).index(name)


def _serve_metrics(settings: Settings, name: str) -> None:
    """Serve `GET /metrics` in a thread, in the format of Prometheus; a port that is taken is logged only."""
    from importlib.metadata import version

    from prometheus_client import Gauge, disable_created_metrics, start_http_server

    if settings.metrics is None:
        return
    disable_created_metrics()  # type: ignore[no-untyped-call]# untyped in the library
    Gauge("build_info", "The version that runs", ["version"]).labels(version("doorfiets")).set(1)
    host, port = metrics_address(settings, name)
    try:
        start_http_server(port, addr=host)
    except OSError as problem:
        _LOG.error("metrics are not served on %s:%d: %s; free the port or set DOORFIETS_METRICS", host, port, problem)


def _withdraw(ready_file: Path) -> None:
    """Remove our ready file, never that of another process of the same name."""
    with suppress(FileNotFoundError):
        if ready_file.read_text().strip() == str(os.getpid()):
            ready_file.unlink()


def _bridge(settings: Settings, ready_file: Path) -> None:
    from ingest import bridge
    from ingest.settings import BridgeSettings

    bridge.run(
        BridgeSettings(
            kafka=str(settings.kafka),
            mqtt=str(settings.mqtt),
            mqtt_user=settings.mqtt_user,
            mqtt_password_file=settings.mqtt_password_file,
            postgres=settings.postgres,
            devices_file=settings.devices_file,
            lock_file=ready_file.with_name("bridge.lock"),
            ready_file=ready_file,
            seal_keys=settings.seal_keys,
        )
    )


def _store(settings: Settings, ready_file: Path) -> None:
    from streams import worker
    from streams.settings import WorkerSettings

    worker.run(WorkerSettings("store", str(settings.kafka), str(settings.postgres), ready_file=ready_file))


def _aggregate(settings: Settings, ready_file: Path) -> None:
    from streams import worker
    from streams.settings import WorkerSettings

    worker.run(
        WorkerSettings(
            "aggregate",
            str(settings.kafka),
            str(settings.postgres),
            indicators_after=timedelta(seconds=settings.indicators_after),
            ready_file=ready_file,
        )
    )


def _web(settings: Settings, ready_file: Path) -> None:
    from deploy import web_processes

    web_processes.run(settings, ready_file)


def _intake(settings: Settings, ready_file: Path) -> None:
    from prometheus_client import REGISTRY

    from ingest.http.server import server
    from ingest.settings import IntakeSettings

    host, _, port = (settings.intake_listen or f"{LOOPBACK}:{Ports.block(settings.port_base).intake}").rpartition(":")
    intake = IntakeSettings(
        kafka=str(settings.kafka),
        credentials_file=settings.intake_credentials_file or Layout(settings.home).intake_credentials,
        seal_keys=settings.seal_keys,
        postgres=settings.postgres,
        devices_file=settings.devices_file,
        host=host,
        port=int(port),
    )
    serve(server(intake, REGISTRY), ready_file)


def _poll(settings: Settings, ready_file: Path) -> None:
    from ingest import pollers

    pollers.run(poll_settings(settings, ready_file))


def poll_settings(settings: Settings, ready_file: Path | None = None) -> "PollSettings":
    """Return the settings of the pollers; raise PollersRefusedError where no file says what is fetched."""
    from ingest.pollers.configuration import PollersRefusedError
    from ingest.pollers.settings import PollSettings

    if settings.pollers is None:
        raise PollersRefusedError(
            "DOORFIETS_POLLERS names no file that says what is fetched; see docs/howto/pollers.md"
        )
    layout, credentials = Layout(settings.home), os.environ.get("CREDENTIALS_DIRECTORY")
    return PollSettings(
        kafka=str(settings.kafka),
        file=settings.pollers,
        folder=layout.data / "pollers",
        lock_file=layout.ready("poll").with_name("poll.lock"),
        ready_file=ready_file,
        credentials=Path(credentials) if credentials else None,
        seal_keys=settings.seal_keys,
        postgres=settings.postgres,
        devices_file=settings.devices_file,
    )


def _quality(settings: Settings, ready_file: Path) -> None:
    from streams.quality import process
    from streams.quality.settings import QualitySettings

    every = timedelta(seconds=settings.quality_interval)
    process.run(QualitySettings(str(settings.postgres), every, ready_file=ready_file))


def _watch(settings: Settings, ready_file: Path) -> None:
    from ingest.clock import system_time
    from ingest.json_log import to_stderr
    from operations.watch import loop

    to_stderr("INFO")
    loop.run(watch_settings(settings, ready_file), system_time)


def watch_settings(settings: Settings, ready_file: Path | None = None) -> "WatchSettings":
    """Return the settings of `watch`."""
    from operations.alerts.platform_rules import PlatformPlaces
    from operations.watch.settings import WatchSettings

    layout, credentials = Layout(settings.home), os.environ.get("CREDENTIALS_DIRECTORY")
    return WatchSettings(
        postgres=str(settings.postgres),
        ready_file=ready_file,
        alerts=settings.alerts,
        credentials=Path(credentials) if credentials else None,
        places=PlatformPlaces((layout.home, layout.data), layout.secrets / "authority"),
    )


def _receipts(settings: Settings, ready_file: Path) -> None:
    from ingest import receipts
    from ingest.receipts.settings import ReceiptSettings

    layout = Layout(settings.home)
    receipts.run(
        ReceiptSettings(
            kafka=str(settings.kafka),
            mqtt=str(settings.mqtt),
            postgres=str(settings.postgres),
            mqtt_password_file=settings.mqtt_receipts_password_file,
            lock_file=layout.ready("receipts").with_name("receipts.lock"),
            ready_file=ready_file,
        )
    )


def _replay(settings: Settings, ready_file: Path) -> None:
    from ingest.replay import process
    from streams.verdicts import RegistryVerdicts

    process.run(replay_settings(settings, ready_file), RegistryVerdicts(str(settings.postgres), role="replay"))


def replay_settings(settings: Settings, ready_file: Path | None = None) -> "ReplaySettings":
    """Return the settings of replays: of the process where a ready file is given, else of a command."""
    from ingest.replay.settings import ReplaySettings

    return ReplaySettings(
        kafka=str(settings.kafka),
        postgres=str(settings.postgres),
        lock_file=ready_file and ready_file.with_name("replay.lock"),
        ready_file=ready_file,
        seal_keys=settings.seal_keys,
    )


def _console(settings: Settings, ready_file: Path) -> None:
    import uvicorn
    from prometheus_client import REGISTRY

    from deploy.owner_folders import SHIPPED
    from ingest.clock import system_time
    from operations.console.app import create
    from operations.console.settings import ConsoleSettings

    host, _, port = (settings.console_listen or f"{LOOPBACK}:{Ports.block(settings.port_base).console}").rpartition(":")
    console = ConsoleSettings(
        postgres=str(settings.postgres),
        url=settings.console_url or f"http://{host}:{port}",
        clock=system_time,
        host=host,
        port=int(port),
        registry=settings.registry,
        profiles=SHIPPED,
    )
    config = uvicorn.Config(
        create(console, REGISTRY),
        host=console.host,
        port=console.port,
        access_log=False,
        server_header=False,
        log_level="warning",
        proxy_headers=console.secure,  # who comes over https comes through a proxy of ours, on this machine
        timeout_graceful_shutdown=2,
    )
    serve(uvicorn.Server(config), ready_file)


PROCESSES: Final[dict[str, Callable[[Settings, Path], None]]] = {
    "bridge": _bridge,
    "store": _store,
    "aggregate": _aggregate,
    "web": _web,
    "intake": _intake,
    "poll": _poll,
    "quality": _quality,
    "watch": _watch,
    "receipts": _receipts,
    "replay": _replay,
    "console": _console,
}
"""Every process there is, by name."""
