"""What a panel sets for a field: defaults, overrides by name, expression and kind, mappings, thresholds, colours."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboards.preview import colors
from dashboards.preview.colors import DARK, LIGHT, ColorScheme
from dashboards.preview.field_settings import FieldSetting, setting, shown
from dashboards.preview.result_frames import FrameField, ResultFrame, series, table
from dashboards.preview.sheet_language import SheetLanguage
from dashboards.shape import ResultColumn

pytestmark = pytest.mark.pure

DUTCH = SheetLanguage("nl", ZoneInfo("Europe/Amsterdam"))
TOKENS = Path(__file__).parents[2] / "opendata" / "static" / "tokens.css"
TIME, NUMBER, TEXT = 1184, 701, 25


def given(name: str, config: dict[str, Any], kind: str = "number", ref: str = "A") -> FieldSetting:
    """Put together what is set for a field of a name."""
    field = FrameField(name, kind, [], {"site": "kolk"})  # type: ignore[arg-type] # one of the kinds
    return setting(config, field, ResultFrame(ref, [field]))


def override(matcher: str, options: object, **properties: object) -> dict[str, Any]:
    """Write an override as Grafana does; `__` stands for a dot."""
    pairs = [{"id": name.replace("__", "."), "value": value} for name, value in properties.items()]
    return {"matcher": {"id": matcher, "options": options}, "properties": pairs}


@pytest.mark.parametrize(
    ("matcher", "options", "holds"),
    [
        ("byName", "dekking", True),
        ("byName", "dek", False),
        ("byRegexp", "/^dek/", True),
        ("byRegexp", "/DEK/i", True),
        ("byRegexp", "dek", False),
        ("byRegexp", "/(/", False),
        ("byType", "number", True),
        ("byType", "string", False),
        ("byFrameRefID", "A", True),
        ("byNames", {"mode": "exclude", "names": ["dekking"]}, False),
        ("byNames", {"names": ["dekking"]}, True),
        ("byNobody", "dekking", False),
    ],
)
def test_an_override_holds_for_the_fields_that_it_matches(matcher: str, options: object, *, holds: bool) -> None:
    """By whole name, expression, kind or query."""
    config = {"defaults": {"unit": "short"}, "overrides": [override(matcher, options, unit="percentunit")]}
    assert (given("dekking", config).unit == "percentunit") is holds


def test_the_last_override_wins_and_the_kind_of_panel_has_properties_of_its_own() -> None:
    """With a dot in their names."""
    first = override("byType", "number", noValue="geen meting", custom__width=80)
    second = override("byName", "n", displayName="Fietsers ${__field.labels.site}", custom__width=90)
    how = given("n", {"defaults": {"custom": {"align": "left"}}, "overrides": [first, second]})
    assert (how.title, how.custom("width"), how.custom("align")) == ("Fietsers kolk", 90, "left")
    assert shown(None, how, DUTCH, LIGHT).text == "geen meting"


@pytest.mark.parametrize(
    ("value", "text"),
    [("ok", "goed"), (None, "leeg"), (12.0, "twaalf"), (55.0, "veel"), ("lus-7", "lus"), (True, "waar"), (3.0, "3")],
)
def test_values_are_mapped_to_words(value: object, text: str) -> None:
    """Of one value, a range, an expression, or none."""
    mappings = [
        {"type": "value", "options": {"ok": {"text": "goed"}, "12": {"text": "twaalf"}}},
        {"type": "range", "options": {"from": 50, "to": None, "result": {"text": "veel"}}},
        {"type": "regex", "options": {"pattern": "/^lus/", "result": {"text": "lus"}}},
        {"type": "special", "options": {"match": "null", "result": {"text": "leeg"}}},
        {"type": "special", "options": {"match": "true", "result": {"text": "waar"}}},
    ]
    assert shown(value, given("n", {"defaults": {"mappings": mappings}}), DUTCH, LIGHT).text == text


@pytest.mark.parametrize(("value", "color"), [(0.2, "red"), (0.75, "orange"), (0.9, "orange"), (1.0, "green")])
def test_a_threshold_gives_its_colour_from_its_value_on(value: float, color: str) -> None:
    """The first one has no value."""
    steps = [{"color": "red", "value": None}, {"color": "orange", "value": 0.75}, {"color": "green", "value": 1}]
    how = given("n", {"defaults": {"thresholds": {"mode": "absolute", "steps": steps}}})
    assert shown(value, how, DUTCH, LIGHT).color == LIGHT.names[color]


def test_rows_with_labels_become_series() -> None:
    """Times once, a gap where a series has no row, named by the label."""
    noon, one = datetime(2026, 10, 27, 12, tzinfo=UTC), datetime(2026, 10, 27, 13, tzinfo=UTC)
    columns = [ResultColumn("time", TIME), ResultColumn("metric", TEXT), ResultColumn("n", NUMBER)]
    found = series("A", columns, [(noon, "a", Decimal("1.5")), (noon, "b", 2.0), (one, "b", None)])
    assert [field.name for field in found.fields] == ["time", "a", "b"]
    assert [list(field.values) for field in found.fields] == [[noon, one], [1.5, None], [2.0, None]]
    other = series("A", [columns[0], ResultColumn("site", TEXT), columns[2]], [(noon, "kolk", 1.0)])
    assert [field.name for field in other.fields] == ["time", "kolk"]
    plain = table("A", [columns[1], columns[2]], [("a", 1)])
    assert [(field.kind, list(field.values)) for field in plain.fields] == [("string", ["a"]), ("number", [1.0])]


@pytest.mark.parametrize(("scheme", "place"), [(LIGHT, 0), (DARK, 1)])
def test_colours_are_the_tokens_of_the_site(scheme: ColorScheme, place: int) -> None:
    """A city that has a look of its own writes them in both files."""
    parts = TOKENS.read_text("utf-8").split("@media (prefers-color-scheme: dark)")
    tokens = dict(re.findall(r"--([\w-]+):\s*(#\w+);", parts[place]))
    names = {
        "document": "default-bg-document",
        "panel": "default-bg-default",
        "text": "default-color-document",
        "subtle": "default-color-subtle",
        "border": "default-border-default",
        "grid": "default-border-subtle",
        "active": "default-bg-active",
        "accent": "action-1-color-default",
        "accent_subtle": "action-1-bg-subtle",
        "warning": "warning-color-default",
        "warning_subtle": "warning-bg-subtle",
    }
    assert {name: getattr(scheme, name) for name in names} == {
        name: tokens[f"basis-color-{token}"] for name, token in names.items()
    }
    assert scheme.land == tokens["doorfiets-map-land"]


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_text_can_be_read_on_every_colour(scheme: ColorScheme) -> None:
    """At least 4.5 : 1 for letters, 3 : 1 for lines on a panel; names that are no colours are text."""
    for color in (*scheme.series, *scheme.names.values()):
        assert contrast(colors.on(color), color) >= 4.5, color
    for color in scheme.series:
        assert contrast(color, scheme.panel) >= 3, color
    for color in (scheme.text, scheme.subtle, scheme.accent):
        assert contrast(color, scheme.panel) >= 4.5, color
    assert colors.named("javascript:alert(1)", scheme) == scheme.text
    assert colors.named("#f00", scheme) == "#ff0000"
    assert colors.mixed("#000000", "#ffffff", 0.5) == "#808080"


def test_series_of_a_panel_have_colours_of_their_own() -> None:
    """That follow from their names, so that a series has the same in every panel, as far as there are enough."""
    names = ["De Kolk", "Vaart Noord", "Stationsplein", "Kanaalweg", "a", "b", "c", "d"]
    given_colors = colors.by_names(names, LIGHT)
    assert len(set(given_colors.values())) == len(names)
    assert (
        colors.by_names(["Vaart Noord"], LIGHT)["Vaart Noord"]
        == colors.by_names(["Vaart Noord", "x"], LIGHT)["Vaart Noord"]
    )


def contrast(one: str, other: str) -> float:
    """Compute the contrast of WCAG 2.1."""
    light, dark = sorted((colors._luminance(one), colors._luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
