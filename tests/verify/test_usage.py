"""Recomputing the usage of routes, of a day and of a period, by the worked example of the handbook."""

from datetime import date, timedelta

import pytest

from verify import route_usage
from verify.checks import counters
from verify.comparison import Compared
from verify.indicators import chains
from verify.indicators.day_series import DayRange
from verify.route_usage import LinkUsage, usage

pytestmark = pytest.mark.pure

LENGTHS = (2.4, 5.1, 8.0, 6.5, 5.0)
CYCLISTS = (3200.0, 1450.0, 620.0, 540.0, 1900.0)
MEASURED = (1, 2, 5)
GREEN = (3, 4)
WORKED = [
    LinkUsage(f"l{number}", length, number in GREEN, number in MEASURED, cyclists)
    for number, (length, cyclists) in enumerate(zip(LENGTHS, CYCLISTS, strict=True), 1)
]
WEEK = DayRange(date(2026, 5, 4), date(2026, 5, 10))


def test_handbook_links_and_routes_vector() -> None:
    """L = 2.4, 5.1, 8.0, 6.5, 5.0; q = 3200, 1450, 620, 540, 1900; links 3 and 4 green; counters on 1, 2 and 5."""
    found = usage(WORKED)
    assert found["fietskilometers"] == pytest.approx(33045, abs=1e-9)
    assert found["gewogenGemiddelde"] == pytest.approx(1223.8889, abs=5e-5)
    assert found["gelijkmatigheid"] == 0.16875
    assert found["doorgaandeVerhouding"] == pytest.approx(0.441217, abs=5e-7)
    assert found["groenAandeel"] == pytest.approx(0.256317, abs=5e-7)
    assert found["gemetenFietskilometers"] == pytest.approx(24575, abs=1e-9)
    assert (found["gemetenKm"] or 0) / (found["lengteKm"] or 1) == pytest.approx(0.462963, abs=5e-7)


def test_a_link_without_a_valid_day_withholds_what_needs_it() -> None:
    """The kilometres that are missing are told."""
    found = usage([link._replace(cyclists=None) if link.name == "l4" else link for link in WORKED])
    assert (found["fietskilometers"], found["groenAandeel"], found["ontbrekendKm"]) == (None, None, 6.5)
    assert found["gemetenFietskilometers"] == pytest.approx(24575, abs=1e-9)


def test_published_usage_is_compared_link_by_link() -> None:
    """A link with one cyclist too many, and a ratio from nowhere."""
    published = usage(WORKED) | {"gelijkmatigheid": 0.2}
    each = {link.name: link.cyclists for link in WORKED} | {"l3": 621.0}
    found = [
        one for one in route_usage.compare("x", "2026-05-12", published, WORKED, each=each) if isinstance(one, Compared)
    ]
    assert [(one.name, one.published) for one in found if one.differs] == [
        ("gelijkmatigheid", 0.2),
        ("fietsers l3", 621.0),
    ]


def test_an_assumed_link_has_its_cyclists_from_its_neighbour() -> None:
    """And one without either from nobody."""
    links = [
        {"id": "a", "telpunt": "kolk", "verondersteldNaar": None},
        {"id": "b", "telpunt": None, "verondersteldNaar": "a"},
        {"id": "c", "telpunt": None, "verondersteldNaar": None},
    ]
    assert counters(links) == {"a": "kolk", "b": "kolk"}


def test_handbook_link_split_and_directionality() -> None:
    """620 beside 1380 on parallel links is 0.31; 340 and 280 differ by 0.096774."""
    day, week = WEEK.first, [WEEK.first + timedelta(days=number) for number in range(6)]
    split = {"green": dict.fromkeys(week, 620.0), "road": dict.fromkeys(week, 1380.0)}
    assert chains.split("green", split, WEEK) == 0.31
    assert chains.split("green", split | {"road": {day: 1380.0}}, WEEK) is None  # one day of seven
    assert chains.directionality({day: 340.0}, {day: 280.0}, [day]) == pytest.approx(0.096774, abs=5e-7)


def test_a_period_is_the_average_of_the_days_on_which_all_links_are_valid() -> None:
    """Six of seven days: the day on which one link was silent counts for none of them; five of seven are too few."""
    days = [WEEK.first + timedelta(days=number) for number in range(7)]
    known = {link.name: dict.fromkeys(days, link.cyclists or 0.0) for link in WORKED}
    known["l1"][days[0]] = 1_000_000.0
    del known["l2"][days[0]]
    found = chains.of_period(WORKED, known, WEEK)
    assert found["fietskilometers"] == pytest.approx(33045, abs=1e-9)
    assert found["gemeten-deel"] == pytest.approx(0.462963, abs=5e-7)
    del known["l3"][days[1]]
    assert chains.of_period(WORKED, known, WEEK)["fietskilometers"] is None
