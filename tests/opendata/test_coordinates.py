"""Positions in other reference systems, by published vectors."""

import pytest

from opendata.coordinates import CRS84, ETRS89, RD_NEW, SYSTEMS, OutsideReferenceSystemError

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("longitude", "latitude", "east", "north"),
    [
        # Schreutelkamp and Strang van Hees (2001): the origin, the Westertoren and the Martinitoren
        (5.38720621, 52.15517440, 155_000.000, 463_000.000),
        (4.88352559, 52.37453253, 120_700.723, 487_525.502),
        (6.56820053, 53.21938317, 233_883.131, 582_065.167),
    ],
)
def test_rd_new_is_that_of_the_publication(longitude: float, latitude: float, east: float, north: float) -> None:
    """To the last digit that it gives."""
    assert RD_NEW.of(longitude, latitude) == pytest.approx((east, north), abs=0.0015)


@pytest.mark.parametrize(
    ("longitude", "latitude", "east", "north"),
    [
        # PROJ 9.5 (pyproj 3.7.2), EPSG:28992 by the seven parameters of the datum
        (6.5625, 52.9925, 233_914.271, 556_812.640),
        (6.02, 50.755, 199_657.024, 307_420.235),
        (3.57, 51.45, 28_690.114, 386_120.061),
        (6.83, 53.45, 250_853.921, 608_046.615),
    ],
)
def test_rd_new_is_within_half_a_metre_of_another_program(
    longitude: float, latitude: float, east: float, north: float
) -> None:
    """In all corners of the country."""
    found = RD_NEW.of(longitude, latitude)
    assert (found[0] - east) ** 2 + (found[1] - north) ** 2 < 0.5**2


@pytest.mark.parametrize(("longitude", "latitude"), [(-25.67, 37.74), (3.1, 52), (7.4, 52), (5, 50.5), (5, 53.8)])
def test_outside_of_the_netherlands_rd_new_means_nothing(longitude: float, latitude: float) -> None:
    """And is not made up."""
    with pytest.raises(OutsideReferenceSystemError):
        RD_NEW.of(longitude, latitude)


def test_axes_are_in_the_order_of_each_system() -> None:
    """Longitude first in CRS84, latitude first in ETRS89."""
    assert CRS84.of(6.5, 53.1) == (6.5, 53.1)
    assert ETRS89.of(6.5, 53.1) == (53.1, 6.5)


def test_every_system_is_known_by_its_address_and_its_code() -> None:
    """Six names of three systems."""
    assert {SYSTEMS[one.address] is SYSTEMS[one.code] is one for one in (CRS84, ETRS89, RD_NEW)} == {True}
    assert len(SYSTEMS) == 6
