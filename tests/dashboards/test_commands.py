"""`doorfiets dashboards` as someone at a shell meets it."""

import json
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner, Result

from dashboards.build import build
from deploy.cli import assembled
from tests.dashboards.pretended import OLD, PretendedGrafana
from tests.dashboards.test_push_alerts import RULES

pytestmark = pytest.mark.contracts


@pytest.fixture
def token(tmp_path: Path) -> str:
    """A file with a token, and the line end that editors leave."""
    (tmp_path / "token").write_text("glsa_x\n", "utf-8")
    return str(tmp_path / "token")


def dashboards(*words: str) -> Result:
    """Run the command, where no line is folded."""
    return CliRunner().invoke(assembled(), ["dashboards", *words], env={"COLUMNS": "400"})


def test_what_is_committed_passes_the_comparison() -> None:
    """As `make check` has it."""
    assert dashboards("build", "--check").exit_code == 0


def test_a_refused_token_is_exit_code_1(httpserver: HTTPServer, token: str) -> None:
    """A sentence on stderr, nothing on stdout."""
    httpserver.expect_request("/api/frontend/settings").respond_with_json({"message": "Unauthorized"}, 401)
    result = dashboards("push", "--url", httpserver.url_for("/"), "--token-file", token)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "service account token" in result.stderr
    assert "glsa_x" not in result.stderr


def test_an_absent_grafana_is_exit_code_3(token: str) -> None:
    """A needed service is missing."""
    result = dashboards("push", "--url", "http://127.0.0.1:9", "--token-file", token)
    assert result.exit_code == 3
    assert "does not answer" in result.stderr


@pytest.mark.parametrize(
    "words", [["--token-file", "/nowhere"], ["--postgres", "127.0.0.1:5432/doorfiets"], ["--postgres", "127.0.0.1"]]
)
def test_wrong_usage_is_exit_code_2(token: str, words: list[str]) -> None:
    """An address without a password makes no data source."""
    assert dashboards("push", "--url", "http://127.0.0.1:9", "--token-file", token, *words).exit_code == 2


def test_a_dry_run_says_what_it_would_do(httpserver: HTTPServer, token: str) -> None:
    """One line per step."""
    PretendedGrafana(httpserver).with_source(OLD)
    result = dashboards("push", "--url", httpserver.url_for("/"), "--token-file", token, "--dry-run")
    assert result.exit_code == 0
    first, second, third, *others = result.stdout.splitlines()
    assert [first, second, third] == [
        "data source tsdb: there (postgres)",
        "data source tsdb: Grafana reads the database with it",
        "folder Doorfiets: to be made",
    ]
    titles = [json.loads(text)["title"] for text in build().values()]
    assert sorted(others[: len(titles)]) == sorted(f"dashboard {title}: not there yet" for title in titles)
    assert others[len(titles) :] == [
        *(f"alert rule {rule['title']}: not there yet" for rule in RULES),
        "alerts: to whom the notification policies say; --alerts-to makes a contact point and a route of our own",
    ]


def test_where_nobody_is_to_be_asked_a_hand_edit_stays(httpserver: HTTPServer, token: str) -> None:
    """With exit code 1, until `--yes` says that it may go; the differences can be looked at before."""
    there, words = PretendedGrafana(httpserver).with_source(), ["--url", httpserver.url_for("/"), "--token-file", token]
    assert dashboards("push", *words).exit_code == 0
    assert dashboards("pull-diff", *words).exit_code == 0
    there.by_hand("doorfiets-cycling-nl", title="Van mij")
    looked = dashboards("pull-diff", *words)
    assert looked.exit_code == 1
    assert "title: there 'Van mij', here 'Fietsen'" in looked.stdout
    refused = dashboards("push", *words)
    assert (refused.exit_code, "--yes" in refused.stderr) == (1, True)
    assert there.dashboards["doorfiets-cycling-nl"].content["title"] == "Van mij"
    assert dashboards("push", *words, "--yes").exit_code == 0
    assert dashboards("pull-diff", *words).exit_code == 0


def test_alerts_are_pushed_with_the_thresholds_of_the_file_of_alerts(
    httpserver: HTTPServer, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As process `watch` reads it; a rule that is off is not pushed, and a hand edit is a difference."""
    (tmp_path / "alerts.toml").write_text('repeat = "90m"\n[rule.silent]\nmissed = 6\n[rule.lag]\nenabled = false\n')
    monkeypatch.setenv("DOORFIETS_ALERTS", str(tmp_path / "alerts.toml"))
    there, words = PretendedGrafana(httpserver).with_source(), ["--url", httpserver.url_for("/"), "--token-file", token]
    assert dashboards("push", *words, "--alerts-to", "a@example.nl, b@example.nl").exit_code == 0
    rules = there.alerting.rules
    assert "doorfiets-lag" not in rules
    assert rules["doorfiets-silent"]["data"][2]["model"]["conditions"][0]["evaluator"]["params"] == [6]
    assert there.alerting.tree["routes"][0]["repeat_interval"] == "90m"
    assert there.alerting.points[0]["settings"]["addresses"] == "a@example.nl;b@example.nl"
    there.alerting.by_hand("doorfiets-silent", isPaused=True)
    looked = dashboards("pull-diff", *words)
    assert (looked.exit_code, "alert rule Meetreeks stil: changed by hand" in looked.stdout) == (1, True)


def test_an_empty_token_file_says_so(tmp_path: Path) -> None:
    """Before Grafana is asked anything."""
    (tmp_path / "empty").write_text("\n", "utf-8")
    result = dashboards("push", "--url", "http://127.0.0.1:9", "--token-file", str(tmp_path / "empty"))
    assert result.exit_code == 2
    assert "is empty" in result.output
