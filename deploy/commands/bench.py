"""`doorfiets bench`: what this machine does with this platform."""

import sys
from typing import Annotated

import typer

app = typer.Typer()


@app.command(epilog="Examples: `doorfiets bench` · `doorfiets bench --quick` · `doorfiets bench --only queue --json`")
def bench(
    *,
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of everything: does it work?")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="single, delay, queue, history, feeds, rebuild, reading or late; may be repeated."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Measure delay, queue, history, feeds, rebuild, reading and late data, each beside a comparison."""
    from bench import run
    from bench.measurements import as_json
    from bench.table import show
    from deploy.local.foreground import stopped_by_signals

    if unknown := set(only or ()) - set(run.BENCHES):
        raise typer.BadParameter(f"no bench {min(unknown)!r}; there are {', '.join(run.BENCHES)}")
    with stopped_by_signals():
        measurements = run.run(run.QUICK if quick else run.WHOLE, only or (), lambda line: print(line, file=sys.stderr))
    if json:
        print(as_json(measurements))
    else:
        show(measurements)
