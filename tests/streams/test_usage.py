"""Links and routes: the vectors of the domain handbook."""

from dataclasses import dataclass

import pytest

from schemas.reasons import reason
from streams.domain.usage import LinkDay, usage

pytestmark = pytest.mark.pure

LENGTHS = (2.4, 5.1, 8.0, 6.5, 5.0)
CYCLISTS = (3200.0, 1450.0, 620.0, 540.0, 1900.0)


@dataclass(frozen=True)
class Route:
    """Five links as in the handbook; 3 and 4 are green."""

    counted: tuple[int, ...] = (1, 2, 3, 4, 5)
    missing: tuple[int, ...] = ()

    def links(self) -> list[LinkDay]:
        """Give the links on one day."""
        return [
            LinkDay(
                name=f"schakel {number}",
                length=length,
                green=number in (3, 4),
                measured=number in self.counted,
                cyclists=None if number in self.missing else cyclists,
            )
            for number, length, cyclists in zip(range(1, 6), LENGTHS, CYCLISTS, strict=True)
        ]


def test_the_vector_of_the_handbook() -> None:
    """Bicycle-kilometres, weighted mean, uniformity, through ratio and green share."""
    found = usage(Route().links())
    assert found.length_km == pytest.approx(27)
    assert found.bicycle_km == pytest.approx(33045)
    assert found.mean_cyclists == pytest.approx(1223.8889)
    assert found.uniformity == pytest.approx(0.16875)
    assert found.through_ratio == pytest.approx(0.441217, abs=1e-6)
    assert found.green_share == pytest.approx(0.256317, abs=1e-6)
    assert found.withheld is None


def test_measured_and_assumed_kilometres_are_told_apart() -> None:
    """Counters on links 1, 2 and 5 only; the others assume."""
    found = usage(Route(counted=(1, 2, 5)).links())
    assert found.measured_km / found.length_km == pytest.approx(0.462963, abs=1e-6)
    assert found.assumed_km == pytest.approx(14.5)
    assert found.measured_bicycle_km is not None
    assert found.measured_bicycle_km / 33045 == pytest.approx(0.743683, abs=1e-6)


def test_a_link_without_a_valid_day_withholds_what_needs_it() -> None:
    """No total without all of its parts; what is known of the rest stays."""
    found = usage(Route(counted=(1, 2, 5), missing=(4,)).links())
    assert (found.bicycle_km, found.mean_cyclists, found.through_ratio, found.uniformity, found.green_share) == (
        None,
    ) * 5
    assert found.measured_bicycle_km == pytest.approx(24575)
    assert found.missing_km == pytest.approx(6.5)
    assert found.withheld == reason("no_valid_day_on_links", links=["schakel 4"])


def test_a_measured_link_without_a_valid_day_withholds_the_measured_part_too() -> None:
    """The measured part is a sum as well."""
    assert usage(Route(counted=(1, 2, 5), missing=(2,)).links()).measured_bicycle_km is None


def test_nobody_on_the_route_is_a_zero_and_no_ratio() -> None:
    """A zero is counted; nothing can be divided by it."""
    found = usage([link._replace(cyclists=0.0) for link in Route().links()])
    assert (found.bicycle_km, found.mean_cyclists) == (0, 0)
    assert (found.through_ratio, found.uniformity, found.green_share, found.withheld) == (None,) * 4
