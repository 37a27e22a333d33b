"""What was counted today, on how much of the time that is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opendata.database import NamedQueries, Row
from opendata.pages import progress, series_charts
from opendata.pages.charts import Chart
from opendata.pages.moments import Moment
from opendata.pages.progress import SubjectProgress
from opendata.v1.subject_progress import AnswerSubject
from opendata.vocabulary import HERKOMST, herkomst


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
    measured_until: datetime | None
    compared: Row | None
    progress: SubjectProgress

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


async def read(store: NamedQueries, moment: Moment, city: str) -> Today:
    """Add up today, in the municipality of that id."""
    reached = await progress.read(store, moment, AnswerSubject("municipality", city, "bicycles"), moment.today)
    rows = await store.rows("today_sites", now=moment.now, midnight=moment.midnight)
    elapsed = moment.elapsed(reached.until if reached.behind else moment.now)
    sites = [_site_today(row, elapsed) for row in rows]
    counted = [site.total for site in sites if site.total is not None]
    return Today(
        total=sum(counted) if counted else None,
        coverage=sum(site.coverage for site in sites) / len(sites) if sites else None,
        sites=sites,
        measured_until=_until(sites, reached),
        compared=await _compared(store, moment),
        progress=reached,
    )


def _until(sites: Sequence[SiteToday], reached: SubjectProgress) -> datetime | None:
    """Give until when the numbers tell: the newest measurement, but not beyond what is processed."""
    newest = max((site.last_ended_at for site in sites if site.last_ended_at), default=None)
    return min(newest, reached.until) if newest and reached.behind else newest


def _site_today(row: Row, elapsed: float) -> SiteToday:
    coverage = min(1.0, row["measured_seconds"] / elapsed) if elapsed else 1.0
    total = None if row["total"] is None else float(row["total"])
    return SiteToday(row["site"], row["name"], total, coverage, herkomst(row["origins"]), row["last_ended_at"])


async def _compared(store: NamedQueries, moment: Moment) -> Row | None:
    before = moment.a_week_before()
    midnight = moment.start_of(moment.today - timedelta(days=7))
    span = {"midnight": moment.midnight, "now": moment.now, "midnight_before": midnight, "now_before": before}
    row = await store.row("today_compared", **span, zone=moment.zone.key)
    return row if row and row["sites"] else None


async def hours(store: NamedQueries, moment: Moment, reached: SubjectProgress) -> Chart:
    """Draw today by the hour, all sites together."""
    rows = await store.rows("today_hours", now=moment.now, midnight=moment.midnight)
    checked = [_hour(row, moment) for row in rows]
    checked = [hour for hour in checked if hour["expected"] > 0]
    checked = reached.checked(checked)
    return series_charts.counts(
        "Vandaag per uur, alle telpunten samen", checked, series_charts.hour_label(moment.zone), "", "fietsers"
    )


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
