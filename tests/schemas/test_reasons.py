"""Reasons are codes of a closed list, each with its own parameters."""

import re

import msgspec
import pytest

from schemas.reasons import REASONS, Reason, reason

pytestmark = pytest.mark.pure


def test_a_reason_is_stored_as_its_code_with_its_parameters() -> None:
    """As column `withheld` holds it."""
    found = reason("coverage_below", valid=44, needed=75)
    stored = {"code": "coverage_below", "parameters": {"valid": 44, "needed": 75}}
    assert msgspec.to_builtins(found) == stored
    assert msgspec.convert(stored, Reason) == found


def test_every_code_is_a_plain_name() -> None:
    """Which a reader may compare with."""
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in REASONS)


def test_what_is_not_in_the_catalogue_is_refused() -> None:
    """An unknown code, a parameter too few, one too many."""
    with pytest.raises(ValueError, match="unknown reason"):
        reason("because")
    with pytest.raises(ValueError, match="has the parameters"):
        reason("coverage_below", valid=44)
    with pytest.raises(ValueError, match="has the parameters"):
        reason("nobody_counted", day="monday")
