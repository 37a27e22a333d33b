"""What was said on the command line of `doorfiets import`, laid over the profile of a format or refused."""

import sys
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
from ingest.history.files import UTF_8, lines
from ingest.history.formats import FORMATS, Format
from ingest.history.layout import TableLayout
from ingest.history.profile import Autumn, FileProfile, Label
from ingest.history.recognition import formats_of
from ingest.history.unreadable import FileUnreadableError
from schemas.failures import CheckFailedError

_DAY: Final = 1440
_AUTO: Final = "auto"
_TABLE: Final = "plain"


class FormatUnknownError(CheckFailedError):
    """A file cannot be read, so nothing tells its format; nothing of it was sent, repair it and try again."""


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


def format_named(name: str, files: Sequence[Path], said: ImportOptions) -> tuple[str, Format]:
    """Return a format with its name; with `auto` the one that the first file looks like, which is said on stderr.

    Where columns are named, it is a table: `plain` unless the file looks like another. An unknown name, and a file that
    looks like no format or several, is a usage error that lists them; FormatUnknownError where it cannot be read.
    """
    if name == _AUTO:
        return _found(files[0], said)
    if name not in FORMATS:
        raise typer.BadParameter(f"no format {name!r}; say which of these the files are with --format. {_known()}")
    return name, FORMATS[name]


def _found(file: Path, said: ImportOptions) -> tuple[str, Format]:
    try:
        found = formats_of(file, said.sheet or "", said.encoding or UTF_8)
    except (FileUnreadableError, OSError) as problem:
        raise FormatUnknownError(f"{file}: {problem}. Nothing of it was read; repair it and try again") from problem
    if said.columns != ColumnMap():
        found = [name for name in found if "layout" in FORMATS[name].options] or [_TABLE]
    if len(found) != 1:
        says = f"{file} looks like {' and '.join(found) or 'no format'}"
        raise typer.BadParameter(f"{says}; say which it is with --format. {_known()}")
    (name,) = found
    print(f"{file} is read as {name}: {FORMATS[name].description}.", file=sys.stderr)
    return name, FORMATS[name]


def _known() -> str:
    return "; ".join(f"{name}: {one.description}" for name, one in FORMATS.items())


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
