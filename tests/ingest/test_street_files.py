"""Files as they come from the street: what is read of them, what is refused, and which format is named instead."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.history.formats import FORMATS
from ingest.history.importer import ImportRefusedError, read_files, read_only
from ingest.history.recognition import formats_of, other_format
from ingest.history.unreadable import FileUnreadableError
from tests.ingest.offered import NOON, observations, values
from tests.ingest.right_files import FILES, FIXTURES

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("file", "day"),
    [
        ("i07-city-blank-last-lines.csv", 3),
        ("i08-city-u2028-in-name.csv", 4),
        ("i08b-city-nel-in-name.csv", 4),
        ("i09-city-plain-called.csv.gz", 5),
        ("i10-city-gzip-called.csv", 6),
    ],
)
def test_a_citys_file_is_read_however_it_was_saved(file: str, day: int) -> None:
    """Empty last lines, ends of lines that are none, compressed under another name and not under its own."""
    reading = FORMATS["city-csv"]
    found = read_files([FIXTURES / file], reading.profile, NOON, reading).observations
    assert [(one.source, one.value) for one in found] == [
        ("101099001", 4), ("102099001", 6), ("101099001", 5), ("102099001", 6),
        ("101099001", 6), ("102099001", 6), ("101099001", 7), ("102099001", 6),
    ]  # fmt: skip
    assert found[0].started_at == datetime(2026, 11, day, 7, tzinfo=UTC)


def test_a_date_without_a_time_is_refused_or_midnight_where_that_is_said() -> None:
    """With line, column and the option."""
    content = (FIXTURES / "i05-telraam-midnight-date-only.csv").read_bytes()
    with pytest.raises(FileUnreadableError, match=r"line 3, column 3: '2026-11-02' .*--bare-date midnight"):
        observations("telraam-csv", content)
    assert values(observations("telraam-csv", content, bare_date=True), "bike/60min") == {
        "11-01 22:00": 3, "11-01 23:00": 2, "11-02 00:00": 1,
    }  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_told_by_its_first_lines(name: str, tmp_path: Path) -> None:
    """And a file that is offered as another one is refused with the name of its own."""
    files = [tmp_path / str(number) for number, _ in enumerate(FILES[name])]
    for file, content in zip(files, FILES[name], strict=True):
        file.write_bytes(content)
    assert formats_of(files[0]) == [name]
    other = FORMATS["luchtmeetnet-json" if name != "luchtmeetnet-json" else "paris"]
    with pytest.raises(ImportRefusedError, match=f"try --format {'city-csv' if len(files) > 1 else name}"):
        list(read_only([files[-1]], profile=other.profile, clock=lambda: NOON, reading=other))


def test_nothing_is_named_for_what_looks_like_no_format(tmp_path: Path) -> None:
    """And what cannot be read at all looks like none."""
    file = tmp_path / "x"
    for content in (b"", b"a,b\n1,2\n"):
        file.write_bytes(content)
        assert formats_of(file) == []
    for content in (b"\x1f\x8b no gzip", b"PK\x03\x04"):
        file.write_bytes(content)
        with pytest.raises(FileUnreadableError, match="damaged"):
            formats_of(file)
        assert other_format(file, FORMATS["paris"]) == ""


def test_a_byte_order_mark_hides_no_format(tmp_path: Path) -> None:
    """The reader says what is wrong with it, where it minds."""
    file = tmp_path / "x.csv"
    file.write_bytes(b"\xef\xbb\xbf" + FILES["city-csv"][0])
    assert formats_of(file) == ["city-csv"]
