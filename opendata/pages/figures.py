"""The figures of the start page, each asked and judged by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from opendata import numbers
from opendata.database import Database, Row
from opendata.pages import drawn
from opendata.pages.charts import Chart
from opendata.pages.moments import Moment
from opendata.words import HERKOMST, herkomst

MONTH: Final = 30


@dataclass(frozen=True)
class SiteToday:
    """One site today."""

    site: str
    name: str
    total: float | None
    coverage: float
    origins: Sequence[str]
    last_ended_at: datetime | None


@dataclass(frozen=True)
class Today:
    """All sites today: what was counted so far, on how much of the time that is over."""

    total: float | None
    coverage: float | None
    sites: Sequence[SiteToday]
    heard_until: datetime | None
    compared: Row | None
    hours: Chart

    @property
    def origins(self) -> list[str]:
        """Where the numbers come from."""
        present = {origin for site in self.sites for origin in site.origins}
        return [word for word in HERKOMST.values() if word in present]

    @property
    def change(self) -> float | None:
        """The fraction more or less than the same weekday a week before."""
        if not self.compared or not self.compared["before"]:
            return None
        return float(self.compared["today"]) / float(self.compared["before"]) - 1


async def today(store: Database, moment: Moment) -> Today:
    """Add up today."""
    day = {"now": moment.now, "midnight": moment.midnight}
    rows = await store.rows("today_sites", **day)
    sites = [_site_today(row, moment.elapsed) for row in rows]
    counted = [site.total for site in sites if site.total is not None]
    return Today(
        total=sum(counted) if counted else None,
        coverage=sum(site.coverage for site in sites) / len(sites) if sites else None,
        sites=sites,
        heard_until=max((site.last_ended_at for site in sites if site.last_ended_at), default=None),
        compared=await _compared(store, moment),
        hours=_hours(await store.rows("today_hours", **day), moment),
    )


def _site_today(row: Row, elapsed: float) -> SiteToday:
    coverage = min(1.0, row["measured_seconds"] / elapsed) if elapsed else 1.0
    total = None if row["total"] is None else float(row["total"])
    return SiteToday(row["site"], row["name"], total, coverage, herkomst(row["origins"]), row["last_ended_at"])


async def _compared(store: Database, moment: Moment) -> Row | None:
    before = moment.a_week_before()
    midnight = moment.start_of(moment.today - timedelta(days=7))
    span = {"midnight": moment.midnight, "now": moment.now, "midnight_before": midnight, "now_before": before}
    row = await store.row("today_compared", **span, zone=moment.zone.key)
    return row if row and row["sites"] else None


def _hours(rows: Sequence[Row], moment: Moment) -> Chart:
    judged = [_hour(row, moment) for row in rows]
    judged = [hour for hour in judged if hour["expected"] > 0]
    return drawn.counts("Vandaag per uur, alle telpunten samen", judged, drawn.hour_label(moment.zone), "", "fietsers")


def _hour(row: Row, moment: Moment) -> dict[str, Any]:
    """Judge an hour over the time of it that is over: the running hour is no gap."""
    over = min(3600.0, (moment.now - row["started_at"]).total_seconds() // 900 * 900)
    expected = float(row["sites"]) * over
    return {
        **row,
        "valid": row["measured_seconds"],
        "expected": expected,
        "running": row["ended_at"] > moment.now,
        "reason": None,
    }


@dataclass(frozen=True)
class Year:
    """This year up to yesterday, and the last 52 weeks beside the 52 before."""

    first: date
    last: date
    total: float | None
    coverage: float
    sites: int
    origins: Sequence[str]
    rolling: Row | None
    months: Chart

    @property
    def change(self) -> float | None:
        """The fraction more or less over the site-days measured in both years."""
        if not self.rolling or not self.rolling["before"]:
            return None
        return float(self.rolling["now"]) / float(self.rolling["before"]) - 1


async def year(store: Database, moment: Moment) -> Year:
    """Add up this year."""
    last = moment.yesterday
    first = date(last.year, 1, 1)
    row = await store.row("year_so_far", first=first, last=last, zone=moment.zone.key) or {}
    rolling = await store.row("rolling_year", last=last)
    months = await store.rows("months", first=date(last.year - 1, last.month, 1), last=last)
    total = row.get("total")
    judged = [{**month, "reason": None} for month in months]
    chart = drawn.counts("Per maand, alle telpunten samen", judged, lambda one: f"{one['month']:%m-%Y}", "", "fietsers")
    return Year(
        first=first,
        last=last,
        total=None if total is None else float(total),
        coverage=row.get("coverage") or 0.0,
        sites=row.get("sites") or 0,
        origins=herkomst(filter(None, row.get("origins") or ())),
        rolling=rolling if rolling and rolling["site_days"] else None,
        months=chart,
    )


@dataclass(frozen=True)
class Share:
    """One denominator of one screenline: yesterday, the last thirty days, and each of them."""

    screenline: str
    name: str
    variant: str
    modes: Sequence[str]
    origins: Sequence[str]
    recent: Row
    yesterday: Row | None
    chart: Chart


async def shares(store: Database, moment: Moment, screenline: str | None = None) -> list[Share]:
    """Pool the shares of the screenlines."""
    first = moment.yesterday - timedelta(days=MONTH - 1)
    rows = await store.rows(
        "share_recent", screenline=screenline, first=first, last=moment.yesterday, zone=moment.zone.key
    )
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        pairs.setdefault((row["screenline"], row["variant"]), []).append(row)
    return [await _share(store, moment, key, found) for key, found in pairs.items()]


async def _share(store: Database, moment: Moment, key: tuple[str, str], found: Sequence[Row]) -> Share:
    screenline, variant = key
    recent = min(found, key=lambda row: row["first"])
    yesterday = next((row for row in found if row["first"] == row["last"] == moment.yesterday), None)
    start = moment.start_of(moment.yesterday - timedelta(days=MONTH - 1))
    days = await store.rows(
        "share_days",
        screenline=screenline,
        variant=variant,
        start=start,
        end=moment.midnight,
        zone=moment.zone.key,
        unit="day",
    )
    public = "alle" if variant == "all" else variant
    csv = f"/v1/fietsaandeel?tellijn={screenline}&noemer={public}&interval=dag&formaat=csv"
    chart = drawn.shares("Laatste dertig dagen", days, csv)
    return Share(
        screenline, recent["name"], public, recent["modes"], herkomst(recent["origins"]), recent, yesterday, chart
    )


@dataclass(frozen=True)
class Ladder:
    """A route on its last day with figures, link by link."""

    route: Row
    links: Sequence[Row]

    @property
    def busiest(self) -> float:
        """The largest number of cyclists on a link, for the length of the bars."""
        return max((float(link["cyclists"]) for link in self.links if link["cyclists"] is not None), default=0) or 1.0


async def ladders(store: Database, moment: Moment, route: str | None = None) -> list[Ladder]:
    """Read the usage of the routes."""
    rows = await store.rows("ladder_days", today=moment.today, route=route)
    return [Ladder(row, await store.rows("ladder_links", route=row["route"], day=row["day"])) for row in rows]


@dataclass(frozen=True)
class Air:
    """One quantity at one station over the last day."""

    station: str
    name: str
    kind: str
    label: str
    unit: str
    latest: Row | None
    origins: Sequence[str]
    chart: Chart

    @property
    def measured(self) -> int:
        """Hours of the last day that have a value."""
        return len(self.chart.rows) - self.chart.missing


async def air(store: Database, moment: Moment) -> list[Air]:
    """Read the last 24 whole hours at every station."""
    end = moment.now.replace(minute=0, second=0, microsecond=0)
    found: list[Air] = []
    for station in await store.rows("stations", station=None):
        rows = await store.rows(
            "air_hours", station=station["station"], quantity=None, start=end - timedelta(hours=24), end=end
        )
        found += [
            _air(station, one, [row for row in rows if row["quantity"] == one["quantity"]], moment)
            for one in station["series"]
        ]
    return found


def _air(station: Row, one: Row, rows: Sequence[Row], moment: Moment) -> Air:
    csv = f"/v1/meetstations/{station['station']}/metingen?stof={one['quantity']}&formaat=csv"
    chart = drawn.air("Laatste 24 uur", one["unit"], rows, moment.zone, csv)
    latest = next((row for row in reversed(rows) if row["value"] is not None), None)
    kind = "officieel" if station["kind"] == "official" else "burgermeting"
    return Air(
        station["station"], station["name"], kind, one["label"], one["unit"], latest, herkomst(one["origins"]), chart
    )


@dataclass(frozen=True)
class Feeds:
    """How the sensors are doing."""

    good: int
    total: int
    trouble: Sequence[Row]


async def feeds(store: Database, moment: Moment) -> Feeds:
    """Count the feeds by their state."""
    rows = {row["status"]: row["feeds"] for row in await store.rows("feed_summary", now=moment.now)}
    trouble = await store.rows("feeds_in_trouble", now=moment.now)
    return Feeds(rows.get("goed", 0), sum(rows.values()), trouble)


def signed(change: float | None) -> str:
    """Write a change with its sign: + 4 %."""
    if change is None:
        return numbers.ABSENT
    sign = "+" if change >= 0 else "\u2212"
    return "\u00a0".join((sign, numbers.percent(abs(change))))
