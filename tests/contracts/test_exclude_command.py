"""What `doorfiets exclude`, `maintenance` and `quality` refuse, and what a dry run leaves as it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import assembled, exit_code
from deploy.local.stack import Stack
from deploy.settings import write
from operations.exclusions import EntryRefusedError
from tests.contracts.processing import NOON, QUARTER, StoreAndAggregate, quarters
from tests.contracts.test_findings import said

pytestmark = pytest.mark.contracts

WRONG_USE: Final = 2
Run = Callable[[str], Result]


@pytest.fixture
def run(processing: StoreAndAggregate, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command over the database of the test."""
    own = {"DOORFIETS_POSTGRES": processing.conninfo, "DOORFIETS_HOME": str(tmp_path)}
    for name, value in {**write(stack.settings()), **own}.items():
        monkeypatch.setenv(name, value)
    app = assembled()
    return lambda line: CliRunner().invoke(app, line.split())


def everything(processing: StoreAndAggregate) -> list[tuple[object, ...]]:
    """Give what entries there are, and which number the next one would have."""
    return processing.rows(
        "SELECT (SELECT jsonb_agg(to_jsonb(e)) FROM doorfiets.exclusion e), last_value, is_called"
        " FROM doorfiets.exclusion_entry_seq"
    )


async def test_a_dry_run_changes_nothing(processing: StoreAndAggregate, run: Run) -> None:
    """Not even the number of the next entry; it says what closing would change."""
    await processing.store(*quarters([1] * 8))
    (entry,) = said(processing, "a", NOON, None, kind="maintenance")
    before = everything(processing)
    for line in (
        "maintenance a --end --to 2026-05-12T12:30 --dry-run",
        "maintenance a --dry-run",
        f"exclude --undo {entry} --reason x --dry-run",
        "exclude a --from 2026-05-12 --to 2026-05-13 --reason x --dry-run",
        "quality --from 2026-05-01 --dry-run",
    ):
        done = run(line)
        assert done.exit_code == 0, (line, done.output, done.exception)
        assert everything(processing) == before, line
    closing = run("maintenance a --end --to 2026-05-12T12:30 --dry-run")
    assert "2 observations of 1 local days" in closing.stderr
    assert f"entry {entry}" in closing.stderr
    assert run("maintenance a --end --to 2026-05-12T12:30").exit_code == 0
    assert processing.row(
        "SELECT max(ended_at) FROM doorfiets.exclusion WHERE kind = 'maintenance' AND isfinite(ended_at)"
    ) == (NOON + 2 * QUARTER,)


@pytest.mark.parametrize(
    "line",
    [
        "exclude",
        "exclude nowhere --from 2026-05-12 --to 2026-05-13 --reason x",
        "exclude a --from 2026-05-12 --reason x",
        "exclude a --from 2026-05-13 --to 2026-05-12 --reason x",
        "exclude a --from 0001-01-01 --to 9999-12-31T23:59-05:00 --reason x",
        "exclude a --from 2026-05-12 --to 2026-05-13",
        "exclude a --from 2026-05-12 --to 2026-05-13 --reason x --as ship",
        "exclude a --from 2026-05-12 --to 2026-05-13 --reason x --direction up",
        "exclude a-1 --from 2026-05-12 --to 2026-05-13 --reason x --channel a-in",
        "exclude b --undo 1 --reason x",
        "exclude --undo 1 --from 2026-05-12 --reason x",
        "exclude --undo 99 --reason x",
        "exclude --undo 99999999999999999999 --reason x",
        "maintenance b --end",
        "maintenance a --end --from 2026-05-12",
        "quality --from 2026-05-12 --to 2026-05-11",
        "quality --from yesterday",
        "quality --from 2026-05-12 --place nowhere",
        "quality",
    ],
)
def test_wrong_use_is_refused_and_nothing_entered(processing: StoreAndAggregate, run: Run, line: str) -> None:
    """By name, with the exit code of wrong use."""
    said(processing, "a", NOON, None, kind="maintenance")
    before = everything(processing)
    done = run(line)
    code = exit_code(done.exception) if isinstance(done.exception, EntryRefusedError) else done.exit_code
    assert code == WRONG_USE, (done.output, done.exception)
    assert everything(processing) == before
