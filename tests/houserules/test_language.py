"""The core has no language, and what has a code has its words in every locale."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Final, get_args

import pytest
from babel.messages.pofile import read_po

from dashboards.alerting.definitions import RULES as GRAFANA_RULES
from dashboards.build import text_of
from dashboards.definitions import dashboards
from dashboards.preview.legend import CALCULATIONS
from locales import DEFAULT, LOCALES, Texts, texts
from opendata.pages import addresses, api_page, errors, method_page, outages_page, series_charts
from opendata.pages.blocks import equipment, headlines, layers
from opendata.pages.explorer import question
from opendata.read.day_pairs import Unpaired
from opendata.v1.basis import VALUES
from opendata.v1.document import VERSIONS
from opendata.vocabulary import CONNECTIONS, HERKOMST, LAYERS, OWN, SIMULATED, STATIONS, SURROUNDINGS, VERVOERWIJZE
from operations.alerts.rules import RULES
from operations.console.app import PROBLEMS
from operations.console.audit import Act
from operations.console.drawings import CellState
from operations.exclusions import REFUSALS, SubjectKind
from schemas import feed_states, rejection
from schemas.air_indices import POLLUTANTS, SCHEMES
from schemas.feed_states import STATUSES
from schemas.indicators import INDICATORS
from schemas.quality_flags import QUALITY_FLAGS
from schemas.quantities import QUANTITIES
from schemas.reasons import REASONS
from schemas.replay import OUTCOMES
from tests.houserules.dutch import Said, dutch, said

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


CONSOLE: Final = {
    "role": ("viewer", "operator"),
    "login_problem": ("wrong", "too_many"),
    "acknowledge_problem": ("no_feed", "no_note", "long_note"),
    "replay_problem": ("nothing_chosen",),
    "origin": ("recorded", "simulated"),
    "cell": get_args(CellState),
    "subject_kind": get_args(SubjectKind),
    "entry_kind": ("exclude", "maintenance", "restore"),
    "entry_state": ("holds", "open", "undone", "replaced", "undoes"),
    "entry_done": ("entered", "undone", "closed"),
    "entry_refused": REFUSALS,
    "stage": ("receive", "store", "aggregate"),
    "backlog_of": ("receive", "store", "aggregate"),
    "act": get_args(Act),
    "result": ("done", "refused"),
    "rejection": tuple(rejection.REASONS),
    "outcome": tuple(OUTCOMES),
    "replay_state": ("waiting", "running", "done", "stopped", "failed"),
    "problem": PROBLEMS,
    "problem_step": PROBLEMS,
}
"""The codes that the pages of the console put behind a dot, by what they are of."""


def console() -> set[str]:
    """The keys of the console: those that its templates name whole, and those of codes."""
    folder = ROOT / "operations" / "console" / "templates"
    whole = {key for file in folder.iterdir() for key in re.findall(r't\("console\.(\w+)"', file.read_text("utf-8"))}
    return {f"console.{key}" for key in whole} | {
        f"console.{of}.{one}" for of, codes in CONSOLE.items() for one in codes
    }


PAGES: Final = {
    "kind": ("site", "route", "screenline", "link", "district", "station"),
    "connection": tuple(CONNECTIONS),
    "topic": addresses.TOPICS,
    "explains": tuple(text for texts in method_page.TEXTS.values() for text in texts),
    "group": (*method_page.GROUPS, "all"),
    "group_says": (*method_page.GROUPS, "all"),
    "explained": ("how", "unit", "example", "when", "not", "more", "beside"),
    "layer": tuple(LAYERS.values()),
    "index": tuple(layers.SCHEMES.values()),
    "station_says": tuple(STATIONS),
    "class": tuple(STATIONS),
    "surroundings": tuple(SURROUNDINGS),
    "outage_is": outages_page.STATUSES,
    "outage_means": outages_page.STATUSES,
    "stage": ("receive", "store", "aggregate"),
    "waits": ("receive", "store", "aggregate"),
    "type": ("string", "integer", "number", "boolean", "date", "date_time", "object", "or", "list", "empty"),
    "api_chapter": ("resources", "shapes", "errors", "limits", "versions", "rules"),
    "api_error": api_page.ERRORS,
    "api_limit": ("rows", "buckets", "methods", "kept"),
    "api_change": VERSIONS,
    "api_rule": api_page.RULES,
    "api_rule_says": api_page.RULES,
    "mode": tuple(VERVOERWIJZE),
    "variant": ("motor", "all"),
    "origin": tuple(HERKOMST),
    "station": tuple(STATIONS),
    "changed": ("mode", "direction", "device", "model", *equipment.SET),
    "interval": (*series_charts.LENGTHS.values(), "day", "month"),
    "head": ("usual", "start", "day", "hour", "share", "interval", "measurement", "green"),
    "estimated": headlines.ESTIMATES,
    "use": headlines.USES,
    "problem": errors.PROBLEMS,
    "problem_step": errors.PROBLEMS,
    "explorer_view": question.VIEWS,
    "explorer_period": question.PERIODS,
    "explorer_weekdays": question.WEEKDAYS,
    "explorer_interval": question.INTERVALS,
    "explorer_head": question.INTERVALS,
    "explorer_against": question.AGAINST,
    "explorer_field": tuple(name for name in addresses.EXPLORER_PARAMETERS if name not in {"view", "form"}),
    "explorer_left_out": get_args(Unpaired),
    "explorer_mistake": get_args(question.Mistake),
}
"""The codes that the public pages put behind a dot, by what they are of."""
PUBLIC_PAGES: Final = ROOT / "opendata" / "pages"
TEMPLATES: Final = ROOT / "opendata" / "templates"
OURS: Final = frozenset({"Doorfiets", "CSV", "SVG", "PNG", "km", "m"})
"""What a template may say by itself: our name, a format and units, which are the same in every language."""


def sources_of_pages() -> Iterator[tuple[Path, str]]:
    """The files that the public pages are made by."""
    for path in sorted([*TEMPLATES.glob("*.html"), *PUBLIC_PAGES.rglob("*.py")]):
        yield path, path.read_text("utf-8")


def pages() -> set[str]:
    """The keys of the public pages: those that are named whole, once or for one and any other number, and of codes."""
    text = "\n".join(text for _, text in sources_of_pages())
    by_number = set(re.findall(r'counted\("(page\.\w+)"', text))
    whole = set(re.findall(r'"(page\.[\w.]*\w)"', text)) - by_number
    numbered = {f"{key}.{number}" for key in by_number for number in ("one", "other")}
    return whole | numbered | {f"page.{of}.{one}" for of, codes in PAGES.items() for one in codes}


def previews() -> set[str]:
    """The keys of the sheets of dashboards: those that are named whole, and those of calculations."""
    folder = ROOT / "dashboards" / "preview"
    whole = {key for path in folder.glob("*.py") for key in re.findall(r'"(preview\.\w+)"', path.read_text("utf-8"))}
    return whole | {f"preview.calculation.{name}" for name in CALCULATIONS}


def needed() -> set[str]:
    """Every key that some code needs words for."""
    levels = {level for scheme in SCHEMES.values() for level in scheme.levels}
    return {
        *SMALL,
        *console(),
        *pages(),
        *of_dashboards(),
        *previews(),
        *(f"reason.{code}" for code in REASONS),
        *(f"quality_flag.{quality_flag.name}" for quality_flag in QUALITY_FLAGS),
        *(f"{kind}.{name}" for kind in ("quantity", "unit") for name in QUANTITIES),
        *(f"substance.{name}" for name in POLLUTANTS),
        *(f"level.{level}" for level in levels),
        *(f"{kind}.{status}" for status in STATUSES for kind in ("status", "first_step")),
        *(f"feed_reason.{code}" for code in feed_states.REASONS),
        *(f"{kind}.{rule}" for kind in ("alert", "alert_step") for rule in RULES),
        *(f"{kind}.{rule.name}" for kind in ("grafana_alert", "grafana_alert_title") for rule in GRAFANA_RULES),
        *(f"alert_message.{name}" for name in SAID),
        *(f"alert_stage.{stage}" for stage in ("receive", "store", "aggregate")),
        *(f"indicator.{name}.{reported}" for name in INDICATORS for reported in REPORTED),
        *(f"limit.{limit}" for one in INDICATORS.values() for limit in one.limits),
    }


class UsedTexts(Texts):
    """Words that remember for which keys they were wanted."""

    def __init__(self, locale: str) -> None:
        super().__init__(locale, texts(locale).messages)
        self.used: set[str] = set()

    def __call__(self, key: str, /, **parameters: object) -> str:
        """Give the words of a key, and the key where there are none."""
        self.used.add(key)
        return super().__call__(key, **parameters) if key in self.messages else key


def of_dashboards() -> set[str]:
    """The keys of dashboards that some of them shows, in any language, and those of tokens in their queries."""
    used = [UsedTexts(locale) for locale in LOCALES]
    for words in used:
        for one in dashboards():
            text_of(one, words)
    queries = "\n".join(path.read_text("utf-8") for path in (ROOT / "dashboards" / "queries").glob("*.sql"))
    tokens = {f"dashboard.token.{token}" for token in re.findall(r"#\{(\w+)\}", queries)}
    return {key for words in used for key in words.used if key.startswith("dashboard.")} | tokens


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


def test_templates_of_pages_say_nothing_themselves() -> None:
    """One template draws a page in all languages: between its marks stands no word, in its expressions no Dutch one."""
    for path in sorted(TEMPLATES.glob("*.html")):
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        expressions = re.findall(r"\{[{%].*?[%}]\}", text, re.DOTALL)
        literals = [one for found in expressions for one in re.findall(r'"([^"]*)"', found)]
        assert [one for one in literals if not re.search("[/=]", one) and dutch(one)] == [], path.name
        bare = re.sub(r"\{[{%].*?[%}]\}", " ", text, flags=re.DOTALL)
        bare = re.sub(r"<(code|pre)[^>]* translate=.no.*?</\1>", " ", bare, flags=re.DOTALL)
        reported = re.findall(r'(?:aria-label|alt|title)="([^"]*)"', bare)
        words = re.findall(r"[^\W\d_]+", " ".join([*reported, re.sub(r"<[^>]*>|&\w+;", " ", bare)]))
        assert set(words) - OURS == set(), path.name


def test_code_of_pages_says_nothing_itself() -> None:
    """But the addresses of pages, and those of `/v1`, which are Dutch."""
    table = Path(addresses.__file__)
    found: list[Said] = []
    for path in sorted(PUBLIC_PAGES.rglob("*.py")):
        found += [one for one in said(path, path.name) if path != table and not one.text.startswith(("/", "&"))]
    assert found == []
    assert list(said(table, "")), "the exception that nothing needs any more"


def test_locales_have_the_same_marks_and_only_where_a_page_wants_them() -> None:
    """A text with marks of HTML is drawn by `html`, and every other one is escaped."""
    marks = {
        locale: {key: sorted(re.findall("<[^>]+>", text)) for key, text in texts(locale).messages.items()}
        for locale in LOCALES
    }
    dutch_marks, *others = (marks[locale] for locale in LOCALES)
    for other in others:
        assert {key for key in dutch_marks if dutch_marks[key] != other[key]} == set()
    drawn = {key for _, text in sources_of_pages() for key in re.findall(r'\bhtml\("([\w.]+)"', text)}
    of_codes = tuple(key for key in drawn if key.endswith("."))
    marked = {key for key, found in dutch_marks.items() if found}
    assert {key for key in marked if not key.startswith(of_codes)} == drawn - set(of_codes)
    assert {one for one in of_codes if not any(key.startswith(one) for key in marked)} == set()


def test_pages_and_the_api_call_a_thing_alike_in_dutch() -> None:
    """What `/v1` says in its own tables, the Dutch pages say in the same words."""
    words = texts("nl")
    assert {mode: words(f"page.mode.{mode}") for mode in VERVOERWIJZE} == dict(VERVOERWIJZE)
    assert {origin: words(f"page.origin.{origin}") for origin in HERKOMST} == dict(HERKOMST)
    assert {use: words(f"page.use.{use}") for use in headlines.USES} == {use: VALUES[use] for use in headlines.USES}
    assert (words("page.own_data"), words("page.simulated_data")) == (OWN, SIMULATED)


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


def test_no_text_of_another_locale_is_dutch() -> None:
    """A text that waits for its translation; names of the API, and what is written in capitals, are no words."""
    for locale in LOCALES[1:]:
        found = {
            key: words
            for key, text in texts(locale).messages.items()
            if (
                words := [
                    word for word in dutch(re.sub(r"<(\w+)[^>]*translate.*?</\1>", "", text)) if not word.isupper()
                ]
            )
        }
        assert found == {}, locale


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
    for one in GRAFANA_RULES:
        assert fields(dutch_texts[f"grafana_alert.{one.name}"]) <= {"value", *one.labels}, one.name
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


def test_dashboards_say_nothing_themselves() -> None:
    """Neither their definitions nor their queries: a heading is an override, a code is mapped, a token replaced."""
    room = ROOT / "dashboards"
    sources = [*(room / "queries").glob("*.sql"), *room.rglob("*.py")]
    assert [one for path in sorted(sources) for one in said(path, path.name)] == []
    headings = {
        name
        for path in sorted((room / "queries").glob("*.sql"))
        for name in re.findall(r'\bAS\s+"?([^\s",()]+)', re.sub("--[^\n]*", "", path.read_text("utf-8")))
    }
    assert {name for name in headings if not re.fullmatch(r"[a-z_][a-z0-9_]*|MATERIALIZED", name)} == set()
