"""Which alerts follow from what is measured: about places, all places together, and the platform itself."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from operations.alerts.configuration import AlertPlan, plan
from operations.alerts.feed_rules import AlertPlace, found_at_places
from operations.alerts.occurrence import Occurrence
from operations.alerts.platform_rules import PlatformPlaces, ending, full, lagging, refused
from operations.alerts.transitions import Alert, transitions

pytestmark = pytest.mark.pure

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STAGES = ("received_until", "stored_until", "aggregated_until", "store_measured_at", "aggregate_measured_at")


def planned(text: Mapping[str, Any] | None = None) -> AlertPlan:
    """Give a plan of a file."""
    return plan(dict(text or {}), Path())


def part(number: int, status: str = "silent", *, missed: float = 4, since: datetime = NOON) -> dict[str, Any]:
    """Give a feed that is not well."""
    return {
        "datastream": number,
        "sensor": f"s-{number}",
        "what": "bicycles",
        "status": status,
        "since": since.isoformat(),
        "missed": missed,
        "reason": None,
    }


def place(name: str, feeds: int, *parts: dict[str, Any], muted: tuple[int, ...] = ()) -> AlertPlace:
    """Give a site of so many feeds."""
    return AlertPlace(name, name.upper(), "GM0000", feeds, muted, parts)


def rules(
    *places: AlertPlace, text: Mapping[str, Any] | None = None, many: datetime | None = None
) -> set[tuple[str, str]]:
    """Name what is found."""
    return set(found_at_places(places, planned(text), NOON, many).found)


def test_one_direction_and_a_whole_place() -> None:
    """One alert of a place, whichever: of all its feeds it says so, else how many."""
    places = [place("a", 2, part(1)), place("b", 2, part(2), part(3)), place("c", 2)]
    found = found_at_places(places, planned(), NOON, None).found
    assert set(found) == {("silent", "a"), ("site_silent", "b")}
    assert found["silent", "a"].content["feeds"] == 1
    assert found["site_silent", "b"].content["datastreams"] == [2, 3]
    assert found["silent", "a"].name == "A"


def test_silence_is_counted_in_missed_intervals() -> None:
    """As many as the rule says."""
    assert rules(place("a", 2, part(1, missed=11.5)), text={"rule": {"silent": {"missed": 12}}}) == set()
    assert rules(place("a", 2, part(1, missed=12)), text={"rule": {"silent": {"missed": 12}}}) == {("silent", "a")}


def test_many_at_once_are_one_alert() -> None:
    """Seven of twenty at three places: the places are left out of it."""
    fell = [place("a", 7, *map(part, range(3))), place("b", 7, part(4), part(5)), place("c", 6, part(6), part(7))]
    found = found_at_places(fell, planned(), NOON, None).found
    assert set(found) == {("many_silent", "")}
    assert found["many_silent", ""].content == {"sites": 3, "feeds": 7, "of": 20, "percent": 35}
    assert found["many_silent", ""].owner is None


def test_what_many_silent_says_to_nobody_is_said_of_each_place() -> None:
    """Routes of owners leave out what is about all of them: who has the places has to be told."""
    route = {"receiver": {"one": {"kind": "ntfy", "url": "https://example.org", "topic": "t"}}}
    fell = [place("a", 7, *map(part, range(3))), place("b", 7, part(4), part(5)), place("c", 6, part(6), part(7))]
    owned = {**route, "route": [{"to": ["one"], "owners": [fell[0].owner]}]}
    assert rules(*fell, text=owned) == {("many_silent", ""), ("silent", "a"), ("silent", "b"), ("silent", "c")}
    whole = {**route, "route": [{"to": ["one"]}]}
    assert rules(*fell, text=whole) == {("many_silent", "")}


def test_a_place_that_fell_silent_whole_among_many_is_not_over() -> None:
    """What was said of one of its feeds before cannot be seen any more, as what would be said of all of it."""
    fell = [place("a", 2, part(1), part(2)), place("b", 2, part(3), part(4)), place("c", 1, part(5))]
    seen = found_at_places(fell, planned(), NOON, None)
    said = found_at_places([place("a", 2, part(1)), place("b", 2), place("c", 1)], planned(), NOON, None).found
    alerts = {
        key: Alert(7, *key, "A", one.owner, "warning", "firing", NOON, NOON, NOON, NOON, NOON - MINUTE, one.content)
        for key, one in said.items()
    }
    assert set(alerts) == {("silent", "a")}
    later = transitions(alerts, seen, planned(), NOON + MINUTE)
    assert [one.alert.rule for one in later if one.said or one.ended] == ["many_silent"]


def test_thirty_percent_are_not_more_than_thirty_percent() -> None:
    """Three of ten at three places are three alerts."""
    assert rules(place("a", 4, part(1)), place("b", 3, part(2)), place("c", 3, part(3))) == {
        ("silent", "a"),
        ("silent", "b"),
        ("silent", "c"),
    }


def test_two_places_are_not_many() -> None:
    """In a small town half of everything is one broken site."""
    assert rules(place("a", 1, part(1)), place("b", 1)) == {("site_silent", "a")}


def test_what_was_silent_long_before_counts_as_none() -> None:
    """Neither does it make many of them, nor is it part of the alert about many."""
    old = NOON - timedelta(days=3)
    places = [place(name, 2, part(n, since=old), part(n + 10, since=old)) for n, name in enumerate("abcdef")]
    assert len(rules(*places)) == 6
    fell = [place(name, 1, part(n + 20)) for n, name in enumerate("xyz")]
    assert rules(*places, *fell) == {("many_silent", ""), *(("site_silent", name) for name in "abcdef")}


def test_many_silent_goes_on_while_half_of_it_does() -> None:
    """Seven hours later too; where it began is what counts, and fewer end it."""
    began = NOON - timedelta(hours=7)
    silent = [part(n, since=began) for n in range(4)]
    assert rules(place("a", 20, *silent)) == {("silent", "a")}
    assert rules(place("a", 20, *silent), many=began) == {("many_silent", "")}
    assert rules(place("a", 20, *silent[:3]), many=began) == {("silent", "a")}


@pytest.mark.parametrize("status", ["dead", "stuck", "clock", "battery"])
def test_a_status_is_a_rule_of_its_name(status: str) -> None:
    """One of a place, unless the rule is off."""
    assert rules(place("a", 3, part(1, status), part(2, status))) == {(status, "a")}
    assert rules(place("a", 3, part(1, status)), text={"rule": {status: {"enabled": False}}}) == set()


@pytest.mark.parametrize("status", ["late", "suspect", "partial"])
def test_other_statuses_are_none(status: str) -> None:
    """They are in the list of feeds."""
    assert rules(place("a", 3, part(1, status))) == set()


def test_what_shows_something_worse_hides_the_rest() -> None:
    """A dead counter that is late is still dead, as far as anybody knows."""
    hidden = found_at_places([place("a", 2, part(1, "late"))], planned(), NOON, None).hidden
    assert hidden["dead", "a"] == frozenset({1})
    assert ("dead", "b") not in hidden


def test_refused_messages_by_reason() -> None:
    """As many as the file says, of some reasons another number."""
    rows = [
        {"reason": "unreadable", "messages": 2, "since": NOON},
        {"reason": "unit", "messages": 19, "since": NOON},
        {"reason": "range", "messages": 20, "since": NOON},
    ]
    assert [one.subject for one in refused(rows, planned())] == ["range"]
    some = planned({"rule": {"rejections": {"reasons": {"unreadable": 1}}}})
    assert [one.subject for one in refused(rows, some)] == ["unreadable", "range"]


def stages(**minutes: float | None) -> dict[str, datetime | None]:
    """Give a watermark of so many minutes ago; what is not said is of now."""
    behind = {name: minutes.get(name, 0.0) for name in STAGES}
    return {"queried_at": NOON} | {name: None if ago is None else NOON - ago * MINUTE for name, ago in behind.items()}


@pytest.mark.parametrize(
    ("watermark", "lagging_stages"),
    [
        (stages(), []),
        (stages(**dict.fromkeys(STAGES)), []),
        (stages(received_until=3, stored_until=3, aggregated_until=3), ["receive"]),
        (stages(received_until=1.9, stored_until=1.9, aggregated_until=1.9), []),
        (stages(stored_until=3, aggregated_until=3), ["store"]),
        (stages(received_until=3, stored_until=3, aggregated_until=3, store_measured_at=3), ["store"]),
        (stages(aggregated_until=3), ["aggregate"]),
        (stages(aggregate_measured_at=3, aggregated_until=3), ["aggregate"]),
    ],
)
def test_the_stage_that_is_behind_is_named(watermark: dict[str, datetime | None], lagging_stages: list[str]) -> None:
    """And not those that wait for it; where nothing was ever marked nothing is behind."""
    assert [one.subject for one in lagging(watermark, planned())] == lagging_stages


def test_little_room_is_one_alert_of_a_file_system(tmp_path: Path) -> None:
    """However many folders are on it; one that is not there is none."""
    folders = PlatformPlaces((tmp_path / "none", tmp_path, tmp_path.parent))
    always = planned({"rule": {"disk": {"free": 99.99}}})
    assert [one.subject for one in full(folders, always, NOON)] == [str(tmp_path)]
    assert not [*full(folders, planned({"rule": {"disk": {"free": 1e-9}}}), NOON)]


def certificate(path: Path, ends_at: datetime) -> Path:
    """Write a certificate that ends at a moment."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=400))
        .not_valid_after(ends_at)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


def days_left(found: list[Occurrence]) -> dict[str, int]:
    """Give the days by name."""
    return {Path(one.subject).name: one.content["days"] for one in found}


def test_certificates_that_end_soon(tmp_path: Path) -> None:
    """Of the broker and its authority, of named files; one that has ended has no days left; what is none is nothing."""
    certificate(tmp_path / "server.crt", NOON + timedelta(days=20, hours=5))
    certificate(tmp_path / "ca.crt", NOON + timedelta(days=22))
    certificate(tmp_path / "other.pem", NOON - timedelta(days=1))
    (tmp_path / "damaged.pem").write_text("nothing")
    files = planned({"rule": {"certificate": {"files": [f"{tmp_path}/*.pem"]}}})
    assert days_left([*ending(PlatformPlaces((), tmp_path), files, NOON)]) == {"server.crt": 20, "other.pem": 0}


def test_certificates_that_devices_were_given(tmp_path: Path) -> None:
    """Of each the one that ends last; what was revoked is over, and a password has no end."""
    (tmp_path / "issued.json").write_text(
        """[{"sensor": "a-1", "kind": "certificate", "expires_at": "2026-05-15T10:00:00Z"},
            {"sensor": "a-2", "kind": "certificate", "expires_at": "2026-05-14T10:00:00Z"},
            {"sensor": "a-2", "kind": "certificate", "expires_at": "2027-05-14T10:00:00Z"},
            {"sensor": "a-3", "kind": "certificate", "expires_at": "2026-05-14T10:00:00Z",
             "revoked_at": "2026-05-01T10:00:00Z"},
            {"sensor": "a-4", "kind": "password", "expires_at": null}]"""
    )
    assert days_left([*ending(PlatformPlaces((), tmp_path), planned(), NOON)]) == {"a-1": 3}
    (tmp_path / "issued.json").write_text('{"half": ')
    assert not [*ending(PlatformPlaces((), tmp_path), planned(), NOON)]
