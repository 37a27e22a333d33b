"""What `aggregate` makes of air: layers beside each other, never over each other, and the indices of every hour."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from random import Random
from typing import Any, Literal, TypeAlias

import msgspec
import pytest

from schemas.observation import Observation
from schemas.registry import Datastream, Registry, Station
from streams.rebuild import rebuild
from tests.contracts.processing import HOUR, NOON, StoreAndAggregate, load, quarters, seen, small

pytestmark = pytest.mark.contracts

Why: TypeAlias = dict[str, Any] | None

TOO_LITTLE = "coverage_below"
HUMID = {"code": "humid", "parameters": {"humidity": 85}}
LAYERS = (
    "SELECT layer, mean, withheld ->> 'code' FROM api.air_layer_hour WHERE station = %s AND quantity = %s AND hour = %s"
)
LAYER = "SELECT mean, withheld, valid, expected, basis FROM api.air_layer_hour WHERE station = %s AND layer = %s"
INDEX = "SELECT value, withheld ->> 'code' FROM api.air_index_hour WHERE station = %s AND scheme = %s AND hour = %s"
BASIS = "SELECT basis FROM api.air_index_hour WHERE station = %s AND scheme = %s AND hour = %s"
REVISIONS = (
    "SELECT hour, revision FROM doorfiets.air_index_hour WHERE station = 'officieel' AND scheme = %s ORDER BY hour"
)


def stream(station: str, quantity: str, **other: Any) -> Datastream:  # noqa: ANN401 - fields differ in type
    """Make an hourly datastream of a station, named after its quantity."""
    fields = {"sensor": station, "source": quantity, "quantity": quantity, "interval": 3600, **other}
    return Datastream(valid_from=date(2020, 1, 1), **fields)


def station(
    name: str,
    *streams: Datastream,
    kind: Literal["official", "citizen"] = "citizen",
    environment: Literal["background", "traffic"] = "background",
    region: str = "drenthe",
) -> Station:
    """Make a station."""
    return Station(
        id=name, name=name, district="WK01", position=(6.5, 53.0), kind=kind, environment=environment, region=region,
        datastreams=list(streams),
    )  # fmt: skip


def airy() -> Registry:
    """An official station and three kits in one region, and a gas sensor that speaks ppb outside of it."""
    official = [stream("officieel", name, instrument="reference") for name in ("no2", "o3", "pm10", "pm25")]
    stations = [
        station("officieel", *official, kind="official"),
        station("planta", stream("planta", "pm25", instrument="plantower"), stream("planta", "humidity")),
        station(
            "novo",
            stream("novo", "pm25", instrument="sds011"),
            stream("novo", "pm10", instrument="sds011", kappa=0.3),
            stream("novo", "humidity"),
        ),
        station("kal", stream("kal", "pm25"), stream("kal", "pm25", source="pm25_kal", layer="publisher")),
        station("gas", stream("gas", "no2", unit="ppb"), kind="official", region=""),
    ]
    return msgspec.structs.replace(small(), stations=stations)


@pytest.fixture
def air(processing: StoreAndAggregate) -> StoreAndAggregate:
    """Give the processing with the stations above; the one of the small registry goes."""
    load(processing.conninfo, airy())
    return processing


def hourly(station: str, *values: float | None, at: datetime = NOON, **quantity: float | None) -> list[Observation]:
    """Make one hour of a station: PM2.5 unless quantities are named."""
    named = quantity or dict.fromkeys(("pm25",), values[0])
    return [seen(value, sensor=station, source=name, at=at, lasts=HOUR) for name, value in named.items()]


def kits(at: datetime = NOON) -> Iterator[Observation]:
    """Make an hour in which the official station says 12, and the kits 30, 40 and 20."""
    yield from hourly("officieel", no2=28, o3=55, pm10=22, pm25=12, at=at)
    yield from hourly("planta", pm25=30, humidity=50, at=at)
    yield from hourly("novo", pm25=40, humidity=80, at=at)
    yield from hourly("kal", pm25=20, pm25_kal=13, at=at)


async def put(processing: StoreAndAggregate, *observations: Observation) -> None:
    """Store and aggregate."""
    await processing.store(*observations)
    await processing.aggregate()


def layers(processing: StoreAndAggregate, station: str, quantity: str = "pm25") -> dict[str, tuple[Any, Any]]:
    """Give mean and reason of every layer at NOON."""
    return {layer: (mean, why) for layer, mean, why in processing.rows(LAYERS, station, quantity, NOON)}


async def test_every_layer_stands_beside_what_was_measured(air: StoreAndAggregate) -> None:
    """Barkjohn (30, 50) and κ-Köhler (40, 80) as in the domain handbook; the region's factor is 12 over 30."""
    await put(air, *kits())
    approx = pytest.approx
    assert layers(air, "officieel") == {"measured": (12, None)}
    assert layers(air, "planta") == {
        "measured": (30, None), "barkjohn-1": (approx(17.16), None), "regional-1": (approx(12), None),
    }  # fmt: skip
    assert layers(air, "novo") == {
        "measured": (40, None), "koehler-1": (approx(20.308, abs=5e-4), None), "regional-1": (approx(16), None),
    }  # fmt: skip
    assert layers(air, "kal") == {"measured": (20, None), "publisher": (13, None), "regional-1": (approx(8), None)}
    assert air.row("SELECT DISTINCT layer FROM api.air_hour") == ("measured",)


async def test_a_correction_says_what_it_rests_on(air: StoreAndAggregate) -> None:
    """Humidity, kappa by the registry or ours, the factor of the region and its kits."""
    await put(air, *kits(), *hourly("novo", pm10=40))
    bases = {
        (quantity, layer): basis
        for quantity, layer, basis in air.rows(
            "SELECT quantity, layer, basis FROM api.air_layer_hour WHERE station = 'novo' AND layer <> 'measured'"
        )
    }
    assert bases["pm25", "koehler-1"] == {"humidity": 80, "kappa": 0.4}
    assert bases["pm10", "koehler-1"] == {"humidity": 80, "kappa": 0.3}
    assert bases["pm25", "regional-1"] == {"factor": 0.4, "reference": 12, "group": 30, "kits": 3}


async def test_ppb_becomes_micrograms(air: StoreAndAggregate) -> None:
    """50 ppb of NO2 are 95.625 µg/m³ at 20 °C; what was sent stays what it was."""
    await put(air, *hourly("gas", no2=50))
    assert air.row("SELECT mean FROM api.air_hour WHERE station = 'gas'") == (pytest.approx(95.625),)
    assert air.row("SELECT total FROM doorfiets.datastream_hour") == (50,)
    assert air.row("SELECT value FROM doorfiets.observation") == (50,)


@pytest.mark.parametrize(("kit", "value"), [("planta", 999.9), ("kal", -999), ("kal", -99), ("novo", -49)])
async def test_saturation_and_sentinels_are_no_values(air: StoreAndAggregate, kit: str, value: float) -> None:
    """The kit has none; with two left there is no factor of the region either."""
    await put(air, *kits(), seen(value, sensor=kit, source="pm25", lasts=HOUR, received=60))
    found = {name: layers(air, name) for name in ("planta", "novo", "kal")}
    assert found[kit]["measured"] == found[kit]["regional-1"] == (None, TOO_LITTLE)
    others = [name for name in found if name != kit]
    assert [found[name]["regional-1"] for name in others] == [(None, "kits_below")] * 2


async def test_saturated_pm10_is_no_value(air: StoreAndAggregate) -> None:
    """An SDS011 says 1999.9."""
    await put(air, *hourly("novo", pm10=1999.9, humidity=50))
    assert layers(air, "novo", "pm10")["measured"] == (None, TOO_LITTLE)


async def test_without_an_official_value_there_is_no_factor(air: StoreAndAggregate) -> None:
    """It comes as soon as the official station speaks, however late, for every kit."""
    late = [one for one in kits() if one.sensor == "officieel"]
    await put(air, *(one for one in kits() if one.sensor != "officieel"))
    assert layers(air, "kal")["regional-1"] == (None, "official_value_missing")
    await put(air, *late)
    assert layers(air, "kal")["regional-1"] == (pytest.approx(8), None)


@pytest.mark.parametrize(
    ("humidity", "mean", "withheld", "quality_flag"),
    [
        (85, 40 / (1 + 0.4 / 1.65 / (1 / 0.85 - 1)), None, None),
        (90, 12.571, None, {"code": "humid", "parameters": {"humidity": 85}}),
        (
            95,
            None,
            {"code": "too_humid", "parameters": {"humidity": 95}},
            {"code": "humid", "parameters": {"humidity": 85}},
        ),
    ],
)
async def test_swelling_in_humid_air_is_flagged_then_given_up(
    air: StoreAndAggregate, humidity: float, mean: float | None, withheld: Why, quality_flag: Why
) -> None:
    """Above 85 % a quality flag, from 95 % on no value."""
    await put(air, *hourly("novo", pm25=40, humidity=humidity))
    found, reason, _, _, basis = air.row(LAYER, "novo", "koehler-1")
    assert found == (mean if mean is None else pytest.approx(mean, abs=5e-4))
    assert (reason, basis.get("quality_flag")) == (withheld, quality_flag)


def _dry(valid: int) -> dict[str, Any]:
    return {"code": "humidity_coverage_below", "parameters": {"valid": valid, "needed": 75}}


async def test_a_correction_has_the_worse_coverage_of_the_two(processing: StoreAndAggregate) -> None:
    """Four quarters of particles and three of humidity are three; two of humidity are too few, none is none."""
    streams = [
        stream("planta", "pm25", instrument="plantower", interval=900),
        stream("planta", "humidity", interval=900),
    ]
    load(processing.conninfo, msgspec.structs.replace(small(), stations=[station("planta", *streams)]))
    for number, known in enumerate((3, 2, 0)):
        at = NOON + number * HOUR
        humid: Sequence[float | None] = [50] * known
        await put(
            processing,
            *quarters([30] * 4, sensor="planta", source="pm25", at=at),
            *quarters(humid, sensor="planta", source="humidity", at=at),
        )
    query = LAYER + " ORDER BY hour"
    assert [row[:4] for row in processing.rows(query, "planta", "barkjohn-1")] == [
        (pytest.approx(17.16), None, 3, 4),
        (None, _dry(50), 2, 4),
        (None, _dry(0), 0, 4),
    ]


async def test_the_indices_are_those_of_the_domain_handbook(air: StoreAndAggregate) -> None:
    """NO2, O3, PM10, PM2.5 of 28, 55, 22, 12: LKI 4, EAQI 3 by the table of 2024 and 2 by that of 2017 after a day."""
    await put(air, *(one for hour in range(24) for one in kits(NOON - hour * HOUR)))
    reported = {scheme: air.row(INDEX, "officieel", scheme, NOON) for scheme in ("lki-2014", "eaqi-2024", "eaqi-2017")}
    assert reported == {"lki-2014": (4, None), "eaqi-2024": (3, None), "eaqi-2017": (2, None)}
    first = NOON - 23 * HOUR
    assert air.row(INDEX, "officieel", "eaqi-2017", first) == (None, "pollutants_missing")
    assert air.row(INDEX, "kal", "eaqi-2024", NOON) == (None, "pollutants_missing")


async def test_an_index_says_which_layer_it_was_taken_from(air: StoreAndAggregate) -> None:
    """Official ones as measured, citizens' as corrected: by the publisher, else by us."""
    await put(air, *kits(), *hourly("novo", pm10=40))
    (official,) = air.row(BASIS, "officieel", "lki-2014", NOON)
    assert official == {
        "layers": dict.fromkeys(("no2", "o3", "pm10", "pm25"), "measured"),
        "sub_indices": {"no2": 3, "o3": 4, "pm10": 3, "pm25": 2},
        "worst": ["o3"],
        "missing": [],
        "particulate": "hour",
        "raised": False,
        "raised_from": 2,
    }
    chosen = {name: air.row(BASIS, name, "lki-2014", NOON)[0]["layers"] for name in ("planta", "novo", "kal")}
    assert chosen == {
        "planta": {"pm25": "barkjohn-1"},
        "novo": {"pm25": "koehler-1", "pm10": "koehler-1"},
        "kal": {"pm25": "publisher"},
    }


async def test_a_late_hour_reaches_the_running_means_of_a_day(air: StoreAndAggregate) -> None:
    """Its own index and those of the 23 hours after it are made again; the 24th and other tables are left alone."""
    hours = [NOON - hour * HOUR for hour in range(48, 0, -1)]
    await put(air, *(one for at in hours for one in hourly("officieel", no2=28, o3=55, pm10=22, pm25=12, at=at)))
    late = seen(600, sensor="officieel", source="pm25", at=hours[0], lasts=HOUR, received=3600)
    await put(air, late)
    assert [at for at, revision in air.rows(REVISIONS, "eaqi-2017") if revision > 1] == hours[17:24]
    assert [at for at, revision in air.rows(REVISIONS, "lki-2014") if revision > 1] == hours[:1]
    assert air.row(INDEX, "officieel", "eaqi-2017", hours[23]) == (4, None)
    assert air.row(INDEX, "officieel", "eaqi-2017", hours[24]) == (2, None)
    assert air.row("SELECT max(hour) FROM doorfiets.air_index_hour") == (hours[-1],)


async def test_a_mean_that_stayed_moves_no_later_hour(air: StoreAndAggregate) -> None:
    """A late gas makes its own hour again; those after it are not judged, or what was put there would be repaired."""
    hours = [NOON - hour * HOUR for hour in range(30, 0, -1)]
    await put(air, *(one for at in hours for one in hourly("officieel", no2=28, o3=55, pm10=22, pm25=12, at=at)))
    air.database.execute(b"UPDATE doorfiets.air_index_hour SET value = 6 WHERE scheme = 'eaqi-2017'")
    late = seen(600, sensor="officieel", source="no2", at=hours[2], lasts=HOUR, received=3600)
    await put(air, late)
    assert [at for at, revision in air.rows(REVISIONS, "eaqi-2017") if revision > 1] == [hours[2]]


async def test_what_was_told_before_is_kept(air: StoreAndAggregate) -> None:
    """The index of an hour that was over stays beside its correction."""
    await put(air, *kits())
    await put(air, seen(200, sensor="officieel", source="no2", lasts=HOUR, received=3600))
    assert air.row(INDEX, "officieel", "lki-2014", NOON) == (11, None)
    past = air.rows(
        "SELECT scheme, value, replaced_at > computed_at FROM doorfiets.air_index_hour_past ORDER BY scheme"
    )
    assert past == [("eaqi-2017", None, True), ("eaqi-2024", 3, True), ("lki-2014", 4, True)]
    assert air.row("SELECT mean, layer FROM doorfiets.air_hour_past") == (28, "measured")


async def test_order_and_repetition_change_nothing(air: StoreAndAggregate) -> None:
    """Any order of the same readings makes the same rows; making them again raises no revision."""
    readings = [one for hour in range(30) for one in kits(NOON - hour * HOUR)]
    await put(air, *readings)
    contents, rows = air.contents(), air.aggregate_rows()
    indices = air.rows("SELECT * FROM doorfiets.air_index_hour ORDER BY 1, 2, 3")
    rebuild(air.conninfo, NOON - 30 * HOUR, NOON + HOUR)
    await air.aggregate()
    assert (air.aggregate_rows(), air.rows("SELECT * FROM doorfiets.air_index_hour ORDER BY 1, 2, 3")) == (
        rows,
        indices,
    )
    air.database.execute(b"TRUNCATE doorfiets.observation, doorfiets.feed, doorfiets.air_index_hour")
    air.database.execute(b"TRUNCATE doorfiets.air_hour, doorfiets.datastream_hour, doorfiets.datastream_day")
    Random(5).shuffle(readings)  # noqa: S311 - an order, not a secret
    for start in range(0, len(readings), 40):
        await put(air, *readings[start : start + 40])
    assert air.contents()["air_hour"] == contents["air_hour"]
    columns = "station, scheme, hour, value, level, basis, withheld, valid, expected"
    mine = f"SELECT {columns} FROM doorfiets.air_index_hour ORDER BY 1, 2, 3"  # noqa: S608 - constants
    assert air.rows(mine) == [(*row[:9],) for row in indices]


async def test_a_correction_goes_with_its_instrument(air: StoreAndAggregate) -> None:
    """A kit that turns out to be of another make loses it, and its index is told from what is left."""
    await put(air, *(one for one in kits() if one.sensor == "planta"))
    assert "barkjohn-1" in layers(air, "planta")
    other = [stream("planta", "pm25"), stream("planta", "humidity")]
    stations = [
        one if one.id != "planta" else msgspec.structs.replace(one, datastreams=other) for one in airy().stations
    ]
    load(air.conninfo, msgspec.structs.replace(airy(), stations=stations))
    rebuild(air.conninfo, NOON, NOON + HOUR)
    await air.aggregate()
    assert set(layers(air, "planta")) == {"measured", "regional-1"}
    assert air.row(BASIS, "planta", "lki-2014", NOON)[0]["layers"] == {"pm25": "regional-1"}


async def test_counters_cost_no_air(air: StoreAndAggregate) -> None:
    """A round without a station writes nothing here."""
    await put(air, *quarters([1, 2, 3, 4], at=NOON))
    assert air.row("SELECT count(*) FROM doorfiets.air_hour") == (0,)
    assert air.row("SELECT count(*) FROM doorfiets.air_index_hour") == (0,)
