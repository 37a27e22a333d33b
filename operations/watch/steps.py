"""The steps of process `watch`, by name: each is one question or act of its own, again in every round."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

import psycopg

from operations.watch.feed_states import Completeness, forget_states, store_states
from operations.watch.settings import WatchSettings

Step: TypeAlias = Callable[[psycopg.Connection[Any], datetime], None]
"""What is done in every round, on a connection of role `watch` that commits each statement, at a moment (aware UTC).

It takes seconds at most: whatever it waits for has a time limit of its own. A step that raises psycopg.Error is tried
again in the next round, on a new connection; the steps after it have their turn all the same.
"""


def steps(settings: WatchSettings) -> Mapping[str, Step]:  # noqa: ARG001 - of those to come
    """Return the steps in their order; a new one is a line here."""
    return {
        "completeness": Completeness(),
        "states": store_states,
        "forget": forget_states,
    }
