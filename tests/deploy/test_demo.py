"""The proof of the demo goes red on every way of being wrong, and the guide's line publishes what it says."""

import json
import shlex
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.local.demo import guide, reference, trial
from deploy.local.demo.agreement import Found, PublishedDay, differences
from ingest.dialects import decode

pytestmark = pytest.mark.pure

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
REFERENCE = """site,month,quarter_hours_in_month_utc,rows_with_total,sum_total_column,sum_of_channel_columns,last
100053305,2024-03,2972,2880,33037,33037,2024-03-30 23:45
100053305,2024-10,2980,2880,34456,34456,2024-10-30 23:45
"""
SPRING, AUTUMN, LAST = date(2024, 3, 31), date(2024, 10, 27), date(2024, 10, 31)


@pytest.fixture
def months(tmp_path: Path) -> list[reference.Month]:
    """Read a reference of two months, one for each change of the clock."""
    (tmp_path / reference.FILE).write_text(REFERENCE)
    return reference.months(tmp_path)


def published(months: list[reference.Month]) -> dict[date, PublishedDay]:
    """Make up days that agree; days without any row are left out, as an aggregate does."""
    days: dict[date, PublishedDay] = {}
    for month in months:
        last = month.last_day.day
        for number in range(1, last + 1):
            day = month.last_day.replace(day=number)
            total = 1_046.0 if day == AUTUMN else 1_000.0
            days[day] = PublishedDay(total, 96, 100 if day == AUTUMN else 96, 100 if day == AUTUMN else 96)
        first = month.last_day.replace(day=1)
        rest = month.total - sum(value.total or 0 for day, value in days.items() if day.month == first.month)
        days[first] = days[first]._replace(total=1_000.0 + rest)
    return days


def found(months: list[reference.Month]) -> Found:
    """Make up everything that agrees."""
    return Found(published(months), {month.month: month.channels for month in months})


def test_what_agrees_has_no_differences(months: list[reference.Month]) -> None:
    """Days without a row still have their quarters: 92, 96 or 100."""
    assert list(differences(months, found(months), AMSTERDAM)) == []


def worse(day: date, **change: Any) -> Callable[[Found], Found]:  # noqa: ANN401 - numbers of any column
    """Change one published day."""

    def change_it(before: Found) -> Found:
        value = before.days.get(day, PublishedDay(None, 0, 0, 96))
        return before._replace(days={**before.days, day: value._replace(**change)})

    return change_it


WRONG: list[tuple[Callable[[Found], Found], str]] = [
    (worse(date(2024, 3, 5), total=1_001.0), "2024-03: total 33,038, reference 33,037 (+1)"),
    (worse(date(2024, 3, 5), rows=95), "2024-03: rows 2,879, reference 2,880 (-1)"),
    (worse(date(2024, 10, 5), expected=92), "2024-10: quarters expected 2,976, reference 2,980 (-4)"),
    (worse(SPRING, expected=96), "2024-03: quarters expected 2,976, reference 2,972 (+4)"),
    (worse(SPRING, total=0.0, paired=0, expected=92), "2024-03-31: total 0.0, but the reference has a gap there"),
    (worse(LAST, total=None, paired=3), "2024-10-31: total None, but the reference has a gap there"),
    (worse(AUTUMN, total=1_054.0), "2024-10-27: total 1054.0, reference 1046"),
    (lambda before: before._replace(channels={}), "2024-03: sum over the channels 0, reference 33,037 (-33,037)"),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_every_way_of_being_wrong_is_told(
    months: list[reference.Month], change: Callable[[Found], Found], sentence: str
) -> None:
    """A difference names month or day, both numbers, and how far they are apart."""
    assert sentence in list(differences(months, change(found(months)), AMSTERDAM))


def test_a_total_with_a_channel_missing_is_no_total(months: list[reference.Month]) -> None:
    """The publisher's total of such a row is taken out of what we have to agree with."""
    at = [datetime(2024, 3, 5, 0, minute) for minute in (0, 15, 30)]
    recorded = {"100053305": dict.fromkeys(at, 5.0), "1": dict.fromkeys(at, 2.0), "2": dict.fromkeys(at[1:], 3.0)}
    counter = reference.RecordedCounter("100053305", ("1", "2"), "ubbena")
    less = reference.without_partial(months[0], counter, recorded)
    assert (months[0].total - less.total, months[0].rows - less.rows) == (5, 1)
    assert reference.without_partial(months[1], counter, recorded) == months[1]


def test_the_line_of_the_guide_publishes_what_the_page_then_shows() -> None:
    """What the shell makes of it can be read, and its two directions are the promised number."""
    now = datetime(2026, 5, 12, 6, 22, tzinfo=UTC)
    one = trial.trial(now, 251)
    line = guide.publish(one.message.topic, one.message.payload, "127.0.0.1:18801", Path("/state/mqtt-simulator"))
    words = shlex.split(line)
    received = decode(words[words.index("-t") + 1], words[words.index("-m") + 1].encode(), now)
    assert isinstance(received, list)
    assert sum(reading.value or 0 for reading in received) == 251
    assert {reading.ended_at for reading in received} == {datetime(2026, 5, 12, 6, 15, tzinfo=UTC)}
    assert json.loads(words[words.index("-m") + 1])["sensor"] in one.message.topic
    assert "startTijd=2026-05-12T06:00:00Z&eindTijd=2026-05-12T06:15:00Z" in one.path
