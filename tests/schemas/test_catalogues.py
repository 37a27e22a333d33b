"""The catalogues agree with themselves: quantities, quality flags, reasons, topics, named queries."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.dialects.refusal import RefusedError
from schemas import named_sql
from schemas.frames import pack, unpack_rejections
from schemas.quality_flags import (
    BY_HAND,
    DST_MERGED,
    EXCLUDING,
    MAINTENANCE,
    OUT_OF_RANGE,
    QUALITY_FLAGS,
    named,
)
from schemas.quantities import DENOMINATORS, MODES, QUANTITIES
from schemas.rejection import REASONS, Rejection
from schemas.topics import PARTITIONS, SENSOR_ID, TOPICS, partition_of

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[2]


def test_every_quality_flag_has_a_bit_of_its_own() -> None:
    """Bits are added, so they must not overlap."""
    bits = [quality_flag.bit for quality_flag in QUALITY_FLAGS]
    assert bits == [1 << place for place in range(len(QUALITY_FLAGS))]
    assert EXCLUDING & OUT_OF_RANGE
    assert not EXCLUDING & DST_MERGED
    masks = {
        "schemas/sql/schema/20_observation.sql": f"quality_flags & {EXCLUDING} = 0",
        "schemas/sql/schema/25_findings.sql": f"THEN {MAINTENANCE} ELSE {BY_HAND} END AS bit",
        "streams/sinks/check_inputs.sql": f"o.found_flags & {BY_HAND | MAINTENANCE}) & %(excluding)s = 0",
        "bench/chaos/judge/recompute.sql": f"(quality_flags | found_flags) & {EXCLUDING} = 0",
    }
    assert all(mask in (ROOT / path).read_text("utf-8") for path, mask in masks.items())


def test_quality_flags_are_named_in_the_order_of_the_catalogue() -> None:
    """A page shows words, never bits."""
    assert [quality_flag.name for quality_flag in named(OUT_OF_RANGE | DST_MERGED)] == ["out_of_range", "dst_merged"]
    assert named(0) == ()


def test_counts_are_whole_numbers_of_unit_one() -> None:
    """Only counts can be added up over channels."""
    assert all(QUANTITIES[mode].unit == "1" for mode in MODES)
    assert "pm25" not in MODES


def test_denominators_name_modes_and_hold_bicycles() -> None:
    """A share whose denominator lacks its numerator is none."""
    assert set(DENOMINATORS) == {"motor", "all", *MODES} - {"bicycles"}
    assert all("bicycles" in modes and set(modes) <= set(MODES) for modes in DENOMINATORS.values())
    assert set(DENOMINATORS["all"]) - set(DENOMINATORS["motor"]) == {"pedestrians"}


def test_a_reason_nobody_explained_is_refused() -> None:
    """Reason codes are a closed list; operators filter by them."""
    with pytest.raises(ValueError, match="unknown reason code"):
        RefusedError("because")
    assert all(re.fullmatch(r"[a-z_]+", reason) for reason in REASONS)


def test_a_reason_of_a_newer_writer_is_read_as_it_stands() -> None:
    """While a part of the platform is renewed: a rejection that cannot be read would stop all that stand behind it."""
    reported = Rejection(datetime(2026, 1, 1, tzinfo=UTC), "t", "ours", "invented_tomorrow", "", b"")
    assert unpack_rejections(*pack([reported], frame_id="f", writer="w")) == [reported]


def test_topics_are_six_and_durable_where_truth_lives() -> None:
    """One node loses acknowledged records in a power cut unless it flushes each."""
    settings = {topic.name: dict(topic.settings) for topic in TOPICS}
    assert set(settings) == {"raw", "observations", "rejections", "changes", "aggregates", "receipts"}
    assert all(settings[name]["flush.messages"] == "1" for name in ("raw", "observations", "rejections"))
    assert settings["raw"]["retention.ms"] == "2592000000"
    assert settings["aggregates"] == {"cleanup.policy": "compact"}


def test_a_sensor_keeps_its_partition() -> None:
    """CRC-32 of the id, as gzip writes it, modulo 12: changing it would move sensors between partitions."""
    assert partition_of("noord-1") == 1_530_520_811 % PARTITIONS
    assert partition_of("assen-fiets-05") == 2_512_088_934 % PARTITIONS
    assert {partition_of(f"sensor-{number}") for number in range(200)} == set(range(PARTITIONS))


def test_sensor_ids_are_one_topic_level() -> None:
    """No slash, wildcard, capital or dot."""
    assert re.fullmatch(SENSOR_ID, "assen-fiets-05")
    assert not any(re.fullmatch(SENSOR_ID, bad) for bad in ("a/b", "+", "#", "AB1", "ab", "a.b.c", "x" * 41))


def test_named_queries_are_found_by_name() -> None:
    """A file of queries reads from top to bottom, each under its name."""
    queries = named_sql.parse("-- first --\n-- Why.\nSELECT 1;\n\n-- second --\nSELECT 2;\n")
    assert dict(queries) == {"first": "-- Why.\nSELECT 1", "second": "SELECT 2"}
    with pytest.raises(ValueError, match="named twice: a"):
        named_sql.parse("-- a --\nSELECT 1;\n-- a --\nSELECT 2;")
