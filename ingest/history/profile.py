"""Profiles of publishers' files: time zone, which end of an interval stamps name, clock changes, length of a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from ingest.history.datex_sites import SiteIndex, SiteIndexes
from ingest.history.layout import NO_LAYOUT, TableLayout

Autumn: TypeAlias = Literal["merged", "repeated", "absent"]
"""What a source does with the hour that autumn has twice (domain handbook, time)."""

Label: TypeAlias = Literal["start", "end"]
"""Which end of its interval a stamp names."""

UNSTATED: Final = timedelta(-1)
"""The length of rows of which nothing says how long they last."""


@dataclass(frozen=True)
class FileProfile:
    """What must be known to read one publisher's files; stated, never guessed.

    `timezone` is empty where stamps have to name their offset. An `interval` of 0 makes each value one of an instant.
    With `bare_date` a date without a time is its midnight. `layout` are the columns of formats that are read by them;
    `sheet` is the name of the sheet of a workbook, empty for its first; `site_table` is NDW's.
    """

    timezone: str = "Europe/Berlin"
    autumn: Autumn = "merged"
    interval: timedelta = timedelta(minutes=15)
    good_status: frozenset[str] = frozenset({"0", ""})
    label: Label = "start"
    bare_date: bool = False
    sheet: str = ""
    encoding: str = "utf-8"
    layout: TableLayout = NO_LAYOUT
    site_table: Mapping[SiteIndexes, SiteIndex] | None = None


HOUR: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)
INSTANT: Final = timedelta(0)
MUENSTER: Final = FileProfile()
TELRAAM_API: Final = FileProfile("UTC", "absent", HOUR)
TELRAAM_EXPORT: Final = FileProfile("Europe/Amsterdam", "repeated", HOUR)
LUCHTMEETNET: Final = FileProfile("UTC", "absent", HOUR, label="end")
"""Traffic of working days begins in the hour labelled 06:00, which is 06:00-07:00 in Dutch winter time."""

SAMEN_METEN: Final = FileProfile("Europe/Amsterdam", "repeated", HOUR, label="end")
"""Medians of the kits fit the official stations one label earlier (r 0.92, 0.90 at equal labels)."""

SNAPSHOT: Final = FileProfile("UTC", "absent", INSTANT)
NDW: Final = FileProfile("UTC", "absent", timedelta(minutes=1))
"""The time of a measurement is the start of its minute, says its publisher's description of both versions."""
