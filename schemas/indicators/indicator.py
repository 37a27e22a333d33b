"""The entry of one indicator in the catalogue; its texts for people are in `locales`."""

import msgspec


class IndicatorDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator.

    `unit` is a UCUM code ("" is that of the quantity). `limits` are codes of what may not be claimed. `rule` is the
    version in force, stamped on every value. `kinds` are the kinds of subject that have it and `periods` the lengths of
    time it is about: words of table `indicator_value`, and hour and quarter beside them. `estimated` values were not
    measured.
    """

    name: str
    unit: str
    limits: tuple[str, ...]
    rule: str
    kinds: tuple[str, ...]
    periods: tuple[str, ...]
    estimated: bool = False
