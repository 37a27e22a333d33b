"""The words for the state of a feed, and what is new in answers that overlap."""

import pytest

from operations.feed_readings import NewRows
from operations.feed_words import first_step, status, why
from operations.feeds import by_place
from schemas.feed_states import REASONS, STATUSES
from schemas.quality_flags import QUALITY_FLAGS

pytestmark = pytest.mark.pure

SAMPLES = {"at": "2026-05-12T10:00:00+00:00", "s": 900, "intervals": 3.5, "%": 94, "V": 3.11, "flag": "dead"}


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("code", REASONS)
def test_every_reason_can_be_said(code: str, locale: str) -> None:
    """With numbers as the language writes them."""
    said = why({"code": code, "parameters": {name: SAMPLES[unit] for name, unit in REASONS[code].items()}}, locale)
    assert said
    assert "{" not in said


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("code", STATUSES)
def test_every_status_has_a_word_and_a_first_step(code: str, locale: str) -> None:
    """A step is a sentence."""
    assert status(code, locale)
    assert first_step(code, locale).endswith(".")


def test_a_found_flag_is_said_in_its_words() -> None:
    """Those of the catalogue of quality flags."""
    for flag in QUALITY_FLAGS:
        assert why({"code": "found", "parameters": {"flag": flag.name, "from": SAMPLES["at"]}})
    assert why(None) == ""
    assert why({"code": "battery_low", "parameters": {"voltage": 3.11, "lowest": 3.2}}, "nl") == (
        "de batterij geeft 3,11 V, minder dan 3,20 V"
    )


def test_what_was_given_is_not_new() -> None:
    """Answers overlap, since what was received earlier may be committed later."""
    newly = NewRows()
    assert [newly(key) for key in ("a", "b", "a", "c", "b")] == [True, True, False, True, False]


def test_a_place_is_as_bad_as_its_worst_feed() -> None:
    """Maintenance and what has ended trouble nobody."""
    feeds = [
        {"place": place, "place_name": place.upper(), "owner": "GM0000", "status": status}
        for place, status in (("a", "ok"), ("b", "maintenance"), ("a", "partial"), ("c", "silent"), ("b", "closed"))
    ]
    found = [(one["place"], one["status"], one["troubled"]) for one in by_place(feeds)]
    assert found == [("c", "silent", 1), ("a", "partial", 1), ("b", "maintenance", 0)]
