"""The page for a new quantity, followed to the letter."""

from pathlib import Path

import pytest

from tests.howto.tree import Tree

pytestmark = pytest.mark.pure

DECODED = """
import json
from datetime import UTC, datetime
from ingest.dialects import decode
for unit in ("dB(A)", "dB"):
    times = {"start": "2026-05-12T06:00:00Z", "end": "2026-05-12T06:15:00Z"}
    payload = {"sensor": "noord-1", "readings": [{"quantity": "sound", **times, "value": 61.5, "unit": unit}]}
    answer = decode("sensors/noord-1/data", json.dumps(payload).encode(), datetime(2026, 5, 12, 12, tzinfo=UTC))
    print([(one.source, one.value) for one in answer] if isinstance(answer, list) else answer.reason)
"""


def test_a_quantity_is_an_entry_of_the_catalogue(tmp_path: Path) -> None:
    """Our own dialect takes it in its unit only, and the reference page lists it."""
    tree = Tree(tmp_path)
    (printed,) = tree.follow("quantity.md")
    assert "docs/reference/catalogues.md" in printed
    assert "`sound`" in (tmp_path / "docs" / "reference" / "catalogues.md").read_text("utf-8")
    decoded = tree.run(f"python - <<'END'\n{DECODED}\nEND\n", {})
    assert decoded.splitlines() == ["[('sound', 61.5)]", "unit"]
