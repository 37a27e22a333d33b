"""What a panel is drawn from: its JSON, what its queries found, and how it is to look."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from dashboards.macros import DashboardRange
from dashboards.preview import colors
from dashboards.preview.colors import ColorScheme
from dashboards.preview.field_settings import FieldSetting, ShownValue, setting, shown, value_color
from dashboards.preview.result_frames import FrameField, ResultFrame
from dashboards.preview.sheet_language import SheetLanguage


class DashboardMark(NamedTuple):
    """An annotation: an instant or a time on every series, in the words of its query."""

    at: datetime
    until: datetime | None
    text: str
    color: str


class PanelSeries(NamedTuple):
    """Numbers in the order of time or of categories, with what is set for them and their colour."""

    name: str
    field: FrameField
    frame: ResultFrame
    how: FieldSetting
    color: str

    @property
    def known(self) -> Sequence[float]:
        """The values that are there."""
        return [value for value in self.field.values if value is not None]


class PanelData(NamedTuple):
    """One panel with everything that is needed to draw it."""

    panel: Mapping[str, Any]
    frames: Sequence[ResultFrame]
    span: DashboardRange
    marks: Sequence[DashboardMark]
    language: SheetLanguage
    scheme: ColorScheme

    @property
    def options(self) -> Mapping[str, Any]:
        """The options of its kind of panel."""
        found: Mapping[str, Any] = self.panel.get("options") or {}
        return found

    @property
    def config(self) -> Mapping[str, Any]:
        """What is set for its fields."""
        found: Mapping[str, Any] = self.panel.get("fieldConfig") or {}
        return found

    @property
    def empty(self) -> bool:
        """Tell whether its queries found nothing at all."""
        return not any(frame.length for frame in self.frames)

    def setting(self, field: FrameField, frame: ResultFrame) -> FieldSetting:
        """Put together what is set for a field."""
        return setting(self.config, field, frame)

    def shown(self, value: Any, how: FieldSetting) -> ShownValue:  # noqa: ANN401 - what a database holds
        """Write a value in words."""
        return shown(value, how, self.language, self.scheme)

    def series(self) -> Sequence[PanelSeries]:
        """Give the fields of numbers that are to be drawn, each in its colour."""
        found = [
            (field, frame, how)
            for frame in self.frames
            for field in frame.fields
            if field.kind == "number" and not (how := self.setting(field, frame)).hidden
        ]
        named = colors.by_names([how.title for _, _, how in found], self.scheme)
        return [
            PanelSeries(how.title, field, frame, how, self._color(field, how, place, named))
            for place, (field, frame, how) in enumerate(found)
        ]

    def _color(self, field: FrameField, how: FieldSetting, place: int, named: Mapping[str, str]) -> str:
        mode = (how.properties.get("color") or {}).get("mode", "palette-classic")
        if mode == "palette-classic":
            return colors.by_index(place, self.scheme)
        if mode.startswith("palette"):
            return named[how.title]
        known = [value for value in field.values if value is not None]
        last = value_color(known[-1] if known else None, how, self.scheme, min(known, default=0), max(known, default=1))
        return last or colors.by_index(place, self.scheme)
