"""The page for a profile, followed to the letter: a maker is added by one file of under thirty lines."""

from pathlib import Path

import pytest

from tests.howto.tree import Tree, blocks

pytestmark = pytest.mark.pure

SHOWN = """\
06:15 {'in': 4.0, 'out': 7.0, 'total_in': 1313.0} 0
06:15 {'in': 4.0, 'out': 7.0, 'total_in': 1313.0} 512
type - out is '<text 3>', not a number
missing_field - a stored frame without a time of its own that can be read
not_a_measurement - port 9 carries no measurements, says the profile of the device
"""


def test_a_maker_is_one_profile(tmp_path: Path) -> None:
    """It is under thirty lines, passes the check with its device, and every line of the last script is as said."""
    (profile,) = [one.text for one in blocks("profile.md") if one.language == "toml"]
    assert len(profile.splitlines()) < 30
    tree = Tree(tmp_path)
    checked, shown = tree.follow("profile.md", {"DOORFIETS_REGISTRY": str(tmp_path / "deploy" / "owners")})
    assert "no problems." in checked
    assert shown == SHOWN
