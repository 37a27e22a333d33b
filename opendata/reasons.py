"""Reasons as readers see them: the text by locale, and beside it the code with its parameters."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from locales import DEFAULT, texts
from schemas.reasons import Reason, reason

_NONE: Final[Mapping[str, Any]] = {"reden": None, "reden_code": None, "reden_parameters": {}}


INCOMPLETE: Final = "channels_incomplete"
"""The code of a number that is there, but of which channels are not whole."""
NOT_PROCESSED: Final = reason("not_processed")
NOT_ALL_PROCESSED: Final = reason("not_all_processed")


def text(why: Reason | None, locale: str = DEFAULT) -> str | None:
    """Give the words of a reason, without a full stop; None where there is none."""
    return None if why is None else _text(why.code, json.dumps(why.parameters), locale)


def channels(why: Reason | None, locale: str = DEFAULT) -> str | None:
    """Give the words for the channels of a reason that says no more than which are not whole; else None."""
    if why is None or why.code != INCOMPLETE:
        return None
    return texts(locale)("channels.named", **why.parameters)


def fields(why: Reason | None) -> Mapping[str, Any]:
    """Give what an answer says of a reason: the text, its code and its parameters."""
    if why is None:
        return _NONE
    return {"reden": text(why), "reden_code": why.code, "reden_parameters": why.parameters}


def of_feed(why: Reason | None, locale: str = DEFAULT) -> str | None:
    """Give the words of a reason of a feed's status (`schemas.feed_states`); None where there is none."""
    return None if why is None else texts(locale)(f"feed_reason.{why.code}", **why.parameters)


@lru_cache(maxsize=4096)
def _text(code: str, parameters: str, locale: str) -> str:
    return texts(locale)(f"reason.{code}", **json.loads(parameters))
