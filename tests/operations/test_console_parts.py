"""The parts of the console that need no database: the limit of logins, the strip of a day, the calendar."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from operations.console import drawings, passwords, sessions
from operations.console.login_limit import OF_ACCOUNT, OF_ADDRESS, OF_BOTH, WITHIN, LoginLimit

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def test_failures_count_for_a_quarter_of_an_hour() -> None:
    """Those of one address about one account, and no others of it."""
    limit = LoginLimit()
    for _ in range(OF_BOTH):
        assert limit.admits("a", "10.0.0.1", NOON)
    assert not limit.admits("a", "10.0.0.1", NOON + WITHIN - timedelta(seconds=1))
    assert limit.admits("b", "10.0.0.1", NOON)
    assert limit.admits("a", "10.0.0.2", NOON)
    assert limit.admits("a", "10.0.0.1", NOON + WITHIN)


def test_who_succeeds_is_not_held_up_by_it() -> None:
    """However often somebody logs in; what others of the address failed at still counts."""
    limit = LoginLimit()
    assert limit.admits("b", "10.0.0.1", NOON)
    for number in range(3 * OF_ACCOUNT):
        at = NOON + timedelta(seconds=number)
        assert limit.admits("a", "10.0.0.1", at)
        limit.succeeded("a", "10.0.0.1", at)
    assert limit._failures["", "10.0.0.1"] == [NOON]


def test_one_address_cannot_try_many_accounts_nor_many_addresses_one() -> None:
    """Each has a limit of its own."""
    limit = LoginLimit()
    for number in range(OF_ADDRESS):
        assert limit.admits(f"a{number}", "10.0.0.1", NOON)
    assert not limit.admits("new", "10.0.0.1", NOON)
    limit = LoginLimit()
    for number in range(OF_ACCOUNT):
        assert limit.admits("a", f"10.0.{number}.1", NOON)
    assert not limit.admits("a", "10.1.0.1", NOON)


def test_who_guesses_names_fills_no_memory() -> None:
    """The oldest are forgotten."""
    limit = LoginLimit()
    for number in range(12_000):
        limit.admits(f"a{number}", f"10.{number}", NOON)
    assert len(limit._failures) <= 10_000


def test_a_form_token_is_of_one_session() -> None:
    """And tells nothing of it."""
    token = sessions.new_token()
    assert sessions.is_form_token(sessions.form_token(token), token)
    assert not sessions.is_form_token(sessions.form_token(token), sessions.new_token())
    assert not sessions.is_form_token("é", token)
    assert token not in sessions.form_token(token)


@pytest.mark.parametrize("password", ["", "elf tekens.", "x" * 201])
def test_a_password_has_a_length(password: str) -> None:
    """Neither too short nor too long."""
    with pytest.raises(passwords.PasswordRefusedError, match="12 to 200"):
        passwords.digest(password)


def cell(number: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - columns of a row
    """A quarter of a day."""
    start = NOON + number * QUARTER
    around = {"started_at": start, "ended_at": start + QUARTER, "expected": 1, "flags": 0, "may_lack": False}
    return {**around, "observations": 1, "counting": 1, "total": 5, **more}


def test_cells_are_told_apart_and_put_together() -> None:
    """A zero is no gap, what is not stored yet is neither, and outside of a window nothing is missing."""
    missing = {"observations": 0, "counting": 0, "total": None}
    cells = [
        cell(0), cell(1), cell(2, total=0), cell(3, counting=0, total=None, flags=1024), cell(4, **missing),
        cell(5, may_lack=True, **missing), cell(6, expected=3), cell(7, **missing),
    ]  # fmt: skip
    found = drawings.runs(cells, NOON + 7 * QUARTER)
    assert [(one.state, one.cells, one.total) for one in found] == [
        ("measured", 2, 10), ("zero", 1, 0), ("excluded", 1, None), ("gap", 1, None), ("outside", 1, None),
        ("partial", 1, 5), ("waiting", 1, None),
    ]  # fmt: skip
    assert str(drawings.strip(found).drawing).count("<rect") == 7


def test_a_calendar_has_ninety_days() -> None:
    """By how much was measured; a day that nobody computed is not one without measurements."""
    today = date(2026, 5, 12)
    measured = [(96, 96), (92, 96), (72, 96), (71, 96), (0, 96), (0, 0)]
    rows = [
        {"day": today - timedelta(number), "valid": valid, "expected": expected}
        for number, (valid, expected) in enumerate(measured)
    ]
    days = drawings.calendar(rows, today).days
    assert [one.level for one in days[-7:]] == ["unknown", "outside", "none", "low", "middle", "high", "full"]
    assert (len(days), days[0].day) == (90, date(2026, 2, 12))
