"""Times in options: UTC without an offset, and a sentence for what is none, at the ends of the calendar too."""

from datetime import UTC, datetime

import pytest
import typer

from deploy.utc_moment import moment

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (None, None),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T12:00Z", datetime(2026, 11, 1, 12, tzinfo=UTC)),
        ("2026-11-01T12:00+01:00", datetime(2026, 11, 1, 11, tzinfo=UTC)),
    ],
)
def test_a_time_is_utc_unless_it_says_an_offset(text: str | None, at: datetime | None) -> None:
    """And none where nothing is said."""
    assert moment(text, "--from") == at


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "0001-01-01T00:00+05:00", "9999-12-31T23:00-05:00"])
def test_what_is_no_time_is_named_with_its_option(text: str) -> None:
    """Also what no clock can count in UTC."""
    with pytest.raises(typer.BadParameter, match=r"--from '.*' is no time"):
        moment(text, "--from")
