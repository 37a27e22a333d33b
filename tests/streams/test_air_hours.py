"""Which hours of air are read and judged again, and what is told of them while the registry changes."""

import pytest

from schemas.air_indices import SCHEMES
from streams.domain.air.hours import DAY, Stretch, air_indices, later, stretches
from streams.domain.air.layers import Hour, corrected, outdated, renew
from streams.domain.air.network import AirNetwork, Spot, Stream

pytestmark = pytest.mark.pure

EVER = 10_000
NOON = 5_000
RUNNING = [SCHEMES["eaqi-2017"]]


PLAIN = Stream("kit", "citizen", "traffic", "drenthe", "pm25", "measured", "", None, 0, EVER)
"""A kit that measures PM2.5 beside a road in Drenthe, from hour 0 on."""


def spots(*hours: int, station: str = "kit") -> list[Spot]:
    """Name hours of a station."""
    return [Spot(station, hour) for hour in hours]


def test_hours_that_follow_each_other_are_one_stretch() -> None:
    """In any order; another station, or an hour between, begins another."""
    requested = [*spots(7, 5, 6, 9), *spots(10, station="other")]
    assert stretches(requested) == [Stretch("kit", 5, 7), Stretch("kit", 9, 9), Stretch("other", 10, 10)]


def test_stretches_that_meet_are_one() -> None:
    """With two hours around each, 1 and 6 meet, and 12 stays alone: no hour is read twice."""
    assert stretches(spots(1, 6, 12), around=2) == [Stretch("kit", -1, 8), Stretch("kit", 10, 14)]


def test_an_hour_reaches_the_23_after_it() -> None:
    """Together they are the hours of which the running mean of a day holds it."""
    assert later(spots(100)) == set(spots(*range(101, 100 + DAY)))
    assert later(spots(100, 101)) == set(spots(*range(101, 101 + DAY)))


def test_a_setup_lasts_until_a_datastream_begins_or_ends() -> None:
    """Also one of the official station that calibrates the kit."""
    network = AirNetwork(
        [
            PLAIN._replace(instrument="sds011", kappa=0.3, valid_until=NOON),
            PLAIN._replace(valid_from=NOON),
            PLAIN._replace(station="official", kind="official", valid_from=NOON + 5),
        ]
    )
    reported = {hour: network.setup(Spot("kit", NOON + hour)) for hour in (-1, 0, 4, 5)}
    assert [setup.published["pm25"] for setup in reported.values()] == [
        "koehler-1",
        "measured",
        "measured",
        "regional-1",
    ]
    assert (reported[-1].kappas, reported[0].kappas) == ({"pm25": 0.3}, {"pm25": None})
    assert reported[0] is reported[4]


def test_a_running_mean_needs_18_of_its_24_hours() -> None:
    """The 23 before it among them, the 24th not; without 18 the index of a traffic station lacks its particles."""
    network = AirNetwork([PLAIN, PLAIN._replace(quantity="no2")])
    for hours, value in ((18, 2), (17, None)):
        day = {NOON - DAY + 1 + hour: Hour(12.0, 4, 4) for hour in range(-1, hours)}
        known = {("kit", "pm25", "measured"): day, ("kit", "no2", "measured"): {NOON: Hour(28.0, 4, 4)}}
        ((_, _, found),) = air_indices(network, spots(NOON), RUNNING, known)
        assert found.value == value


def test_an_index_has_the_flags_of_every_hour_that_it_is_made_of() -> None:
    """Of particles the running day, of the rest the hour itself; a correction those of its humidity, too."""
    network = AirNetwork([PLAIN, PLAIN._replace(quantity="no2")])
    day = {NOON - DAY + 1 + hour: Hour(12.0, 4, 4, 512 if hour in {-1, 3} else 0) for hour in range(-1, DAY)}
    day[NOON - DAY] = Hour(12.0, 4, 4, 64)
    gas = {NOON - 1: Hour(28.0, 4, 4, 128), NOON: Hour(28.0, 4, 4, 8)}
    known = {("kit", "pm25", "measured"): day, ("kit", "no2", "measured"): gas}
    ((_, _, found),) = air_indices(network, spots(NOON), RUNNING, known)
    assert found.quality_flags == 512 | 8
    network = AirNetwork([PLAIN._replace(instrument="plantower")])
    damp = {
        ("kit", "pm25", "measured"): {NOON: Hour(40.0, 4, 4, 8)},
        ("kit", "humidity", "measured"): {NOON: Hour(80.0, 3, 4, 16)},
    }
    ((_, made),) = corrected(network, spots(NOON), damp)
    assert made.quality_flags == 8 | 16


def test_what_is_corrected_is_known_as_it_is_now() -> None:
    """A correction that is made stands beside what was measured; one that is not made any more is gone."""
    network = AirNetwork([PLAIN._replace(instrument="sds011")])
    known = {
        ("kit", "pm25", "measured"): {NOON: Hour(40.0, 4, 4)},
        ("kit", "humidity", "measured"): {NOON: Hour(80.0, 3, 4)},
        ("kit", "pm25", "barkjohn-1"): {NOON: Hour(17.0, 4, 4), NOON + 1: Hour(18.0, 4, 4)},
    }
    found = dict(corrected(network, spots(NOON), known))
    gone = list(outdated(spots(NOON), known, found))
    renew(known, found, gone)
    made = known["kit", "pm25", "koehler-1"][NOON]
    assert made.mean == pytest.approx(20.308, abs=5e-4)
    assert (made.valid, made.expected) == (3, 4)
    assert known["kit", "pm25", "barkjohn-1"] == {NOON + 1: Hour(18.0, 4, 4)}
