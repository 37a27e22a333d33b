"""A registry that changes, and the indicators of periods: which years are computed again, and which indicators go."""

from collections.abc import Callable
from datetime import date

import pytest

from schemas.registry import Calendar, CalendarEntry, Channel, Datastream, Registry, Screenline
from tests.contracts.processing import StoreAndAggregate, load, small
from tests.contracts.test_registry import MARKS, altered, history, with_link, with_site, with_station, without

pytestmark = pytest.mark.contracts

DUE = "SELECT kind, subject, facet, year FROM doorfiets.indicator_due ORDER BY kind, subject, facet, year"
WORKS = CalendarEntry(
    id="werk", kind="works", name="Werk", first_day=date(2026, 5, 12), last_day=date(2026, 5, 13), effect="exclude",
    sites=["b"],
)  # fmt: skip
CARS = Channel(
    id="auto", mode="cars", direction="both",
    datastreams=[Datastream(sensor="auto-1", source="cars", valid_from=date(2020, 1, 1))],
)  # fmt: skip
BICYCLES = [("site", site, "bicycles", 2026) for site in "abcde"]
A = [("site", "a", "bicycles", 2026)]
ALL = [*A, ("site", "a", "cars", 2026), *BICYCLES[1:]]
AIR = [("station", "lucht", "pm25", 2026)]
Change = Callable[[Registry], Registry]


def with_calendar(*entries: CalendarEntry, years: tuple[int, int] | None = None) -> Change:
    """Give the owner a calendar; with `years`, the public holidays of these."""
    rule: Calendar = Calendar(public_holidays="nl", years=years) if years else Calendar()
    return lambda all_: altered(all_, calendar=altered(rule, entry=list(entries)))


async def settled(processing: StoreAndAggregate) -> None:
    """Have days, and nothing to compute."""
    await history(processing)
    processing.database.execute("TRUNCATE doorfiets.indicator_due")


COMPUTED: dict[str, tuple[Change, list[tuple[str, str, str, int]]]] = {
    "a link was opened": (with_link("link-a", opened=date(2026, 5, 1)), A),
    "a link leads elsewhere": (with_link("link-a", end="WK01"), BICYCLES),
    "sites lie on a new line": (
        lambda all_: altered(all_, screenlines=[*all_.screenlines, Screenline(id="s", name="S", sites=["b", "c"])]),
        BICYCLES[1:3],
    ),
    "a site moves, and with it who is near whom": (with_site("b", position=(6.6, 53.1)), BICYCLES),
    "a site that counts two modes moves": (with_site("a", position=(6.6, 53.1)), ALL),
    "a site comes": (
        lambda all_: altered(all_, sites=[*all_.sites, altered(all_.sites[1], id="f", channels=[CARS])]),
        [("site", "a", "cars", 2026)],
    ),
    "a site counts one mode more": (
        with_site("b", channels=[*small().sites[1].channels, CARS]),
        [("site", "a", "cars", 2026)],
    ),
    "a site has another name": (with_site("b", name="Anders"), []),
    "a station calibrates others": (with_station(kind="official"), AIR),
    "holidays of the year": (with_calendar(years=(2025, 2026)), ALL),
    "holidays of other years": (with_calendar(years=(2024, 2025)), []),
    "works that exclude": (with_calendar(WORKS), ALL),
    "works that are only told": (with_calendar(altered(WORKS, effect="annotate")), []),
    "school holidays of another region": (
        with_calendar(altered(WORKS, kind="school_holiday", region="zuid", effect="annotate")),
        [],
    ),
    "school holidays": (
        with_calendar(altered(WORKS, kind="school_holiday", region="noord", effect="annotate")),
        ALL,
    ),
}


@pytest.mark.parametrize(("change", "expected"), COMPUTED.values(), ids=COMPUTED)
async def test_years_are_computed_again_where_a_indicator_rests_on_what_changed(
    processing: StoreAndAggregate, change: Change, expected: list[tuple[str, str, str, int]]
) -> None:
    """These and no others; the same files again ask for nothing."""
    await settled(processing)
    load(processing.conninfo, change(small()))
    assert processing.rows(DUE) == expected
    assert processing.row("SELECT count(*) FROM doorfiets.indicator_due WHERE due_at > now()") == (0,)
    processing.database.execute("TRUNCATE doorfiets.indicator_due, doorfiets.dirty_hour")
    load(processing.conninfo, change(small()))
    assert (processing.rows(DUE), processing.row(MARKS)) == ([], (0,))


async def test_indicators_of_periods_alone_leave_hours_and_days_in_peace(processing: StoreAndAggregate) -> None:
    """No bucket is aggregated again for an opening, an end of a link, or a holiday."""
    await settled(processing)
    changed = with_link("link-a", opened=date(2026, 5, 1), end="WK01")(small())
    load(processing.conninfo, with_calendar(WORKS, years=(2026, 2026))(changed))
    assert processing.row(MARKS) == (0,)


async def test_what_no_longer_stands_has_no_indicators(processing: StoreAndAggregate) -> None:
    """Of a link, route, mode or pairing that went; what stands keeps its own, and the past is remembered."""
    await settled(processing)
    load(processing.conninfo, altered(small(), screenlines=[Screenline(id="lijn-a", name="Lijn A", sites=["a", "b"])]))
    for kind, subject, facet in (
        ("site", "a", "bicycles"),
        ("site", "a", "pedestrians"),
        ("link", "link-a", ""),
        ("link", "link-b", ""),
        ("link", "link-b", "lijn-a"),
        ("route", "groen", ""),
        ("screenline", "lijn-a", "bicycles"),
        ("connection", "wk01-region", ""),
        ("station", "lucht", "pm25"),
        ("owner", "GM0000", "bicycles"),
    ):
        _indicator(processing, kind, subject, facet)
    load(processing.conninfo, without("link-a")(without("groen")(small())))
    stored = processing.rows("SELECT kind, subject, facet FROM doorfiets.indicator_value ORDER BY kind, subject")
    assert stored == [
        ("connection", "wk01-region", ""),
        ("link", "link-b", ""),
        ("owner", "GM0000", "bicycles"),
        ("screenline", "lijn-a", "bicycles"),
        ("site", "a", "bicycles"),
        ("station", "lucht", "pm25"),
    ]
    assert processing.row("SELECT count(*) FROM doorfiets.indicator_value_past") == (4,)


async def test_another_opening_is_another_period(processing: StoreAndAggregate) -> None:
    """The growth since the day that was wrong goes."""
    await settled(processing)
    load(processing.conninfo, with_link("link-a", opened=date(2026, 5, 1))(small()))
    _indicator(processing, "link", "link-a", "", period="opening")
    load(processing.conninfo, with_link("link-a", opened=date(2026, 5, 2))(small()))
    assert processing.rows("SELECT FROM doorfiets.indicator_value") == []


def _indicator(processing: StoreAndAggregate, kind: str, subject: str, facet: str, period: str = "month") -> None:
    processing.database.execute(
        "INSERT INTO doorfiets.indicator_value (kind, subject, facet, indicator, period, first_day, last_day, "
        "started_at, ended_at, value, valid, expected, rule) VALUES (%s, %s, %s, 'made_up', %s, '2026-05-01', "
        "'2026-05-31', '2026-04-30T22:00Z', '2026-05-31T22:00Z', 1, 31, 31, 'made-up-1')",
        [kind, subject, facet, period],
    )
