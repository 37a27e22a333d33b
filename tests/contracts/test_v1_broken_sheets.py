"""A sheet that cannot be finished never looks whole: its transfer is broken off, and every client sees that."""

import httpx
import psycopg
import pytest

from tests.contracts.tables import table

pytestmark = pytest.mark.contracts

SHEETS = [
    ("/v1/telpunten/kolk/tellingen", "api.quarter_hours(text[], text, timestamptz, timestamptz)"),
    ("/v1/tellingen", "api.quarter_hours(text[], text, timestamptz, timestamptz)"),
]
RANGE = {
    "interval": "kwartier",
    "startTijd": "2024-11-01T00:00:00Z",
    "eindTijd": "2026-10-27T00:00:00Z",
    "formaat": "csv",
}


@pytest.mark.parametrize("packed", ["identity", "gzip"])
@pytest.mark.parametrize(("address", "function"), SHEETS)
def test_a_sheet_that_breaks_off_is_no_whole_file(
    site: httpx.Client, owner: psycopg.Connection, address: str, function: str, packed: str
) -> None:
    """The database stops to answer after the first part; without that, the same sheet is whole."""
    headers = {"Accept-Encoding": packed}
    with site.stream("GET", address, params=RANGE, headers=headers) as answer:
        assert answer.status_code == 200
        pieces = answer.iter_raw()
        assert next(pieces)
        owner.execute(f"ALTER FUNCTION {function} RENAME TO out_of_order".encode())
        try:
            with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete chunked read|without sending complete"):
                for _ in pieces:
                    pass
        finally:
            renamed = function.replace("quarter_hours", "out_of_order")
            owner.execute(f"ALTER FUNCTION {renamed} RENAME TO quarter_hours".encode())


def test_an_error_before_the_first_row_is_no_file_at_all(site: httpx.Client, owner: psycopg.Connection) -> None:
    """It is a problem that is named, with the words of the API."""
    address, function = SHEETS[0]
    owner.execute(f"ALTER FUNCTION {function} RENAME TO out_of_order".encode())
    try:
        answer = site.get(address, params=RANGE)
        assert answer.status_code == 500
        assert answer.headers["Content-Type"] == "application/problem+json"
    finally:
        owner.execute(b"ALTER FUNCTION api.out_of_order RENAME TO quarter_hours")
    another = f"{site.base_url}{address}"  # after an error of its own the server lets go of the connection
    assert table(httpx.get(another, params=RANGE | {"startTijd": "2026-10-26T00:00:00Z"}, timeout=30))
