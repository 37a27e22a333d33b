"""A root of folders is read whole: one folder for each owner, or the folder of its only owner."""

import shutil
from pathlib import Path

import pytest

from deploy.owner_folders import load
from registry.files import RegistryRefusedError, RegistryUnreadableError, chosen

pytestmark = pytest.mark.pure

EXAMPLE = Path(__file__).parents[2] / "deploy" / "owners"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the example that may be broken."""
    shutil.copytree(EXAMPLE, tmp_path / "owners", ignore=shutil.ignore_patterns("recordings"))
    return tmp_path / "owners"


def replace(file: Path, good: str, bad: str) -> None:
    """Write something else in a file."""
    text = file.read_text("utf-8")
    assert good in text
    file.write_text(text.replace(good, bad), "utf-8")


def test_what_is_no_folder_of_an_owner_is_left_alone(root: Path) -> None:
    """A README beside them, a folder of notes: neither is an owner."""
    (root / "notes").mkdir()
    (root / "notes" / "meeting.md").write_text("Nothing was decided.", "utf-8")
    assert [folder.name for folder in load(root)] == ["assen", "groningen", "tynaarlo"]


def test_a_folder_of_one_owner_is_a_root(root: Path) -> None:
    """Who has one municipality needs no folder above it."""
    replace(root / "groningen" / "owner.toml", 'kind = "municipality"', 'kind = "municipality"\nhost = true')
    (only,) = load(root / "groningen")
    assert only.registry.owner.id == "GM0014"


def test_an_owner_is_found_by_its_folder_and_by_its_id(root: Path) -> None:
    """All of them where none is named; one that is not there is answered with those that are."""
    folders = load(root)
    assert chosen(folders, None) == folders
    assert chosen(folders, "tynaarlo") == chosen(folders, "GM1730") == folders[2:]
    with pytest.raises(RegistryUnreadableError, match=r"no owner 'haren' .* tynaarlo \(GM1730\)"):
        chosen(folders, "haren")


def test_the_state_of_an_owner_follows_its_own_files_only(root: Path) -> None:
    """A remark is a change, too; what others write is none."""
    before = {folder.name: folder.state for folder in load(root)}
    with (root / "tynaarlo" / "sites.toml").open("a", encoding="utf-8") as sites:
        sites.write("# Looked at.\n")
    after = {folder.name: folder.state for folder in load(root)}
    assert {name for name, state in after.items() if state != before[name]} == {"tynaarlo"}


def test_a_file_that_is_missing_is_named_with_its_folder(root: Path) -> None:
    """Where there are three files of a name, the folder says which."""
    (root / "tynaarlo" / "routes.toml").unlink()
    with pytest.raises(RegistryUnreadableError, match=r"tynaarlo: missing registry files: routes\.toml"):
        load(root)


def test_a_folder_of_before_says_what_to_rename(root: Path) -> None:
    """The file of the owner had another name when there was one municipality."""
    (root / "assen" / "owner.toml").rename(root / "assen" / "municipality.toml")
    with pytest.raises(RegistryUnreadableError, match=r"called owner\.toml now; rename it, and add `host = true`"):
        load(root / "assen")


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_a_root_without_owners_is_none(tmp_path: Path, name: str) -> None:
    """A folder that is not there is missing, and one that holds nobody is no root."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(RegistryUnreadableError, match="missing registry files"):
        load(tmp_path / name)


def test_a_problem_between_owners_refuses_them_all(root: Path) -> None:
    """What one of them writes is checked against what the others have."""
    replace(root / "tynaarlo" / "links.toml", '"ubbena-oosterbroek"', '"ubbena-punt"')
    with pytest.raises(RegistryRefusedError, match="route assen-groningen: link 'ubbena-oosterbroek'"):
        load(root)
