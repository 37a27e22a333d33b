"""What an indicator means in the words of a locale: its definition, how it is computed, and what may not be claimed."""

from dataclasses import dataclass
from functools import cache

from locales import DEFAULT, Texts, texts
from opendata.vocabulary import KENGETAL
from schemas.indicators import INDICATORS


@dataclass(frozen=True)
class Explanation:
    """The indicator `name` of the catalogue with its words; `slug` is its public name, `rule` the version in force.

    `completeness` says when there is a number at all, `limits` what may not be claimed, `example` works `formula` out.
    """

    name: str
    slug: str
    rule: str
    label: str
    definition: str
    formula: str
    completeness: str
    limits: tuple[str, ...]
    example: str
    source: str
    _texts: Texts

    def unit(self, what: str) -> str:
        """Give the unit beside a number, in which stands what was counted or measured."""
        return self._texts(f"indicator.{self.name}.unit", what=what)


@cache
def explained(name: str, locale: str = DEFAULT) -> Explanation:
    """Explain an indicator by its name."""
    words, indicator = texts(locale), INDICATORS[name]
    return Explanation(
        name=name,
        slug=KENGETAL[name],
        rule=indicator.rule,
        label=words(f"indicator.{name}.label"),
        definition=words(f"indicator.{name}.definition"),
        formula=words(f"indicator.{name}.formula"),
        completeness=words(f"indicator.{name}.completeness"),
        limits=tuple(words(f"limit.{limit}") for limit in indicator.limits),
        example=words(f"indicator.{name}.example"),
        source=words(f"indicator.{name}.source"),
        _texts=words,
    )


def catalogue(locale: str = DEFAULT) -> list[Explanation]:
    """Explain all indicators, in the order of the catalogue."""
    return [explained(name, locale) for name in INDICATORS]
