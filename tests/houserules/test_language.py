"""The core has no language, and what has a code has its words in every locale."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Final

import pytest
from babel.messages.pofile import read_po

from locales import DEFAULT, LOCALES, texts
from operations.alerts.rules import RULES
from schemas import feed_states
from schemas.air_indices import POLLUTANTS, SCHEMES
from schemas.feed_states import STATUSES
from schemas.indicators import INDICATORS
from schemas.quality_flags import QUALITY_FLAGS
from schemas.quantities import QUANTITIES
from schemas.reasons import REASONS
from tests.houserules.dutch import dutch, said

pytestmark = pytest.mark.pure

ROOT: Final = Path(__file__).resolve().parents[2]
CORE: Final = ("schemas", "streams", "ingest", "registry")
EXCEPTIONS: Final = MappingProxyType(
    {
        "ingest/history/layouts.py": "columns by the names that their publishers give them",
        "schemas/calendar_nl.py": "the public holidays by the names that the law gives them, as entries of a calendar",
    }
)
"""Where Dutch may stand in the core, and why."""
PATTERNS: Final = MappingProxyType({"^Wijk [0-9]+ ": "how owners number the names of their districts; no text of ours"})
"""What may stand anywhere, and why."""
REPORTED: Final = ("label", "unit", "definition", "formula", "completeness", "example", "source")
"""What a locale says of an indicator."""
SAID: Final = (
    "critical", "warning", "cleared", "repeat", "more", "since", "lasted", "other_feeds", "first_step", "test",
    "test_text",
)  # fmt: skip
"""Words of messages about alerts beside those of the rules."""
SMALL: Final = frozenset({
    "join.and", "join.or", "half.summer", "half.winter", "place.region",
    "period.hour", "period.day", "period.week", "period.month", "period.year",
    "channel.one", "channel.at", "channel.on_day", "channel.on_days", "channel.towards", "channels.named",
    "direction.beide", "direction.both", "direction.uit", "direction.out",
    "window.always", "window.daylight", "window.hours", "window_part.daylight", "window_part.hours",
    "excluded.flags", "excluded.hour", "excluded.hours", "excluded.day", "excluded.days",
})  # fmt: skip
"""Words that the texts of reasons and exclusions are put together with, the one place without a name, and windows."""


def core() -> Iterator[Path]:
    """The files of the core that hold texts."""
    for room in CORE:
        yield from (path for path in sorted((ROOT / room).rglob("*")) if path.suffix in {".py", ".sql"})


def statuses() -> set[str]:
    """The codes of the status of a feed, as the schema gives them."""
    text = (ROOT / "schemas" / "sql" / "schema" / "60_judgements.sql").read_text("utf-8")
    function = re.search(r"CREATE FUNCTION api\.feed_status.*?END;", text, re.DOTALL)
    return set(re.findall(r"(?:THEN|ELSE) '(\w+)'", function[0])) if function else set()


def needed() -> set[str]:
    """Every key that some code needs words for."""
    levels = {level for scheme in SCHEMES.values() for level in scheme.levels}
    return {
        *SMALL,
        *(f"reason.{code}" for code in REASONS),
        *(f"quality_flag.{quality_flag.name}" for quality_flag in QUALITY_FLAGS),
        *(f"{kind}.{name}" for kind in ("quantity", "unit") for name in QUANTITIES),
        *(f"substance.{name}" for name in POLLUTANTS),
        *(f"level.{level}" for level in levels),
        *(f"{kind}.{status}" for status in STATUSES for kind in ("status", "first_step")),
        *(f"feed_reason.{code}" for code in feed_states.REASONS),
        *(f"{kind}.{rule}" for kind in ("alert", "alert_step") for rule in RULES),
        *(f"alert_message.{name}" for name in SAID),
        *(f"alert_stage.{stage}" for stage in ("receive", "store", "aggregate")),
        *(f"indicator.{name}.{reported}" for name in INDICATORS for reported in REPORTED),
        *(f"limit.{limit}" for one in INDICATORS.values() for limit in one.limits),
    }


def fields(text: str) -> set[str]:
    """The parameters that a text shows."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_statuses_are_those_of_the_schema_in_its_order() -> None:
    """The function that gives them and the one that orders them name each, and no other."""
    text = (ROOT / "schemas" / "sql" / "schema" / "60_judgements.sql").read_text("utf-8")
    ranked = re.search(r"CREATE FUNCTION api\.feed_rank.*?ARRAY\[(.*?)\]", text, re.DOTALL)
    assert ranked is not None
    assert tuple(re.findall(r"'(\w+)'", ranked[1])) == STATUSES
    assert statuses() == set(STATUSES)


def test_reasons_of_feeds_are_those_of_the_schema() -> None:
    """With the parameters of the catalogue, each in the view that gives them."""
    text = (ROOT / "schemas" / "sql" / "schema" / "80_state_views.sql").read_text("utf-8")
    given: dict[str, set[str]] = {}
    for code, arguments in re.findall(r"api\.feed_reason\('(\w+)', jsonb_build_object\((.*)\)\)", text):
        given[code] = set(re.findall(r"(?:^|, )'(\w+)', ", arguments))
    assert given == {code: set(units) for code, units in feed_states.REASONS.items()}


def test_the_core_says_nothing_in_the_language_of_readers() -> None:
    """No literal of Python or SQL is Dutch: what is stored and passed on is a code."""
    assert {path.relative_to(ROOT).parts[0] for path in core()} == set(CORE)
    found = [one for path in core() for one in said(path, str(path.relative_to(ROOT)))]
    assert [one for one in found if one.place not in EXCEPTIONS and one.text not in PATTERNS] == []
    needed_places, needed_texts = ({one.place for one in found}, {one.text for one in found})
    assert set(EXCEPTIONS) <= needed_places, "an exception that nothing needs any more"
    assert set(PATTERNS) <= needed_texts, "likewise"


@pytest.mark.parametrize("text", ["dekking onder 75 %", "geen geldige dag", "tijdstempel loopt voor", "redelijk"])
def test_dutch_is_found(text: str) -> None:
    """A sentence, and most single words."""
    assert dutch(text)


@pytest.mark.parametrize("text", ["the value of one is no 0..1", "hijacked", "coverage_below", "vans per day, in"])
def test_english_and_codes_are_not_dutch(text: str) -> None:
    """Words that both languages have say nothing."""
    assert not dutch(text)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_its_words_and_every_text_a_code(locale: str) -> None:
    """Neither a message without a translation, nor a translation of nothing."""
    known = texts(locale).messages
    assert needed() - set(known) == set(), "without words"
    assert set(known) - needed() == set(), "words of nothing"
    assert {key for key, text in known.items() if not text.strip()} == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_no_message_stands_twice_or_waits_for_a_translator(locale: str) -> None:
    """A second one would hide the first; a fuzzy one is not read over."""
    for file in (files("locales") / locale / "LC_MESSAGES").iterdir():
        text = file.read_text("utf-8")
        with file.open("rb") as lines:
            catalogue = read_po(lines, locale, abort_invalid=True)
        assert len(re.findall(r"^msgid ", text, re.MULTILINE)) == len(catalogue) + 1, file.name
        assert not catalogue.obsolete
        assert not any(message.fuzzy for message in catalogue if message.id), file.name


def test_locales_show_the_same_parameters_and_none_that_a_code_has_not() -> None:
    """A parameter may be left out, but in every language alike."""
    dutch_texts, *others = (texts(locale).messages for locale in (DEFAULT, *LOCALES[1:]))
    for other in others:
        assert {key for key, text in dutch_texts.items() if fields(text) != fields(other[key])} == set()
    for code, parameters in REASONS.items():
        assert fields(dutch_texts[f"reason.{code}"]) <= set(parameters), code
    for code, units in feed_states.REASONS.items():
        assert fields(dutch_texts[f"feed_reason.{code}"]) <= set(units), code
    for rule, declared in RULES.items():
        assert fields(dutch_texts[f"alert.{rule}"]) <= {"name", *declared.parameters}, rule
    for name in INDICATORS:
        assert fields(dutch_texts[f"indicator.{name}.unit"]) <= {"what"}


def test_every_reason_is_given_somewhere() -> None:
    """In Python by its constructor, in SQL by its function; a code that nobody gives explains nothing."""
    rooms = ("schemas", "streams", "opendata")
    sources = [
        path.read_text("utf-8")
        for room in rooms
        for path in (ROOT / room).rglob("*.*")
        if path.suffix in {".py", ".sql"}
    ]
    given = {code for text in sources for code in re.findall(r"""\b(?:reason|own)\(\s*["'](\w+)["']""", text)}
    assert set(REASONS) - given == set()
    assert {code for code in given if code not in REASONS} == set()


def test_dashboards_say_reasons_in_the_words_of_the_public() -> None:
    """Their queries write a few of them out."""
    folder = ROOT / "dashboards" / "queries"
    reported = {
        (code, text)
        for path in folder.glob("*.sql")
        for code, text in re.findall(r"WHEN '(\w+)' THEN\s+'([^']+)'", path.read_text("utf-8"))
        if code in REASONS
    }
    assert reported
    shown = {"needed": 75, "links": [""]}
    for code, text in reported:
        parameters = {name: shown[name] for name in fields(texts().messages[f"reason.{code}"])}
        assert texts()(f"reason.{code}", **parameters) == text, code
