"""The page about history, typed: the table and the commands for anybody's table, as dry runs."""

import shlex
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from deploy.commands.history import app
from tests.howto.tree import Block, blocks

pytestmark = pytest.mark.pure


def commands(block: Block) -> list[list[str]]:
    """Give the words of the imports of a block, without the name of the program."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [shlex.split(line)[2:] for line in lines if line.startswith("doorfiets import")]


def test_the_tables_of_the_page_are_read_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's own table, somebody's columns with their dates and decimals, and a sheet of a column per counter."""
    monkeypatch.chdir(tmp_path)
    (table,) = (one.text for one in blocks("history.md") if one.language == "csv")
    Path("counts.csv").write_text(table, encoding="utf-8")
    export = "begintijd;oplopend;aflopend;opmerking\n03.11.2026 08:00;12,5;-1;droog\n"
    Path("export.csv").write_text(export, encoding="utf-8")
    Path("telling.csv").write_text("Datum;Tijd;Aantal\n3-11-2026;8:00;1.234\n3-11-2026;9:00;98\n", encoding="utf-8")
    book = Workbook()
    sheet = book.create_sheet("Tellingen")
    for row in (
        ("Tijd", "Brug Noord", "Brug Zuid"),
        (datetime(2026, 5, 12, 8), 4, 5),
        (datetime(2026, 5, 12, 9), 6, None),
    ):
        sheet.append(row)
    book.save("tellingen.xlsx")
    typed = [words for block in blocks("history.md") if block.language == "sh" for words in commands(block)]
    plain = [
        words
        for words in typed
        if Path(words[-1]).name in {"counts.csv", "export.csv", "tellingen.xlsx", "telling.csv"}
    ]
    said = [CliRunner().invoke(app, ["--dry-run", *words]) for words in plain]
    assert [one.exit_code for one in said] == [0, 0, 0, 0], [one.output for one in said]
    assert [one.stdout.splitlines()[-1] for one in said] == [
        "2 observations in 1 files; nothing was sent.",
        "1 observations in 1 files; nothing was sent.",
        "4 observations in 1 files; nothing was sent.",
        "2 observations in 1 files; nothing was sent.",
    ]
