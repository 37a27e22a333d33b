"""What `doorfiets status` calls to attention, and that nobody who hangs keeps it waiting."""

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest

from deploy.owner_folders import load
from operations.applied_registry import (
    AppliedRegistry,
    FilesUnusableError,
    OwnerFiles,
    OwnerState,
    files_under,
)
from operations.condition.probes import ask_all
from operations.condition.questions import measured_stages
from operations.condition.report import Condition, Service, StageCondition
from operations.condition.tables import registry_table
from operations.lag import Lag
from registry.database import WaitingPlace

pytestmark = pytest.mark.pure

OWNERS: Final = Path(__file__).resolve().parents[2] / "deploy" / "owners"
NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)
WELL = Service("store", "RUNNING", 12, 60, ready=True, process="", restarts=0, restart_cause="", restarted_at=None)

ASSEN = OwnerState("GM0106", "Assen", "a" * 64, NOON - timedelta(days=1))
TYNAARLO = OwnerState("GM1730", "Tynaarlo", "b" * 64, NOON)
APPLIED = AppliedRegistry("c" * 64, [ASSEN, TYNAARLO], [])
AS_APPLIED = {"GM0106": OwnerFiles("Assen", "a" * 64), "GM1730": OwnerFiles("Tynaarlo", "b" * 64)}


def condition(*services: Service, **other: Any) -> Condition:  # noqa: ANN401 - fields differ in type
    """Make a condition in which all is well but what is given."""
    usual = {
        "stages": [StageCondition("store", 2.0, 3, "records", NOON), StageCondition("log", None, None, "records")],
        "acknowledged_seconds": 1.0,
        "unacknowledged_seconds": 0.0,
        "failed_hours": 0,
        "dropped_messages": 0,
        "registry": APPLIED.beside(AS_APPLIED),
        "problems": [],
    }
    return Condition(at=NOON, services=list(services or (WELL,)), **{**usual, **other})


def _measuring(stage: str) -> StageCondition:
    return StageCondition(stage, 2.0, 3, "records", NOON)


def _silent(stage: str) -> StageCondition:
    return _measuring(stage)._replace(measured_at=NOON - timedelta(minutes=2))


def test_where_all_is_well_nothing_needs_attention() -> None:
    """Nor where something is not known."""
    assert condition().attention == []
    assert condition(acknowledged_seconds=None, unacknowledged_seconds=None).attention == []


@pytest.mark.parametrize(
    ("service", "reported"),
    [
        (WELL._replace(state="BACKOFF"), "store is backoff"),
        (WELL._replace(process="stopped by a signal"), "kill -CONT 12"),
        (WELL._replace(ready=False), "store runs and is not ready"),
        (
            WELL._replace(restarts=3, restart_cause="SIGKILL", restarted_at=NOON - timedelta(seconds=90)),
            "90 s ago (SIG",
        ),
    ],
)
def test_running_is_not_enough(service: Service, reported: str) -> None:
    """One sentence says what is wrong, and what to do."""
    (sentence,) = condition(service).attention
    assert reported in sentence


def test_a_restart_of_long_ago_is_no_news() -> None:
    """It stands in the table."""
    old = WELL._replace(restarts=1, restart_cause="exit code 1", restarted_at=NOON - timedelta(hours=1))
    assert condition(old).attention == []


@pytest.mark.parametrize(
    ("what", "reported"),
    [
        ({"stages": [StageCondition("aggregate", 75.0, 1200, "hours")]}, "aggregate is 75 s behind, 1,200 hours wait"),
        ({"stages": [StageCondition("bridge", 75.0, None, "messages")]}, "bridge is 75 s behind"),
        ({"unacknowledged_seconds": 31.0}, "none was acknowledged for 31 s"),
        ({"stages": [_silent("store"), _measuring("aggregate")]}, "store has measured nothing for 120 s"),
        ({"stages": [_measuring("store"), _silent("aggregate")]}, "aggregate has measured nothing for 120 s"),
        ({"failed_hours": 2}, "2 hours cannot be computed and are set aside"),
        ({"problems": ["Kafka: did not answer within 5 s"]}, "Kafka: did not answer"),
    ],
)
def test_what_is_behind_is_said(what: dict[str, Any], reported: str) -> None:
    """With its number."""
    (sentence,) = condition(**what).attention
    assert reported in sentence


def test_each_stage_has_its_own_measurement() -> None:
    """The lag in seconds, the backlog and the time of `store` are not those of `aggregate`."""
    ago = [NOON - timedelta(seconds=seconds) for seconds in (1, 2, 3, 4, 5)]
    lag = Lag(NOON, ago[0], ago[1], ago[2], None, 7, 8, ago[3], ago[4], failed_hours=0)
    assert measured_stages(lag) == [
        StageCondition("store", 2.0, 7, "records", ago[3]),
        StageCondition("aggregate", 3.0, 8, "hours", ago[4]),
    ]


def test_without_a_database_the_stages_are_listed_as_unknown() -> None:
    """So that a table has the same lines whatever answers."""
    assert [(one.name, one.lag_seconds, one.backlog) for one in measured_stages(None)] == [
        ("store", None, None),
        ("aggregate", None, None),
    ]


@pytest.mark.parametrize(
    ("files", "reported"),
    [
        (
            {"GM1730": OwnerFiles("Tynaarlo", "d" * 64)},
            "the registry files of Tynaarlo differ from what is applied; see ",
        ),
        ({"GM0014": OwnerFiles("Groningen", "d" * 64)}, "the registry files of Groningen are not applied; see "),
    ],
)
def test_files_that_are_not_the_applied_ones_are_told(files: dict[str, OwnerFiles], reported: str) -> None:
    """One sentence names their owner and the command that shows the difference."""
    (sentence,) = condition(registry=APPLIED.beside(AS_APPLIED | files)).attention
    assert sentence == f"{reported}`doorfiets registry apply --dry-run`"


def test_an_owner_whose_files_are_elsewhere_or_unknown_calls_for_nothing() -> None:
    """It may have been applied from another folder; and where no database answers, nothing is compared."""
    assert condition(registry=APPLIED.beside({"GM0106": AS_APPLIED["GM0106"]})).attention == []
    assert condition(registry=APPLIED.beside({})).attention == []
    assert condition(registry=None).attention == []


def test_a_place_that_waits_is_told_with_what_it_waits_for() -> None:
    """It has no numbers until the owner of what it names is applied."""
    waiting = [WaitingPlace("route", "assen-groningen", ["paterswolde", "vries"])]
    (sentence,) = condition(registry=APPLIED._replace(waiting=waiting)).attention
    assert sentence == "route assen-groningen waits for paterswolde, vries: apply the owner of these"


def test_the_registry_is_shown_with_short_states() -> None:
    """Each owner's, since when, what its files are; and that of all of them together."""
    changed = {"GM1730": OwnerFiles("Tynaarlo", "d" * 64), "GM0014": OwnerFiles("Groningen", "e" * 64)}
    table = registry_table(APPLIED.beside(AS_APPLIED | changed))
    assert list(zip(*(column.cells for column in table.columns), strict=True)) == [
        ("GM0106", "Assen", "a" * 12, "2026-05-11 10:00:00Z", "as applied"),
        ("GM1730", "Tynaarlo", "b" * 12, "2026-05-12 10:00:00Z", "d" * 12),
        ("GM0014", "Groningen", "-", "-", "e" * 12),
        ("all", "", "c" * 12, "", ""),
    ]


def test_files_that_cannot_be_read_are_a_problem_of_one_line(tmp_path: Path) -> None:
    """A folder that is not there, one that is not whole, and one that contradicts itself."""
    with pytest.raises(FilesUnusableError, match=r"^missing registry files: .*/nowhere is no folder$"):
        files_under(tmp_path / "nowhere")
    shutil.copytree(OWNERS, tmp_path / "owners", ignore=shutil.ignore_patterns("recordings"))
    sites = tmp_path / "owners" / "assen" / "sites.toml"
    found = sites.read_text("utf-8")
    sites.write_text(found.replace("district = ", "district = 'nowhere' # "), "utf-8")
    with pytest.raises(FilesUnusableError, match=r"^[^\n]+ \(and \d+ more\)$"):
        files_under(tmp_path / "owners")
    sites.unlink()
    with pytest.raises(FilesUnusableError, match=r"^assen: missing registry files: sites\.toml$"):
        files_under(tmp_path / "owners")


def test_files_are_known_by_the_id_of_their_owner() -> None:
    """With the state that applying them leaves behind."""
    assert files_under(OWNERS) == {
        one.registry.owner.id: OwnerFiles(one.registry.owner.name, one.state) for one in load(OWNERS)
    }


def test_who_hangs_keeps_nobody_waiting() -> None:
    """The others have answered; who raises has a problem."""

    def broken() -> int:
        raise OSError("connection refused")

    never, began = Event(), time.monotonic()
    questions = {"a": lambda: 5, "hangs": lambda: int(never.wait(600)), "broken": broken}
    answers = ask_all(questions, patience=0.5)
    assert time.monotonic() - began < 300
    assert answers["a"].value == 5
    assert answers["hangs"].problem == "did not answer within 0.5 s"
    assert (answers["broken"].value, answers["broken"].problem) == (None, "connection refused")
    never.set()
