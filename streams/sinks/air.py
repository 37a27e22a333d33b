"""What a round writes about air: hours as they were said, hours as they are corrected, and the indices made of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from schemas.air_indices import SCHEMES, Scheme
from streams.domain.air.hours import inputs, judged, later
from streams.domain.air.layers import Corrected, Hour, Key, Known, corrected, ingredients, possible
from streams.domain.air.network import Network, Spot, Stream
from streams.domain.rules import RULES
from streams.sinks.connection import Connection, statements

_SQL: Final = statements("air.sql")
_TABLES: Final = tuple(SCHEMES.values())
_RUNNING: Final = tuple(scheme for scheme in _TABLES if scheme.particulate == "day")


async def write_air(connection: Connection) -> None:
    """Recompute the air of the claimed hours and all that rests on them; nothing where no station was claimed."""
    touched = {Spot(*row) for row in await (await connection.execute(_SQL["touched"])).fetchall()}
    if touched:
        await connection.execute(_SQL["air_hour"], {"rule": RULES["air_hour"]})
        network = await _network(connection)
        spots = network.neighbourhood(touched)
        await _correct(connection, network, spots)
        await _judge(connection, network, spots, _TABLES)
        await _judge(connection, network, await _judged_before(connection, later(spots)), _RUNNING)


async def _network(connection: Connection) -> Network:
    cursor = await connection.execute(_SQL["network"])
    return Network(Stream(*row) for row in await cursor.fetchall())


async def _correct(connection: Connection, network: Network, spots: set[Spot]) -> None:
    found = dict(corrected(network, spots, await _hours(connection, ingredients(spots))))
    if gone := possible(spots) - found.keys():
        await connection.execute(_SQL["drop_corrected"], _columns(Key._fields, sorted(gone)))
    if found:
        rows = [(*key, *_encoded(value)) for key, value in sorted(found.items())]
        await connection.execute(_SQL["put_corrected"], _columns((*Key._fields, *Corrected._fields), rows))


async def _judge(connection: Connection, network: Network, spots: set[Spot], schemes: Sequence[Scheme]) -> None:
    known = await _hours(connection, inputs(network, spots, schemes))
    rows = [
        (spot.station, scheme.name, spot.hour, *_encoded(found))
        for spot, scheme, found in judged(network, sorted(spots), schemes, known)
    ]
    if rows:
        fields = ("station", "scheme", "hour", "value", "level", "withheld", "valid", "expected", "basis")
        await connection.execute(_SQL["air_index_hour"], {**_columns(fields, rows), "rule": RULES["air_index_hour"]})


async def _judged_before(connection: Connection, spots: set[Spot]) -> set[Spot]:
    asked = {**_columns(Spot._fields, sorted(spots)), "schemes": [scheme.name for scheme in _RUNNING]}
    return {Spot(*row) for row in await (await connection.execute(_SQL["judged_before"], asked)).fetchall()}


async def _hours(connection: Connection, keys: set[Key]) -> Known:
    cursor = await connection.execute(_SQL["hours"], _columns(Key._fields, sorted(keys)))
    return {Key(*row[:4]): Hour(*row[4:]) for row in await cursor.fetchall()}


def _encoded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Write the last field, what a value rests on, as JSON."""
    return (*row[:-1], msgspec.json.encode(row[-1]).decode())


def _columns(fields: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Mapping[str, list[Any]]:
    """Turn rows into one list per field, as `unnest` takes them."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return dict(zip(fields, columns or [[] for _ in fields], strict=True))
