"""The table of services: what is started, in which order, and what an address replaces."""

from dataclasses import replace

import pytest

from deploy.local.services import PARTS, UnknownServiceError, chosen
from deploy.settings import read

pytestmark = pytest.mark.pure

LOCAL = read({})


def names(*only: str, **elsewhere: str) -> list[str]:
    """Name the parts that would be started."""
    return [part.name for part in chosen(replace(LOCAL, **elsewhere), only)]  # type: ignore[arg-type] # texts only


def test_whatever_comes_first_in_the_table_is_needed_by_what_comes_later() -> None:
    """So the table can be walked from the top, and stopped from the bottom."""
    seen: set[str] = set()
    for part in PARTS:
        assert set(part.after) <= seen
        seen.add(part.name)


def test_everything_is_started_when_nothing_is_chosen() -> None:
    """The whole platform; the pollers only where a file says what they fetch."""
    everything = [part.name for part in PARTS]
    assert names() == [name for name in everything if name != "poll"]
    assert names(pollers="pollers.toml") == everything
    with pytest.raises(UnknownServiceError, match="no part 'poll'"):
        names("poll")


def test_a_chosen_part_brings_what_it_needs_and_nothing_else() -> None:
    """The bridge needs a broker that keeps sessions, topics, and the registered devices: nothing that reads them."""
    needs = ["mosquitto", "postgres", "kafka", "sessions", "schema", "topics", "registry", "bridge"]
    assert names("bridge") == needs


def test_an_address_replaces_the_local_service_but_not_its_chores() -> None:
    """Topics are made in a Kafka that is elsewhere, too."""
    assert "kafka" not in names("bridge", kafka="kafka:9092")
    assert "topics" in names("bridge", kafka="kafka:9092")
    assert "sessions" in names(mqtt="broker:1883")
    assert "postgres" not in names(postgres="host=db dbname=doorfiets")
    assert "schema" in names(postgres="host=db dbname=doorfiets")


def test_an_unknown_part_is_refused() -> None:
    """With the names there are."""
    with pytest.raises(UnknownServiceError, match=r"'kafak'.*mosquitto"):
        names("kafak")
