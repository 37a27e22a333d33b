"""The pages of the indicators: definition, formula, a worked example, and what may not be claimed."""

from collections.abc import Iterator
from typing import Final

from deploy.catalogue_page import NOTE, page, table
from opendata.explained import explained
from opendata.vocabulary import KINDS, PERIODS
from schemas.indicators import INDICATORS, IndicatorDefinition

FOLDER: Final = "docs/reference/indicators"
_WHAT: Final = "van wat er geteld of gemeten is"


def indicator_pages() -> Iterator[tuple[str, str]]:
    """Return a page for every indicator, in Dutch as the public reads it, and the list of them."""
    yield f"{FOLDER}/index.md", page("Indicatoren", NOTE, table(("indicator", "eenheid", "regel"), _rows()))
    for indicator in INDICATORS.values():
        yield f"{FOLDER}/{explained(indicator.name).slug}.md", _page(indicator)


def _rows() -> Iterator[tuple[str, str, str]]:
    for one in map(explained, INDICATORS):
        yield f"[{one.label}]({one.slug}.md)", one.unit(_WHAT), f"`{one.rule}`"


def _page(one: IndicatorDefinition) -> str:
    words = explained(one.name)
    inputs = (
        ("kenmerk", f"`{words.slug}` (`{one.name}`)"),
        ("eenheid", words.unit(_WHAT)),
        ("regel", f"`{one.rule}`"),
        ("soort", "geschat" if one.estimated else "gemeten"),
        ("van", ", ".join(KINDS[kind] for kind in one.kinds)),
        ("per", ", ".join(PERIODS[period] for period in one.periods)),
    )
    return page(
        words.label,
        NOTE,
        words.definition,
        table(("", ""), inputs),
        f"## Formule\n\n`{words.formula}`",
        f"## Wanneer er een getal is\n\n{words.completeness}",
        "## Wat u er niet uit mag besluiten\n\n" + "\n".join(f"- {limit}" for limit in words.limits),
        f"## Voorbeeld\n\n{words.example}",
        f"## Bron\n\n{words.source}.",
    )
