"""The page for a counter that is replaced, moved and recalibrated, followed to the letter on a database of its own."""

import json
from pathlib import Path

import psycopg
import pytest

from deploy.local.stack import Stack
from deploy.settings import write
from tests.howto.tree import Tree

pytestmark = pytest.mark.contracts

STREAMS = """
    SELECT channel, sensor, source, (valid_from AT TIME ZONE 'Europe/Amsterdam')::date::text, seconds, sampling,
           every_seconds
    FROM doorfiets.datastream JOIN doorfiets.channel USING (channel) WHERE site = ANY (%s) ORDER BY 1, valid_from
"""
ENDS = """
    SELECT sensor, (valid_until AT TIME ZONE 'Europe/Amsterdam')::date::text
    FROM doorfiets.datastream WHERE channel LIKE 'peelo-fiets-%' ORDER BY channel, valid_from
"""


def test_a_counter_goes_through_everything_by_one_entry_each(tmp_path: Path, stack: Stack, database: str) -> None:
    """Every entry passes the check; what is registered is what the page promises, and the diff says what moved."""
    tree = Tree(tmp_path)
    settings = write(stack.settings())
    environment = settings | {"DOORFIETS_POSTGRES": database, "DOORFIETS_REGISTRY": str(tmp_path / "deploy" / "owners")}
    tree.run("doorfiets registry apply", environment)
    replaced, rest = tree.follow("replace-a-counter.md", environment)
    assert "no problems." in replaced
    assert {
        "+ device assen-fiets-06",
        "+ placement of assen-fiets-06 from 2026-03-02",
        "~ placement of assen-fiets-05 from 2025-01-01: until 2100-01-01 -> 2026-03-02",
        "+ datastream assen-fiets-06 bikes_in from 2026-03-02",
        "~ datastream assen-fiets-05 bikes_in from 2025-01-01: until 2100-01-01 -> 2026-03-02",
    } <= set(replaced.splitlines())
    assert "+ sensitivity of assen-fiets-06 on 2026-05-11" in rest
    with psycopg.connect(database, user="backup") as connection:
        assert connection.execute(STREAMS.encode(), [["peelo"]]).fetchall() == [
            ("peelo-fiets-in", "assen-fiets-05", "bikes_in", "2025-01-01", 900, "interval", 0),
            ("peelo-fiets-in", "assen-fiets-06", "bikes_in", "2026-03-02", 900, "increment", 900),
            ("peelo-fiets-out", "assen-fiets-05", "bikes_out", "2025-01-01", 900, "interval", 0),
            ("peelo-fiets-out", "assen-fiets-06", "bikes_out", "2026-03-02", 900, "increment", 900),
        ]
        assert connection.execute(ENDS.encode()).fetchall() == [
            ("assen-fiets-05", "2026-03-02"),
            ("assen-fiets-06", "2100-01-01"),
            ("assen-fiets-05", "2026-03-02"),
            ("assen-fiets-06", "2026-06-01"),
        ]
        assert connection.execute(STREAMS.encode(), [["stationsplein"]]).fetchall() == [
            (f"stationsplein-fiets-{way}", sensor, source, first, seconds, "interval", 0)
            for way in ("in", "out")
            for sensor, source, first, seconds in (
                ("stationsplein-1", f"bicycles/{way}", "2025-01-01", 60),
                ("assen-fiets-05", f"bikes_{way}", "2026-04-01", 900),
            )
        ]
    (shown,) = json.loads(tree.run("doorfiets feeds show assen-fiets-05 --json", environment))
    assert [(one["site"], one["replaces"]) for one in shown["placements"]] == [
        ("stationsplein", "stationsplein-1"),
        ("peelo", ""),
    ]
    assert "P8-0042" not in tree.run(
        "doorfiets feeds show assen-fiets-06; doorfiets feeds show assen-fiets-06 --json", environment
    )
    recording = next((Path(__file__).parents[2] / "deploy" / "owners" / "assen" / "recordings").glob("*/*.csv.gz"))
    assert 'id = "1' in tree.run(f"doorfiets registry draft {recording}", environment)
