"""What was said on the command line of `doorfiets import`, laid over the profile of a format or refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import available_timezones

import typer

from ingest.history.column_map import ColumnMap, mapped
from ingest.history.datex_sites import SiteIndex, SiteIndexes
from ingest.history.datex_sites import read as read_sites
from ingest.history.files import lines
from ingest.history.formats import FORMATS, Format
from ingest.history.layout import TableLayout
from ingest.history.profile import Autumn, FileProfile, Label
from ingest.history.recognition import formats_of
from ingest.history.unreadable import FileUnreadableError

_DAY: Final = 1440
_AUTO: Final = "auto"


class ImportOptions(NamedTuple):
    """The options of one import; what was not said is None, False or empty."""

    timezone: str | None = None
    autumn: Autumn | None = None
    label: Label | None = None
    minutes: int | None = None
    bare_date: bool = False
    sheet: str | None = None
    encoding: str | None = None
    sites: Path | None = None
    columns: ColumnMap = ColumnMap()


_FIELDS: Final = {
    "timezone": "timezone",
    "autumn": "autumn",
    "label": "label",
    "minutes": "interval",
    "bare_date": "bare_date",
    "sheet": "sheet",
    "encoding": "encoding",
    "sites": "site_table",
}
"""The field of a profile that each option sets."""


def format_named(name: str, files: Sequence[Path]) -> tuple[str, Format]:
    """Return a format with its name; an unknown one, or `auto` where not one fits, is a usage error that lists them."""
    known = "; ".join(f"{known}: {one.description}" for known, one in FORMATS.items())
    if name == _AUTO:
        found = formats_of(files[0])
        if len(found) != 1:
            says = f"{files[0]} looks like {' and '.join(found) or 'no format'}"
            raise typer.BadParameter(f"{says}; say which it is with --format. {known}")
        return found[0], FORMATS[found[0]]
    if name not in FORMATS:
        raise typer.BadParameter(f"no format {name!r}; say which of these the files are with --format. {known}")
    return name, FORMATS[name]


def profile_of(name: str, reading: Format, said: ImportOptions) -> FileProfile:
    """Lay what was said over the profile of a format; refuse options that it does not use, and what cannot be meant."""
    _check(name, reading, said)
    usual = reading.profile
    return replace(
        usual,
        timezone=said.timezone or usual.timezone,
        autumn=said.autumn or usual.autumn,
        label=said.label or usual.label,
        interval=timedelta(minutes=said.minutes) if said.minutes else usual.interval,
        bare_date=said.bare_date,
        sheet=said.sheet or "",
        encoding=said.encoding or usual.encoding,
        layout=_layout(usual.layout, said.columns),
        site_table=_site_table(said.sites) if said.sites else None,
    )


def _check(name: str, reading: Format, said: ImportOptions) -> None:
    given = [option for option in _FIELDS if getattr(said, option)]
    if idle := [option for option in given if _FIELDS[option] not in reading.options]:
        raise typer.BadParameter(f"--{idle[0].replace('_', '-')} says nothing about {name}; leave it out")
    if said.columns != ColumnMap() and "layout" not in reading.options:
        raise typer.BadParameter(f"columns are not named for {name}; --column, --set and the like are for tables")
    if said.timezone is not None and said.timezone not in available_timezones():
        raise typer.BadParameter(f"no time zone {said.timezone!r}; expected one such as Europe/Amsterdam")
    if said.minutes and _DAY % said.minutes:
        raise typer.BadParameter(f"--minutes {said.minutes}: a day is not made of whole rows of that length")


def _layout(layout: TableLayout, columns: ColumnMap) -> TableLayout:
    try:
        return mapped(layout, columns)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from problem


def _site_table(file: Path) -> dict[SiteIndexes, SiteIndex]:
    try:
        return read_sites(lines(file))
    except FileUnreadableError as problem:
        raise typer.BadParameter(f"{file}: {problem}") from problem
