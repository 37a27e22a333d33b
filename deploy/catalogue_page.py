"""The page of the catalogues: quantities, quality flags, reasons and topics as tables."""

from collections.abc import Iterable, Mapping
from typing import Final

from locales import texts
from schemas import reasons
from schemas.quality_flags import QUALITY_FLAGS
from schemas.quantities import QUANTITIES
from schemas.rejection import REASONS
from schemas.topics import PARTITIONS, TOPICS
from streams.domain.quality import BY_QUANTITY, Thresholds

NOTE: Final = "<!-- Written by `doorfiets generate`; edit the code that it describes, not this page. -->"


def page(title: str, *parts: str) -> str:
    """Join the parts of a Markdown page under its title."""
    return "\n\n".join((f"# {title}", *(part.rstrip() for part in parts))) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Return a Markdown table."""
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def catalogues() -> str:
    """Return the page of the catalogues."""
    return page(
        "Catalogues",
        NOTE,
        "## Quantities",
        "The plausible range of a count is per hour and scales with the interval.",
        _quantities(),
        "## Quality flags",
        "An excluded value takes no part in sums and lowers the coverage.",
        table(
            ("name", "bit", "verdict", "label"),
            ((one.name, one.bit, one.verdict, texts("en")(f"quality_flag.{one.name}")) for one in QUALITY_FLAGS),
        ),
        "## Thresholds of the quality checks",
        "What each means and where it comes from: [why quality checks of many readings](../why/quality.md). An owner "
        "can set them otherwise for a site or station.",
        _thresholds(),
        "## Reasons why there is no number",
        "A code with its parameters is stored and passed on; its words are in `locales`.",
        _reasons(),
        "## Reasons of rejections",
        table(("reason", "meaning"), ((f"`{reason}`", meaning) for reason, meaning in REASONS.items())),
        "## Kafka topics",
        f"{PARTITIONS} partitions each.",
        table(("topic", "settings"), ((f"`{topic.name}`", _settings(topic.settings)) for topic in TOPICS)),
    )


def _quantities() -> str:
    head, words = ("name", "label", "unit (UCUM)", "plausible", "folds as"), texts("en")
    return table(
        head,
        (
            (
                f"`{one.name}`",
                words(f"quantity.{one.name}"),
                f"`{one.unit}`",
                f"{one.plausible[0]:g} … {one.plausible[1]:g}",
                one.fold,
            )
            for one in QUANTITIES.values()
        ),
    )


def _thresholds() -> str:
    """Return a row for each threshold, and a column for quantities that have the same ones."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for quantity, limits in BY_QUANTITY.items():
        groups.setdefault(tuple(_threshold(value) for value in limits), []).append(f"`{quantity}`")
    return table(
        ("threshold", *(", ".join(names) for names in groups.values())),
        ((f"`{name}`", *values) for name, values in zip(Thresholds._fields, zip(*groups, strict=True), strict=True)),
    )


def _threshold(value: object) -> str:
    match value:
        case Mapping():
            return ", ".join(f"{name or 'any'}: {limit:g}" for name, limit in value.items()) or "-"
        case tuple():
            return ", ".join(f"{code:g}" for code in value) or "-"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _reasons() -> str:
    head = ("code", "parameters", "English", "Dutch")
    words = [texts(locale).messages for locale in ("en", "nl")]
    return table(
        head,
        (
            (f"`{code}`", _settings(tuple(parameters.items())), *(one[f"reason.{code}"] for one in words))
            for code, parameters in reasons.REASONS.items()
        ),
    )


def _settings(settings: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"`{key}={value}`" for key, value in settings)
