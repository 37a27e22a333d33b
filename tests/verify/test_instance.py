"""Asking an instance: pages, patience, and what a person reads when it does not answer."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer
from typer import Typer
from typer.testing import CliRunner
from werkzeug import Request, Response

from deploy.cli import assembled
from verify import resources
from verify.instance import AbsentError, Instance, InstanceAwayError, InstanceRefusedError

pytestmark = pytest.mark.pure

SITE = {
    "id": "kolk",
    "eigenaar": "GM0106",
    "geometrie": {"type": "Point", "coordinates": [6.56, 53.0]},
    "telkanalen": [
        {
            "id": f"kolk-{direction}",
            "vervoerwijze": "fiets",
            "richting": direction,
            "meetperioden": [
                {"intervalSeconden": seconds, "startTijd": "2024-12-31T23:00:00Z", "eindTijd": "2025-12-31T23:00:00Z"},
                {"intervalSeconden": 900, "startTijd": "2023-12-31T23:00:00Z", "eindTijd": "2024-12-31T23:00:00Z"},
            ],
        }
        for direction, seconds in (("out", 900), ("in", 60))
    ],
}


@pytest.fixture
def instance(httpserver: HTTPServer) -> Instance:
    """An instance that says what a test wants."""
    return Instance(httpserver.url_for("/"))


@pytest.fixture(scope="module")
def app() -> Typer:
    """The whole command line."""
    return assembled()


def test_pages_are_followed_by_their_cursor_whatever_address_the_instance_gives_itself(
    httpserver: HTTPServer, instance: Instance
) -> None:
    """Behind a proxy its own address is another."""
    pages = {
        None: ('[{"n": 1}, {"n": 2}]', "https://elsewhere.example/v1/x?startTijd=a&cursor=c%2B1"),
        "c+1": ('[{"n": 3}]', None),
    }

    def page(request: Request) -> Response:
        rows, following = pages[request.args.get("cursor")]
        assert request.args["startTijd"] == "a"
        return _json(f'{{"gegevens": {rows}, "volgende": {_quoted(following)}}}')

    httpserver.expect_request("/v1/x").respond_with_handler(page)
    assert [row["n"] for row in instance.rows("/v1/x", startTijd="a")] == [1, 2, 3]


def test_a_busy_instance_is_asked_again(httpserver: HTTPServer, instance: Instance) -> None:
    """As it says itself, after a while."""
    httpserver.expect_ordered_request("/v1/x").respond_with_data("", status=503, headers={"Retry-After": "0.01"})
    httpserver.expect_ordered_request("/v1/x").respond_with_data("a,b\r\n1,\r\n")
    assert instance.csv_rows("/v1/x") == [{"a": "1", "b": ""}]


def test_a_refusal_is_told_in_its_own_words(httpserver: HTTPServer, instance: Instance) -> None:
    """Every mistake with its parameter; what is absent is another thing."""
    problem = {"detail": "De vraag klopt niet.", "fouten": [{"parameter": "startTijd", "melding": "ligt na eindTijd."}]}
    httpserver.expect_request("/v1/x").respond_with_json(problem, status=400)
    httpserver.expect_request("/v1/y").respond_with_json({"detail": "Bestaat niet."}, status=404)
    httpserver.expect_request("/v1/z").respond_with_data("<html>", status=502)
    with pytest.raises(InstanceRefusedError, match=r"\(400\): startTijd ligt na eindTijd\."):
        instance.csv_rows("/v1/x")
    with pytest.raises(AbsentError, match=r"Bestaat niet\."):
        instance.one("/v1/y")
    with pytest.raises(InstanceRefusedError, match="502"):
        instance.one("/v1/z")


def test_another_server_is_not_believed(httpserver: HTTPServer, instance: Instance) -> None:
    """No JSON, no address, nobody there, half an answer."""
    httpserver.expect_request("/v1/x").respond_with_data("<html>Hello</html>")
    httpserver.expect_request("/v1/half").respond_with_handler(lambda _: _half())
    with pytest.raises(InstanceAwayError, match="no JSON"):
        instance.one("/v1/x")
    with pytest.raises(InstanceAwayError, match="broke off half-way"):
        instance.csv_rows("/v1/half")
    with pytest.raises(InstanceAwayError, match="does not answer"):
        Instance("http://127.0.0.1:9").one("/v1/x")
    with pytest.raises(InstanceAwayError, match="no address of a site"):
        Instance("127.0.0.1:18800")


def test_a_site_is_read_with_its_directions_and_the_lengths_of_its_intervals(
    httpserver: HTTPServer, instance: Instance
) -> None:
    """A mode of which one counter ever spoke every minute is a fine one."""
    httpserver.expect_request("/v1/telpunten/kolk").respond_with_json(SITE)
    found = resources.site(instance, "kolk")
    assert found.owner == "GM0106"
    assert (found.directions["fiets"], found.fine) == (["in", "out"], frozenset({"fiets"}))
    assert found.since["fiets"] == datetime(2023, 12, 31, 23, tzinfo=UTC)
    assert found.until["fiets"] == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_an_unknown_site_is_answered_with_the_known_ones(httpserver: HTTPServer, instance: Instance) -> None:
    """As a person would."""
    httpserver.expect_request("/v1/telpunten/kolkk").respond_with_json({"detail": "Bestaat niet."}, status=404)
    httpserver.expect_request("/v1/telpunten").respond_with_json({"gegevens": [{"id": "kolk"}], "volgende": None})
    with pytest.raises(resources.SiteUnknownError, match="has no site 'kolkk'; it has: kolk"):
        resources.site(instance, "kolkk")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--from", "2024-05-31", "--to", "2024-05-01"], "turn them round"),
        (["--from", "2999-01-01", "--to", "2999-02-01"], "is over"),
        (["--from", "2024-05-01", "--to", "2024-05-31", "--timezone", "Europe/Atlantis"], "Europe/Atlantis"),
        (["--from", "1-5-2024", "--to", "2024-05-31"], "%Y-%m-%d"),
        (["--to", "2024-05-31"], "--from"),
    ],
)
def test_a_range_that_cannot_be_is_refused(app: Typer, options: list[str], said: str) -> None:
    """Exit code 2 and why, before anything is asked."""
    answer = CliRunner().invoke(app, ["verify", "kolk", *options])
    assert answer.exit_code == 2
    assert said in " ".join(answer.stderr.split())


def test_its_help_has_an_example(app: Typer) -> None:
    """An example says more than an option."""
    assert "doorfiets verify kolk --from" in CliRunner().invoke(app, ["verify", "--help"]).stdout.replace("\n", " ")


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")


def _quoted(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'


def _half() -> Response:
    def body() -> Iterator[bytes]:
        yield b"a,b\r\n"
        yield b"1,"

    return Response(body(), headers={"Content-Length": "1000"})
