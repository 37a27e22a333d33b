"""`doorfiets run`: one process of the platform, in the foreground."""

from enum import StrEnum

import typer

app = typer.Typer()


class Process(StrEnum):
    """The processes that can be run."""

    bridge = "bridge"
    store = "store"
    aggregate = "aggregate"
    web = "web"
    intake = "intake"
    poll = "poll"
    quality = "quality"
    watch = "watch"
    receipts = "receipts"


@app.command(epilog="Examples: `doorfiets run bridge` · `DOORFIETS_KAFKA=broker:9092 doorfiets run store`")
def run(process: Process) -> None:
    """Run one process until a signal stops it; `up` and systemd use this."""
    from deploy import run as processes

    processes.run(process.value)
