"""Recomputing counts: quarters by hand, buckets of the local calendar, and what is a difference."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from verify import counts, resources
from verify.calendar import LocalRange, buckets
from verify.comparison import Compared, Finding, Unchecked
from verify.counts import QUARTER, Count, CountSeries
from verify.report import VerifyReport

pytestmark = pytest.mark.pure

ASSEN = ZoneInfo("Europe/Amsterdam")
HEAD = "startTijd,eindTijd,waarde,dekkingVerwacht,dekkingWaargenomen"


def quarters(span: LocalRange, value: int | None = 1) -> Iterator[Count]:
    """Every quarter of a range with the same value."""
    at = span.start
    while at < span.end:
        yield Count(at, at + QUARTER, None if value is None else Decimal(value), int(value is not None), 1)
        at += QUARTER


def differences(findings: Iterator[Finding]) -> list[tuple[str, str, float | None, float | None]]:
    """What of the findings differs, in short."""
    return [(one.bucket, one.name, *_both(one)) for one in findings if isinstance(one, Compared) and one.differs]


def _both(one: Compared) -> tuple[float | None, float | None]:
    published, recomputed = (None if n is None else float(n) for n in (one.published, one.recomputed))
    return published, recomputed


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 5, 12), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_handbook_time_local_days_have_their_real_length(day: date, hours: int) -> None:
    """92, 96 or 100 quarters; the hours of UTC in it are as many."""
    span = LocalRange(day, day, ASSEN)
    (bucket,) = buckets("dag", span)
    assert (bucket.end - bucket.start) == timedelta(hours=hours)
    assert len(list(buckets("uur", span))) == hours
    assert CountSeries(quarters(span)).total(bucket) == Count(
        bucket.start, bucket.end, Decimal(hours * 4), hours * 4, hours * 4
    )


def test_handbook_time_months_of_2024_have_their_quarters() -> None:
    """March 2,972, October 2,980, other months of 31 days 2,976; only whole weeks and years are looked at."""
    span = LocalRange(date(2024, 1, 1), date(2024, 12, 31), ASSEN)
    months = {bucket.name: int((bucket.end - bucket.start) / QUARTER) for bucket in buckets("maand", span)}
    assert (months["2024-03"], months["2024-10"], months["2024-05"]) == (2_972, 2_980, 2_976)
    assert [bucket.name for bucket in buckets("jaar", span)] == ["2024"]
    weeks = list(buckets("week", span))
    assert (weeks[0].name, weeks[-1].name, len(weeks)) == ("2024-W01", "2024-W52", 52)


def test_handbook_quality_a_gap_is_no_zero() -> None:
    """A day without any value has no sum, a day of zeros has one."""
    span = LocalRange(date(2026, 5, 12), date(2026, 5, 12), ASSEN)
    (day,) = buckets("dag", span)
    assert CountSeries(quarters(span, None)).total(day)[2:5] == (None, 0, 96)
    assert CountSeries(quarters(span, 0)).total(day)[2:5] == (Decimal(0), 96, 96)


@pytest.mark.parametrize(
    ("valid", "expected", "enough"),
    [
        (96, 96, True),
        (72, 96, True),
        (71, 96, False),
        (69, 92, True),
        (68, 92, False),
        (75, 100, True),
        (74, 100, False),
    ],
)
def test_handbook_quality_completeness(valid: int, expected: int, enough: bool) -> None:  # noqa: FBT001 - a column of the table
    """Three quarters of what is expected are enough."""
    now = datetime(2026, 5, 12, tzinfo=UTC)
    assert Count(now, now, Decimal(1), valid, expected).enough is enough


def test_what_is_right_is_no_difference_and_what_is_wrong_is_named() -> None:
    """One cyclist too many on one of three days, one interval too few on another, and a day that is not there."""
    span = LocalRange(date(2026, 10, 24), date(2026, 10, 27), ASSEN)
    series = CountSeries(quarters(span))
    published = [series.total(day) for day in buckets("dag", span)]
    assert differences(counts.compare("x", "dag", span, published, series)) == []
    wrong = [
        published[0]._replace(value=Decimal(97)),
        published[1]._replace(valid=99, end=published[1].end - timedelta(hours=1)),
        published[2],
    ]
    assert differences(counts.compare("x", "dag", span, wrong, series)) == [
        ("2026-10-24", "waarde", 97.0, 96.0),
        ("2026-10-25", "einde", 96.0, 100.0),
        ("2026-10-25", "waargenomen", 99.0, 100.0),
        ("2026-10-27", "rij", None, 96.0),
    ]


def test_a_bucket_has_the_flags_of_its_quarters_and_no_others() -> None:
    """One that vanished on the way up is a difference, as is one that no quarter has."""
    span = LocalRange(date(2026, 5, 12), date(2026, 5, 12), ASSEN)
    (bucket,) = buckets("dag", span)
    first, *others = quarters(span)
    series = CountSeries([first._replace(flags=frozenset({"dead"})), *others])
    whole = series.total(bucket)
    assert whole.flags == {"dead"}
    for flags, wrong in (({"dead"}, 0), (set(), 1), ({"dead", "spike"}, 1), ({"spike"}, 1)):
        row = whole._replace(flags=frozenset[str](flags))
        found = differences(counts.compare("x", "dag", span, [row], series))
        assert [name for _, name, *_ in found] == ["vlaggen"] * wrong


def test_a_merged_autumn_row_counts_for_two() -> None:
    """Münster 2024-10-27: 96 rows that cover 100 quarters."""
    span = LocalRange(date(2024, 10, 27), date(2024, 10, 27), ASSEN)
    rows = list(quarters(span))
    merged = [row._replace(valid=2) if 8 <= place < 12 else row for place, row in enumerate(rows)]
    merged[12:16] = [row._replace(value=None, valid=0) for row in rows[12:16]]
    (day,) = buckets("dag", span)
    assert CountSeries(merged).total(day)[2:5] == (Decimal(96), 100, 100)


def test_an_hour_of_a_minute_counter_is_compared_only_where_it_is_whole() -> None:
    """Its quarters hide minutes: 59 of them make an hour that cannot be added up from what is public."""
    span = LocalRange(date(2026, 5, 12), date(2026, 5, 12), ASSEN)
    rows = [row._replace(value=None, valid=0) if place == 1 else row for place, row in enumerate(quarters(span, 2))]
    hours = [Count(bucket.start, bucket.end, Decimal(8), 60, 60) for bucket in buckets("uur", span)]
    found = list(counts.compare("x", "uur", span, hours, CountSeries(rows), fine=True))
    assert [type(one) for one in found].count(Unchecked) == 1
    assert differences(iter(found)) == []


def test_directions_add_up_where_all_of_them_were_counted() -> None:
    """A quarter of which one direction is missing has no total to compare."""
    span = LocalRange(date(2026, 5, 12), date(2026, 5, 12), ASSEN)
    one, other = CountSeries(quarters(span, 2)), CountSeries(quarters(span, 3))
    assert differences(counts.compare_directions("x", CountSeries(quarters(span, 5)), [one, other])) == []
    assert len(differences(counts.compare_directions("x", CountSeries(quarters(span, 6)), [one, other]))) == 96
    assert differences(counts.compare_directions("x", CountSeries(quarters(span, 6)), [one, CountSeries(())])) == []


def test_a_row_of_csv_is_read_to_the_last_digit() -> None:
    """Fractions stay exact, an empty cell is a gap."""
    cells = ["2026-05-12T06:00:00Z", "2026-05-12T06:15:00Z", "97.53", "1", "1"]
    row = dict(zip(HEAD.split(","), cells, strict=True))
    start = datetime(2026, 5, 12, 6, tzinfo=UTC)
    assert resources.count(row) == Count(start, start + QUARTER, Decimal("97.53"), 1, 1)
    assert resources.count(row | {"waarde": "", "dekkingWaargenomen": "0"})[2:4] == (None, 0)
    assert resources.count(row | {"vlagCodes": "dead|running"}).flags == {"dead"}


def test_the_report_counts_and_names() -> None:
    """The verdict in one line, the differences in a table, all of it for a program."""
    right = Compared("counts", "2026-05-12", "waarde", Decimal(4), Decimal(4), "why")
    wrong = right._replace(published=None)
    report = VerifyReport().take([right, wrong, Unchecked("counts", "2026-05-12", "too fine")])
    assert report.verdict() == "1 verschil in 2 vergeleken getallen"
    assert list(report.table())[1] == ("counts", "2026-05-12", "waarde", "none", "4", "why")
    assert '"compared": 2' in report.json(site="kolk")
    assert VerifyReport().take([right]).verdict() == "0 verschillen in 1 vergeleken getallen"
    assert list(VerifyReport().take([right]).table()) == []


@pytest.mark.parametrize(("ours", "differs"), [(0.3125, False), (0.3125 + 1e-11, False), (0.3125 + 1e-8, True)])
def test_ratios_may_differ_by_a_billionth_and_counts_not_at_all(ours: float, differs: bool) -> None:  # noqa: FBT001 - a column of the table
    """One rule for divisions, one for sums."""
    assert Compared("x", "y", "aandeel", 0.3125, ours, "why", exact=False).differs is differs
    assert Compared("x", "y", "waarde", 0.3125, ours, "why").differs is (ours != 0.3125)
