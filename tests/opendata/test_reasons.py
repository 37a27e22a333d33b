"""What an answer says of a reason: its text, and beside it the code with its parameters."""

import pytest

from opendata.reasons import NOT_PROCESSED, fields, text
from schemas.reasons import Reason, reason

pytestmark = pytest.mark.pure


def test_the_code_stands_beside_the_text() -> None:
    """In the words of the default locale."""
    found = Reason("channels_missing", {"valid": 1, "channels": 2})
    assert fields(found) == {
        "reden": "1 van 2 kanalen geldig",
        "reden_code": "channels_missing",
        "reden_parameters": {"valid": 1, "channels": 2},
    }
    assert text(found, "en") == "1 of 2 channels valid"


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
