"""The year of data in the database: loading it, adding it up in plain SQL, and comparing the aggregates."""

import time
from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final, Self

import psycopg

from bench.reading_store import NotArrivedError, WrongError
from bench.year import PREFIX, BenchYear
from deploy.local import secrets
from deploy.local.stack import Stack
from schemas import named_sql
from schemas.published import PUBLISHED

_SQL: Final = named_sql.parse((files("bench") / "year.sql").read_text("utf-8"))
_SLICE: Final = timedelta(days=28)
_PATIENCE: Final = 900.0
_LOOK: Final = 0.5


class YearOfData:
    """The observations of a year and their aggregates."""

    def __init__(self, stack: Stack, year: BenchYear) -> None:
        """Connect to the database as its superuser."""
        conninfo = f"{stack.settings().postgres} user={secrets.SUPERUSER}"
        self._line = psycopg.connect(conninfo, autocommit=True, options="-c TimeZone=UTC")
        self._year = year

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._line.close()

    def load(self, tell: Callable[[str], None]) -> None:
        """Insert the year into the table of observations, without the intake, unless it is there."""
        if self.observations():
            return
        tell(f"  loading {self._year.days} days of {2 * self._year.sites} channels past the intake")
        since = self._year.since
        while since < self._year.until:
            until = min(since + _SLICE, self._year.until)
            self._line.execute(_SQL["load"], {"since": since, "until": until, "prefix": PREFIX})
            since = until
        self._line.execute(_SQL["analyze"])

    def observations(self) -> int:
        """Return the number of observations."""
        return int(self._one("known")[0])

    def is_aggregated(self) -> bool:
        """Return whether there is any aggregate."""
        return bool(self._one("known")[1])

    def forget(self) -> None:
        """Delete all aggregates."""
        self._line.execute(_SQL["forget"])

    def publish(self) -> None:
        """Mark all aggregates as published, so that publishing a whole year does not disturb the measurement."""
        self._line.execute(_SQL["publish"], {"aggregates": [table.name for table in PUBLISHED]})

    def settle(self) -> None:
        """Wait until nothing follows from the aggregates any more: what is measured next begins at rest."""
        self.publish()
        deadline = time.monotonic() + _PATIENCE
        while self._one("due")[0]:
            if time.monotonic() > deadline:
                raise NotArrivedError(f"indicators are not computed after {_PATIENCE:.0f} s")
            time.sleep(_LOOK)

    def plain(self) -> float:
        """Add up hours and days in plain SQL; return the seconds."""
        self._line.execute(_SQL["drop_plain"])
        began = time.monotonic()
        for step in ("plain_hours", "plain_days"):
            self._line.execute(_SQL[step])
        return time.monotonic() - began

    def check(self) -> None:
        """Compare the aggregates with the plain sums; raise WrongError when anything differs."""
        (wrong,) = self._one("miscounted")
        if wrong:
            raise WrongError(f"{wrong:,} hours and days are not what their observations add up to")

    def stored(self) -> tuple[int, int]:
        """Return the number of stored readings, and of hours to be aggregated."""
        readings, waiting = self._one("stored", prefix=PREFIX)
        return int(readings), int(waiting)

    def sessions(self) -> list[int]:
        """Return the process ids of the database sessions of `aggregate`."""
        return [pid for (pid,) in self._line.execute(_SQL["sessions"])]

    def _one(self, name: str, **parameters: object) -> tuple[Any, ...]:
        return self._line.execute(_SQL[name], parameters).fetchone() or (0, 0)
