"""Files that are broken in odd ways end in a sentence that names file and place, not in a traceback."""

import json
import os
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli import assembled
from deploy.owner_folders import load
from registry.files import RegistryRefusedError, RegistryUnreadableError
from tests.journeys.registry import EXAMPLE

pytestmark = pytest.mark.pure
SQUARE = {"type": "Polygon", "coordinates": [[[6.5, 53], [6.6, 53], [6.6, 53.1], [6.5, 53]]]}
REFUSED = (RegistryUnreadableError, RegistryRefusedError)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Copy the example owners."""
    copytree(EXAMPLE, tmp_path / "owners", ignore=ignore_patterns("recordings"))
    return tmp_path / "owners"


@pytest.mark.parametrize(
    "features",
    [
        None,
        [{"properties": None, "geometry": SQUARE}],
        [{"properties": {}, "geometry": SQUARE}],
        [{"properties": {"statcode": "WK1"}, "geometry": SQUARE}],
    ],
)
def test_districts(root: Path, features: Any) -> None:  # noqa: ANN401 - whatever a file may hold
    """A file of another office, or one that lost something."""
    (root / "tynaarlo" / "districts.geojson").write_text(json.dumps({"features": features}))
    with pytest.raises(REFUSED):
        load(root)


@pytest.mark.parametrize("geometry", [None, {"type": "Polygon", "coordinates": "x"}, {"type": "Point"}])
def test_outlines(root: Path, geometry: Any) -> None:  # noqa: ANN401 - likewise
    """A district has an outline, also where nothing stands in it."""
    path = root / "tynaarlo" / "districts.geojson"
    found = json.loads(path.read_bytes())
    found["features"][0]["geometry"] = geometry
    path.write_text(json.dumps(found))
    with pytest.raises(REFUSED):
        load(root)


@pytest.mark.parametrize("code", ["region", "", "a/b", "wk010600"])
def test_codes_of_districts(root: Path, code: str) -> None:
    """A code stands in addresses, differs from others also in small letters, and is not the word for the outside."""
    path = root / "tynaarlo" / "districts.geojson"
    found = json.loads(path.read_bytes())
    found["features"].append({"properties": {"statcode": code, "statnaam": "X"}, "geometry": SQUARE})
    path.write_text(json.dumps(found))
    with pytest.raises(REFUSED):
        load(root)


def test_a_line_with_heights_is_a_line(root: Path) -> None:
    """GeoJSON allows a third number, and programs for maps write it."""
    path = root / "tynaarlo" / "links.geojson"
    found = json.loads(path.read_bytes())
    for feature in found["features"]:
        feature["geometry"]["coordinates"] = [[*point, 1.5] for point in feature["geometry"]["coordinates"]]
    path.write_text(json.dumps(found))
    load(root)


def test_a_line_of_words(root: Path) -> None:
    """Coordinates are numbers."""
    path = root / "tynaarlo" / "links.geojson"
    found = json.loads(path.read_bytes())
    found["features"][0]["geometry"]["coordinates"] = [["a", "b"], [6.6, 53.1]]
    path.write_text(json.dumps(found))
    with pytest.raises(REFUSED):
        load(root)


@pytest.mark.parametrize(
    "line", ['id = ""', 'id = "GM 17/30"', 'timezone = "Europe"', 'contact_url = "javascript:alert(1)"']
)
def test_owners(root: Path, line: str) -> None:
    """An id stands in addresses, a time zone is no folder of time zones, an address is one."""
    path = root / "tynaarlo" / "owner.toml"
    key = line.split(" ", 1)[0]
    lines = [line if one.startswith(f"{key} =") else one for one in path.read_text().splitlines()]
    path.write_text("\n".join(lines))
    with pytest.raises(REFUSED):
        load(root)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_may_not_be_read(root: Path) -> None:
    """Files of another account."""
    (root / "tynaarlo").chmod(0)
    try:
        with pytest.raises(REFUSED):
            load(root)
    finally:
        (root / "tynaarlo").chmod(0o755)


PLACED = '[[device.placement]]\nsite = "peelo"\nfrom = 2026-03-01\n'


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (
            'id = "lus-2"\n[[device.calibration]]\nday = 2026-03-01\nkind = "recalibrated"',
            "device lus-2, calibration 1, kind: 'recalibrated' is none of 'calibration', 'sensitivity'",
        ),
        (
            f'id = "lus-2"\n{PLACED}interval = "900"',
            "device lus-2, placement 1, interval: expected a whole number of seconds such as 900, got a text",
        ),
        ('serial = "1"', "device 2: the key 'id' is missing"),
        ('id = "lus-2"\nserail = "1"', "device lus-2: there is no key `serail`; did you mean 'serial'?"),
        (f'id = "lus-2"\n{PLACED}sources = {{ a = 1 }}', "device lus-2, placement 1, sources: expected a text, got"),
        ('id = "lus-2"\nplacement = 3', "device lus-2, placement: expected a list, got a whole number"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_file(root: Path, entry: str, sentence: str) -> None:
    """The file, the device by its id or the number of its entry, the key, and what may stand there."""
    (root / "assen" / "devices.toml").write_text(f'[[device]]\nid = "lus-1"\n[[device]]\n{entry}\n')
    with pytest.raises(RegistryUnreadableError) as refused:
        load(root)
    assert str(refused.value).startswith(f"assen: devices.toml: {sentence}")


def test_after_warnings_nobody_says_that_there_are_no_problems(root: Path) -> None:
    """They are counted instead."""
    check = ["registry", "check", "--root", str(root)]
    before = CliRunner().invoke(assembled(), check)
    assert before.stdout.endswith("no problems.\n")
    with (root / "assen" / "sites.toml").open("a") as sites:
        sites.write('\n[[site.channels]]\nid = "nobody"\nmode = "bicycles"\ndirection = "in"\n')
    after = CliRunner().invoke(assembled(), check)
    assert "warning: channel nobody: no datastream and no placement feeds it" in after.stderr
    assert after.stdout.endswith("may be applied, with 1 warning.\n")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("device.toml", r"assen: device.toml is no file of a registry; did you mean 'devices.toml'\?"),
        ("xyz.toml", "assen: xyz.toml is no file of a registry; there are owner.toml, sites.toml"),
    ],
)
def test_a_file_with_a_wrong_name_is_not_passed_over(root: Path, name: str, sentence: str) -> None:
    """Its devices would be missing without a word."""
    (root / "assen" / name).write_text("")
    with pytest.raises(RegistryUnreadableError, match=sentence):
        load(root)
