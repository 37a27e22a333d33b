"""The environment at the door: read once, and refused with a sentence."""

from pathlib import Path

import pytest

from deploy.settings import SETTINGS, SettingRefusedError, read, write

pytestmark = pytest.mark.pure


def test_an_empty_environment_means_that_everything_is_local() -> None:
    """No address is given, so none is used."""
    settings = read({})
    assert (settings.kafka, settings.postgres, settings.mqtt) == (None, None, None)
    assert settings.port_base == 18_800


def test_what_is_written_for_a_process_is_read_back_the_same() -> None:
    """The stack hands its settings to the processes it starts."""
    settings = read({"DOORFIETS_KAFKA": "kafka:9092", "DOORFIETS_HOME": "/tmp/somewhere"})  # noqa: S108 - only a name
    assert read(write(settings)) == settings


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("DOORFIETS_KAFKA", "kafka", "host:port"),
        ("DOORFIETS_KAFKA", "kafka:99999", "host:port"),
        ("DOORFIETS_MQTT", ":1883", "host:port"),
        ("DOORFIETS_PORT_BASE", "80", "between 1024 and 65000"),
        ("DOORFIETS_PORT_BASE", "many", "between 1024 and 65000"),
        ("DOORFIETS_PUBLIC_URL", "fietsen.example", "http"),
        ("DOORFIETS_MAP_TILES", "https://tegels.example/kaart.png", "{z}"),
        ("DOORFIETS_POSTGRES", "host=db user=postgres", "without user and password"),
        ("DOORFIETS_POSTGRES", "db.internal", "libpq"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_key_value_and_what_was_expected(
    key: str, value: str, expected: str
) -> None:
    """The sentence is enough to repair it."""
    with pytest.raises(SettingRefusedError) as refused:
        read({key: value})
    assert key in str(refused.value)
    assert value in str(refused.value)
    assert expected in str(refused.value)


def test_a_key_that_nobody_reads_is_a_typing_error() -> None:
    """A misspelt key would otherwise start the local service."""
    with pytest.raises(SettingRefusedError, match="DOORFIETS_KAFKAA is set, but nothing reads it"):
        read({"DOORFIETS_KAFKAA": "kafka:9092"})


def test_an_empty_value_is_no_value() -> None:
    """Shells and compose files set what they do not have to the empty text."""
    assert read({"DOORFIETS_KAFKA": ""}).kafka is None


def test_every_key_says_what_it_is_for() -> None:
    """The help is what `config show --origin` prints."""
    assert all(setting.help for setting in SETTINGS)
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)


def test_a_folder_is_absolute_whatever_the_process_later_calls_its_own() -> None:
    """Workers run elsewhere than the command that started them."""
    assert read({"DOORFIETS_HOME": "state"}).home == Path.cwd() / "state"
