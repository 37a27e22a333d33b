"""The dashboards that are built, and the files that provision them."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.build import build
from dashboards.definitions import dashboards
from dashboards.query import PLUGIN, register
from dashboards.sdk import JSONEncoder, model
from deploy.settings import ROOT

pytestmark = pytest.mark.pure

GRAFANA = ROOT / "dashboards"


@pytest.fixture(params=sorted(build()))
def dashboard(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each dashboard that is shipped."""
    parsed: dict[str, Any] = json.loads(build()[request.param])
    return parsed


def drawn(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the panels without the rows they stand in."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def test_what_is_committed_is_what_the_code_builds() -> None:
    """And nothing else lies beside it."""
    committed = {path.name: path.read_text("utf-8") for path in (GRAFANA / "generated").iterdir()}
    assert committed == build()


def test_every_definition_is_built_under_a_name_of_its_own() -> None:
    """A module in `definitions` is a dashboard; nothing else names it."""
    modules = [path.stem for path in (GRAFANA / "definitions").glob("*.py") if path.stem != "__init__"]
    assert len(build()) == len({one.uid for one in dashboards()}) == len(modules)


def test_building_twice_gives_the_same_bytes() -> None:
    """A diff shows a change of the dashboard and nothing else."""
    assert build() == build()


def test_a_dashboard_survives_the_round_trip_through_the_sdk(dashboard: dict[str, Any]) -> None:
    """So it holds only what the schema knows, our own query included."""
    register()
    assert json.loads(json.dumps(model.Dashboard.from_json(dashboard), cls=JSONEncoder)) == dashboard


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
    for panel in drawn(dashboard):
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"]
        assert defaults["thresholds"]["steps"]
        assert panel["description"].endswith(".")
        if panel["type"] == "table":  # whose empty texts are no gaps
            numbers = {"matcher": {"id": "byType", "options": "number"}}
            assert {**numbers, "properties": [{"id": "noValue", "value": "geen meting"}]} in panel["fieldConfig"][
                "overrides"
            ]
            assert "noValue" not in defaults
        else:
            assert defaults["noValue"] == "geen meting"


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
        assert variable["includeAll"]
        assert variable["allValue"].startswith("SELECT ")


def test_no_query_file_is_left_over() -> None:
    """Each file is asked by something."""
    files = {path.read_text("utf-8").rstrip() for path in (GRAFANA / "queries").iterdir()}
    shipped = json.dumps([json.loads(text) for text in build().values()], ensure_ascii=False)
    assert [text for text in files if json.dumps(text, ensure_ascii=False) not in shipped] == []


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
