"""Stamps in the forms that people declare: named months, clocks of twelve hours, blanks, and what is none of them."""

from datetime import UTC, datetime

import pytest

from ingest.history.stamp_format import check_format, moment

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("cell", "form", "expected"),
    [
        ("2026-11-03T08:00", "", datetime(2026, 11, 3, 8)),
        ("2026-11-03 08:00:30", "", datetime(2026, 11, 3, 8, 0, 30)),
        ("2026-11-03T08:00+01:00", "", datetime(2026, 11, 3, 7, tzinfo=UTC)),
        ("2026-11-03T08:00:00.123456789Z", "", datetime(2026, 11, 3, 8, 0, 0, 123456, tzinfo=UTC)),
        ("03.11.2026 08:00", "%d.%m.%Y %H:%M", datetime(2026, 11, 3, 8)),
        ("2026-11-03 08:00", "%d.%m.%Y %H:%M", datetime(2026, 11, 3, 8)),
        ("11/03/2026 12:15:00 AM", "%m/%d/%Y %I:%M:%S %p", datetime(2026, 11, 3, 0, 15)),
        ("11/03/2026 12:15:00 PM", "%m/%d/%Y %I:%M:%S %p", datetime(2026, 11, 3, 12, 15)),
        ("Sa, 01. August 2026   00:00", "%a, %d. %B %Y %H:%M", datetime(2026, 8, 1)),
        ("3 mrt. 2026 08:00", "%d %b %Y %H:%M", datetime(2026, 3, 3, 8)),
        ("3 MÄRZ 2026 8:00", "%d %B %Y %H:%M", datetime(2026, 3, 3, 8)),
        ("3 août 2026 08:00", "%d %b %Y %H:%M", datetime(2026, 8, 3, 8)),
        ("08:00 op 3-11-2026", "%H:%M op %d-%m-%Y", datetime(2026, 11, 3, 8)),
    ],
)
def test_a_stamp_is_read_in_the_form_that_was_declared(cell: str, form: str, expected: datetime) -> None:
    """Local times stay local, times with an offset become UTC."""
    assert moment(cell, form) == expected


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("", ""),
        ("2026-11-03", ""),
        ("03.11.2026 08:00", ""),
        ("31.02.2026 08:00", "%d.%m.%Y %H:%M"),
        ("03.13.2026 08:00", "%d.%m.%Y %H:%M"),
        ("03.11.2026 24:00", "%d.%m.%Y %H:%M"),
        ("03.11.0026 08:00", "%d.%m.%Y %H:%M"),
        ("٠٣.11.2026 08:00", "%d.%m.%Y %H:%M"),
        ("11/03/2026 13:15:00 PM", "%m/%d/%Y %I:%M:%S %p"),
        ("3 brumaire 2026 08:00", "%d %b %Y %H:%M"),
        ("2026-11-03T08:00+25:00", ""),
    ],
)
def test_what_is_no_stamp_of_the_form_is_refused(cell: str, form: str) -> None:
    """Never guessed: days that do not exist, other digits, other names."""
    with pytest.raises(ValueError, match=r"\S"):
        moment(cell, form)


def test_a_date_alone_is_midnight_only_where_that_is_said() -> None:
    """Programs that leave out midnight's time are common, and so are files of days."""
    assert moment("2026-11-03", bare_date=True) == datetime(2026, 11, 3)


@pytest.mark.parametrize("form", ["%Y", "%d.%m.%Y", "%d.%m.%Y %I:%M", "%Q", "%", "%d.%m.%Y %H:%M %p", "%d %d.%m.%Y %H"])
def test_a_form_by_which_no_time_can_be_read_is_refused(form: str) -> None:
    """Before any file is opened."""
    with pytest.raises(ValueError, match="%"):
        check_format(form)
