"""What a Grafana has of something of ours, and who may be asked whether it is written over."""

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

Consent: TypeAlias = Callable[[str], bool]
"""Answers whether something may be done, such as to write over what somebody made by hand."""


class PushState(Enum):
    """What a Grafana has of a thing, compared to ours."""

    NEW = "not there yet"
    GONE = "not there; others of ours are, so that somebody may have deleted it"
    SAME = "the same"
    OLDER = "as an earlier push left it"
    EDITED = "changed by hand"
