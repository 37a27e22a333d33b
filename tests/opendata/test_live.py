"""Open pages follow the numbers: whoever comes while the last one leaves, and after an error as well."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from typing import cast

import pytest

from opendata.database import Database
from opendata.live import ChangeFeed, Fragment
from opendata.settings import WebSettings

pytestmark = pytest.mark.pure


class CountingFeed(ChangeFeed):
    """A feed whose numbers move with every look, and of which looks may fail."""

    looks = 0
    failing = False

    async def _revision(self) -> str:
        self.looks += 1
        if self.failing:
            raise KeyError(f"look {self.looks}")
        return str(self.looks)


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> CountingFeed:
    """Look a thousand times a second."""
    monkeypatch.setattr("opendata.live._LOOK_EVERY", 0.001)
    monkeypatch.setattr("opendata.live._BEAT_EVERY", 5.0)
    return CountingFeed(Database(""), WebSettings(postgres="", public_url=""))


async def draw() -> Mapping[str, str]:
    """Draw nothing."""
    return {}


async def slowly() -> Mapping[str, str]:
    """Take a moment to stop, as a question to the database does."""
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.05)
    return {}


def listen(feed: ChangeFeed, draws: object = draw) -> AsyncGenerator[Fragment | None]:
    """Listen."""
    return cast("AsyncGenerator[Fragment | None]", feed.listen(draws))  # type: ignore[arg-type] # one of those above


async def test_who_comes_while_the_last_one_leaves_has_the_numbers(feed: CountingFeed) -> None:
    """As a page does that is loaded again."""
    first = asyncio.ensure_future(anext(listen(feed, slowly)))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0.01)
    second = listen(feed)
    async with asyncio.timeout(3):
        assert await anext(second) is not None
        await asyncio.wait([first])
        assert await anext(second) is not None
    await second.aclose()
    assert feed.listeners == 0


async def test_an_error_of_one_look_is_logged_and_ends_no_other(
    feed: CountingFeed, caplog: pytest.LogCaptureFixture
) -> None:
    """Open pages go on when it is over."""
    listener = listen(feed)
    assert await anext(listener) is not None
    feed.failing = True
    await asyncio.sleep(0.05)
    feed.failing = False
    with caplog.at_level(logging.ERROR):
        async with asyncio.timeout(3):
            assert await anext(listener) is not None
    assert "change feed" in caplog.text
    await listener.aclose()
