"""The page for a new dialect, followed to the letter."""

from pathlib import Path

import pytest

from tests.howto.tree import Tree

pytestmark = pytest.mark.pure

DECODED = """
from ingest.dialects import decode
from ingest.dialects.dialect import EXAMPLES_AT
for air in ("-4.5 °C", "24 °F"):
    answer = decode("lumen/noord-1/state", f'{{"at": "2026-05-12T06:15:00Z", "air": "{air}"}}'.encode(), EXAMPLES_AT)
    print([(one.sensor, one.source, one.value) for one in answer] if isinstance(answer, list) else answer.reason)
"""


def test_a_dialect_is_a_module_and_a_line(tmp_path: Path) -> None:
    """Its rights, its property tests and its simulated sensor follow; what it decodes is what the page says."""
    tree = Tree(tmp_path)
    (printed,) = tree.follow("dialect.md")
    assert "deploy/mosquitto/access.acl" in printed
    assert " passed" in printed
    assert "lumen" in tree.run("pytest -q --collect-only tests/ingest/test_dialects_properties.py", {})
    rights = (tmp_path / "deploy" / "mosquitto" / "access.acl").read_text("utf-8").splitlines()
    lumen = {"topic read lumen/+/state", "topic write lumen/+/state", "pattern write lumen/%u/state"}
    assert lumen <= set(rights)
    decoded = tree.run(f"python - <<'END'\n{DECODED}\nEND\n", {})
    assert decoded.splitlines() == ["[('noord-1', 'air', -4.5)]", "unit"]
