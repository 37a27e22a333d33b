"""What an indicator rests on is told in Dutch; names of places and substances stay."""

import pytest

from opendata.v1.basis import basis

pytestmark = pytest.mark.pure


def test_keys_and_words_are_translated() -> None:
    """In camelCase, layers and classes of use too; what we do not know keeps its name."""
    stored = {"empty_cells": [[1, 7]], "use": "recreational", "layers": {"no2": "publisher"}, "other_thing": 1}
    assert basis(stored) == {
        "legeCellen": [[1, 7]],
        "gebruikssoort": "recreatief",
        "lagen": {"no2": "uitgever"},
        "otherThing": 1,
    }


def test_nothing_is_nothing() -> None:
    """As of a moment at which it was not known."""
    assert basis(None) == {}
