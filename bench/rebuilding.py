"""A whole year is computed again, from nothing and where all is right; how fast is that, beside plain SQL?"""

import time
from collections.abc import Iterator

from bench.command import doorfiets
from bench.figures import Figure
from bench.ground import Ground
from bench.memory import Peak
from bench.shelf import Shelf
from bench.year import Year


def measure(ground: Ground, year: Year) -> list[Figure]:
    """Load the year, add it up by plain SQL, rebuild it as a user does, and compare every hour and day."""
    with Shelf(ground.stack, year) as shelf:
        shelf.load(ground.tell)
        ground.tell("  hours and days by plain SQL")
        plain = shelf.plain()
        ground.tell(f"  that took {plain:.0f} s; rebuild from nothing")
        shelf.forget()
        with Peak(lambda: _tally(ground, shelf)) as peak:
            fresh = rebuild(ground)
        shelf.check()
        ground.tell(f"  that took {fresh:.0f} s; rebuild of what is right")
        again = rebuild(ground)
        shelf.check()
        return list(
            _figures(year, shelf.observations(), plain, {"from nothing": fresh, "of what is right": again}, peak.most)
        )


def rebuild(ground: Ground) -> float:
    """Have everything computed again; answer how many seconds that takes."""
    began = time.monotonic()
    with doorfiets(ground.settings, "rebuild", "--wait"):
        pass
    return time.monotonic() - began


def _tally(ground: Ground, shelf: Shelf) -> list[int]:
    return [*shelf.sessions(), ground.stack.pid("tally") or 0]


def _figures(year: Year, count: int, plain: float, took: dict[str, float], peak: int) -> Iterator[Figure]:
    bench = f"Rebuild: {count:,} observations of {2 * year.sites} channels on {year.days} days"
    beside = {"bench": bench, "beside_what": "hours and days by plain SQL"}
    for what, seconds in took.items():
        yield Figure(what=f"rebuild {what}", value=seconds, unit="s", beside=plain, **beside)
        yield Figure(
            what=f"rebuild {what}", value=count / seconds, unit="observations/s", beside=count / plain, **beside
        )
    yield Figure(
        bench=bench, what="memory of tally at most", value=peak / 2**20, unit="MB", beside=count * 88 / 2**20,
        beside_what="the observations on disk",
    )  # fmt: skip
