"""What a round writes about air: hours as they were said, hours as they are corrected, and the indices made of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from schemas.air_indices import PARTICULATES, SCHEMES
from streams.domain.air.hours import DAY, Stretch, air_indices, later, stretches
from streams.domain.air.indices import Index
from streams.domain.air.layers import Corrected, Hour, Key, Known, corrected, outdated, renew
from streams.domain.air.network import AirNetwork, Spot, Stream
from streams.domain.rules import RULES
from streams.sinks.connection import Connection, statements

_SQL: Final = {**statements("aggregation/air.sql"), **statements("aggregation/published.sql")}
_TABLES: Final = tuple(SCHEMES.values())
_RUNNING: Final = tuple(scheme for scheme in _TABLES if scheme.particulate == "day")
_HOURS: Final = msgspec.json.Decoder(dict[int, Hour])


async def write_air(connection: Connection) -> None:
    """Recompute the air of the claimed hours and all that rests on them; nothing where no station was claimed."""
    touched = await _spots(connection, "touched")
    if touched:
        await connection.execute(_SQL["write_air_hour"], {"rule": RULES["air_hour"]})
        network = await _network(connection)
        spots = network.neighbourhood(touched)
        known = await _known(connection, network, stretches(spots, around=DAY - 1))
        gone = await _correct(connection, network, spots, known)
        moved = gone | await _spots(connection, "moved", particulates=[*PARTICULATES])
        await _judge(connection, network, spots, later(moved) - spots, known)


async def _spots(connection: Connection, statement: str, **parameters: object) -> set[Spot]:
    return {Spot(*row) for row in await (await connection.execute(_SQL[statement], parameters)).fetchall()}


async def _network(connection: Connection) -> AirNetwork:
    cursor = await connection.execute(_SQL["network"])
    return AirNetwork(Stream(*row) for row in await cursor.fetchall())


async def _known(connection: Connection, network: AirNetwork, parameters: Iterable[Stretch]) -> Known:
    rows = [(*line, first, last) for station, first, last in parameters for line in network.lines(station)]
    cursor = await connection.execute(_SQL["hours"], _rows(("station", "quantity", "layer", "first", "last"), rows))
    known: Known = {}
    for *line, hours in await cursor.fetchall():
        known.setdefault((line[0], line[1], line[2]), {}).update(_HOURS.decode(hours))
    return known


async def _correct(connection: Connection, network: AirNetwork, spots: set[Spot], known: Known) -> set[Spot]:
    """Write all corrections, learn them, and answer where there are some no more."""
    found = dict(corrected(network, sorted(spots), known))
    gone = list(outdated(spots, known, found))
    if gone:
        await connection.execute(_SQL["drop_corrected"], _rows(Key._fields, gone))
    if found:
        rows = [(*key, *value) for key, value in found.items()]
        await connection.execute(_SQL["write_corrected_air_hour"], _rows((*Key._fields, *Corrected._fields), rows))
    renew(known, found, gone)
    return {Spot(key.station, key.hour) for key in gone}


async def _judge(connection: Connection, network: AirNetwork, spots: set[Spot], later: set[Spot], known: Known) -> None:
    found = [
        *air_indices(network, sorted(spots), _TABLES, known),
        *air_indices(network, sorted(later), _RUNNING, known),
    ]
    if found:
        rows = [(*spot, scheme.name, *index) for spot, scheme, index in found]
        fields = (*Spot._fields, "scheme", *Index._fields)
        await connection.execute(_SQL["write_air_index_hour"], {**_rows(fields, rows), "rule": RULES["air_index_hour"]})


def _rows(fields: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Mapping[str, str]:
    """Write rows as JSON, as `json_to_recordset` takes them: many values that are encoded at once."""
    return {"rows": msgspec.json.encode([dict(zip(fields, row, strict=True)) for row in rows]).decode()}
