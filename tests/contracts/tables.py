"""What tests of `/v1` share: the rows of an answer, as JSON, as a sheet and over pages, and its mistakes."""

import csv
import io
from typing import Any

import httpx


def rows(answer: httpx.Response) -> list[dict[str, Any]]:
    """The rows of an answer that succeeded."""
    assert answer.status_code == 200, answer.text[:500]
    found: list[dict[str, Any]] = answer.json()["gegevens"]
    return found


def one(site: httpx.Client, address: str, **question: str) -> dict[str, Any]:
    """The only row of an answer that succeeded."""
    (row,) = rows(site.get(address, params=question))
    return row


def table(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a sheet that succeeded."""
    assert answer.status_code == 200, answer.text[:500]
    return list(csv.DictReader(io.StringIO(answer.text)))


def mistakes(answer: httpx.Response) -> list[str]:
    """The parameters that an answer names."""
    assert answer.status_code == 400, answer.text[:500]
    return [mistake["parameter"] for mistake in answer.json()["fouten"]]


def walked(site: httpx.Client, address: str, **question: str) -> list[dict[str, Any]]:
    """The rows of all pages of an answer."""
    found: list[dict[str, Any]] = []
    following, seen = f"{address}?{httpx.QueryParams(question)}", set[str]()
    while following:
        assert following not in seen, "pages go round in a circle"
        seen.add(following)
        answer = site.get(following)
        found += rows(answer)
        following = answer.json()["volgende"]
    return found
