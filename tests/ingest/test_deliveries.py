"""Deliveries of a month, rebuilt from what is left of them: each received when it was committed, the last one last."""

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.history import city_csv, city_deliveries
from ingest.history.files import lines
from ingest.history.formats import FORMATS
from ingest.history.importer import ImportRefusedError, together
from ingest.history.profile import MUENSTER
from ingest.history.unreadable import FileUnreadableError
from schemas.observation import Observation
from schemas.rejection import Rejection

pytestmark = pytest.mark.pure

SHARED = Path(__file__).parents[3] / "shared" / "data" / "muenster-15min"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LOG = ["site,month_file,commit_time,commit,new_rows,first_new,last_new,changed_rows,removed_rows",
       "100000001,2026-05,2026-05-12T05:13:00+02:00,aa,2,2026-05-11 00:00,2026-05-11 00:15,0,0",
       "100000001,2026-05,2026-05-13T05:13:00+02:00,bb,1,2026-05-11 00:30,2026-05-11 00:30,1,0"]  # fmt: skip
CHANGES = ["site,interval_start_local,column,old,new,commit_time,commit",
           "100000001,2026-05-11 00:15,101000001 (A),,4,2026-05-13T05:13:00+02:00,bb",
           "100000001,2026-05-11 00:15,100000001 (A),0,4,2026-05-13T05:13:00+02:00,bb"]  # fmt: skip
MONTH = ["Datetime,100000001 (A),101000001 (A),100000001-status,101000001-status",
         "2026-05-11 00:00,3,3,0,0", "2026-05-11 00:15,4,4,0,0", "2026-05-11 00:30,5,5,0,0"]  # fmt: skip


def delivered(*files: list[str]) -> list[Observation | Rejection]:
    """Read files as lines."""
    return list(city_deliveries.read([[f"{line}\n" for line in file] for file in files], MUENSTER))


def values(outcomes: list[Observation | Rejection]) -> dict[datetime, list[float | None]]:
    """Give what each delivery held, by when it was received."""
    received: dict[datetime, list[float | None]] = defaultdict(list)
    for one in outcomes:
        assert isinstance(one, Observation)
        received[one.received_at].append(one.value)
    return received


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_every_delivery_is_the_file_as_it_then_was(order: tuple[int, int, int]) -> None:
    """The first without the rows that came later and with the cell that was empty then; the files come in any order."""
    files = (LOG, CHANGES, MONTH)
    assert values(delivered(*(files[place] for place in order))) == {
        datetime(2026, 5, 12, 3, 13, tzinfo=UTC): [3, None],
        datetime(2026, 5, 13, 3, 13, tzinfo=UTC): [3, 4, 5],
    }


def test_the_last_delivery_is_the_last_file() -> None:
    """What the month's own reader says of it."""
    last = [one for one in delivered(LOG, CHANGES, MONTH) if one.received_at.day == 13]
    assert last == list(city_csv.read([f"{line}\n" for line in MONTH], MUENSTER, last[0].received_at))


def test_a_channel_that_a_delivery_empties_was_not_measured() -> None:
    """It was there before, so what is stored of it has to go; a channel that never had a value is not there."""
    head = "Datetime,100000001 (A),101000001 (A),102000001 (B),103000001 (C)"
    month = [f"{head},100000001-status,101000001-status,102000001-status,103000001-status",
             "2026-05-11 00:00,5,5,,,0,0,0,0"]  # fmt: skip
    log = [LOG[0], LOG[1].replace(",aa,2,", ",aa,1,"), LOG[2].replace(",bb,1,", ",bb,0,")]
    changes = [CHANGES[0], *(
        f"100000001,2026-05-11 00:00,{cell},2026-05-13T05:13:00+02:00,bb"
        for cell in ("101000001 (A),2,5", "102000001 (B),3,")
    )]  # fmt: skip
    reported = [one for one in delivered(log, changes, month) if isinstance(one, Observation)]
    assert [(one.received_at.day, one.source, one.value) for one in reported] == [
        (12, "101000001", 2), (12, "102000001", 3), (13, "101000001", 5), (13, "102000001", None),
    ]  # fmt: skip


def test_a_channel_is_not_there_before_its_first_value() -> None:
    """As if every delivery had been imported on its day."""
    changes = [CHANGES[0], CHANGES[1].replace("00:15", "00:00").replace(",,4,", ",,3,"), *CHANGES[1:2]]
    log = [*LOG[:2], LOG[2].replace(",1,0", ",2,0").replace("00:30,1,", "00:30,2,")]
    assert set(values(delivered(log, changes, MONTH))) == {datetime(2026, 5, 13, 3, 13, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("files", "reported"),
    [
        ((LOG, CHANGES, CHANGES), "expected a log"),
        ((LOG[:1], CHANGES[:1], MONTH), "without a delivery"),
        ((LOG, CHANGES, MONTH[:-1]), "adds up to 3 rows, the month has 2"),
        ((LOG, CHANGES[:1], MONTH), "line 3, column 8: the changes"),
        ((LOG[:2], CHANGES, MONTH[:-1]), "the log does not name"),
        (
            (LOG, [*CHANGES[:2], CHANGES[2].replace(",4,", ",9,")], MONTH),
            "line 3, column 3: the month file has no such",
        ),
        ((LOG, [*CHANGES[:2], CHANGES[2].replace(",0,", ",9,")], MONTH), None),
        (([*LOG[:2], LOG[2].replace("05-13T", "05-11T")], CHANGES, MONTH), "line 3, column 3: a delivery that is not"),
        (([*LOG[:2], LOG[2].removesuffix("0") + "1"], CHANGES, MONTH), "takes rows away"),
        (([*LOG[:2], LOG[2].replace(",1,", ",one,", 1)], CHANGES, MONTH), "not a number of rows"),
    ],
)
def test_files_that_do_not_fit_together_are_refused(files: tuple[list[str], ...], reported: str | None) -> None:
    """With the line that shows it; an old total is not checked against anything, it is what was delivered."""
    if reported is None:
        assert delivered(*files)
        return
    with pytest.raises(FileUnreadableError, match=reported):
        delivered(*files)


def test_three_files_belong_together() -> None:
    """Other formats take files one by one."""
    paths = [Path(name) for name in ("log", "changes", "month")]
    assert together(paths, FORMATS["city-deliveries"]) == [paths]
    assert together(paths, FORMATS["city-csv"]) == [[path] for path in paths]
    with pytest.raises(ImportRefusedError, match="3 belong together"):
        together(paths[:2], FORMATS["city-deliveries"])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not here")
def test_muenster_thirty_deliveries_of_january_2026() -> None:
    """The delivery of the 17th fills the 96 quarters of a channel that were empty the day before."""
    files = [*sorted((SHARED / "revisions").glob("*.csv")), SHARED / "100035541" / "2026-01.csv.gz"]
    received = values(list(city_deliveries.read([lines(file) for file in files], MUENSTER)))
    assert (len(received), len(next(iter(received.values()))) // 2) == (30, 10)
    empty = {at.day: reported.count(None) for at, reported in received.items() if None in reported}
    assert empty == {16: 96}
    assert [sum(reported_value or 0 for reported_value in reported) for reported in received.values()][-1] == sum(
        one.value or 0 for one in city_csv.read(lines(files[-1]), MUENSTER, NOON) if isinstance(one, Observation)
    )
