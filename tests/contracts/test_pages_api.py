"""The page of the API: every resource, parameter and field of its document, and examples that work as they stand."""

import re
from html import unescape
from typing import Any, Final

import httpx
import pytest

from opendata.app import openapi
from opendata.v1.document import VERSION, VERSIONS
from tests.contracts.test_pages_air import text
from tests.opendata import city

pytestmark = pytest.mark.contracts

SEEDS: Final = (city.SEED, city.EDGES, city.INDICATORS, city.OWNERS)
NOT_EXPLAINED: Final = ("Antwoord", "Velden")
"""Endings of shapes that hold rows, or are rows with fewer fields."""


@pytest.fixture(scope="module")
def page(site: httpx.Client) -> str:
    """The page in Dutch."""
    answer = site.get("/nl/api")
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The document."""
    return openapi()


def resource(page: str, path: str) -> str:
    """What the page says of one resource."""
    begin = page.index(f'translate="no">GET /v1{path}</code>')
    return page[begin : page.index("</details>", begin)]


def test_every_resource_and_parameter_is_on_the_page(page: str, described: dict[str, Any]) -> None:
    """Its summary, its words, each parameter by its name, and with which statuses it answers."""
    for path, operations in described["paths"].items():
        found, operation = resource(page, path), operations["get"]
        said = unescape(re.sub(r"<[^>]+>", "", found))
        assert operation["summary"] in said, path
        for name in (one["name"] for one in operation.get("parameters", ())):
            assert f'<code translate="no">{name}</code>' in found, (path, name)
        for status in operation["responses"]:
            assert f'<code translate="no">{status}</code>' in found, (path, status)


def test_every_description_is_on_the_page(page: str, described: dict[str, Any]) -> None:
    """Of resources and of parameters, those that many have alike once."""
    said = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page)))
    for path, operations in described["paths"].items():
        texts = [operations["get"]["description"]]
        texts += [one["description"] for one in operations["get"].get("parameters", ()) if "description" in one]
        for one in texts:
            assert re.sub(r"\s+", " ", one.replace("`", "")) in said, (path, one)


def test_every_field_of_every_shape_is_on_the_page(page: str, described: dict[str, Any]) -> None:
    """And each shape that is named leads to its fields."""
    for name, shape in described["components"]["schemas"].items():
        if "properties" not in shape or name.endswith(NOT_EXPLAINED):
            continue
        begin = page.index(f'id="vormen-{name.lower()}"')
        part = page[begin : page.index("</details>", begin)]
        for field in shape["properties"]:
            assert f'<code translate="no">{field}</code>' in part, (name, field)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_examples_work(site: httpx.Client, page: str, described: dict[str, Any]) -> None:
    """Each as it stands there, and there is one for each resource."""
    examples = [unescape(one) for one in re.findall(r'class="example" href="([^"]+)"', page)]
    assert len(examples) == len(described["paths"])
    for one in examples:
        answer = site.get(one, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.headers["API-Version"]) == (200, VERSION), one


def test_an_example_needs_a_place(site: httpx.Client, page: str) -> None:
    """Named by an id that is there, so that a reader can try it."""
    assert f'href="/v1/meetstations/{site.get("/v1/meetstations").json()["gegevens"][0]["id"]}/metingen"' in page


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_versions_errors_limits_and_deviations_are_explained(site: httpx.Client, locale: str) -> None:
    """In the language of the page."""
    html = site.get(f"/{locale}/api").text
    said = text(html)
    for version in VERSIONS:
        assert f'<dt translate="no">{version}</dt>' in html
    assert ("10.000 rijen" if locale == "nl" else "10,000 rows") in said
    assert "Cache-Control: no-store" in said
    assert 'href="/v1/openapi.json"' in html


def test_what_the_api_says_is_marked_as_dutch(site: httpx.Client) -> None:
    """On an English page a screen reader pronounces it as it is."""
    assert '<span lang="nl">Alle telpunten</span>' in site.get("/en/api").text
