"""What may be said to `doorfiets import`: options lie over a format's profile, or are refused as usage."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from deploy.cli import assembled
from deploy.commands.history import app
from deploy.import_options import FormatUnknownError, ImportOptions, format_named, profile_of
from ingest.history.column_map import ColumnMap
from ingest.history.formats import FORMATS
from ingest.history.profile import MUENSTER
from tests.ingest.right_files import FILES, FIXTURES
from tests.ingest.test_datex import TABLE

pytestmark = pytest.mark.pure

LOCAL = [name for name, one in FORMATS.items() if "timezone" in one.options and "autumn" in one.options]


def test_nothing_said_is_the_profile_of_the_publisher() -> None:
    """For every format."""
    for name, reading in FORMATS.items():
        assert profile_of(name, reading, ImportOptions()) == reading.profile


def test_what_is_said_lies_over_it() -> None:
    """Hours of a city that repeats them, in another zone."""
    said = ImportOptions(timezone="Europe/Amsterdam", autumn="repeated", minutes=60, bare_date=True, sheet="Juni")
    assert profile_of("city-csv", FORMATS["city-csv"], said) == replace(
        MUENSTER,
        timezone="Europe/Amsterdam",
        autumn="repeated",
        interval=timedelta(hours=1),
        bare_date=True,
        sheet="Juni",
    )


@pytest.mark.parametrize("name", [name for name in LOCAL if FORMATS[name].profile.interval])
def test_every_format_with_local_times_may_be_told_how_long_its_rows_last(name: str) -> None:
    """Those of instants aside."""
    assert profile_of(name, FORMATS[name], ImportOptions(minutes=60)).interval == timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "said", "reported"),
    [
        ("telraam-json", ImportOptions(timezone="UTC"), "--timezone says nothing about telraam-json"),
        ("telraam-json", ImportOptions(minutes=60), "--minutes says nothing about telraam-json"),
        ("ndw-datex2", ImportOptions(bare_date=True), "--bare-date says nothing about ndw-datex2"),
        ("samen-meten", ImportOptions(sites=Path("x")), "--sites says nothing about samen-meten"),
        (
            "samen-meten",
            ImportOptions(columns=ColumnMap(columns=("start=x",))),
            "columns are not named for samen-meten",
        ),
        ("samen-meten", ImportOptions(timezone="Europe/Assen"), "no time zone 'Europe/Assen'"),
        ("city-csv", ImportOptions(minutes=7), "--minutes 7: a day is not made of whole rows"),
        ("plain", ImportOptions(columns=ColumnMap(columns=("begin=x",))), "--column 'begin=x'"),
        ("ndw-datex2", ImportOptions(sites=FIXTURES / "f01-zurich.csv"), "f01-zurich.csv: line 1, column 13: not XML"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(name: str, said: ImportOptions, reported: str) -> None:
    """That names the option."""
    with pytest.raises(typer.BadParameter, match=reported):
        profile_of(name, FORMATS[name], said)


NOTHING = ImportOptions()


def test_a_format_is_found_by_its_name_or_by_the_first_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Auto takes one that fits and says which, and guesses nothing where none does, or two do."""
    berlin = FIXTURES / "f05-berlin.csv"
    assert format_named("auto", [berlin], NOTHING) == ("berlin", FORMATS["berlin"])
    assert capsys.readouterr().err == f"{berlin} is read as berlin: hours of Berlin, a column for each counter.\n"
    other = tmp_path / "x.csv"
    other.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(typer.BadParameter, match=r"looks like no format; say which.*telraam-json"):
        format_named("auto", [other], NOTHING)
    other.write_text("FK_ZAEHLER,DATUM,kit_id\nZählstelle Inbetriebnahme\n", encoding="utf-8")
    with pytest.raises(typer.BadParameter, match=r"looks like zurich and berlin; say which.*telraam-json"):
        format_named("auto", [other], NOTHING)
    with pytest.raises(typer.BadParameter, match=r"no format 'telraam'.*telraam-json"):
        format_named("telraam", [other], NOTHING)


def test_a_file_with_named_columns_is_a_table(tmp_path: Path) -> None:
    """Of a publisher where it looks like that, else anybody's."""
    said = ImportOptions(columns=ColumnMap(columns=("value=beide:beide",)))
    other = tmp_path / "x.csv"
    for header, name in (("a,b", "plain"), ("kit_id,b", "plain"), ("locatiecode;begintijd;meetperiode", "dexter")):
        other.write_text(header + "\n", encoding="utf-8")
        assert format_named("auto", [other], said)[0] == name


def test_a_file_is_recognised_in_the_encoding_that_is_said(tmp_path: Path) -> None:
    """One that cannot be read says so, and not that it looks like nothing."""
    other = tmp_path / "x.csv"
    other.write_text("Zählstelle Inbetriebnahme;a\n", encoding="windows-1252")
    assert format_named("auto", [other], ImportOptions(encoding="windows-1252"))[0] == "berlin"
    with pytest.raises(FormatUnknownError, match=r"x\.csv: line 1, column 2: not utf-8; say --encoding"):
        format_named("auto", [other], NOTHING)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_every_format_is_imported_without_naming_it(name: str, tmp_path: Path) -> None:
    """By the command, which says what it took it for."""
    files = [tmp_path / f"{number}" for number, _ in enumerate(FILES[name])]
    for file, content in zip(files, FILES[name], strict=True):
        file.write_bytes(content)
    done = CliRunner().invoke(app, ["--dry-run", *map(str, files)])
    assert (done.exit_code, f" is read as {name}: " in done.output) == (0, True), done.output


def test_every_format_is_listed_with_a_line() -> None:
    """Without a file to import."""
    done = CliRunner().invoke(app, ["--list-formats"])
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.output.splitlines()] == list(FORMATS)


def test_a_site_table_is_read_from_its_file(tmp_path: Path) -> None:
    """And turns the rates of a publication into counts of its periods; a dry run says what it found."""
    table, publication = tmp_path / "table.xml", tmp_path / "flows.xml"
    table.write_text(TABLE, encoding="utf-8")
    publication.write_bytes(FILES["ndw-datex2"][0])
    done = CliRunner().invoke(app, ["--dry-run", "--format", "ndw-datex2", "--sites", str(table), str(publication)])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "2 observations in 1 files; nothing was sent.")


def test_a_table_of_anybody_can_be_drafted(tmp_path: Path) -> None:
    """By the same options with which it will be imported."""
    file = tmp_path / "counts.csv"
    file.write_text("begintijd;op;af\n01.03.2026 10:00;3;4\n01.03.2026 11:00;5;6\n")
    options = (
        "--format plain --column start=begintijd --column value=op:in --column value=af:uit --set sensor=kanaalweg"
    )
    more = ["--set", "interval=3600", "--separator", ";", "--times", "%d.%m.%Y %H:%M", "--timezone", "Europe/Amsterdam"]
    said = CliRunner().invoke(assembled(), ["registry", "draft", *options.split(), *more, str(file)])
    assert said.exit_code == 0, said.output
    assert 'id = "kanaalweg"' in said.stdout
    assert '"uit" = "..."  # 2026-03-01 to 2026-03-01, 2 values, first 4, last 6' in said.stdout
    refused = CliRunner().invoke(
        assembled(), ["registry", "draft", "--format", "telraam-csv", "--separator", ",", str(file)]
    )
    assert refused.exit_code == 2
