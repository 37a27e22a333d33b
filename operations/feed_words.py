"""The status of a feed in words: its name, why it has it, and the first step of an operator."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from locales import texts

_LOCALE: Final = "en"


def why(reason: Mapping[str, Any] | None, locale: str = _LOCALE) -> str:
    """Return the sentence of a reason (a code of `schemas.feed_states` with its parameters); empty for None."""
    return "" if reason is None else _why(reason["code"], json.dumps(reason["parameters"]), locale)


def status(code: str, locale: str = _LOCALE) -> str:
    """Return the word for a status."""
    return texts(locale)(f"status.{code}")


def first_step(code: str, locale: str = _LOCALE) -> str:
    """Return what an operator does first about a status, as a sentence."""
    return texts(locale)(f"first_step.{code}")


@lru_cache(maxsize=4096)
def _why(code: str, parameters: str, locale: str) -> str:
    return texts(locale)(f"feed_reason.{code}", **json.loads(parameters))
