"""What the catalogue says of one indicator; the words are Dutch, for council members and residents."""

import msgspec


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator.

    `name` is ours, `slug` the public word in addresses and files. `unit` is a UCUM code ("" is that of the quantity),
    `unit_label` the unit beside a number, in which `{wat}` stands for what was counted or measured. `completeness` says
    when there is a number at all, `limits` what may not be claimed, `example` works the formula out. `rule` is the
    version in force, stamped on every value. `kinds` are the kinds of subject that have it and `periods` the lengths of
    time it is told of: words of table `figure`, and hour and quarter beside them. `estimated` values were not measured.
    """

    name: str
    slug: str
    label: str
    unit: str
    unit_label: str
    definition: str
    formula: str
    completeness: str
    limits: tuple[str, ...]
    example: str
    source: str
    rule: str
    kinds: tuple[str, ...]
    periods: tuple[str, ...]
    estimated: bool = False
