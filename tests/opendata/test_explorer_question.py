"""The explorer's parameters: each state is an address in both languages, and a mistake stands beside its field."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import LOCALES
from opendata.pages.addresses import EXPLORER_PARAMETERS, EXPLORER_VALUES
from opendata.pages.explorer import periods, question
from opendata.pages.explorer.question import ExplorerOptions, ExplorerQuestion
from opendata.read.calendar import PublishedCalendarEntry

pytestmark = pytest.mark.pure

OPTIONS = ExplorerOptions(facet="mode", facets=("bicycles", "heavy_vehicles"), directions=("in", "uit"))
YESTERDAY = date(2026, 10, 26)


def chosen_in(locale: str, **values: str) -> ExplorerQuestion:
    """Read parameters by our names for them."""
    return question.read(
        [(EXPLORER_PARAMETERS[name][locale], value) for name, value in values.items()], locale, OPTIONS
    )


def entry(first: date, last: date, **known: object) -> PublishedCalendarEntry:
    """Make an entry of a calendar."""
    words = {
        "entry": "e",
        "owner": "o",
        "kind": "school_holiday",
        "name": "n",
        "effect": "annotate",
        "sites": (),
        "links": (),
    }
    return PublishedCalendarEntry(first_day=first, last_day=last, note="", **{**words, **known})  # type: ignore[arg-type] # by name


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "state",
    [
        ExplorerQuestion(facet="bicycles"),
        ExplorerQuestion(
            view="compare", period="own", first=date(2026, 1, 1), last=date(2026, 3, 1), facet="heavy_vehicles",
            weekdays="weekend", against="own", against_first=date(2025, 1, 1), direction="uit", form="print",
        ),
        ExplorerQuestion(view="event", facet="bicycles", event="kolk-dicht", weeks=8),
        ExplorerQuestion(
            view="years", facet="bicycles", period="school", interval="month", against="place", against_place="kolk"
        ),
    ],
)  # fmt: skip
def test_a_state_is_an_address_and_an_address_a_state(locale: str, state: ExplorerQuestion) -> None:
    """Written in a language and read again it is the same."""
    pairs = [tuple(one.split("=")) for one in question.address(state, locale, OPTIONS).split("&") if one]
    found = question.read(pairs, locale, OPTIONS)  # type: ignore[arg-type] # two parts each
    assert found.mistakes == {}
    assert found.but(form=state.form, typed={}) == state


@pytest.mark.parametrize("locale", LOCALES)
def test_names_and_values_of_a_language_are_apart(locale: str) -> None:
    """No two parameters, and no two values of one, are called alike."""
    names = [called[locale] for called in EXPLORER_PARAMETERS.values()]
    assert len(set(names)) == len(names)
    for called in EXPLORER_VALUES.values():
        words = [one[locale] for one in called.values()]
        assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("name", "value", "mistake"),
    [
        ("view", "taart", "unknown"),
        ("period", "altijd", "unknown"),
        ("mode", "trein", "unknown"),
        ("direction", "omhoog", "unknown"),
        ("first", "1 maart", "no_day"),
        ("first", "2026-02-30", "no_day"),
        ("first", "2025-W01-1", "no_day"),
        ("first", "20260301", "no_day"),
        ("first", "\u0662026-01-01", "no_day"),
        ("first", "0001-01-01", "too_early"),
        ("against_first", "morgen", "no_day"),
        ("weeks", "0", "no_number"),
        ("weeks", "27", "no_number"),
        ("weeks", "\u0663", "no_number"),
        ("weeks", "9" * 5000, "no_number"),
        ("form", "pdf", "unknown"),
    ],
)
def test_a_wrong_value_is_said_and_what_is_usual_is_shown(name: str, value: str, mistake: str) -> None:
    """One mistake, at its parameter; what was typed is shown again, but not at any length."""
    found = chosen_in("nl", **{name: value})
    assert found.mistakes == {name: mistake}
    assert found.typed[name] == value[:60]
    assert found.but(period="rolling", mistakes={}, typed={}) == ExplorerQuestion(facet="bicycles")


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"period": "dit-jaar", "first": "2026-09-01"}, "first"),
        ({"view": "vergelijking", "against_first": "2026-09-01"}, "against_first"),
        ({"view": "vergelijking", "against": "jaar-eerder", "against_place": "kolk"}, "against_place"),
    ],
)
def test_what_would_not_count_is_not_taken_silently(values: dict[str, str], wrong: str) -> None:
    """Without JavaScript fields can be filled in that the choice before them leaves out."""
    assert chosen_in("nl", **values).mistakes == {wrong: "not_chosen"}


def test_a_parameter_that_comes_twice_is_a_mistake_and_a_foreign_one_is_nothing() -> None:
    """Which one would count is a guess; names of others are not ours."""
    found = question.read([("dagen", "weekend"), ("dagen", "alle"), ("utm_source", "x"), ("van", "")], "nl", OPTIONS)
    assert found.mistakes == {"weekdays": "repeated"}
    assert found.weekdays == "all"


@given(
    st.lists(
        st.tuples(st.sampled_from([one["nl"] for one in EXPLORER_PARAMETERS.values()]), st.text(max_size=80)),
        max_size=8,
    )
)
def test_nothing_that_is_typed_raises(pairs: list[tuple[str, str]]) -> None:
    """Any text in any parameter gives a period of whole days and no error."""
    found = question.read(pairs, "nl", OPTIONS)
    period, found = periods.chosen(found, YESTERDAY, [])
    interval, found = periods.fitting(period, found)
    assert period.first <= period.last <= YESTERDAY
    assert len(period.days) <= periods.MOST_DAYS
    assert interval in question.INTERVALS


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        ({}, date(2025, 10, 27), YESTERDAY),
        ({"period": "dit-jaar"}, date(2026, 1, 1), YESTERDAY),
        ({"period": "vorige-maand"}, date(2026, 9, 1), date(2026, 9, 30)),
        ({"first": "2026-09-01", "last": "2026-09-10"}, date(2026, 9, 1), date(2026, 9, 10)),
        ({"first": "2026-09-01", "last": "2030-01-01"}, date(2026, 9, 1), YESTERDAY),
        ({"first": "2026-09-01"}, date(2026, 9, 1), YESTERDAY),
    ],
)
def test_periods_end_yesterday_at_the_latest(values: dict[str, str], first: date, last: date) -> None:
    """Today is not over."""
    period, found = periods.chosen(chosen_in("nl", **values), YESTERDAY, [])
    assert (period.first, period.last, found.mistakes) == (first, last, {})


@pytest.mark.parametrize(
    ("values", "parameter", "mistake"),
    [
        ({"period": "van-tot"}, "first", "missing"),
        ({"first": "2026-10-27"}, "first", "future"),
        ({"first": "2026-10-20", "last": "2026-10-19"}, "last", "before_first"),
        ({"first": "2020-01-01"}, "first", "too_long"),
        ({"period": "schoolvakanties"}, "period", "no_holidays"),
    ],
)
def test_a_period_that_cannot_be_is_the_last_twelve_months(
    values: dict[str, str], parameter: str, mistake: str
) -> None:
    """With the mistake at the field that should change."""
    period, found = periods.chosen(chosen_in("nl", **values), YESTERDAY, [])
    assert (period.name, found.mistakes) == ("rolling", {parameter: mistake})


def test_twelve_months_that_end_in_a_leap_year() -> None:
    """The day after 28 February 2024 is the 29th, which 2023 has not."""
    assert periods.rolling_begin(date(2024, 2, 28)) == date(2023, 2, 28)
    assert periods.rolling_begin(date(2024, 2, 29)) == date(2023, 3, 1)
    assert periods.rolling_begin(date(2025, 12, 31)) == date(2025, 1, 1)


def test_school_holidays_are_the_days_of_the_calendar() -> None:
    """Of two holidays the days in the last twelve months, and of these the working days where only they are meant."""
    calendar = [
        entry(date(2025, 10, 18), date(2025, 10, 28)),
        entry(date(2026, 5, 1), date(2026, 5, 4)),
        entry(date(2026, 6, 1), date(2026, 6, 2), kind="works"),
    ]
    period, _ = periods.chosen(chosen_in("nl", period="schoolvakanties"), YESTERDAY, calendar)
    assert period.days == [date(2025, 10, 27), date(2025, 10, 28), *(date(2026, 5, number) for number in (1, 2, 3, 4))]
    weekdays, _ = periods.chosen(chosen_in("nl", period="schoolvakanties", weekdays="doordeweeks"), YESTERDAY, calendar)
    assert weekdays.days == [date(2025, 10, 27), date(2025, 10, 28), date(2026, 5, 1), date(2026, 5, 4)]


@pytest.mark.parametrize(
    ("interval", "first", "found", "mistake"),
    [
        ("uur", "2026-10-01", "hour", None),
        ("uur", "2026-09-01", "day", "hours_too_long"),
        ("dag", "2025-09-22", "day", None),
        ("dag", "2025-09-21", "week", "days_too_long"),
    ],
)
def test_an_interval_that_is_too_fine_is_said(interval: str, first: str, found: str, mistake: str | None) -> None:
    """And one that fits is shown."""
    period, known = periods.chosen(chosen_in("nl", interval=interval, first=first), YESTERDAY, [])
    shown, known = periods.fitting(period, known)
    assert (shown, known.mistakes.get("interval")) == (found, mistake)


def test_the_calendar_leaves_out_days_of_the_place_and_of_all() -> None:
    """Not those of another site, of another owner, or that are only named."""
    first = date(2026, 5, 1)
    calendar = [
        entry(first, first, effect="exclude"),
        entry(date(2026, 5, 2), date(2026, 5, 3), effect="exclude", sites=("kolk",)),
        entry(date(2026, 5, 4), date(2026, 5, 4), effect="exclude", sites=("brug",)),
        entry(date(2026, 5, 5), date(2026, 5, 5), effect="exclude", owner="other"),
        entry(date(2026, 5, 6), date(2026, 5, 6)),
    ]
    assert periods.excluded_days(calendar, "o", {"kolk"}) == {first, date(2026, 5, 2), date(2026, 5, 3)}


@pytest.mark.parametrize("day", ["2026-10-27", "9999-12-31"])
def test_no_day_of_a_question_is_later_than_yesterday(day: str) -> None:
    """Begins are mistakes, also of what is compared with; an end comes back to yesterday."""
    question_of_later = chosen_in("nl", view="vergelijking", first=day, last=day, against="vanaf", against_first=day)
    period, found = periods.chosen(question_of_later, YESTERDAY, [])
    assert found.mistakes == {"first": "future", "against_first": "future"}
    assert (found.first, found.last, found.against_first) == (None, YESTERDAY, None)
    assert (period.name, period.last) == ("rolling", YESTERDAY)
