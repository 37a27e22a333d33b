"""Which form an answer takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.negotiation import Form, choose, language

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("wanted", "accept", "form"),
    [
        (None, "*/*", "json"),
        (None, "text/csv", "csv"),
        (None, "text/csv;q=0.4, application/json;q=0.3", "csv"),
        (None, "text/*, application/json;q=0.5", "csv"),
        (None, "image/png", None),
        (None, "text/csv;q=0", None),
        ("csv", "image/png", "csv"),
        ("geojson", "*/*", None),
    ],
)
def test_the_address_decides_before_the_header(wanted: str | None, accept: str, form: Form | None) -> None:
    """Among the forms that are offered."""
    assert choose(wanted, accept, ("json", "csv")) == form


@given(st.text(max_size=200))
def test_no_header_breaks_it(accept: str) -> None:
    """It chooses or it does not."""
    assert choose(None, accept, ("json", "csv")) in {None, "json", "csv"}


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [
        ("", "nl"),
        ("nl-NL,nl;q=0.9,en;q=0.8", "nl"),
        ("en-GB,en;q=0.9,nl;q=0.8", "en"),
        ("nl;q=0.3, EN;q=0.7", "en"),
        ("en, nl", "en"),
        ("nl, en", "nl"),
        ("de-DE,de;q=0.9", "nl"),
        ("de,en;q=0.2", "en"),
        ("*", "nl"),
        ("en;q=0.5,*;q=0.1", "en"),
        ("nl;q=0,*", "en"),
        ("en;q=0", "nl"),
        ("english,,;q=,=", "nl"),
    ],
)
def test_a_language_is_that_which_the_reader_prefers(accepted: str, locale: str) -> None:
    """Dutch, where none of ours is named."""
    assert language(accepted) == locale
