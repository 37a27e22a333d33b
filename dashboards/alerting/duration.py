"""Durations as rules of Grafana write them: 0s, 90s, 1h30m."""

import re
from typing import Final

from dashboards.spans import seconds

_PART: Final = re.compile(r"\d+(?:ms|[smhdwy])")


def seconds_of(text: str) -> float:
    """Read a duration that may have several parts; raise ValueError for anything else."""
    parts = _PART.findall(text)
    if "".join(parts) != text or not text:
        raise ValueError(f"{text!r} is no duration of Grafana, such as 5m")
    return sum(seconds(part) for part in parts)
