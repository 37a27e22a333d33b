"""Pages of the console drawn from rows by hand: in both languages, for who looks and for who acts, without a script."""

import re
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from locales import LOCALES
from operations.console import rendering
from operations.console.sessions import LoginIdentity
from operations.feeds import by_place

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 10, tzinfo=UTC)
FEED: Final = {
    "datastream": 7, "status": "silent", "since": NOON, "device": "<b>x</b>", "place": "kolk", "place_name": "De Kolk",
    "owner": "GM0106", "quantity": "bicycles", "channel": "kolk-in", "origin": "measured", "measured_until": NOON,
    "received_at": NOON, "completeness": 0.5, "delay": 2.0, "battery": None, "duplicates": 0, "note": "monteur",
    "reason": {"code": "overdue", "parameters": {"missed": 1.6, "every": 900, "last": "2026-05-12T10:00:00Z"}},
    "acknowledged_by": "piet", "acknowledged_at": NOON,
}  # fmt: skip


def page(template: str, locale: str, role: str, **words: Any) -> str:  # noqa: ANN401 - templates take anything
    """Draw a page for somebody with a role."""
    around = {
        "identity": LoginIdentity("piet", role, "t"), "operates": role == "operator", "form_token": "f",
        "path": "/feeds", "query": "a=1&b=2", "now": NOON,
    }  # fmt: skip
    return bytes(rendering.page(template, locale, 200, around | words).body).decode()


def feeds(locale: str, role: str) -> str:
    """The list of two feeds, one of which is well."""
    rows = [FEED, FEED | {"datastream": 8, "status": "ok", "reason": None, "note": None}]
    wanted: dict[str, Any] = {"statuses": [], "owner": None, "place": None, "unacknowledged": False, "closed": False}
    return page(
        "feeds.html", locale, role, places=by_place(rows), left_out=0, feeds=2, wanted=wanted, troubled=1, owners=[],
        counts={"silent": 1, "ok": 1}, done=None, problem="", note="", chosen=set(),
    )  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_who_only_looks_is_offered_no_form_but_to_log_out(locale: str) -> None:
    """Who acts has boxes to tick; what is stored is text and never markup."""
    looks, acts = feeds(locale, "viewer"), feeds(locale, "operator")
    assert re.findall(r'method="post" action="([^"]+)"', looks) == [f"/{locale}/logout"]
    assert re.findall(r'name="feed" value="(\d)"', acts) == ["7", "8"]
    for text in (looks, acts):
        assert "&lt;b&gt;x&lt;/b&gt;" in text
        assert "<b>x</b>" not in text
        assert text.count("<form") == text.count("</form>")
        assert not re.search(r"<script|<style| style=| on\w+=", text)
        assert 'datetime="2026-05-12T10:00:00Z"' in text


def test_moments_are_local_and_of_the_language() -> None:
    """Two hours before UTC in May."""
    assert "12 mei 2026 12:00" in feeds("nl", "viewer")
    assert "12 May 2026 12:00" in feeds("en", "viewer")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_registry_says_what_differs(locale: str) -> None:
    """Lines of the difference, owners without files, and those that are the same."""
    owner = {"id": "GM0106", "name": "Assen", "applied_state": "a" * 64, "applied_at": NOON}
    owners = [
        owner | {"files_state": "b" * 64, "lines": ["~ site kolk: name 'a' to 'b'"]},
        owner | {"files_state": "a" * 64, "lines": []},
        owner | {"files_state": None, "lines": []},
    ]
    waiting = [{"kind": "route", "id": "doorfietsroute", "missing": ["vries"]}]
    text = page("registry.html", locale, "viewer", owners=owners, problem="", waiting=waiting)
    assert "~ site kolk" in text
    assert "vries" in text
    assert page("registry.html", locale, "viewer", owners=[], problem="assen/sites.toml: ...", waiting=[])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_replay_says_what_became_of_each_message(locale: str) -> None:
    """Codes in words, also those of what is refused again."""
    replay = {
        "request": 3, "dry_run": True, "state": "done", "problem": None, "requested_by": "piet", "requested_at": NOON,
        "done": 2, "selection": {"reasons": ["range"]}, "results": [
            {"id": "a" * 64, "topic": "t", "sensor": None, "outcome": "unknown_sensor", "detail": "d", "readings": 0},
            {"id": "b" * 64, "topic": "t", "sensor": "x", "outcome": "stored", "detail": ""},
        ],
    }  # fmt: skip
    summary = {"messages": 2, "outcomes": {"stored": 1, "unknown_sensor": 1}}
    codes = {"rejection_codes": ("unknown_sensor",), "outcome_codes": {"stored": ""}}
    acts, looks = (
        page("replay.html", locale, role, replay=replay, summary=summary, **codes) for role in ("operator", "viewer")
    )
    assert acts.count("aaaaaaaaaaaa") == 1
    assert ('name="reason" value="range"' in acts, 'name="reason"' in looks) == (True, False)
    assert page(
        "replays.html", locale, "operator", requests=[replay], reason="", sensor="", problem="", known=("range",)
    )
