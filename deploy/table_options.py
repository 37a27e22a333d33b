"""The options that say what publishers' files are like: of `doorfiets import` and of drafts."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

_FORMS: Final = "%Y %m %d %H %M %S %I %p, %B or %b a month's name, %a a day's"


class Autumn(StrEnum):
    """What local stamps do in the hour that occurs twice in autumn."""

    MERGED = "merged"
    REPEATED = "repeated"
    ABSENT = "absent"


class Label(StrEnum):
    """Which end of its interval a stamp names."""

    START = "start"
    END = "end"


class Encoding(StrEnum):
    """What a file is written in."""

    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"
    UTF_16 = "utf-16"


class BareDate(StrEnum):
    """What a date without a time means."""

    MIDNIGHT = "midnight"


Timezone = Annotated[str | None, typer.Option(help="Time zone of the local stamps in the files.")]
AutumnOption = Annotated[
    Autumn | None, typer.Option("--autumn", help="What the stamps do in the hour that comes twice.")
]
LabelOption = Annotated[Label | None, typer.Option("--label", help="Which end of its row a stamp names.")]
Minutes = Annotated[int | None, typer.Option(help="How long a row lasts.", min=1, max=1440)]
BareDateOption = Annotated[BareDate | None, typer.Option("--bare-date", help="What a date without a time means.")]
Sheet = Annotated[str | None, typer.Option(help="Name of the sheet of a workbook; its first without.")]
EncodingOption = Annotated[
    Encoding | None, typer.Option("--encoding", help="What a file that is not UTF-8 is written in.")
]
Sites = Annotated[
    Path | None, typer.Option(help="Site table of NDW, for --format ndw-datex2.", exists=True, dir_okay=False)
]
Column = Annotated[
    list[str] | None,
    typer.Option(
        help="ROLE=COLUMN of a table: start, or date and time, ...; value=COLUMN:SOURCE as often as there are values, "
        "value=* for all."
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="ROLE=TEXT: the same sensor, source, interval or unit for all rows."),
]
Times = Annotated[str, typer.Option(help=f"How stamps are written: {_FORMS}.")]
Separator = Annotated[str, typer.Option(help="What stands between cells: , ; | or tab.")]
Decimal = Annotated[str, typer.Option(help="What stands before decimals: . or ,")]
Thousands = Annotated[str, typer.Option(help="What stands between thousands: . , ' or blank.")]
Missing = Annotated[list[str] | None, typer.Option(help="A cell that means: not measured.")]
