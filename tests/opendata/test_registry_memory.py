"""What rests on the registry is remembered: so many rows of it, and never beyond the next change."""

import asyncio
from typing import cast

import pytest

from opendata.database import NamedQueries, RawTable
from opendata.read.registry_memory import RegistryMemory

pytestmark = pytest.mark.pure


class Registry:
    """A store of a revision that answers rows with the number of that revision, or when it is let to."""

    def __init__(self, revision: int, rows: int = 1) -> None:
        self.revision, self.rows_of_each = revision, rows
        self.answered = 0
        self.held: asyncio.Event | None = None

    async def table(self, _query: str, **_values: object) -> RawTable:
        """Answer."""
        if self.held:
            await self.held.wait()
        self.answered += 1
        return RawTable(("revision",), [(self.revision,)] * self.rows_of_each)


def queries(registry: Registry) -> NamedQueries:
    """Pass it for a whole store."""
    return cast("NamedQueries", registry)


async def test_what_is_remembered_has_so_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long answers and lists of sites count for what they are; the last one needed is still there."""
    monkeypatch.setattr("opendata.read.registry_memory._MOST", 1_000)
    memory, registry = RegistryMemory(), Registry(1, rows=100)
    for number in range(50):
        await memory.of(queries(registry), 1).table("terms", sites=[f"s{n}" for n in range(number)])
    assert memory._known.size <= 1_000
    before = registry.answered
    await memory.of(queries(registry), 1).table("terms", sites=[f"s{n}" for n in range(49)])
    assert registry.answered == before
    await memory.of(queries(registry), 1).table("terms", sites=[])
    assert registry.answered == before + 1


async def test_an_answer_that_comes_after_a_change_is_not_of_the_new_registry() -> None:
    """A question was on its way when the registry was written."""
    memory, old, new = RegistryMemory(), Registry(1), Registry(2)
    old.held = asyncio.Event()
    late = asyncio.create_task(memory.of(queries(old), 1).row("owners"))
    await asyncio.sleep(0)
    assert await memory.of(queries(new), 2).row("terms") == {"revision": 2}
    old.held.set()
    assert await late == {"revision": 1}
    assert await memory.of(queries(new), 2).row("owners") == {"revision": 2}
