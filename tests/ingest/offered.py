"""Tables and documents that tests make up, read as an import reads them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from ingest.history.column_map import ColumnMap, mapped
from ingest.history.files import lines_of
from ingest.history.formats import FORMATS
from schemas.observation import Observation
from schemas.rejection import Rejection

NOON: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def outcomes(
    name: str,
    content: str | bytes,
    *,
    said: ColumnMap | None = None,
    **habits: Any,  # noqa: ANN401 - fields of a profile
) -> list[Observation | Rejection]:
    """Read the content of one file of a format; `said` lies over its layout, `habits` over its profile."""
    reading = FORMATS[name]
    layout = mapped(reading.profile.layout, said) if said else reading.profile.layout
    profile = replace(reading.profile, layout=layout, **habits)
    encoded = content.encode() if isinstance(content, str) else content
    return list(reading.read([lines_of(encoded, profile.sheet, layout.separator, profile.encoding)], profile, NOON))


def observations(name: str, content: str | bytes, **how: Any) -> list[Observation]:  # noqa: ANN401 - as `outcomes`
    """Read a file that holds observations only."""
    found = outcomes(name, content, **how)
    assert not [one for one in found if isinstance(one, Rejection)]
    return [one for one in found if isinstance(one, Observation)]


def values(found: Sequence[Observation | Rejection], source: str) -> dict[str, float | None]:
    """Give the values of a source by the start of their interval in UTC."""
    those = [one for one in found if isinstance(one, Observation) and one.source == source]
    return {f"{one.started_at:%m-%d %H:%M}": one.value for one in those}
