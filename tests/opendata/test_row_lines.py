"""Rows that are filled into what they have in common are what each of them is by itself, in JSON and in CSV."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from opendata import csv_rows
from opendata.processing import PlatformWatermark, Processing, Stage
from opendata.read.counts import CountRow
from opendata.read.quarters import HourOfQuarters, QuarterItem, WrittenHours, row_by_row
from opendata.v1.models import Row, Telling, zulu
from opendata.v1.row_lines import CsvForm, JsonForm, RowLines, in_turn
from opendata.v1.rows import common
from opendata.v1.subject_progress import with_processing
from schemas.reasons import reason

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 12, tzinfo=UTC)
REVISED: Final = datetime(2026, 5, 12, 12, 1, 2, 345000, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
GAP: Final = reason(
    "channels_missing", valid=1, channels=2, missing=[{"mode": "bicycles", "direction": "{in}%s", "why": "dead"}]
)
DEAD: Final = reason("channels_missing", valid=0, channels=1, missing=[])
WHOLE: Final = (None,) * 4
GOOD: Final = (0,) * 4
SUBJECT: Final = {"telpunt": "brug", "interval": "kwartier"}


def at(until: datetime | None, now: datetime) -> Processing:
    """How far the platform is: everything has passed until a moment."""
    stages = (Stage("receive", until, 0), Stage("store", until, 0), Stage("aggregate", until, 0))
    return Processing(PlatformWatermark(stages, now), (), now)


def row(started_at: datetime, value: float | None, **other: Any) -> CountRow:  # noqa: ANN401 - fields differ in type
    """Make a quarter."""
    fields: dict[str, Any] = {
        "ended_at": started_at + timedelta(minutes=15), "day": None, "valid": int(value is not None), "expected": 1,
        "reason": None if value is not None else GAP, "quality_flags": 0, "origins": ("measured",), "revision": 1,
        "revised_at": REVISED,
    }  # fmt: skip
    return CountRow(started_at=started_at, value=value, **(fields | other))


ROWS: Final[list[QuarterItem]] = [
    HourOfQuarters(NOON, ("1", "2.5", "0", "40"), WHOLE, GOOD, ("measured",), 3, REVISED),
    HourOfQuarters(NOON + HOUR, ("7", "8", "9", "10"), WHOLE, GOOD, ("measured", "simulated"), 12, NOON + HOUR),
    row(NOON + 2 * HOUR, 4.0),
    row(NOON + 2.25 * HOUR, None, revision=0, revised_at=None),
    row(NOON + 2.5 * HOUR, 0.1 + 0.2, quality_flags=4),
    row(NOON + 3 * HOUR, 12.0, ended_at=NOON + 27 * HOUR, day=date(2026, 5, 12), valid=90, expected=96, flagged=(4, 4)),
    HourOfQuarters(NOON + 27 * HOUR, ("77",), (None,), (8,), ("recorded",), 1, REVISED),
    HourOfQuarters(NOON + 28 * HOUR, ("1", "1", "1", "1"), WHOLE, (0, 4, 0, 24), ("recorded",), 1, REVISED),
    HourOfQuarters(
        NOON + 29 * HOUR, ("1", "NULL", "7.5", "NULL"), (None, GAP, None, DEAD), GOOD, ("recorded",), 2, REVISED
    ),
    HourOfQuarters(
        NOON + 30 * HOUR, ("1", "NULL", "8", "NULL"), (None, DEAD, None, GAP), GOOD, ("recorded",), 2, REVISED
    ),
    HourOfQuarters(NOON + 31 * HOUR, ("NULL",) * 4, (DEAD,) * 4, GOOD, ("recorded",), 0, None),
    row(NOON + 32 * HOUR, None),
]
PROGRESS: Final = [at(NOON + 40 * HOUR, NOON + 40 * HOUR), at(NOON + 28 * HOUR, NOON + 29.1 * HOUR), at(None, NOON)]


def shaped(one: CountRow, processing: Processing) -> Row:
    """Shape a row by itself."""
    row = Telling(**common(one, processing.now), waarde=one.value, eenheid="fietsers")
    return with_processing(row, one, processing, missing=one.value is None)


def each(processing: Processing) -> list[dict[str, Any]]:
    """Shape every row by itself."""
    return [shaped(one, processing).model_dump(mode="json", by_alias=True) for one in row_by_row(ROWS)]


@pytest.mark.parametrize("processing", PROGRESS)
@pytest.mark.parametrize("fields", [None, ["waarde"], ["waarde", "startTijd", "redenParameters"], ["dekking", "datum"]])
def test_json_is_that_of_every_row(processing: Processing, fields: list[str] | None) -> None:
    """With all fields, or with those that are asked for, in their order."""
    lines = RowLines(JsonForm(fields), lambda one: shaped(one, processing), processing)
    found = json.loads(f"[{lines.text(ROWS)}]")
    assert found == [
        dumped if fields is None else {name: dumped[name] for name in fields} for dumped in each(processing)
    ]
    assert fields is None or [list(one) for one in found] == [fields] * len(found)


@pytest.mark.parametrize("processing", PROGRESS)
@pytest.mark.parametrize("fields", [None, ["waarde", "startTijd"]])
def test_csv_is_that_of_every_row(processing: Processing, fields: list[str] | None) -> None:
    """Line by line, with the subject before."""
    names = [*SUBJECT, *csv_rows.columns(Telling, fields)]
    lines = RowLines(CsvForm(names, SUBJECT), lambda one: shaped(one, processing), processing)
    expected = csv_rows.write(names, [{**SUBJECT, **dumped} for dumped in each(processing)], header=False)
    assert lines.text(ROWS) == expected
    assert len(list(csv.reader(io.StringIO(expected)))) == len(each(processing))


@pytest.mark.parametrize("processing", PROGRESS)
def test_rows_of_several_places_are_put_in_order_by_their_begin(processing: Processing) -> None:
    """Each by itself, with its begin."""
    lines = RowLines(JsonForm(None), lambda one: shaped(one, processing), processing)
    found = [(zulu(start), json.loads(line)) for start, line in lines.apart(ROWS)]
    assert found == [(dumped["startTijd"], dumped) for dumped in each(processing)]


def test_hours_that_were_written_together_are_taken_apart() -> None:
    """Each interval with its begin; of places with the same hours each is one in turn, else it must be looked at."""
    begin = datetime(2026, 5, 12, 6, tzinfo=UTC)
    two = [WrittenHours(begin, 1, "a\x1eb"), WrittenHours(begin + timedelta(hours=1), 2, "c\x1ed\x1ee\x1ef")]
    lines = RowLines(JsonForm(None), lambda one: shaped(one, PROGRESS[0]), PROGRESS[0])
    half = timedelta(minutes=30)
    assert [*lines.apart(two)] == [(begin + number * half, line) for number, line in enumerate("abcdef")]
    other = [one._replace(text=one.text.upper()) for one in two]
    turns = in_turn([(lines, two), (lines, other)])
    assert turns is not None
    assert "".join(turns) == "aAbBcCdDeEfF"
    three = [WrittenHours(begin, 3, "1\x1e2\x1e3\x1e4\x1e5\x1e6")]
    turns = in_turn([(lines, three), (lines, two)])  # the same hours, otherwise written together
    assert turns is not None
    assert "".join(turns) == "1a2b3c4d5e6f"
    for differs in (other[:1], [other[0], other[1]._replace(text="C\x1eD")], ROWS, []):
        assert in_turn([(lines, two), (lines, differs)]) is None
