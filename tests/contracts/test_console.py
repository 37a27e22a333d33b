"""The console on a real database: who may what, how people log in and out, and what they did."""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any, Final, get_args

import httpx
import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from locales import LOCALES
from operations.console import accounts, sessions
from operations.console.app import create
from operations.console.audit import Act
from operations.console.cookies import name
from operations.console.headers import ConsoleHeaders
from operations.console.login_limit import OF_BOTH
from operations.console.routes import ROUTES, ConsoleRoute
from operations.console.settings import ConsoleSettings
from tests.contracts.processing import StoreAndAggregate
from tests.operations.console_visitor import PASSWORD, SEED, ConsoleVisitor, account, served

pytestmark = pytest.mark.contracts

WHO: Final = ("nobody", "viewer", "operator")
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PARAMETERS: Final = {"{datastream:row}": "1", "{entry:row}": "1", "{request:row}": "1", "{id}": "0" * 64}


@pytest.fixture
def city(processing: StoreAndAggregate) -> Iterator[tuple[str, StoreAndAggregate]]:
    """A console over the small registry with a day of measurements, a viewer and an operator."""
    processing.database.execute(SEED.read_bytes())
    for role in ("viewer", "operator"):
        account(processing.conninfo, role, role)
    with served(processing.conninfo) as address:
        yield address, processing


def visitor(city: tuple[str, StoreAndAggregate], who: str) -> ConsoleVisitor:
    """Somebody with a session of the account that is called as its role."""
    return ConsoleVisitor(city[0], city[1].conninfo, None if who == "nobody" else who)


def concrete(path: str) -> str:
    """A path with something in place of its parameters."""
    for parameter, value in PARAMETERS.items():
        path = path.replace(parameter, value)
    return path


def verdict(answer: httpx.Response) -> str:
    """What an answer says about who asks: has to log in, may not, no such method; or may."""
    to_login = answer.status_code == 303 and "/login" in answer.headers["location"]
    if to_login:
        return "login"
    return {403: "forbidden", 405: "no method"}.get(answer.status_code, "allowed")


def expected(route: ConsoleRoute | None, who: str) -> str:
    """What the table says: the least role that may."""
    if route is None:
        return "no method"
    if WHO.index(who) >= WHO.index(route.role):
        return "allowed"
    return "login" if who == "nobody" else "forbidden"


def test_the_matrix_of_rights_has_no_hole(city: tuple[str, StoreAndAggregate]) -> None:
    """Everybody, every path of the table in every language, every method."""
    by_path: dict[tuple[str, str], ConsoleRoute] = {(one.path, one.method): one for one in ROUTES}
    found, wanted = {}, {}
    for who in WHO:
        for path, method, locale in product(dict.fromkeys(one.path for one in ROUTES), METHODS, LOCALES):
            somebody = visitor(city, who)
            route = by_path.get((path, "GET" if method == "HEAD" else method))
            sent = {"token": sessions.form_token(somebody.token)} if method == "POST" else None
            if who == "nobody" and sent is not None:
                somebody.http.cookies.set(name(secure=False, of_login=True), somebody.token)
            answer = somebody.http.request(method, f"/{locale}{concrete(path)}", data=sent)
            leaves = path in {"/logout", "/login"} and method == "POST"
            key = (who, locale, path, method)
            found[key] = (
                "allowed" if leaves and who != "nobody" and answer.status_code in {303, 401} else verdict(answer)
            )
            wanted[key] = expected(route, who)
            assert answer.status_code < 500, (key, answer.text[:300])
    assert {key: (found[key], wanted[key]) for key in wanted if found[key] != wanted[key]} == {}
    assert set(wanted.values()) == {"allowed", "login", "forbidden", "no method"}


def test_there_is_no_route_beside_the_table() -> None:
    """What the application answers is the table in each language, the way to it, and style sheets."""
    app: Any = create(ConsoleSettings(postgres="", url="http://x", clock=lambda: None))  # type: ignore[arg-type,return-value] # never asked
    assert isinstance(app, ConsoleHeaders)
    inner = app._app
    assert isinstance(inner, Starlette)
    there = {(one.path, method) for one in inner.routes if isinstance(one, Route) for method in one.methods or ()}
    table = {(f"/{locale}{one.path}", one.method) for one in ROUTES for locale in LOCALES}
    heads = {(path, "HEAD") for path, method in table if method == "GET"}
    assert there == table | heads | {("/", "GET"), ("/", "HEAD")}
    assert [one.path for one in inner.routes if isinstance(one, Mount)] == ["/static"]


@pytest.mark.parametrize("flaw", ["no token", "token of another", "other site"])
def test_a_form_that_is_not_ours_changes_nothing(city: tuple[str, StoreAndAggregate], flaw: str) -> None:
    """Every form of the table, by who may send it."""
    before = _written(city[1])
    for route in ROUTES:
        if route.method != "POST" or route.path == "/login":
            continue
        somebody = visitor(city, "operator")
        token = {
            "no token": "",
            "token of another": sessions.form_token("x"),
            "other site": sessions.form_token(somebody.token),
        }
        headers = {"Sec-Fetch-Site": "cross-site"} if flaw == "other site" else {}
        fields = {"token": token[flaw], "feed": "1", "note": "x", "reason": "x", "subject": "a", "do": "enter"}
        answer = somebody.http.post(f"/nl{concrete(route.path)}", data=fields, headers=headers)
        assert answer.status_code == 403, route
        assert somebody.get("/nl/feeds").status_code == 200, "still logged in"
    assert _written(city[1]) == before
    nobody = ConsoleVisitor(*_pair(city))
    assert nobody.http.post("/nl/login", data={"account": "viewer", "password": PASSWORD}).status_code == 403


def _pair(city: tuple[str, StoreAndAggregate]) -> tuple[str, str]:
    return city[0], city[1].conninfo


def _written(processing: StoreAndAggregate) -> list[tuple[Any, ...]]:
    return processing.rows(
        "SELECT (SELECT count(*) FROM doorfiets.audit), (SELECT count(*) FROM doorfiets.exclusion),"
        " (SELECT count(*) FROM doorfiets.acknowledgement), (SELECT count(*) FROM doorfiets.replay_request)"
    )


def acts(processing: StoreAndAggregate) -> list[tuple[str, str, str, str]]:
    """What was done, in its order."""
    return processing.rows("SELECT account, act, subject, result FROM doorfiets.audit ORDER BY audit")


def test_who_fails_to_log_in_learns_nothing(city: tuple[str, StoreAndAggregate]) -> None:
    """Neither whether there is an account, nor whether it is disabled; the audit names none that there is not."""
    with accounts.connected(city[1].conninfo) as session:
        accounts.disable(session, "viewer", by="tests")
    answers = []
    for called, password in (
        ("operator", "verkeerd wachtwoord"),
        ("niemand", PASSWORD),
        ("viewer", PASSWORD),
        ("", ""),
    ):
        answer = ConsoleVisitor(*_pair(city)).log_in(called, password)
        text = re.sub(r'(name="token" value=")\w+|(id="account" name="account" value=")[^"]*', r"\1\2", answer.text)
        answers.append((answer.status_code, re.sub(r" ?autofocus", "", text)))
    assert answers[0][0] == 401
    assert len(set(answers)) == 1
    refused = [(who, result) for who, act, _, result in acts(city[1]) if act == "login"]
    assert refused == [("operator", "refused"), ("?", "refused"), ("?", "refused"), ("?", "refused")]


def test_nobody_tries_passwords_for_long(city: tuple[str, StoreAndAggregate]) -> None:
    """After some failures the right password does not help either; another account is not affected."""
    somebody = ConsoleVisitor(*_pair(city))
    assert {somebody.log_in("operator", f"poging nummer {number}").status_code for number in range(OF_BOTH)} == {401}
    assert somebody.log_in("operator").status_code == 429
    assert somebody.log_in("viewer").status_code == 303


def test_a_login_gives_a_cookie_that_no_script_reads(city: tuple[str, StoreAndAggregate]) -> None:
    """HttpOnly and SameSite=Strict; the database has a digest of it only."""
    somebody = ConsoleVisitor(*_pair(city))
    answer = somebody.log_in("operator", next="/en/audit?account=x")
    assert answer.headers["location"] == "/en/audit?account=x"
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("doorfiets_console=")]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    token = cookie.partition("=")[2].partition(";")[0]
    assert len(token) >= 43
    (stored,) = city[1].row("SELECT encode(digest, 'escape') FROM doorfiets.console_session")
    assert token not in stored
    assert somebody.get("/nl/feeds").status_code == 200
    for foreign in ("https://example.org/", "//example.org", "/nl/\\example.org", "/nl/a\r\nX: y"):
        assert ConsoleVisitor(*_pair(city)).log_in("operator", next=foreign).headers["location"] == "/nl/feeds"


def test_behind_https_cookies_are_sent_over_nothing_else(city: tuple[str, StoreAndAggregate]) -> None:
    """Secure, and by a name that no other site of the domain can set."""
    with served(city[1].conninfo, secure=True) as address:
        answer = httpx.get(f"{address}/nl/login")
    assert answer.headers["set-cookie"].startswith("__Host-doorfiets_login=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE doorfiets.console_session SET used_at = now() - interval '31 minutes'",
        "UPDATE doorfiets.console_session SET started_at = now() - interval '12 hours 1 second'",
        "UPDATE doorfiets.account SET disabled_at = now()",
        "DELETE FROM doorfiets.console_session",
    ],
)
def test_a_session_ends(city: tuple[str, StoreAndAggregate], ending: str) -> None:
    """When nobody used it for a while, after a working day, and with its account."""
    somebody = visitor(city, "viewer")
    assert verdict(somebody.get("/nl/feeds")) == "allowed"
    city[1].database.execute(ending.encode())
    assert verdict(somebody.get("/nl/feeds")) == "login"


def test_another_password_ends_all_sessions(city: tuple[str, StoreAndAggregate]) -> None:
    """And so does logging out, here and everywhere where the cookie went."""
    somebody, copy = visitor(city, "viewer"), visitor(city, "viewer")
    copy.http.cookies.set(name(secure=False), somebody.token)
    assert somebody.post("/nl/logout").status_code == 303
    assert verdict(copy.get("/nl/feeds")) == "login"
    third = visitor(city, "viewer")
    with accounts.connected(city[1].conninfo) as session:
        accounts.change_password(session, "viewer", "een ander wachtwoord", by="tests")
    assert verdict(third.get("/nl/feeds")) == "login"


def test_every_act_is_in_the_audit(city: tuple[str, StoreAndAggregate]) -> None:
    """Each that can be done, with who did it, and what was refused as well."""
    _, processing = city
    operator = visitor(city, "operator")
    assert ConsoleVisitor(*_pair(city)).log_in("operator").status_code == 303
    assert operator.post("/nl/feeds", feed=["1", "2"], note="kijkt Piet naar").status_code == 303
    entered = operator.post("/nl/exclusions", **ENTRY, do="enter")
    assert entered.status_code == 303, entered.text
    entry = int(entered.headers["location"].split("/")[-1].partition("?")[0])
    assert operator.post(f"/nl/exclusions/{entry}/undo", reason="bleek goed").status_code == 303
    assert operator.post("/nl/exclusions/1/close").status_code == 303
    assert operator.post("/nl/replays", reason="range").status_code == 303
    assert operator.post("/nl/exclusions", **{**ENTRY, "reason": ""}, do="enter").status_code == 400
    assert operator.post("/nl/feeds", feed="1", note="").status_code == 400
    assert operator.post("/nl/replays").status_code == 400
    assert operator.post(f"/nl/exclusions/{entry}/undo", reason="nog eens").status_code == 400
    assert operator.post("/nl/logout").status_code == 303
    with accounts.connected(processing.conninfo) as session:
        accounts.change_password(session, "viewer", "een ander wachtwoord", by="tests")
        accounts.disable(session, "viewer", by="tests")
    found = acts(processing)
    assert {act for _, act, _, result in found if result == "done"} == set(get_args(Act))
    assert {act for _, act, _, result in found if result == "refused"} == {"acknowledge", "enter", "replay", "undo"}
    assert {who for who, act, *_ in found if not act.endswith(("account", "password"))} == {"operator"}
    (before, after) = processing.row("SELECT before, after FROM doorfiets.audit WHERE act = 'undo' AND result = 'done'")
    assert before["reason"] == "kabel kapot"
    assert after["entry"] > entry
    page = visitor(city, "operator").get("/en/audit").text
    assert "kijkt Piet naar" in page
    assert page.count("<tr") == len(found) + 1


ENTRY: Final = {
    "kind": "exclude", "subject": "a", "as": "site", "direction": "", "from": "2026-05-12T07:30",
    "to": "2026-05-13", "reason": "kabel kapot",
}  # fmt: skip


def test_an_act_is_nothing_without_its_audit(city: tuple[str, StoreAndAggregate]) -> None:
    """Both are one transaction: where the row cannot be written, nothing was done."""
    _, processing = city
    operator = visitor(city, "operator")
    processing.database.execute(b"ALTER TABLE doorfiets.audit ADD CONSTRAINT refusing CHECK (act <> 'enter')")
    try:
        assert operator.post("/nl/exclusions", **ENTRY, do="enter").status_code == 500
    finally:
        processing.database.execute(b"ALTER TABLE doorfiets.audit DROP CONSTRAINT refusing")
    assert processing.row("SELECT count(*) FROM doorfiets.exclusion WHERE reason = 'kabel kapot'") == (0,)


def test_a_preview_changes_nothing(city: tuple[str, StoreAndAggregate]) -> None:
    """It says how many observations it is about; the form is as it was."""
    operator = visitor(city, "operator")
    before = _written(city[1])
    page = operator.post("/en/exclusions", **{**ENTRY, "from": "2020-01-01", "to": "2040-01-01"}, do="preview")
    assert page.status_code == 200
    (observations,) = city[1].row(
        "SELECT count(*) FROM doorfiets.observation JOIN doorfiets.datastream USING (datastream)"
        " JOIN doorfiets.channel USING (channel) WHERE site = 'a'"
    )
    assert f"{observations} observations" in page.text
    assert 'value="kabel kapot"' in page.text
    assert _written(city[1]) == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"subject": "nergens"}, "Er is niets dat nergens heet"), ({"from": "gisteren"}, "is geen moment"),
        ({"from": "2026-03-29T02:30"}, "de klok gaat dan vooruit"),
        ({"from": "2026-10-25T02:30"}, "komt twee keer voor"),
        ({"to": ""}, "alleen onderhoud mag open blijven"), ({"to": "2026-05-11"}, "ligt niet na het begin"),
        ({"from": ""}, "Schrijf sinds wanneer"), ({"direction": "omhoog"}, "geen richting omhoog"),
        ({"kind": "wissen"}, "Kies uitsluiten of onderhoud"), ({"reason": "x" * 1001}, "ten hoogste 1.000 tekens"),
        ({"subject": "<script>"}, "&lt;script&gt;"), ({"subject": "a\0b"}, "niets dat ab heet"),
    ],
)  # fmt: skip
def test_what_is_not_possible_is_said_in_the_language_of_the_page(
    city: tuple[str, StoreAndAggregate], wrong: dict[str, str], said: str
) -> None:
    """Nothing is entered, and what was typed is still there."""
    answer = visitor(city, "operator").post("/nl/exclusions", **{**ENTRY, **wrong}, do="enter")
    assert (answer.status_code, said in answer.text) == (400, True), answer.text


def test_feeds_are_filtered_in_the_address_and_acknowledged_together(city: tuple[str, StoreAndAggregate]) -> None:
    """What is noted about a status is gone with it."""
    _, processing = city
    operator = visitor(city, "operator")
    silent = processing.rows("SELECT datastream FROM api.feed WHERE status = 'silent'")
    assert len(silent) == 1
    page = operator.get("/nl/feeds", status="silent").text
    assert re.findall(r'name="feed" value="(\d+)"', page) == [str(silent[0][0])]
    operator.post("/nl/feeds", feed=str(silent[0][0]), note="monteur komt morgen")
    assert "monteur komt morgen" in operator.get("/nl/feeds").text
    assert 'name="feed"' not in operator.get("/nl/feeds", status="silent", open="1").text
    processing.database.execute(b"UPDATE doorfiets.acknowledgement SET status = 'late'")
    assert "monteur komt morgen" not in operator.get("/nl/feeds").text
    assert 'name="feed"' not in visitor(city, "viewer").get("/nl/feeds").text


def test_the_page_of_a_feed_tells_what_was(city: tuple[str, StoreAndAggregate]) -> None:
    """Its status with the first step, the day with its gap, 90 days, states, findings, messages with their flaws."""
    operator, processing = visitor(city, "operator"), city[1]
    (dead,) = processing.row("SELECT datastream FROM api.feed WHERE status = 'dead'")
    page = operator.get(f"/en/feeds/{dead}").text
    for words in (
        "First:",
        'class="excluded"',
        'class="full"',
        "silence-1",
        "expected=312.4",
        "The newest 50 messages",
    ):
        assert words in page, words
    (silent,) = processing.row("SELECT datastream FROM api.feed WHERE status = 'silent'")
    page = operator.get(f"/en/feeds/{silent}").text
    assert 'class="gap"' in page
    assert "value 99999 of bicycles is above 8,000" in page
    assert "&lt;img src=x" in page
    assert "<img" not in page
    for nothing in ("999999", "99999999999", "9" * 40):
        assert operator.get(f"/en/feeds/{nothing}").status_code == 404


@pytest.mark.parametrize("page", ["feeds", "exclusions", "replays"])
def test_a_number_that_no_row_has_is_no_page(city: tuple[str, StoreAndAggregate], page: str) -> None:
    """Also one that is too long to be read."""
    viewer = visitor(city, "viewer")
    assert [viewer.get(f"/en/{page}/{'9' * digits}").status_code for digits in (18, 19, 5000)] == [404] * 3


@pytest.mark.parametrize(("sensor", "reason"), [("x" * 201, ""), ("", "<b>")])
def test_a_replay_of_what_cannot_be_is_refused(city: tuple[str, StoreAndAggregate], sensor: str, reason: str) -> None:
    """No device is called so, and no refusal; nothing of it is kept."""
    operator, processing = visitor(city, "operator"), city[1]
    assert operator.post("/en/replays", sensor=sensor, reason=reason).status_code == 400
    assert processing.rows("SELECT * FROM doorfiets.replay_request") == []


def test_a_refused_message_shows_what_may_stay_of_it(city: tuple[str, StoreAndAggregate]) -> None:
    """Sealed bytes stay sealed."""
    viewer, processing = visitor(city, "viewer"), city[1]
    for reason, said, not_said in (("range", "99999", "sealed"), ("malformed", "Sealed on 2026-11-29", "xxxx")):
        (id_,) = processing.row(
            "SELECT encode(digest, 'hex') FROM doorfiets.rejection WHERE reason = %s LIMIT 1", reason
        )
        page = viewer.get(f"/en/rejections/{id_}").text
        assert said in page
        assert not_said not in page.partition('id="payload"')[2]


def test_what_was_stored_since_is_refused_no_more(city: tuple[str, StoreAndAggregate]) -> None:
    """Its reason goes from the list; the message says when it was decoded again, and offers that no more."""
    operator, processing = visitor(city, "operator"), city[1]
    (id_,) = processing.row("SELECT encode(digest, 'hex') FROM doorfiets.rejection WHERE reason = 'range' LIMIT 1")
    assert "reason=range" in operator.get("/en/rejections").text
    assert "/en/replays?" in operator.get(f"/en/rejections/{id_}").text
    processing.database.execute(
        "UPDATE doorfiets.rejection SET outcome = 'stored', replayed_at = '2026-11-29T12:00Z',"
        " refused_at = '2026-11-29T11:00Z' WHERE reason = 'range'"
    )
    assert "reason=range" not in operator.get("/en/rejections").text
    page = operator.get(f"/en/rejections/{id_}").text
    assert "It was decoded again at" in page
    assert "/en/replays?" not in page
    assert "stored since" in operator.get("/en/rejections", reason="range").text


def test_a_stage_that_measures_nothing_stands_still(city: tuple[str, StoreAndAggregate]) -> None:
    """It is connected, and its last words say that nothing waits: neither is a sign that it works."""
    viewer, processing = visitor(city, "viewer"), city[1]
    processing.database.execute("DELETE FROM doorfiets.stage")
    processing.database.execute("INSERT INTO doorfiets.watermark VALUES ('one', 0, now()) ON CONFLICT DO NOTHING")
    processing.database.execute(
        "INSERT INTO doorfiets.stage VALUES ('store', 'w', 0, now(), now()), ('aggregate', 'w', 0, now(), now())"
    )
    assert "stands still" not in viewer.get("/en/platform").text
    processing.database.execute(
        "UPDATE doorfiets.stage SET measured_at = now() - interval '2 minutes' WHERE stage = 'store'"
    )
    page = viewer.get("/en/platform").text
    assert re.search(r"store has measured nothing for 12\d seconds", page)
    assert page.count("stands still</span>") == 1


def test_a_replay_is_asked_for_and_answered(city: tuple[str, StoreAndAggregate]) -> None:
    """A dry run unless it is for real; the page shows what became of each message."""
    operator, processing = visitor(city, "operator"), city[1]
    answer = operator.post("/en/replays", sensor="fiets-nieuw-7", reason="unknown_sensor")
    number = int(answer.headers["location"].split("/")[-1])
    assert processing.row("SELECT dry_run, selection, requested_by FROM doorfiets.replay_request") == (
        True, {"reasons": ["unknown_sensor"], "sensors": ["fiets-nieuw-7"]}, "operator",
    )  # fmt: skip
    waiting = operator.get(f"/en/replays/{number}")
    assert waiting.headers["Refresh"] == "3"
    result = {"id": "abcdef0123456789", "topic": "t", "sensor": "x", "outcome": "stored", "detail": "", "readings": 2}
    processing.database.execute(
        "UPDATE doorfiets.replay_request SET state = 'done', done = 1, summary = %s, results = %s",
        [Jsonb({"messages": 1, "readings": 2, "outcomes": {"stored": 1}}), Jsonb([result])],
    )
    done = operator.get(f"/en/replays/{number}")
    assert "Refresh" not in done.headers
    assert "abcdef012345" in done.text
    assert operator.post("/en/replays", sensor="fiets-nieuw-7", do="replay").status_code == 303
    assert processing.row("SELECT count(*) FROM doorfiets.replay_request WHERE NOT dry_run") == (1,)


@pytest.mark.parametrize("path", [one.path for one in ROUTES if one.method == "GET" and "{" not in one.path])
def test_pages_say_what_browsers_may_do_and_hold_no_script(city: tuple[str, StoreAndAggregate], path: str) -> None:
    """On every page: a policy without inline code, no frame, no cache; and nothing that it would block."""
    answer = visitor(city, "operator").get(f"/nl{path}")
    answer = answer if answer.status_code == 200 else visitor(city, "nobody").get(f"/nl{path}")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Content-Language"] == "nl"
    assert not re.search(r"<script|<style| style=| on\w+=", answer.text)


@pytest.mark.parametrize(
    ("body", "type_", "status"),
    [
        (b"x" * 300_000, "application/x-www-form-urlencoded", 413), (b"{}", "application/json", 400),
        (b"token=%ff", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 3000, "application/x-www-form-urlencoded", 400),
    ],
)  # fmt: skip
def test_a_form_that_is_none_is_refused(
    city: tuple[str, StoreAndAggregate], body: bytes, type_: str, status: int
) -> None:
    """Too large, of another type, no text, too many fields."""
    operator = visitor(city, "operator")
    answer = operator.http.post("/nl/exclusions", content=body, headers={"Content-Type": type_})
    assert answer.status_code == status


def test_the_console_can_make_no_account_and_forge_no_audit(processing: StoreAndAggregate) -> None:
    """Whoever breaks into it can neither let himself in again, nor say that he was not there."""
    account(processing.conninfo, "viewer", "viewer")
    statements = (
        "INSERT INTO doorfiets.account (account, role, digest) VALUES ('x', 'operator', 'x')",
        "UPDATE doorfiets.account SET role = 'operator'", "DELETE FROM doorfiets.account",
        "UPDATE doorfiets.audit SET account = 'x'", "DELETE FROM doorfiets.audit",
        "UPDATE doorfiets.observation SET value = 0", "DELETE FROM doorfiets.rejection",
        "UPDATE doorfiets.replay_request SET state = 'done'",
    )  # fmt: skip
    with psycopg.connect(make_conninfo(processing.conninfo, user="console"), autocommit=True) as session:
        for statement in statements:
            with pytest.raises(errors.InsufficientPrivilege):
                session.execute(statement.encode())


def test_a_page_that_takes_too_long_says_so(processing: StoreAndAggregate, caplog: pytest.LogCaptureFixture) -> None:
    """The database is there: whoever runs the platform finds in the log which page it was."""
    (database,) = processing.row("SELECT current_database()")
    limit = sql.SQL("ALTER ROLE console IN DATABASE {} SET statement_timeout = '300ms'").format(
        sql.Identifier(database)
    )
    processing.database.execute(limit)
    with served(processing.conninfo) as address, processing.database.transaction():
        processing.database.execute("LOCK TABLE doorfiets.console_session")
        answer = httpx.get(f"{address}/en/feeds", cookies={"doorfiets_console": "x"}, timeout=60)
    processing.database.execute(sql.SQL("ALTER ROLE console IN DATABASE {} RESET ALL").format(sql.Identifier(database)))
    assert (answer.status_code, "That takes too long" in answer.text) == (504, True)
    assert "GET /feeds takes longer than the console may" in caplog.text


def test_a_database_that_is_away_is_a_page() -> None:
    """It says that nothing is lost."""
    with served("host=127.0.0.1 port=1 dbname=x") as address, suppress(KeyError):
        answer = httpx.get(f"{address}/en/login", timeout=60)
        assert (answer.status_code, "nothing is lost" in answer.text) == (503, True)
