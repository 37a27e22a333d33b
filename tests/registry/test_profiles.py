"""Profiles are read strictly, a later folder stands over an earlier one, and what does not go together is named."""

import shutil
from pathlib import Path

import pytest

from deploy.owner_folders import SHIPPED
from registry.files import RegistryRefusedError, RegistryUnreadableError, load
from registry.profile_checks import problems_of
from registry.profiles import ProfileUnreadableError, decode, read_profiles
from schemas.profile import DeviceProfile
from tests.journeys.registry import EXAMPLE

pytestmark = pytest.mark.pure

HEAD = 'maker = "Invented"\nmodel = "Pole"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("evry = 600", "profiles/pole.toml: there is no key `evry`; did you mean 'every'?"),
        ('[[field]]\nfeild = "x"', "field 1: there is no key `feild`; did you mean 'field'?"),
        (
            '[[field]]\nfield = "x"\nsampling = "often"',
            "field 1, sampling: 'often' is none of '', 'cumulative', 'increment', 'interval', 'sample'",
        ),
        ("every = ", "pole.toml: "),
        ("\xff", "pole.toml: "),
    ],
)
def test_a_profile_that_cannot_be_read_names_file_and_place(text: str, sentence: str) -> None:
    """And the key that was probably meant."""
    with pytest.raises(ProfileUnreadableError) as refused:
        decode("profiles/pole.toml", (HEAD + text).encode("latin-1"))
    assert "profiles/pole.toml: " in str(refused.value)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('field = [{ field = "x" }, { field = "x" }]', "field 'x' is given 2 times"),
        ('field = [{ field = "x", source = "s" }, { field = "y", source = "s" }]', "source 's' is given 2 times"),
        (
            'field = [{ field = "x", quantity = "bicycle" }]',
            "'bicycle' is not in the catalogue; did you mean 'bicycles'?",
        ),
        (
            'field = [{ field = "x", quantity = "temperature", unit = "F" }]',
            "temperature in 'F' cannot be turned into Cel",
        ),
        ('field = [{ field = "x", bits = 16 }]', "did you mean 'cumulative'?"),
        ('field = [{ field = "x", factor = 0.0 }]', "factor is 0"),
        ("every = -1", "every is -1 s"),
        ('window = "20-20"', "window '20-20', expected"),
        ('window = "5-20"', "window '5-20', expected"),
        ('[stored]\nfield = "datalog"', "stored frames need the time of the device"),
        ('[time]\nfield = "t"\n[stored]\nfield = "datalog"\nport = 3', "name a field or a port, one of them"),
        (
            '[[layout]]\nport = 1\nlength = 4\nfields = [{ field = "n", at = 2, type = "u24be" }]',
            "layout of port 1: 'n' at 2 is not within 4 bytes",
        ),
    ],
)
def test_what_does_not_go_together_is_one_sentence(text: str, sentence: str) -> None:
    """Each names what it is about."""
    (found,) = problems_of(decode("pole.toml", (HEAD + text).encode()))
    assert sentence in found


@pytest.mark.parametrize(
    "text",
    [
        'window = "05-20"',
        'window = "22-24"',
        'field = [{ field = "t", quantity = "temperature", unit = "°C" }]',
        'field = [{ field = "p", quantity = "pm25", unit = "µg/m³" }]',
        '[[layout]]\nport = 1\nlength = 4\nfields = [{ field = "n", at = 1, type = "u24be" }]',
    ],
)
def test_what_makers_write_is_a_profile(text: str) -> None:
    """Units in other spellings, windows that end at midnight, bytes to the last."""
    assert list(problems_of(decode("pole.toml", (HEAD + text).encode()))) == []


def test_what_ships_is_sound() -> None:
    """Every profile that comes with the platform."""
    shipped = read_profiles([SHIPPED])
    assert "imbuildings-counter" in shipped
    assert {name: [*problems_of(one.profile)] for name, one in shipped.items()} == {name: [] for name in shipped}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the example in which the counter of Peelo has a profile that ships."""
    shutil.copytree(EXAMPLE, tmp_path / "owners", ignore=shutil.ignore_patterns("recordings"))
    devices = tmp_path / "owners" / "assen" / "devices.toml"
    devices.write_text(devices.read_text("utf-8").replace('profile = ""', 'profile = "pole"'), "utf-8")
    write(tmp_path / "shipped", 60)
    return tmp_path / "owners"


def write(folder: Path, every: int) -> None:
    """Write a profile that says how often its device speaks."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pole.toml").write_text(f"{HEAD}every = {every}\n", "utf-8")


def test_the_nearer_profile_stands_over_the_one_that_ships(root: Path) -> None:
    """Shipped, then the root's, then the owner's; each moves the state of the owner whose device has it, only."""
    seen = []
    for folder, every in ((root.parent / "shipped", 60), (root / "profiles", 120), (root / "assen" / "profiles", 180)):
        write(folder, every)
        assen, *others = load(root, root.parent / "shipped")
        seen.append((assen.registry.profiles["pole"].every, assen.state, [one.state for one in others]))
    assert [every for every, _, _ in seen] == [60, 120, 180]
    assert len({state for _, state, _ in seen}) == 3
    assert seen[0][2] == seen[1][2] == seen[2][2]


def test_a_profile_that_nobody_has_changes_nothing(root: Path) -> None:
    """The state of an owner is of what is effective."""
    before = load(root, root.parent / "shipped")
    (root / "profiles").mkdir()
    (root / "profiles" / "other.toml").write_text(HEAD, "utf-8")
    assert [one.state for one in load(root, root.parent / "shipped")] == [one.state for one in before]


def test_a_profile_that_is_not_there_is_refused_with_those_that_are(root: Path) -> None:
    """The example without the folder of the platform."""
    with pytest.raises(RegistryRefusedError, match="no profile is called 'pole'; there are none"):
        load(root)


def test_a_broken_profile_of_an_owner_names_its_folder(root: Path) -> None:
    """Where there are three owners, the folder says which."""
    write(root / "assen" / "profiles", 60)
    (root / "assen" / "profiles" / "pole.toml").write_text("maker = 1", "utf-8")
    with pytest.raises(RegistryUnreadableError, match=r"assen: profiles/pole\.toml: .*maker"):
        load(root, root.parent / "shipped")


def test_a_key_of_devices_that_nobody_knows_is_told_with_the_nearest() -> None:
    """As in every file of an owner."""
    from registry.files import DEVICES_FILE, FILES, read  # noqa: PLC0415 - of this test only

    files = {name: (EXAMPLE / "assen" / name).read_bytes() for name in FILES}
    with pytest.raises(RegistryUnreadableError, match=r"devices\.toml: .*`serail`.*did you mean 'serial'\?"):
        read({**files, DEVICES_FILE: b'[[device]]\nid = "pole-1"\nserail = "4711"\n'})


def test_a_profile_survives_the_database() -> None:
    """What is stored as JSON is the profile again."""
    import msgspec  # noqa: PLC0415 - of this test only

    profile = read_profiles([SHIPPED])["imbuildings-counter"].profile
    assert msgspec.json.decode(msgspec.json.encode(profile), type=DeviceProfile) == profile
