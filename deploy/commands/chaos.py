"""`doorfiets chaos`: whether the platform keeps its guarantees under faults."""

from typing import Annotated

import typer

app = typer.Typer()


@app.command(
    epilog="Examples: `doorfiets chaos --minutes 10 --seed 7` · `doorfiets chaos --only kill-kafka,stop` · "
    "`doorfiets chaos --recovery --times 3`"
)
def chaos(
    *,
    minutes: Annotated[float, typer.Option("--minutes", min=0.5, max=120, help="How long faults strike.")] = 10,
    seed: Annotated[int, typer.Option("--seed", help="The same faults at the same moments.")] = 7,
    rate: Annotated[float, typer.Option("--rate", min=10, max=3000, help="Messages a second.")] = 300,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Classes that begin so, with commas or repeated.")
    ] = None,
    recovery: Annotated[
        bool, typer.Option("--recovery", help="Each class alone, on a machine that is idle: how soon is all well?")
    ] = False,
    times: Annotated[int, typer.Option("--times", min=1, help="How often each class strikes, with --recovery.")] = 1,
    patience: Annotated[
        float, typer.Option("--patience", min=10, help="Seconds that the platform may need afterwards.")
    ] = 600,
    leave: Annotated[bool, typer.Option("--keep", help="Leave state, logs and record for a post-mortem.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Inject faults into a loaded stack of its own at random moments, and check what is stored.

    Exit code 1 when a promise was broken: a reading lost, doubled, invented or undone, or a sum that is wrong.
    """
    from bench.chaos.report import as_json, show
    from bench.chaos.run import Options, print_line, run
    from deploy.local.foreground import stopped_by_signals

    options = Options(
        minutes=minutes,
        seed=seed,
        rate=rate,
        only=[word for words in only or () for word in words.split(",")],
        times=times if recovery else 0,
        patience=patience,
        leave=leave,
    )
    with stopped_by_signals():
        report = run(options, print_line)
    if json:
        print(as_json(report))
    else:
        show(report)
    if not report.is_clean:
        raise typer.Exit(1)
