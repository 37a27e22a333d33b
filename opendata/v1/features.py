"""Places on a map: which lie in a bounding box, in which reference system, and as features of GeoJSON."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from opendata import csv_rows, geometry
from opendata.coordinates import CRS84, OutsideReferenceSystemError, ReferenceSystem
from opendata.geometry import Geometry
from opendata.v1.models import Fout, Public
from opendata.v1.problems import MistakesError

GEOMETRY: Final = "geometrie"
"""The field of a row that has its geometry; rows without it have one as features only."""
MEDIA_TYPE: Final = "application/geo+json"


def in_system(geometries: Mapping[str, Geometry], system: ReferenceSystem) -> Mapping[str, Geometry]:
    """Give geometries in a reference system; raise and name what lies where it means nothing."""
    found, outside = {}, []
    for name, one in geometries.items():
        try:
            found[name] = geometry.moved(one, system.of)
        except OutsideReferenceSystemError:
            outside.append(name)
    if outside:
        named = ", ".join(sorted(outside)[:20])
        raise MistakesError(
            Fout(parameter="crs", melding=f"{system.code} geldt alleen in Nederland; erbuiten liggen: {named}.")
        )
    return found


def located(row: Public, geometries: Mapping[str, Geometry]) -> Public:
    """Give a row with its geometry, where it has a field for it."""
    if GEOMETRY not in type(row).model_fields:
        return row
    place = getattr(row, GEOMETRY)
    return row.model_copy(
        update={GEOMETRY: place.model_copy(update={"coordinates": geometries[name_of(row)]["coordinates"]})}
    )


def feature(row: Public, dumped: Mapping[str, Any], geometries: Mapping[str, Geometry]) -> dict[str, Any]:
    """Give a row as a feature: its lists of shapes stay with JSON, and what nobody has drawn has no geometry."""
    nested = csv_rows.lists_of_shapes(type(row))
    properties = {name: value for name, value in dumped.items() if name != GEOMETRY and name not in nested}
    return {"type": "Feature", "id": name_of(row), "geometry": geometries.get(name_of(row)), "properties": properties}


def collection(features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put features together."""
    return {"type": "FeatureCollection", "features": list(features)}


def system_header(system: ReferenceSystem = CRS84) -> dict[str, str]:
    """Name the reference system beside an answer."""
    return {"Content-Crs": f"<{system.address}>"}


def name_of(row: Public) -> str:
    """Give the id of a place."""
    return str(getattr(row, "id"))  # noqa: B009 - every place has one, which its type here does not say
