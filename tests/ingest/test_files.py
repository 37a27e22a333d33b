"""Files as publishers and programs save them: compressed under any name, with lines that end in more ways than one."""

import gzip
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from ingest.history.files import lines
from ingest.history.formats import FORMATS
from ingest.history.importer import Contents, read_files
from ingest.history.unreadable import FileUnreadableError
from tests.ingest.right_files import FILES, TABLES

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CSV: Final = sorted(TABLES)


def read(name: str, contents: Sequence[bytes], folder: Path, suffix: str = ".csv") -> Contents:
    """Read files of a format from a disk."""
    files = [folder / f"{number}{suffix}" for number, _ in enumerate(contents)]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    return read_files(files, FORMATS[name].profile, NOON, FORMATS[name])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("suffix", [".csv", ".gz", ""])
def test_a_file_is_compressed_when_its_first_bytes_say_so(name: str, suffix: str, tmp_path: Path) -> None:
    """Whatever it is called: a download loses its name more easily than its content."""
    expected = read(name, FILES[name], tmp_path)
    assert expected.observations
    assert read(name, [gzip.compress(content) for content in FILES[name]], tmp_path, suffix) == expected
    assert read(name, FILES[name], tmp_path, suffix) == expected


@pytest.mark.parametrize("name", CSV)
@pytest.mark.parametrize("end", [b"\n", b"\r\n\r\n", b"\n\n\n", b"\r\n \t\r\n", b"\r\r"])
def test_a_file_may_end_in_empty_lines(name: str, end: bytes, tmp_path: Path) -> None:
    """As spreadsheets and editors leave them."""
    assert read(name, [content + end for content in FILES[name]], tmp_path) == read(name, FILES[name], tmp_path)


@pytest.mark.parametrize("name", CSV)
def test_an_empty_line_within_a_file_is_not_passed_over(name: str, tmp_path: Path) -> None:
    """A row is missing there, and nobody can say which."""
    *_, last = FILES[name]
    head, rest = last.rstrip(b"\n").rsplit(b"\n", 1)
    with pytest.raises(FileUnreadableError, match="0 cells where the header has"):
        read(name, [*FILES[name][:-1], head + b"\n\n" + rest + b"\n"], tmp_path)


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"])
def test_what_unicode_calls_the_end_of_a_line_may_stand_in_a_name(character: str, tmp_path: Path) -> None:
    """Only a line feed, a carriage return or both end a line of a file."""
    named = {
        "city-csv": (b" (A)", f" (A{character}weg)"),
        "telraam-csv": (b",Straat,", f",Straat{character}naam,"),
        "samen-meten": (b'"name"', f'"na{character}me"'),
        "luchtmeetnet": (b'"FN"', f'"F{character}N"'),
    }
    for name, (old, new) in named.items():
        reported = [content.replace(old, new.encode()) for content in FILES[name]]
        assert reported != FILES[name]
        assert read(name, reported, tmp_path) == read(name, FILES[name], tmp_path)


def test_a_row_that_closes_its_name_on_another_line_is_one_row(tmp_path: Path) -> None:
    """A quoted cell holds line ends of any kind."""
    for end in (b"\r", b"\n", b"\r\n"):
        reported = [content.replace(b",Straat,", b',"Straat' + end + b'naam",') for content in FILES["telraam-csv"]]
        assert read("telraam-csv", reported, tmp_path) == read("telraam-csv", FILES["telraam-csv"], tmp_path)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"Datetime")[:-4], b"\x1f\x8b no gzip", gzip.compress(b"D,\xe4\n")],
    ids=["cut off", "no gzip", "Latin-1"],
)
def test_a_damaged_file_says_so(content: bytes, tmp_path: Path) -> None:
    """Cut off, no gzip at all, or Latin-1."""
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(FileUnreadableError):
        lines(file)
