"""Sheets of the dashboards, drawn from the invented city: well-formed, in words, escaped, nothing on top of another."""

import json
from collections.abc import Iterator
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

import psycopg
import pytest
from defusedxml.ElementTree import fromstring
from typer.testing import CliRunner

from dashboards.preview import letters
from dashboards.preview.previews import preview
from dashboards.preview.sheet import DashboardSheet
from dashboards.staff import StaffConnection, connect
from deploy.cli import assembled
from tests.dashboards.boards import BoardPart, board, panel
from tests.dashboards.kinds import every_kind

pytestmark = pytest.mark.contracts

SHIPPED: Final = {
    path.name: json.loads(path.read_text("utf-8"))
    for path in sorted((files("dashboards") / "generated").iterdir(), key=lambda path: path.name)
    if path.name.endswith(".json")
}
DAYS: Final = """SELECT d.started_at AS time, s.name AS metric, d.total::float8 AS n
FROM api.site_day d JOIN api.site s USING (site)
WHERE d.mode = 'bicycles' AND $__timeFilter(d.started_at) ORDER BY 1, 2"""
TOTAL: Final = """SELECT s.name AS "telpunt", sum(d.total)::float8 AS "samen"
FROM api.site_day d JOIN api.site s USING (site)
WHERE d.mode = 'bicycles' AND $__timeFilter(d.started_at) GROUP BY 1 ORDER BY 1"""
HOSTILE: Final = "</text><script>alert(1)</script>&\x00\"'"


@pytest.fixture(scope="module")
def staff(conninfo: str) -> Iterator[StaffConnection]:
    """Connect to the city as Grafana does."""
    with connect(conninfo, "doorfiets dashboards preview") as connection:
        yield connection


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_dashboard_is_a_sheet_with_every_panel_on_it(name: str, *, dark: bool, staff: StaffConnection) -> None:
    """It parses, its panels are there by name, none fails and none is of a kind that is not drawn."""
    dashboard = SHIPPED[name]
    sheet = october(staff, dashboard, dark=dark)
    read = fromstring(sheet.text)
    assert (sheet.failed, sheet.undrawn) == ({}, [])
    assert {one["title"] for one in dashboard["panels"] if one.get("title")} <= set(words(read))
    assert list(touching(read)) == []
    assert {one.tag.rpartition("}")[2] for one in read.iter()} & {
        "script",
        "image",
        "a",
        "use",
        "foreignObject",
    } == set()
    assert "http" not in sheet.text.replace("http://www.w3.org/2000/svg", "")
    assert october(staff, dashboard, dark=dark).text == sheet.text


def test_a_number_of_the_city_stands_on_the_sheet_in_the_words_of_its_language(staff: StaffConnection) -> None:
    """A table and a bar say what the database has."""
    ((day,),) = staff.execute(
        "SELECT total::int FROM api.site_day WHERE site = 'kolk' AND mode = 'bicycles' AND day = '2026-10-21'"
    )
    ((total,),) = staff.execute(
        "SELECT sum(total)::int FROM api.site_day WHERE site = 'kolk' AND mode = 'bicycles'"
        " AND day BETWEEN '2026-10-01' AND '2026-10-26'"
    )
    assert day > 1000
    panels = [
        panel("timeseries", DAYS, unit="suffix: fietsers", custom={"drawStyle": "bars"}),
        panel("table", TOTAL, unit="locale", y=8),
    ]
    for language, comma in (("nl", "."), ("en", ",")):
        read = words(fromstring(october(staff, board(*panels, language=language), "2026-10-01", "2026-10-26").text))
        month = {"nl": "oktober", "en": "October"}[language]
        assert f"De Kolk, 21 {month} 2026 00:00: {day} fietsers" in read
        assert f"{total:,}".replace(",", comma) in read


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_kind_of_panel_is_drawn(language: str, staff: StaffConnection) -> None:
    """In words of the language, and no label of an axis stands on another."""
    sheet = october(staff, every_kind(language), "2026-10-24", "2026-10-27")
    read = fromstring(sheet.text)
    assert (sheet.empty, sheet.undrawn, sheet.failed) == ([], [], {})
    assert list(touching(read)) == []
    comma, point = {"nl": (",", "."), "en": (".", ",")}[language]
    expected = {
        "stat": f"groei: 3{comma}40%",
        "no value": "geen meting",
        "bars": f"september, Vaart Noord: 46{point}800",
        "cells": "387",
        "map": "naam: De Kolk\nfietsers: 1800\nstatus: stil",
        "legend": "laat",
        "text": "\u2022 wat niet gemeten is, blijft leeg",
        "line": "naam: Vaart",
    }
    assert set(expected.values()) - set(words(read)) == set()
    strips = [one for one in words(read) if one.startswith("De Kolk, ") and one.endswith(": laat")]
    assert len(strips) == 3
    assert {"nl": "26 oktober 2026 10:59", "en": "26 October 2026 10:59"}[language] in " ".join(strips)


def test_hostile_names_stay_text(staff: StaffConnection) -> None:
    """In titles, descriptions, cells, series and units; what XML cannot hold is replaced."""
    row = "SELECT '</text><script>alert(1)</script>&'::text AS \"a<b\", 1.0::float8 AS n"
    one = "SELECT $__timeTo()::timestamptz AS time, '<i>\"&'::text AS metric, 1.0::float8 AS n"
    given = board(
        panel("table", row, title=HOSTILE, description=HOSTILE),
        panel("timeseries", one, unit=f"suffix:{HOSTILE}", y=8),
        title=HOSTILE,
    )
    sheet = october(staff, given)
    read = fromstring(sheet.text)
    assert "<script" not in sheet.text
    assert HOSTILE.replace("\x00", "\ufffd") in words(read)
    assert {"a<b", '<i>"&'} <= set(words(read))


def test_a_panel_that_cannot_be_drawn_says_why(staff: StaffConnection) -> None:
    """Nothing found, a query that fails, a kind and a transformation that are not known here."""
    broken = panel("table", "SELECT nothing FROM api.nowhere", title="Kapot", y=8)
    sheet = october(
        staff,
        board(
            panel("timeseries", "SELECT now() AS time, 1.0 AS n WHERE false", title="Leeg"),
            broken,
            panel("piechart", TOTAL, title="Taart", y=16),
            {**panel("table", TOTAL, title="Bewerkt", y=24), "transformations": [{"id": "pivot", "options": {}}]},
        ),
    )
    assert (sheet.empty, sheet.undrawn) == (["Leeg"], ["Taart"])
    assert "does not exist" in sheet.failed["Kapot"]
    read = " ".join(words(fromstring(sheet.text)))
    assert "geen gegevens in deze periode" in read
    assert "Dit soort paneel (piechart) wordt op dit blad niet getekend" in read
    assert "De vraag aan de database mislukt" in read
    assert "Grafana bewerkt de gegevens eerst (pivot)" in read


def test_the_command_writes_a_sheet_for_each_dashboard(
    conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line each, exit code 0; a range that holds no time or a uid that nobody has is wrong usage."""
    monkeypatch.setenv("DOORFIETS_POSTGRES", conninfo)
    first = min(SHIPPED).removesuffix(".json")
    words = ["dashboards", "preview", "--out", str(tmp_path), "--only", first, "--from", "2026-10-01"]
    drawn = CliRunner().invoke(assembled(), [*words, "--to", "2026-10-26", "--dark"])
    assert (drawn.exit_code, drawn.stderr) == (0, f"1 of 1: {first}\n")
    assert drawn.stdout.startswith(f"{tmp_path / first}-dark.svg: ")
    assert fromstring((tmp_path / f"{first}-dark.svg").read_text("utf-8")).get("lang") in {"nl", "en"}
    assert CliRunner().invoke(assembled(), [*words, "--only", "nobody"]).exit_code == 2
    backwards = CliRunner().invoke(assembled(), [*words, "--to", "2026-09-01"])
    assert backwards.exit_code == 2


def test_a_connection_that_breaks_is_not_drawn(conninfo: str) -> None:
    """Whoever calls is told, so that the command says it."""
    connection = connect(conninfo, "doorfiets dashboards preview")
    connection.close()
    with pytest.raises(psycopg.OperationalError):
        october(connection, board(panel("table", TOTAL)))


def october(
    connection: StaffConnection,
    dashboard: BoardPart,
    start: str = "2026-09-28",
    end: str = "2026-10-27",
    *,
    dark: bool = False,
) -> DashboardSheet:
    """Draw a dashboard over a month of the city."""
    return preview(dashboard, connection, start=start, end=end, dark=dark)


def words(read: Element) -> list[str]:
    """Give every text of a sheet, titles included."""
    return [one.text or "".join(one.itertext()) for one in read.iter() if one.tag.endswith(("}text", "}title"))] + [
        (one[0].tail or "") for one in read.iter() if one.tag.endswith("}text") and len(one)
    ]


def touching(read: Element) -> Iterator[tuple[str, str]]:
    """Find labels of axes that stand on top of each other."""
    boxes = []
    for one in read.iter():
        if one.get("class") == "tick":
            text = "".join(one.itertext()) if not len(one) else (one[0].tail or "")
            wide, x, y = letters.width(text), float(one.get("x", "0")), float(one.get("y", "0"))
            left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[one.get("text-anchor", "start")]
            boxes.append((text, left, left + wide, y))
    for first, second in combinations(boxes, 2):
        if first[1] < second[2] and second[1] < first[2] and abs(first[3] - second[3]) < letters.SIZE - 1:
            yield first[0], second[0]
