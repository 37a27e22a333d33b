"""Bad questions to `/v1`: never a 5xx, always the parameter and what is expected."""

import httpx
import pytest

from tests.contracts.tables import mistakes
from tests.opendata import city

pytestmark = pytest.mark.contracts

COUNTS = "/v1/telpunten/kolk/tellingen"
SHARES = "/v1/fietsaandeel?tellijn=centrum"


@pytest.mark.parametrize(
    "size", ["0", "-1", "1000000000", "abc", "٣", "NaN", "1" * 5000, "1_000", " 1", "1.0", "1e3", ""]
)
def test_a_page_size_is_a_plain_whole_number(site: httpx.Client, size: str) -> None:
    """From one to ten thousand."""
    assert mistakes(site.get(COUNTS, params={"paginaGrootte": size})) == ["paginaGrootte"]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("onbekend=1", ["onbekend"]),
        ("interval=uur&interval=dag", ["interval"]),
        ("a[]=1", ["a[]"]),
        ("interval=eeuw", ["interval"]),
        ("vervoerwijze=bicycles", ["vervoerwijze"]),
        ("startTijd=2026-05-12T06:00:00", ["startTijd"]),
        ("startTijd=2026-05-12T08:00:00+02:00", ["startTijd"]),
        ("startTijd=1778566500", ["startTijd"]),
        ("startTijd=2026-05-12", ["startTijd"]),
        ("interval=dag&eindTijd=2026-02-30", ["eindTijd"]),
        ("startTijd=2026-05-12T06:00:00Z&eindTijd=2026-05-11T06:00:00Z", ["startTijd"]),
        ("startTijd=1990-01-01T00:00:00Z&eindTijd=2090-01-01T00:00:00Z&interval=kwartier", ["interval"]),
        ("richting=omhoog", ["richting"]),
        ("richting=%27;DROP%20TABLE", ["richting"]),
        ("cursor=abc", ["cursor"]),
        ("cursor=" + "A" * 1000, ["cursor"]),
        ("formaat=xml", ["formaat"]),
        ("formaat=geojson", ["formaat"]),
        ("startTijd=2020-01-01T00:00:00Z&richting=beide&interval=dag", ["startTijd"]),
        ("paginaGrootte=0&interval=eeuw&x=1&startTijd=nu", ["x", "startTijd", "paginaGrootte", "interval"]),
        ("paginaGrootte=0&richting=a&richting=b", ["paginaGrootte", "richting"]),
    ],
)  # fmt: skip
def test_every_mistake_is_named(site: httpx.Client, question: str, named: list[str]) -> None:
    """All of them, in one answer."""
    assert sorted(mistakes(site.get(f"{COUNTS}?{question}"))) == sorted(named)


def test_a_thousand_parameters_are_one_answer(site: httpx.Client) -> None:
    """Not one second of work; five thousand are more than an address may have."""
    question = "&".join(f"p{index}=1" for index in range(5000))
    assert site.get(f"{COUNTS}?{question[:7_000]}").status_code == 400
    assert site.get(f"{COUNTS}?{question}").status_code == 414


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("&interval=minuut", "interval"),
        ("&noemer=alle", "noemer"),
        ("&noemer=voetganger", "noemer"),
        ("&noemer=fiets", "noemer"),
        ("&noemer=x", "noemer"),
        ("&interval=geheel&startTijd=2026-10-12T06:00:00Z", "startTijd"),
        ("&interval=geheel&startTijd=2026-10-12&eindTijd=2026-10-13T00:00:00Z", "eindTijd"),
        ("&interval=kwartier&startTijd=2026-10-12", "startTijd"),
    ],
)
def test_a_share_that_cannot_be_is_explained(site: httpx.Client, question: str, named: str) -> None:
    """A denominator that nobody counts there, and a whole range that is not made of local days."""
    assert mistakes(site.get(SHARES + question)) == [named]


def test_a_share_needs_its_screenline(site: httpx.Client) -> None:
    """Said by name."""
    assert mistakes(site.get("/v1/fietsaandeel")) == ["tellijn"]


@pytest.mark.parametrize(
    "address",
    [
        "/v1/telpunten/bestaat-niet",
        "/v1/telpunten/bestaat-niet/tellingen",
        "/v1/fietsaandeel?tellijn=bestaat-niet",
        "/v1/doorfietsroutes/bestaat-niet/gebruik",
        "/v1/meetstations/bestaat-niet/metingen",
        "/v1/telpunten/",
        "/v1/",
        "/v1/telpunten//kolk",
        "/v1/../etc/passwd",
        "/v1/telpunten/%2e%2e%2f",
        "/static/%2e%2e/app.py",
        "/static/../settings.py",
    ],
)
def test_what_is_not_there_is_not_there(site: httpx.Client, address: str) -> None:
    """No redirects, no files."""
    assert site.get(address, follow_redirects=False).status_code in {400, 404}


@pytest.mark.parametrize("name", ["KOLK", "kolk%00", "kolk;x", "<img onerror=x>", "a" * 200, "%27%20OR%201=1"])
def test_an_id_is_small_letters_digits_and_hyphens(site: httpx.Client, name: str) -> None:
    """Anything else is a mistake of the question."""
    assert site.get(f"/v1/telpunten/{name}").status_code in {400, 404}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_refused(site: httpx.Client, method: str) -> None:
    """As a problem."""
    answer = site.request(method, "/v1/telpunten")
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")


def test_an_accept_that_nobody_can_meet_is_406(site: httpx.Client) -> None:
    """Said with what there is."""
    assert site.get("/v1/telpunten", headers={"Accept": "image/png"}).status_code == 406


def test_long_headers_are_no_trouble(site: httpx.Client) -> None:
    """A thousand tags, seven hundred ranges, a foreign host; beyond 8 kB the guards refuse them."""
    headers = {"If-None-Match": '"x",' * 1_000, "Range": "bytes=" + "0-1," * 700, "Host": "evil.example"}
    answer = site.get(COUNTS, headers=headers, params={"paginaGrootte": 1})
    assert answer.status_code == 200
    assert answer.json()["volgende"].startswith(f"{site.base_url}/v1/".replace("//v1", "/v1"))


def test_a_cursor_of_another_question_is_refused(site: httpx.Client) -> None:
    """It is signed for one."""
    cursor = httpx.URL(site.get(COUNTS, params={"paginaGrootte": 1}).json()["volgende"]).params["cursor"]
    assert mistakes(site.get(COUNTS, params={"cursor": cursor, "interval": "dag"})) == ["cursor"]


def test_without_a_database_it_says_when_to_come_back() -> None:
    """503 with Retry-After, for programs and for people; the process itself lives."""
    with city.visitor(city.settings("host=127.0.0.1 port=1 dbname=nowhere")) as client:
        answer = client.get("/v1/telpunten")
        page = client.get("/nl/")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
        assert "Even geen cijfers" in page.text
        assert client.get("/gezond/live").status_code == 200
        assert client.get("/gezond/klaar").status_code == 503
