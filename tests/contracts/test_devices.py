"""Devices in the database: a site outlives them, the intake finds them, and what they are stays inside."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from deploy import registrar
from operations import feeds, unknown_sources
from registry.files import OwnerFolder, RegistryRefusedError
from registry.placements import expanded
from schemas.observation import Observation
from schemas.profile import DeviceProfile, ProfileField, ProfileStatus, ProfileTime, StoredFrame
from schemas.quality_flags import OUT_OF_RANGE, RECEIVED_TIME
from schemas.registry import CalibrationEntry, Channel, DeviceEntry, Placement, Registry
from tests.contracts.processing import NOON, QUARTER, StoreAndAggregate, load, quarters, seen, small

pytestmark = pytest.mark.contracts

BEGIN = date(2026, 5, 1)
FIRST_DAY = date(2026, 5, 12)
MIDNIGHT = datetime(2026, 5, 11, 22, tzinfo=UTC)  # where the owner is
DAY = timedelta(days=1)
WAYS = {"count_in": "a-in", "count_out": "a-out"}
PROFILE = DeviceProfile(maker="Invented", model="Pole", every=600, field=[ProfileField(field="count_in")])


def at(site: str, first: date, **fields: Any) -> Placement:  # noqa: ANN401 - fields differ in type
    """Place a device at a site from a day on."""
    return msgspec.convert({"site": site, "from": first, **fields}, Placement)


POLE_1 = DeviceEntry(id="pole-1", serial="SN-4711", credential="cert-4711", placement=[at("a", BEGIN, sources=WAYS)])


def with_devices(*devices: DeviceEntry, until: date | None = None, profile: DeviceProfile = PROFILE) -> Registry:
    """Give the small registry with site `a` counted by devices, its channel `a-out` until a day."""
    first, *others = small().sites
    ways = [Channel(id=one, mode="bicycles", direction=one[2:]) for one in ("a-in", "a-out")]
    ways[1] = msgspec.structs.replace(ways[1], until=until)
    sites = [msgspec.structs.replace(first, channels=ways), *others]
    said = msgspec.structs.replace(
        small(), sites=sites, screenlines=[], devices=list(devices), profiles={"pole": profile}
    )
    return expanded(said)


def altered(device: DeviceEntry, **fields: Any) -> DeviceEntry:  # noqa: ANN401 - likewise
    """Copy a device with other fields."""
    return msgspec.structs.replace(device, **fields)


def whole_day(number: int, sensor: str, **values: float) -> list[Observation]:
    """Count the same in every quarter of a day, by source."""
    day = MIDNIGHT + number * DAY
    return [
        one for source, value in values.items() for one in quarters([value] * 96, at=day, sensor=sensor, source=source)
    ]


async def test_a_site_keeps_one_history_over_everything_that_happens_to_its_counters(
    processing: StoreAndAggregate,
) -> None:
    """Replaced on the second day, recalibrated on the third, moved away on the fourth, and one way from the fifth on.

    Each is one entry. Every day has all its 96 quarters, its sum is plain arithmetic, and no day before it moves.
    """
    second, third = FIRST_DAY + DAY, FIRST_DAY + 2 * DAY
    fourth, fifth = FIRST_DAY + 3 * DAY, FIRST_DAY + 4 * DAY
    pole_2 = DeviceEntry(id="pole-2", placement=[at("a", second, replaces="pole-1")])
    calibrated = altered(pole_2, calibration=[CalibrationEntry(day=third, kind="calibration", note="counted by hand")])
    moved = altered(
        calibrated, placement=[*pole_2.placement, at("b", fourth, replaces="b-1", sources={"count_in": "b-in"})]
    )
    pole_3 = DeviceEntry(id="pole-3", placement=[at("a", fourth, replaces="pole-2", sources={"up": "a-in"})])
    steps = [
        (with_devices(POLE_1), whole_day(0, "pole-1", count_in=2, count_out=3)),
        (with_devices(POLE_1, pole_2), whole_day(1, "pole-2", count_in=4, count_out=3)),
        (with_devices(POLE_1, calibrated), whole_day(2, "pole-2", count_in=1, count_out=1)),
        (with_devices(POLE_1, moved, pole_3), whole_day(3, "pole-3", up=5, count_out=2)),
        (with_devices(POLE_1, moved, pole_3, until=fifth), whole_day(4, "pole-3", up=6)),
    ]
    sums = [96 * (2 + 3), 96 * (4 + 3), 96 * (1 + 1), 96 * (5 + 2), 96 * 6]
    for number, (registry, counts) in enumerate(steps):
        load(processing.conninfo, registry)
        await processing.writer._reset()
        await processing.store(*counts)
        await processing.aggregate()
        assert processing.rows(
            "SELECT day, total, paired, expected FROM doorfiets.site_day WHERE site = 'a' ORDER BY day"
        ) == [(FIRST_DAY + day * DAY, total, 96, 96) for day, total in enumerate(sums[: number + 1])]
    assert processing.rows("SELECT DISTINCT paired, expected FROM doorfiets.site_hour WHERE site = 'a'") == [(4, 4)]
    await processing.store(*whole_day(4, "pole-2", count_in=7))
    await processing.aggregate()
    assert processing.rows("SELECT day, total FROM doorfiets.site_day WHERE site = 'b'") == [(fifth, 96 * 7)]
    placed = "SELECT site, (valid_from AT TIME ZONE 'Europe/Amsterdam')::date FROM api.placement ORDER BY 1, 2"
    assert processing.rows(placed) == [("a", BEGIN), ("a", second), ("a", fourth), ("b", fourth)]
    assert processing.rows("SELECT site, day, kind, note FROM api.device_history") == [
        ("a", third, "calibration", "counted by hand")
    ]


async def test_a_device_that_is_away_is_not_missed_and_not_counted(processing: StoreAndAggregate) -> None:
    """What it says after it was replaced is refused; a channel that ended is not expected the day after."""
    until = FIRST_DAY + DAY
    load(processing.conninfo, with_devices(altered(POLE_1, placement=[at("a", BEGIN, sources=WAYS, until=until)])))
    outcome = await processing.store(*whole_day(1, "pole-1", count_in=1))
    assert (outcome.stored, outcome.rejections) == (0, 96)
    assert processing.rows(
        "SELECT direction, streams, (valid_until AT TIME ZONE 'Europe/Amsterdam')::date FROM doorfiets.expectation"
        " WHERE kind = 'site' AND place = 'a' ORDER BY direction"
    ) == [("", 2, until), ("in", 1, until), ("out", 1, until)]


def test_the_directory_has_every_device_and_says_when_it_changes(processing: StoreAndAggregate) -> None:
    """Profile and sources of any period; a name or a calibration is no change, a profile, a source or an owner is."""
    states = [_state(processing)]
    device = altered(POLE_1, profile="pole")
    registries = [
        with_devices(POLE_1),
        with_devices(device),
        with_devices(device, profile=msgspec.structs.replace(PROFILE, every=300)),
        with_devices(
            device, DeviceEntry(id="pole-2", placement=[at("a", FIRST_DAY, replaces="pole-1", sources={"n": "a-in"})])
        ),
    ]
    for registry in registries:
        load(processing.conninfo, registry)
        states.append(_state(processing))
        load(processing.conninfo, registry)
        load(processing.conninfo, msgspec.structs.replace(registry, routes=[]))
        assert _state(processing) == states[-1]
    assert len(set(states)) == 5
    with psycopg.connect(processing.conninfo, user="ingest") as reader:
        found = {name: rest for name, *rest in reader.execute("SELECT * FROM doorfiets.device_directory")}
    assert found["pole-1"][0] == msgspec.to_builtins(PROFILE)
    assert found["pole-1"][1] == ["count_in", "count_out"]
    assert found["pole-2"] == [None, ["count_out", "n"], {"count_out": "1", "n": "1"}]
    assert found["b-1"] == [None, ["bicycles/in"], {"bicycles/in": "1"}]


def test_the_directory_has_the_unit_in_which_a_source_is_sent(processing: StoreAndAggregate) -> None:
    """The registered one before that of the quantity; none of a source whose periods differ in it."""
    load(processing.conninfo, with_devices(POLE_1))

    def units() -> dict[str, str]:
        ((found,),) = processing.rows("SELECT units FROM doorfiets.device_directory WHERE device = 'pole-1'")
        return found  # type: ignore[no-any-return]

    assert units() == {"count_in": "1", "count_out": "1"}
    with psycopg.connect(processing.conninfo, user="registrar", autocommit=True) as registrar:
        registrar.execute(
            "UPDATE doorfiets.datastream SET unit = 'ppb' WHERE sensor = 'pole-1' AND source = 'count_in'"
        )
        assert units() == {"count_in": "ppb", "count_out": "1"}
        registrar.execute(
            "UPDATE doorfiets.datastream SET source = 'count_in', valid_from = valid_from + interval '1 day'"
            " WHERE sensor = 'pole-1' AND source = 'count_out'"
        )
        assert units() == {}


def test_what_only_the_owner_may_know_is_in_no_view(processing: StoreAndAggregate) -> None:
    """Neither serial number nor credential nor the device's own name is where readers look."""
    load(processing.conninfo, with_devices(POLE_1))
    assert processing.row("SELECT serial, credential FROM doorfiets.device WHERE device = 'pole-1'") == (
        "SN-4711",
        "cert-4711",
    )
    views = [name for (name,) in processing.rows("SELECT viewname FROM pg_views WHERE schemaname = 'api'")]
    assert "placement" in views
    for view in views:
        texts = processing.rows(f"SELECT t::text FROM api.{view} t WHERE t::text ~ '4711|pole-1'")  # noqa: S608 - ours
        assert texts == [], view


async def test_what_was_measured_keeps_what_it_is_of(processing: StoreAndAggregate) -> None:
    """A device that has spoken gets another profile with a new placement only; what ended stays as it was measured."""
    load(processing.conninfo, with_devices(POLE_1))
    await processing.store(*whole_day(0, "pole-1", count_in=2))
    named = altered(POLE_1, profile="pole")
    with pytest.raises(RegistryRefusedError) as refused:
        load(processing.conninfo, with_devices(named))
    assert str(refused.value) == (
        "datastream pole-1 count_in from 2026-05-01 holds observations, so they cannot move from sampling interval to "
        "increment, every 0 to 600; end its validity and add a new one"
    )
    again = altered(named, placement=[*named.placement, at("a", FIRST_DAY + DAY, sources=WAYS)])
    load(processing.conninfo, with_devices(again))
    assert processing.rows(
        "SELECT source, sampling, every_seconds FROM doorfiets.datastream WHERE sensor = 'pole-1'"
        " ORDER BY valid_from, source"
    ) == [
        ("count_in", "interval", 0),
        ("count_out", "interval", 600),
        ("count_in", "increment", 600),
        ("count_out", "interval", 600),
    ]


async def test_another_window_may_come_at_any_time_and_computes_again(processing: StoreAndAggregate) -> None:
    """When a device can measure is no meaning of a value; what was aggregated is marked (test_measuring_window)."""
    device = altered(POLE_1, profile="pole")
    load(processing.conninfo, with_devices(device))
    await processing.store(*whole_day(0, "pole-1", count_in=2, count_out=3))
    await processing.aggregate()
    load(processing.conninfo, with_devices(device, profile=msgspec.structs.replace(PROFILE, window="05-20")))
    recorded = "SELECT DISTINCT measuring_window FROM doorfiets.datastream WHERE sensor = 'pole-1'"
    assert processing.rows(recorded) == [("05-20",)]
    assert processing.row("SELECT count(DISTINCT hour) FROM doorfiets.dirty_hour") == (24,)


BOTH_SPEAK = [
    *[("pole-1", day, dict.fromkeys(WAYS, 2.0)) for day in range(6)],
    *[("pole-2", day, dict.fromkeys(WAYS, 5.0)) for day in range(2, 6)],
]
"""The old counter speaks for six days, the new one beside it from the third on: as when both lie on the workbench."""


def replaced_on(number: int, *, mode: str = "") -> Registry:
    """Give the registry in which the second counter replaces the first one some days after the first."""
    one = at("a", FIRST_DAY + number * DAY, replaces="pole-1", method=mode)
    return with_devices(POLE_1, DeviceEntry(id="pole-2", placement=[one]))


async def test_a_wrong_day_of_a_replacement_is_corrected(processing: StoreAndAggregate) -> None:
    """To an earlier day, to a later one, and back: each day has the sum of the counter that was there by then.

    Raw observations stay with whom they came from, and stay as many; the sums are those of a platform that never
    knew another day.
    """
    load(processing.conninfo, with_devices(POLE_1))
    for sensor, number, values in BOTH_SPEAK:
        if sensor == "pole-1":
            await processing.store(*whole_day(number, sensor, **values))
    load(processing.conninfo, replaced_on(2))
    await processing.writer._reset()
    for sensor, number, values in BOTH_SPEAK:
        if sensor == "pole-2":
            await processing.store(*whole_day(number, sensor, **values))
    await processing.aggregate()
    raw = processing.rows("SELECT datastream, count(*), sum(value) FROM doorfiets.observation GROUP BY 1 ORDER BY 1")
    assert [count for _, count, _ in raw] == [576, 576, 384, 384]
    sums = "SELECT total FROM doorfiets.site_day WHERE site = 'a' ORDER BY day"
    old, new = 96 * 2 * 2.0, 96 * 2 * 5.0
    assert processing.rows(sums) == [(old,), (old,), (new,), (new,), (new,), (new,)]
    for day, totals in (
        (4, [old, old, old, old, new, new]),
        (3, [old, old, old, new, new, new]),
        (2, [old, old, new, new, new, new]),
    ):
        load(processing.conninfo, replaced_on(day))
        await processing.aggregate()
        assert processing.rows(sums) == [(total,) for total in totals]
        assert processing.rows("SELECT DISTINCT paired, expected FROM doorfiets.site_day") == [(96, 96)]
        assert raw == processing.rows(
            "SELECT datastream, count(*), sum(value) FROM doorfiets.observation GROUP BY 1 ORDER BY 1"
        )
    load(processing.conninfo, replaced_on(2))
    assert processing.row("SELECT count(*) FROM doorfiets.dirty_hour") == (0,)
    load(processing.conninfo, replaced_on(1))
    await processing.aggregate()
    assert processing.rows(sums)[:3] == [(old,), (None,), (new,)]


async def test_a_plan_says_from_which_day_to_which_and_what_no_longer_counts(processing: StoreAndAggregate) -> None:
    """One line for each row with old and new, and one for each datastream whose measured values are left out."""
    load(processing.conninfo, with_devices(POLE_1))
    await processing.store(*whole_day(2, "pole-1", count_in=2, count_out=3), seen(None, sensor="pole-1"))
    plan = registrar.plan([_folder(replaced_on(2))], processing.conninfo)
    assert plan.refusals == []
    assert plan.uncounted == [
        "pole-1 count_in: 96 observations from 2026-05-14 on no longer count",
        "pole-1 count_out: 96 observations from 2026-05-14 on no longer count",
    ]
    assert "~ placement of pole-1 from 2026-05-01: until 2100-01-01 -> 2026-05-14" in [*plan.changes.lines()]
    load(processing.conninfo, replaced_on(2))
    await processing.writer._reset()
    await processing.store(*whole_day(2, "pole-2", count_in=7))
    plan = registrar.plan([_folder(replaced_on(3, mode="radar"))], processing.conninfo)
    assert (plan.refusals, [*plan.changes.gone()]) == ([], [])
    assert plan.uncounted == ["pole-2 count_in: 96 observations before 2026-05-15 no longer count"]
    assert [*plan.changes.lines()] == [
        "~ placement of pole-1 from 2026-05-01: until 2026-05-14 -> 2026-05-15",
        "~ placement of pole-2 from 2026-05-14 -> 2026-05-15",
        "~ datastream pole-1 count_in from 2026-05-01: until 2026-05-14 -> 2026-05-15",
        "~ datastream pole-1 count_out from 2026-05-01: until 2026-05-14 -> 2026-05-15",
        '~ datastream pole-2 count_in from 2026-05-14 -> 2026-05-15: method "" -> "radar"',
        '~ datastream pole-2 count_out from 2026-05-14 -> 2026-05-15: method "" -> "radar"',
    ]


async def test_another_beginning_far_away_is_no_correction(processing: StoreAndAggregate) -> None:
    """What has ended with observations does not become what begins after it."""
    ended = altered(POLE_1, placement=[at("a", BEGIN, sources=WAYS, until=FIRST_DAY + DAY)])
    load(processing.conninfo, with_devices(ended))
    await processing.store(*whole_day(0, "pole-1", count_in=2))
    again = altered(POLE_1, placement=[at("a", FIRST_DAY + DAY, sources=WAYS)])
    with pytest.raises(RegistryRefusedError, match="pole-1 count_in from 2026-05-01 holds observations"):
        load(processing.conninfo, with_devices(again))


async def test_an_operator_sees_a_device_with_all_of_its_own(processing: StoreAndAggregate) -> None:
    """Where it is, what was done to it, how its feeds are, and what it sends that nobody registered."""
    device = altered(
        POLE_1, profile="pole", calibration=[CalibrationEntry(day=FIRST_DAY, kind="sensitivity", note="7 to 5")]
    )
    load(processing.conninfo, with_devices(device))
    await processing.store(seen(5, sensor="pole-1", source="count_in"))
    processing.database.execute(
        "INSERT INTO doorfiets.unregistered_source"
        " VALUES ('pole-1', 'rssi', now(), -87), ('pole-1', 'count_in', now(), 1)"
    )
    found = feeds.device(processing.conninfo, "pole-1")
    assert "4711" not in str(found)
    assert (found["maker"], found["model"], found["every"], found["owner"]) == ("Invented", "Pole", 600, "GM0000")
    assert [(one["site"], one["valid_from"]) for one in found["placements"]] == [("a", "2026-05-01")]
    assert [(one["day"], one["kind"]) for one in found["device_history"]] == [("2026-05-12", "sensitivity")]
    assert [(one["source"], one["channel"], one["status"]) for one in found["device_feeds"]] == [
        ("count_in", "a-in", "silent"),
        ("count_out", "a-out", "never_received"),
    ]
    assert [(one["source"], one["last_value"]) for one in found["unregistered_sources"]] == [("rssi", -87)]
    with pytest.raises(feeds.DeviceUnknownError, match="no device is called 'poel-1'; did you mean 'pole-1'"):
        feeds.device(processing.conninfo, "poel-1")


async def test_an_operator_sees_why_a_value_does_not_count(processing: StoreAndAggregate) -> None:
    """Each feed names its device; the newest observation of each source has its flags, and what of them excludes it."""
    load(processing.conninfo, with_devices(POLE_1))
    await processing.store(
        seen(5, sensor="pole-1", source="count_in"),
        seen(-4, sensor="pole-1", source="count_in", at=NOON + QUARTER, quality_flags=OUT_OF_RANGE | RECEIVED_TIME),
        seen(None, sensor="pole-1", source="count_out"),
    )
    found = feeds.device(processing.conninfo, "pole-1")["device_feeds"]
    assert [(one["source"], one["last_value"], one["quality_flags"], one["not_counted"]) for one in found] == [
        ("count_in", -4, "out_of_range, received_time", "out_of_range"),
        ("count_out", None, "", "sent without a value"),
    ]
    assert {one["device"] for one in feeds.feeds(processing.conninfo)} == {
        "pole-1", "b-1", "c-1", "d-1", "e-1", "lucht-1"
    }  # fmt: skip


def test_what_a_profile_ignores_or_knows_otherwise_is_not_asked_for(processing: StoreAndAggregate) -> None:
    """Also where it was noted before the profile said so: neither in the list nor in the sentence nor as a draft."""
    noted = ["diag", "diag.rssi", "diagram", "state", "clock.at", "late", "count_in", "akku"]
    for source in noted:
        processing.database.execute(
            "INSERT INTO doorfiets.unregistered_source VALUES ('pole-1', %s, '2026-05-01Z', 1)", [source]
        )
    load(processing.conninfo, with_devices(POLE_1))
    assert {one["source"] for one in feeds.unregistered(processing.conninfo)} == {*noted} - {"count_in"}
    profile = msgspec.structs.replace(
        PROFILE,
        ignore=["diag"],
        time=ProfileTime(field="clock.at"),
        stored=StoredFrame(field="late"),
        status=[ProfileStatus(field="state", codes={})],
    )
    load(processing.conninfo, with_devices(altered(POLE_1, profile="pole"), profile=profile))
    assert [one["source"] for one in feeds.device(processing.conninfo, "pole-1")["unregistered_sources"]] == [
        "akku",
        "diagram",
    ]
    assert feeds.not_stored(processing.conninfo).startswith("2 sources")
    assert [one.source for one in unknown_sources.unknown_sources(processing.conninfo)] == ["akku", "diagram"]


async def test_what_was_refused_as_unknown_can_be_drafted(processing: StoreAndAggregate) -> None:
    """By sensor and source, with first and last value; and beside it what registered devices send too."""
    await processing.store(*quarters([3, 4, 5], sensor="new-1", source="count_in"))
    processing.database.execute("INSERT INTO doorfiets.unregistered_source VALUES ('a-1', 'rssi', '2026-05-01Z', -87)")
    found = unknown_sources.unknown_sources(processing.conninfo)
    assert [(one.sensor, one.source, one.values, one.first_value, one.last_value) for one in found] == [
        ("a-1", "rssi", 1, -87, -87),
        ("new-1", "count_in", 3, 3, 5),
    ]
    new = DeviceEntry(id="new-1", placement=[at("a", BEGIN, sources={"count_in": "a-in", "count_out": "a-out"})])
    load(processing.conninfo, with_devices(new))
    assert [one.sensor for one in unknown_sources.unknown_sources(processing.conninfo)] == []
    assert feeds.directory(processing.conninfo)["new-1"] == {"count_in", "count_out"}


def _folder(registry: Registry) -> OwnerFolder:
    return OwnerFolder(Path(registry.owner.id), registry, "state")


def _state(processing: StoreAndAggregate) -> str:
    (state,) = processing.row("SELECT state FROM doorfiets.directory_state")
    return str(state)
