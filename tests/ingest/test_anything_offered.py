"""Whatever file is offered in whatever format is read whole, or refused with the place and the reason."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, note

from ingest.history.files import lines_of
from ingest.history.formats import FORMATS, Outcomes
from ingest.history.importer import Contents, frames_of, read_files, summary
from ingest.history.unreadable import FileUnreadableError
from ingest.packer import Packer
from schemas.observation import Observation
from schemas.topics import PARTITIONS
from tests.ingest.anything import CHOICES, Choices, message, packed, table
from tests.ingest.right_files import FILES
from tests.ingest.test_anything_sent import held

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RIGHT: Final = {
    name: [(message if name == "telraam-json" else table)(content) for content in contents]
    for name, contents in FILES.items()
}


def outcomes(name: str, contents: Sequence[bytes]) -> Outcomes:
    """Read the contents of files that belong together."""
    reading = FORMATS[name]
    return reading.read([lines_of(content) for content in contents], reading.profile, NOON)


def read(name: str, contents: Sequence[bytes]) -> Contents:
    """Read files as far as Kafka, and see that everything arrives."""
    reported = list(outcomes(name, contents))
    whole = Contents([one for one in reported if isinstance(one, Observation)], [])
    whole.rejections.extend(one for one in reported if not isinstance(one, Observation))
    found = held(frames_of(whole, Packer("history", "r"), PARTITIONS))
    assert sorted(map(repr, (*found.observations, *found.rejections))) == sorted(map(repr, reported))
    assert summary(Path(name), whole, FORMATS[name].profile).observations == len(whole.observations)
    return whole


def offered(name: str, choices: Choices) -> list[bytes]:
    """Change one of the files that belong together."""
    which = choices.below(len(RIGHT[name]))
    return [
        packed(one.instead(choices), choices) if place == which else one.content
        for place, one in enumerate(RIGHT[name])
    ]


@pytest.mark.parametrize("name", FILES)
@given(choices=CHOICES)
def test_whatever_is_offered_is_read_whole_or_refused(name: str, choices: Choices) -> None:
    """Any bytes, any document, and a right file with something wrong in it."""
    contents = offered(name, choices)
    note(f"{contents}")
    with suppress(FileUnreadableError):
        read(name, contents)


FOUND: Final = [
    ("city-csv", 0, "2026-05-11 00:00", "0001-01-01 00:00", "line 2, column 1"),
    ("city-csv", 0, "2026-05-11 00:30", "9999-12-31 23:45", "line 4, column 1"),
    ("city-csv", 0, ",3,3,0,0", f',3,3,0,"{"y" * 60_000}{chr(10)}{"y" * 60_000}"', "line 3, column 65536"),
    ("city-deliveries", 0, ",aa,2,", f",aa,{'9' * 5_000},", "line 2, column 5"),
    ("city-deliveries", 0, ",aa,2,", f",aa,{'9' * 4_300},", "line 2, column 5"),
    ("city-deliveries", 0, "2026-05-12T05:13:00+02:00", "0001-01-01T00:00:00+14:00", "line 2, column 3"),
    ("city-deliveries", 0, "2026-05-12T05:13:00+02:00", "2026-05-12T05:13:00", "line 2, column 3"),
    ("city-deliveries", 2, "2026-05-11 00:00", "0001-01-01 00:00", "line 2, column 1"),
    ("telraam-json", 0, "2026-05-12T06:00:00.000Z", "9999-12-31T23:59:59Z", r"\$\.report\[0\]\.date"),
    ("telraam-json", 0, '"bike": 97.53', '"bike": 97.53, "bike": 1', "a key of 4 characters is given twice"),
    ("telraam-json", 0, '"report":', '"data": [], "report":', "in one list"),
    ("telraam-json", 0, "9000001234", "9" * 30, "segment_id"),
    ("telraam-csv", 0, "2026-05-12 08:00", "0001-01-01 00:00", "line 2, column 3"),
    ("telraam-csv", 0, "Straat,", f'"{"y" * 60_000}{chr(10)}{"y" * 60_000}",', "line 3, column 65536"),
    ("samen-meten", 0, "2026-05-12 09:00:00", "0001-01-01 00:00:00", "line 2, column 3"),
    ("luchtmeetnet", 0, "2026-05-12 09:00:00", "0001-01-01 00:00:00", "line 2, column 2"),
]
"""What once made a reader fail, lose a part in silence, or send a record that Kafka never takes."""


@pytest.mark.parametrize(("name", "which", "old", "new", "where"), FOUND)
def test_what_once_broke_a_reader_is_refused_with_its_place(
    name: str, which: int, old: str, new: str, where: str
) -> None:
    """A line and a column, or a path."""
    contents = list(FILES[name])
    assert old.encode() in contents[which]
    contents[which] = contents[which].replace(old.encode(), new.encode(), 1)
    with pytest.raises(FileUnreadableError, match=where):
        read(name, contents)


@pytest.mark.parametrize("raised", [ValueError, KeyError, RecursionError, MemoryError, OverflowError])
def test_whatever_a_reader_raises_is_a_refused_file(raised: type[Exception], tmp_path: Path) -> None:
    """With the class of what was raised, so that whoever mends the reader knows; nothing of the file is sent."""

    def failing(*_reported: object) -> Outcomes:
        yield Observation("s", "n", NOON, NOON, 1.0, 1.0, NOON)
        raise raised

    file = tmp_path / "x.csv"
    file.write_bytes(FILES["city-csv"][0])
    reading = FORMATS["city-csv"]._replace(read=failing)
    with pytest.raises(FileUnreadableError, match=raised.__name__):
        read_files([file], reading.profile, NOON, reading)
