"""Which form an answer takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendata.negotiation import Form, choose

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
