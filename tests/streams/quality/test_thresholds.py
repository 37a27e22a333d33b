"""Thresholds are data, and every one of them is explained; every flag of a check is one that a finding may attach."""

from pathlib import Path

import pytest

from schemas.quality_flags import QUALITY_FLAGS
from schemas.quantities import QUANTITIES
from streams.domain.quality import BY_QUANTITY, Thresholds, thresholds

pytestmark = pytest.mark.pure

PAGE = Path(__file__).parents[3] / "docs" / "why" / "quality.md"


def test_every_quantity_has_thresholds() -> None:
    """A quantity that is added is thought of."""
    assert BY_QUANTITY.keys() == QUANTITIES.keys()


def test_an_owner_sets_what_is_otherwise_at_a_place() -> None:
    """All else stays as it is everywhere."""
    own = thresholds("kolk", "bicycles", {"kolk": {"dead_hours": 48.0}})
    assert own == BY_QUANTITY["bicycles"]._replace(dead_hours=48.0)
    assert thresholds("vaart", "bicycles", {"kolk": {"dead_hours": 48.0}}) == BY_QUANTITY["bicycles"]


def test_every_threshold_is_explained() -> None:
    """The page of the checks has a row for each."""
    text = PAGE.read_text("utf-8")
    assert [name for name in Thresholds._fields if f"`{name}`" not in text] == []


def test_every_flag_of_a_check_is_explained() -> None:
    """What a person enters is no check."""
    text = PAGE.read_text("utf-8")
    flags = {flag.name for flag in QUALITY_FLAGS if flag.attached == "finding"} - {"by_hand", "maintenance"}
    assert [name for name in sorted(flags) if f"| `{name}` |" not in text] == []
