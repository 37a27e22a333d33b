"""How a field is to be shown: the defaults of its panel with the overrides that match it, and its values in words."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from dashboards.preview import colors, units
from dashboards.preview.colors import ColorScheme
from dashboards.preview.result_frames import FrameField, ResultFrame
from dashboards.preview.sheet_language import SheetLanguage

_LABEL: Final = re.compile(r"\$\{__field\.labels(?:\.(\w+)|\[\"([^\"]+)\"\])\}")
_NAME: Final = re.compile(r"\$\{__field\.(?:name|displayName)\}")
_PERCENT: Final = 100.0


class ShownValue(NamedTuple):
    """A value in words, and the colour that a mapping or a threshold gives it."""

    text: str
    color: str | None = None


class FieldSetting(NamedTuple):
    """What is set for one field, by the names that Grafana gives its properties."""

    title: str
    properties: Mapping[str, Any]

    @property
    def unit(self) -> str:
        """The unit, "" for none."""
        return str(self.properties.get("unit") or "")

    @property
    def decimals(self) -> int | None:
        """With how many decimals numbers are written, None for as many as they need."""
        found = self.properties.get("decimals")
        return None if found is None else int(found)

    @property
    def color_mode(self) -> str:
        """How a value gets its colour."""
        return str((self.properties.get("color") or {}).get("mode") or "thresholds")

    def custom(self, name: str, otherwise: Any = None) -> Any:  # noqa: ANN401 - whatever a panel has there
        """Give a property of the kind of panel."""
        found = self.properties.get(f"custom.{name}")
        return otherwise if found is None else found

    def bound(self, name: str) -> float | None:
        """Give the `min` or the `max` that is set."""
        found = self.properties.get(name)
        return None if found is None else float(found)

    @property
    def hidden(self) -> bool:
        """Tell whether the field is not drawn."""
        return bool(self.custom("hidden") or (self.custom("hideFrom") or {}).get("viz"))


def setting(config: Mapping[str, Any], field: FrameField, frame: ResultFrame) -> FieldSetting:
    """Put together what a panel sets for a field."""
    properties = _flat(config.get("defaults") or {})
    for override in config.get("overrides") or ():
        if _matches(override["matcher"], field, frame):
            for one in override["properties"]:
                value = one.get("value")
                properties |= _flat({one["id"]: value}) if one["id"] == "custom" else {one["id"]: value}
    display = properties.get("displayName")
    return FieldSetting(_filled(str(display), field) if display else field.name, MappingProxyType(properties))


def shown(value: Any, how: FieldSetting, language: SheetLanguage, scheme: ColorScheme) -> ShownValue:  # noqa: ANN401
    """Write a value of a field in words."""
    mapped = _mapped(value, how.properties.get("mappings") or ())
    color = mapped.get("color")
    if mapped.get("text") is not None:
        return ShownValue(str(mapped["text"]), colors.named(color, scheme) if color else None)
    text = _text(value, how, language)
    if not text:
        text = str(how.properties.get("noValue") or "")
    given = colors.named(color, scheme) if color else None
    return ShownValue(text, given or (None if value is None else value_color(value, how, scheme)))


def value_color(
    value: object, how: FieldSetting, scheme: ColorScheme, lowest: float = 0, highest: float = 1
) -> str | None:
    """Give the colour of a number: a fixed one, one of a ramp, or that of the threshold which it reaches.

    A ramp goes from `min` to `max` of the field, and from the lowest to the highest value where they are not set.
    """
    mode = how.color_mode
    if mode in {"fixed", "shades"}:
        return colors.named(str(how.properties["color"].get("fixedColor", "text")), scheme)
    if not isinstance(value, int | float):
        return None
    low, high = how.bound("min"), how.bound("max")
    low, high = lowest if low is None else low, highest if high is None else high
    share = (value - low) / (high - low) if high > low else 0.0
    if mode.startswith("continuous"):
        return colors.continuous(mode, share, scheme)
    thresholds = how.properties.get("thresholds") or {}
    reach = share * _PERCENT if thresholds.get("mode") == "percentage" else value
    passed = [
        step["color"] for step in thresholds.get("steps") or () if step.get("value") is None or step["value"] <= reach
    ]
    return colors.named(passed[-1], scheme) if passed and mode == "thresholds" else None


def _flat(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Write the properties of the kind of panel as overrides name them: with a dot."""
    own = {key: value for key, value in properties.items() if key != "custom"}
    return own | {f"custom.{key}": value for key, value in (properties.get("custom") or {}).items()}


def _matches(matcher: Mapping[str, Any], field: FrameField, frame: ResultFrame) -> bool:
    wanted = matcher.get("options")
    match matcher.get("id"):
        case "byName":
            return field.name == wanted
        case "byRegexp":
            return expression(str(wanted)).search(field.name) is not None
        case "byType":
            return field.kind == wanted
        case "byFrameRefID":
            return frame.ref == wanted
        case "byNames" if isinstance(wanted, Mapping):
            return (field.name in wanted.get("names", ())) != (wanted.get("mode") == "exclude")
        case _:
            return False


def expression(text: str) -> re.Pattern[str]:
    """Read an expression as Grafana writes it, with or without slashes; one that is none matches nothing."""
    found = re.fullmatch(r"/(.*)/(\w*)", text, re.DOTALL)
    pattern, flags = (found[1], found[2]) if found else (f"^(?:{text})$", "")
    try:
        return re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    except re.error:
        return re.compile(r"(?!)")


def _filled(display: str, field: FrameField) -> str:
    labelled = _LABEL.sub(lambda found: field.labels.get(found[1] or found[2], ""), display)
    return _NAME.sub(lambda _: field.name, labelled)


def _mapped(value: Any, mappings: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:  # noqa: ANN401
    """Find the result of the first mapping that holds for a value."""
    for mapping in mappings:
        options = mapping.get("options") or {}
        match mapping.get("type"):
            case "value":
                result = options.get(_key(value))
            case "range":
                result = options.get("result") if _within(value, options) else None
            case "regex":
                holds = isinstance(value, str) and expression(str(options.get("pattern", ""))).search(value)
                result = options.get("result") if holds else None
            case "special":
                result = options.get("result") if _special(value, str(options.get("match"))) else None
            case _:
                result = None
        if result:
            return dict(result)
    return {}


def _key(value: Any) -> str:  # noqa: ANN401
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _within(value: Any, options: Mapping[str, Any]) -> bool:  # noqa: ANN401
    low, high = options.get("from"), options.get("to")
    return isinstance(value, int | float) and (low is None or value >= low) and (high is None or value <= high)


def _special(value: Any, match: str) -> bool:  # noqa: ANN401
    empty = {"null": (None,), "null+nan": (None,), "empty": ("",), "true": (True,), "false": (False,)}
    return any(value is one or (one == "" and value == "") for one in empty.get(match, ()))


def _text(value: Any, how: FieldSetting, language: SheetLanguage) -> str:  # noqa: ANN401
    match value:
        case None:
            return ""
        case bool():
            return language.words("preview.yes" if value else "preview.no")
        case datetime():
            return units.instant(value, how.unit, language)
        case int() | float():
            return units.written(value, how.unit, how.decimals, language)
        case _:
            return str(value)
