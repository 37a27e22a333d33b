"""What an answer says of a reason: its text, and beside it the code with its parameters."""

import pytest

from opendata.reasons import NOT_PROCESSED, channels, fields, text
from schemas.reasons import Reason, reason

pytestmark = pytest.mark.pure


def test_the_code_stands_beside_the_text() -> None:
    """In the words of the default locale."""
    gone = [{"mode": "bicycles", "direction": "centrum", "why": "status_bad"}]
    found = Reason("channels_missing", {"valid": 1, "channels": 2, "missing": gone})
    assert fields(found) == {
        "reden": "1 van 2 kanalen geldig: fietsers richting centrum (de sensor meldt een storing)",
        "reden_code": "channels_missing",
        "reden_parameters": {"valid": 1, "channels": 2, "missing": gone},
    }
    assert text(found, "en") == "1 of 2 channels valid: cyclists direction centrum (the sensor reports a fault)"


def test_channels_are_named_as_people_call_them() -> None:
    """With the place where several may be meant, and the days of a longer period."""
    missing = [
        {"mode": "bicycles", "direction": "beide", "why": "not_received", "days": 1},
        {"site": "De Kolk", "mode": "cars", "direction": "oost", "why": "implausible_value", "days": 12},
    ]
    found = Reason("channels_incomplete", {"missing": missing})
    assert text(found) == (
        "niet alle kanalen volledig: fietsers in beide richtingen (geen meting ontvangen, 1 dag); "
        "personenauto's richting oost bij De Kolk (onwaarschijnlijk hoge of lage waarde, 12 dagen)"
    )
    assert channels(found) == (text(found) or "").removeprefix("niet alle kanalen volledig: ")
    assert channels(reason("not_received")) is None
    both = [{"mode": "bicycles", "direction": direction, "why": "dead"} for direction in ("in", "out")]
    assert text(Reason("channels_incomplete", {"missing": both}), "en") == (
        "not all channels whole: cyclists direction in and direction out "
        "(the counter gave only zeros where cyclists were expected)"
    )


def test_without_a_reason_there_is_neither() -> None:
    """A number that is there needs none."""
    assert fields(None) == {"reden": None, "reden_code": None, "reden_parameters": {}}
    assert text(None) is None


def test_the_public_face_has_reasons_of_its_reason() -> None:
    """Of the same catalogue."""
    assert text(NOT_PROCESSED) == "nog niet verwerkt"
    assert text(reason("not_over", period="month")) == "de maand is nog niet voorbij"
    with pytest.raises(ValueError, match="unknown reason"):
        reason("because")
