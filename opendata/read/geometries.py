"""Where places lie, as GeoJSON geometries in longitude and latitude of WGS 84."""

from collections.abc import Mapping
from typing import Any

from opendata.database import NamedQueries


async def of(store: NamedQueries, kind: str, subject: str | None = None) -> Mapping[str, Mapping[str, Any]]:
    """Read the geometries of a kind of place by their ids: of one, or of all; what nobody has drawn is left out."""
    return {row["subject"]: row["geometry"] for row in await store.rows("geometries", kind=kind, subject=subject)}


async def every(store: NamedQueries) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Read the geometries of all kinds of place, by kind and id."""
    rows = await store.rows("geometries", kind=None, subject=None)
    return {(row["kind"], row["subject"]): row["geometry"] for row in rows}
