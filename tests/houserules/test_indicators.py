"""Every number that is published is explained, and nothing is explained that nobody computes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from opendata.explained import explained
from opendata.v1.basis import KEYS
from opendata.v1.parameters import Laag, Tabel
from opendata.vocabulary import KENGETAL, KINDS, LAYERS, PERIODS
from schemas.air_indices import SCHEMES
from schemas.indicators import INDICATORS
from streams.domain.rules import RULES

pytestmark = pytest.mark.pure

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = ROOT / "docs" / "reference" / "indicators"
SUMS: Final = {"count", "cycling_share", "air_hour_mean", "lki", "eaqi", "barkjohn", "koehler", "regional",
               "gas_conversion"}  # fmt: skip
"""What is a stored hour, a sum of them, or a correction: no row of table `indicator_value`."""


def sources() -> Iterator[str]:
    """The text of processing."""
    for path in (ROOT / "streams").rglob("*.py"):
        yield path.read_text("utf-8")


def computed() -> set[str]:
    """The names under which processing writes indicators: literals, and tables of names that it goes through."""
    text = "\n".join(sources())
    return set(re.findall(r'"([a-z0-9_]+)"', text)) & set(INDICATORS)


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_has_a_page_and_says_what_may_not_be_claimed(name: str) -> None:
    """Definition, formula, when there is a number, limits, example, source."""
    one, words = INDICATORS[name], explained(name)
    text = (PAGES / f"{words.slug}.md").read_text("utf-8")
    for part in (words.definition, words.formula, words.completeness, words.example, words.source, words.rule):
        assert part
        assert part in text
    assert words.limits
    assert all(limit in text for limit in words.limits)
    assert set(one.kinds) <= set(KINDS)
    assert set(one.periods) <= set(PERIODS)
    assert words.unit("fietsers")


def test_slugs_are_addresses_of_their_own() -> None:
    """In kebab-case."""
    slugs = list(KENGETAL.values())
    assert set(KENGETAL) == set(INDICATORS)
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in slugs)


def test_every_indicator_that_is_computed_is_in_the_catalogue_and_the_other_way_round() -> None:
    """An indicator without an entry could not be explained; an entry without an indicator would promise one."""
    called = {name for text in sources() for name in re.findall(r'\bindicator_value\(\s*"(\w+)"', text)}
    assert called
    assert called <= set(INDICATORS)
    assert computed() >= set(INDICATORS) - SUMS


def test_every_rule_of_a_published_table_is_that_of_an_indicator() -> None:
    """Hours and days bear the version that the catalogue explains."""
    assert set(RULES.values()) <= {one.rule for one in INDICATORS.values()}


def test_every_word_of_ours_has_a_public_one() -> None:
    """Layers, tables of indices, and the keys of what an indicator rests on."""
    assert {layer.value for layer in Laag} == set(LAYERS)
    assert {table.value for table in Tabel} == set(SCHEMES)
    assert len(set(KEYS.values())) == len(KEYS)
