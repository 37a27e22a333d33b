"""The dashboards that are built, and the files that provision them."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.build import build, text_of
from dashboards.dashboard import Dashboard, Panel
from dashboards.definitions import dashboards
from dashboards.query import PLUGIN, register
from dashboards.sdk import JSONEncoder, model
from deploy.settings import ROOT
from locales import LOCALES, Texts, texts

pytestmark = pytest.mark.pure

GRAFANA = ROOT / "dashboards"
BUILT = build()


@pytest.fixture(params=sorted(BUILT))
def dashboard(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each dashboard that is shipped."""
    parsed: dict[str, Any] = json.loads(BUILT[request.param])
    return parsed


def words(dashboard: dict[str, Any]) -> Texts:
    """Give the words of the language that a dashboard is in."""
    (locale,) = (tag.removeprefix("taal:") for tag in dashboard["tags"] if tag.startswith("taal:"))
    return texts(locale)


def drawn(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the panels."""
    panels: list[dict[str, Any]] = dashboard["panels"]
    return panels


def test_what_is_committed_is_what_the_code_builds() -> None:
    """And nothing else lies beside it."""
    committed = {path.name: path.read_text("utf-8") for path in (GRAFANA / "generated").iterdir()}
    assert committed == BUILT


def test_every_definition_is_built_under_a_name_of_its_own() -> None:
    """A module in `definitions` is a dashboard in every language; nothing else names it."""
    modules = {path.stem for path in (GRAFANA / "definitions").glob("*.py") if path.stem != "__init__"}
    assert {one.name for one in dashboards()} == modules
    assert len(BUILT) == len(modules) * len(LOCALES)


def test_no_two_dashboards_have_one_title_and_no_title_a_colon() -> None:
    """One folder with a title twice is read-only, and a colon ends up in the address."""
    parsed = [json.loads(text) for text in BUILT.values()]
    titles = [one["title"] for one in parsed]
    assert len(set(titles)) == len(titles)
    assert [
        title for one in parsed for title in (one["title"], *(p["title"] for p in one["panels"])) if ":" in title
    ] == []


def test_a_dashboard_says_nothing_in_another_language() -> None:
    """All that differs from one language to the next is words: what is asked and how it is drawn is the same."""
    for one in dashboards():
        first, second = (json.loads(text_of(one, KeyTexts(locale, texts(locale).messages))) for locale in LOCALES)
        for parsed in (first, second):
            del parsed["uid"], parsed["tags"], parsed["links"]
        assert first == second, one.name


class KeyTexts(Texts):
    """Words of no language: the key instead of each."""

    def __call__(self, key: str, /, **_: object) -> str:
        """Give the key."""
        return f"<{key}>"


def test_building_twice_gives_the_same_bytes() -> None:
    """A diff shows a change of the dashboard and nothing else."""
    assert build() == BUILT


def test_a_dashboard_survives_the_round_trip_through_the_sdk(dashboard: dict[str, Any]) -> None:
    """So it holds only what the schema knows, our own query included."""
    register()
    read = json.loads(json.dumps(model.Dashboard.from_json(dashboard), cls=JSONEncoder))
    for link in read.get("links", ()):  # which the SDK moves into a menu that only the newest Grafana has
        assert link.pop("placement") == "inControlsMenu"
    assert read == dashboard


def test_a_dashboard_can_be_found_again(dashboard: dict[str, Any]) -> None:
    """A stable uid, no id of some server, and the schema that Grafana 8 to 13 reads."""
    assert 0 < len(dashboard["uid"]) <= 40
    assert "id" not in dashboard
    assert dashboard["schemaVersion"] == 42
    assert dashboard["timezone"] == "browser"
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
    titles = [panel["title"] for panel in dashboard["panels"]]
    assert len(set(titles)) == len(titles)


def test_every_panel_says_its_unit_and_what_nothing_means(dashboard: dict[str, Any]) -> None:
    """A number without a unit is no number; an empty panel explains itself."""
    nothing = words(dashboard)("dashboard.nothing")
    for panel in drawn(dashboard):
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"]
        assert defaults["thresholds"]["steps"]
        assert panel["description"].endswith(".")
        if panel["type"] == "table":  # whose empty texts are no gaps
            numbers = {"matcher": {"id": "byType", "options": "number"}}
            assert {**numbers, "properties": [{"id": "noValue", "value": nothing}]} in panel["fieldConfig"]["overrides"]
            assert "noValue" not in defaults
        else:
            assert defaults["noValue"] == nothing


def test_a_number_is_never_shortened(dashboard: dict[str, Any]) -> None:
    """2.133.000 as the reader's locale writes it, and not 2.1 Mil: no unit is Grafana's "short"."""
    units = {panel["fieldConfig"]["defaults"]["unit"] for panel in drawn(dashboard)}
    units |= {
        one["value"] for panel in drawn(dashboard) for each in panel["fieldConfig"]["overrides"]
        for one in each["properties"] if one["id"] == "unit"
    }  # fmt: skip
    assert units <= {"locale", "percentunit", "lengthkm", "dateTimeAsIso", "conμgm3", "s"}


def test_a_dashboard_is_seen_at_one_glance(dashboard: dict[str, Any]) -> None:
    """On 1600 by 900: 24 columns, each row of them full, and 24 units of 30 px high at most."""
    rows: dict[int, list[dict[str, int]]] = {}
    for panel in drawn(dashboard):
        rows.setdefault(panel["gridPos"]["y"], []).append(panel["gridPos"])
    heights = {y: {place["h"] for place in row} for y, row in rows.items()}
    assert {len(found) for found in heights.values()} == {1}
    assert {sum(place["w"] for place in row) for row in rows.values()} == {24}
    assert sum(max(found) for found in heights.values()) <= 24
    for (above, found), (below, _) in pairwise(sorted(heights.items())):
        assert above + max(found) == below


@pytest.mark.parametrize("one", dashboards(), ids=lambda one: one.name)
def test_a_dashboard_leads_to_its_neighbours_and_to_its_twin(one: Dashboard) -> None:
    """In one language to all others, and to the same in the other language; the public ones lead nowhere."""
    others = {each for each in dashboards() if not each.public} - {one}
    for locale in LOCALES:
        parsed = json.loads(BUILT[f"{one.uid(locale)}.json"])
        assert set(parsed["tags"]) == {"doorfiets", f"taal:{locale}"}
        twins = {one.uid(each) for each in LOCALES if each != locale}
        led = {each.uid(locale) for each in others} | twins
        assert {link["url"] for link in parsed.get("links", ())} == (
            set() if one.public else {f"/d/{uid}" for uid in led}
        )


def test_a_public_dashboard_has_no_variable() -> None:
    """Grafana answers 400 to the public where one is used; neither has it marks of the staff."""
    public = [json.loads(BUILT[f"{one.uid(locale)}.json"]) for one in dashboards() if one.public for locale in LOCALES]
    assert len(public) == 4
    for one in public:
        assert (one["templating"]["list"], one["annotations"]["list"]) == ([], [])
        assert "${" not in json.dumps(one)


def test_no_coverage_is_an_area_over_what_it_is_of(dashboard: dict[str, Any]) -> None:
    """It is a strip of its own, in the words of a page for how much was measured."""
    for panel in drawn(dashboard):
        sql = panel["targets"][0]["rawSql"]
        if panel["type"] == "timeseries":
            assert not re.search(r"coverage AS|AS coverage", sql), panel["title"]
        if panel["type"] == "state-timeline" and "AS coverage" in sql:
            texts_of = [one["options"]["result"]["text"] for one in panel["fieldConfig"]["defaults"]["mappings"]]
            codes = ("none", "little", "partly", "whole")
            assert texts_of == [words(dashboard)(f"dashboard.coverage.{code}") for code in codes]


def test_the_bar_of_a_day_stands_over_its_day(dashboard: dict[str, Any]) -> None:
    """From its midnight on, and on those of the other sites."""
    for panel in drawn(dashboard):
        custom = panel["fieldConfig"]["defaults"].get("custom", {})
        if custom.get("drawStyle") == "bars":
            assert (custom["barAlignment"], custom["stacking"]["mode"]) == (1, "normal")


def test_a_band_lies_between_its_edges() -> None:
    """The highest of them is filled down to the lowest, both by the names that their series have."""
    for locale in LOCALES:
        parsed = json.loads(BUILT[f"doorfiets-cycling-{locale}.json"])
        (panel,) = (one for one in drawn(parsed) if one["title"] == texts(locale)("dashboard.panel.share_day.title"))
        low, high = (texts(locale)(f"dashboard.token.calibrated_{edge}") for edge in ("low", "high"))
        found = {one["matcher"]["options"]: one["properties"] for one in panel["fieldConfig"]["overrides"]}
        assert {"id": "custom.fillBelowTo", "value": low} in found[high]
        assert f"'{low}'" in panel["targets"][0]["rawSql"]
        assert f"'{high}'" in panel["targets"][0]["rawSql"]


def test_a_word_with_an_apostrophe_ends_no_string() -> None:
    """Words get into SQL as strings of SQL, and what has none is left for the linter."""
    panel = Panel("site_day", "site_day", "lines", 24, 8)
    one = Dashboard("cycling", (panel,))
    apostrophe = Texts("nl", {**texts("nl").messages, "dashboard.token.partly": " ('s middags)"})
    without = Texts("nl", {key: text for key, text in texts("nl").messages.items() if key != "dashboard.token.partly"})
    assert "' (''s middags)'" in sql_of(text_of(one, apostrophe))
    with pytest.raises(KeyError):
        text_of(one, without)
    table = Dashboard("cycling", (Panel("site_day", "site_day", "table", 24, 8),))
    assert "#{partly}" in sql_of(text_of(table, without))


def sql_of(text: str) -> str:
    """Give the query of a dashboard with one."""
    ((target,),) = (list(panel["targets"]) for panel in json.loads(text)["panels"])
    return str(target["rawSql"])


def test_a_colour_means_the_same_series_on_every_panel(dashboard: dict[str, Any]) -> None:
    """By the name of the series, not by its place among those that are shown."""
    for panel in drawn(dashboard):
        if panel["type"] == "timeseries":
            assert panel["fieldConfig"]["defaults"]["color"] == {"mode": "palette-classic-by-name"}


def test_a_series_never_bridges_a_gap(dashboard: dict[str, Any]) -> None:
    """A gap is not a zero, and not a straight line either."""
    for panel in drawn(dashboard):
        if panel["type"] == "timeseries":
            assert panel["fieldConfig"]["defaults"]["custom"]["spanNulls"] is False


def test_everything_asks_the_provisioned_data_source(dashboard: dict[str, Any]) -> None:
    """By uid, never by a mix or by whatever is the default."""
    source = {"type": PLUGIN, "uid": provisioned("datasources/tsdb.yaml")["datasources"][0]["uid"]}
    requesting = [*drawn(dashboard), *dashboard["templating"]["list"], *dashboard["annotations"]["list"]]
    requesting += [target for panel in drawn(dashboard) for target in panel["targets"]]
    assert [one["datasource"] for one in requesting] == [source] * len(requesting)


def test_choosing_all_never_asks_for_nothing(dashboard: dict[str, Any]) -> None:
    """Without a text of its own, "all" with an absolute range sends `IN ()`."""
    for variable in dashboard["templating"]["list"]:
        assert variable["includeAll"] is variable["multi"]
        assert variable["allValue"].startswith("SELECT ")
        assert variable["multi"] or variable["allValue"].endswith(" LIMIT 1")


def test_no_query_file_is_left_over() -> None:
    """Each file is asked by something."""
    files = {path.stem for path in (GRAFANA / "queries").iterdir()}
    used = {panel.query for one in dashboards() for panel in one.panels}
    used |= {variable.query for one in dashboards() for variable in one.variables}
    used |= {annotation.query for one in dashboards() for annotation in one.annotations}
    assert files == used


def test_the_data_source_holds_no_password() -> None:
    """It comes from the environment of Grafana."""
    (source,) = provisioned("datasources/tsdb.yaml")["datasources"]
    assert source["type"] == PLUGIN
    assert source["user"] == "grafana_staff"
    assert source["jsonData"]["timescaledb"] is True
    assert source["secureJsonData"]["password"].startswith("$__env{")


def test_the_provider_reads_a_folder_of_files() -> None:
    """And nobody edits in Grafana what the repository says."""
    (provider,) = provisioned("dashboards/doorfiets.yaml")["providers"]
    assert provider["type"] == "file"
    assert provider["allowUiUpdates"] is False


def provisioned(name: str) -> dict[str, Any]:
    """Read one provisioning file."""
    parsed: dict[str, Any] = yaml.safe_load((Path(GRAFANA) / "provisioning" / name).read_text("utf-8"))
    return parsed
