"""Names are standard words or stand in the glossary, none that was given up is back, a class name has one meaning."""

import ast
import io
import re
import subprocess
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from deploy.settings import SETTINGS
from schemas.topics import TOPICS

pytestmark = pytest.mark.pure

ROOT: Final = Path(__file__).resolve().parents[2]
GLOSSARY: Final = ROOT / "docs" / "glossary.md"


def listed(text: str) -> frozenset[str]:
    """Give the words of a text."""
    return frozenset(text.split())


GIVEN_UP: Final = listed(
    """
    hear hears heard unheard hearing hearings vet vets vetted vetting doubt doubts doubted keep keeper kept keeping
    tally tallies tallied tallying tallier mill desk street mouth voice voices speaker speakers reckon reckons reckoned
    reckoning reckoner told asked asking ledger lane lanes shelf crowd crowds ridden riding chore chores pulse stale
    figure figures judged
    """
)
"""Parts of identifiers that a newcomer had to learn; `docs/glossary.md` and the changelog have what is said instead."""

GIVEN_UP_IN_PROSE: Final = listed("hear hears heard vet vets vetted vetting tally tallies reckon reckons ledger")
"""Those of them that are not used in docstrings, comments and pages either; the others are ordinary English words."""

ORDINARY: Final = frozenset({"keep_blank_values", "keep_alive", "keep_time", "timeout_keep_alive"})
"""Identifiers of others."""

STANDARD: Final = listed(
    """
    accepted acknowledgement address addressed after agent aggregated air alert annotation apart api app arrival
    arrived assigned autumn base batch beyond body box builder by case catalogue class client clock code collector
    column command compared completion condition consumer content corrected cycle dashboard data database date
    declaration default definition delivery deviation difference directory disagreement disk done drained dumper
    element encoding environment error event example excluded exclusion experiment explanation export extent extra fact
    field file filter followed form found fragment grafana group header home host identity inbox injector interface
    item job judge kafka key label language layout left length level limit line list listen listener load log map
    measured memory message meta meter method metric migration minute model module moment movement mqtt name
    network newest node number odd operation option order outcome overlong pace package packer page paged panel
    parameter part password path pattern pipeline plan planned point port position postgre postgres process
    processing producer program progress proof property proxy public publish query queue radio range ranged reader
    reading received registered report request resource response restart restarted result role row rule said sample
    schedule schema scope seek sender service set setting setup shape size snapshot span spot state status step
    stop stored stretch string summary supervised supervisor system table task template text thread time token tool
    total transport tree trial unassigned unchecked unit up url user validator variable view visit wait watch width
    window work worker write writer written
    """
)
"""Words of computing, of Kafka, PostgreSQL and HTTP, and plain participles of what became of something."""


def files(*patterns: str) -> Iterator[Path]:
    """Give the files that git knows, by pattern."""
    answer = subprocess.run(
        ["git", "ls-files", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return (ROOT / name for name in answer.stdout.splitlines() if (ROOT / name).is_file())


def parts(name: str) -> list[str]:
    """Take an identifier apart into lower-case words."""
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def singular(word: str) -> str:
    """Give the singular of a regular plural."""
    for plural, end in (("ies", "y"), ("ches", "ch"), ("xes", "x"), ("sses", "ss")):
        if word.endswith(plural):
            return word.removesuffix(plural) + end
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def words_of_the_glossary() -> frozenset[str]:
    """Give every word that the glossary explains, alone or as part of a term."""
    terms = re.findall(r"^\| ([^|]+) \|", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    return frozenset(singular(word) for term in terms for word in re.findall(r"[a-z]+", term.lower()))


def identifiers_of_python(path: Path) -> Iterator[str]:
    """Give the names in a file, but for those of tests: they are sentences."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.NAME and not token.string.startswith("test_"):
            yield token.string


def identifiers_of_sql(path: Path) -> Iterator[str]:
    """Give the names in a file, without comments and texts."""
    text = re.sub(r"--[^\n]*|'(?:[^']|'')*'", " ", path.read_text("utf-8"))
    yield from re.findall(r"[A-Za-z_]\w*", text)


def classes() -> Iterator[tuple[str, Path, ast.ClassDef]]:
    """Give every class outside of tests."""
    for path in files("*.py"):
        if "tests" not in path.relative_to(ROOT).parts:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    yield node.name, path, node


def is_of_the_public_surface(path: Path, node: ast.ClassDef) -> bool:
    """Tell whether a class is a shape or a word of `/v1`: its name is Dutch, and published."""
    bases = {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
    return "opendata" in path.parts and bool(bases & {"Public", "StrEnum", "Enum", "Row", "BaseModel"})


def test_no_word_that_was_given_up_is_part_of_a_name() -> None:
    """The old words were private; who reads a name for the first time shall know what it is."""
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for pattern, identifiers in (
            ("*.py", identifiers_of_python),
            ("*.sql", identifiers_of_sql),
        )
        for path in files(pattern)
        for name in identifiers(path)
        if name not in ORDINARY and GIVEN_UP & {word for part in parts(name) for word in (part, singular(part))}
    }
    assert sorted(found) == []


def test_no_term_that_was_given_up_is_used_in_prose() -> None:
    """Docstrings, comments and pages use the words of the glossary; records and the changelog tell of the past."""
    found = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in files("*.py", "*.sql", "*.md")
        if path not in {Path(__file__), ROOT / "CHANGELOG.md"} and "adr" not in path.parts
        for word in re.findall(r"[a-z]+", path.read_text("utf-8").lower())
        if word in GIVEN_UP_IN_PROSE
    }
    assert sorted(found) == []


def test_a_class_name_means_one_thing() -> None:
    """Two classes of one name are one question more for everyone who reads either."""
    found = defaultdict(list)
    for name, path, _ in classes():
        found[name].append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def test_classes_are_called_by_words_that_are_known() -> None:
    """The noun of a class, its last word, stands in the glossary or is standard; an exception names a state."""
    known = words_of_the_glossary() | STANDARD
    found = {
        name
        for name, path, node in classes()
        if not name.startswith("_") and not name.endswith("Error") and not is_of_the_public_surface(path, node)
        if singular(parts(name)[-1]) not in known
    }
    assert sorted(found) == []


def test_tables_and_topics_are_called_by_words_that_are_known() -> None:
    """Every word of a table, a view or a topic stands in the glossary or is standard."""
    known = words_of_the_glossary() | STANDARD
    pattern = r"CREATE\s+(?:OR REPLACE\s+)?(?:TABLE|VIEW)\s+(?:doorfiets|api)\.(\w+)"
    tables = {name for path in files("schemas/*.sql") for name in re.findall(pattern, path.read_text("utf-8"))}
    assert len(tables) > 1
    names = tables | {topic.name for topic in TOPICS}
    assert sorted(name for name in names if not {singular(part) for part in parts(name)} <= known) == []


def test_settings_are_called_by_words_that_are_known() -> None:
    """Every word of a setting stands in the glossary or is standard."""
    known = words_of_the_glossary() | STANDARD
    names = [setting.key.removeprefix("DOORFIETS_") for setting in SETTINGS]
    assert [name for name in names if not {singular(part) for part in parts(name)} <= known] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "why").glob("*.md")), ids=lambda page: page.name)
def test_every_why_page_leads_to_the_glossary(page: Path) -> None:
    """Who does not know a word finds it one link away."""
    assert "(../glossary.md)" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("heard_at", ["heard", "at"]),
        ("ObservationKeeper", ["observation", "keeper"]),
        ("MQTT_USER", ["mqtt", "user"]),
    ],
)
def test_a_name_is_taken_apart(name: str, words: list[str]) -> None:
    """Both ways of writing names."""
    assert parts(name) == words
