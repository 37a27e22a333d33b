"""The formats of publishers' files by name: their reader, and the profile of the publisher unless another is given."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from ingest.history import (
    city_csv,
    city_deliveries,
    datex,
    layout_table,
    luchtmeetnet_csv,
    luchtmeetnet_json,
    samen_meten_csv,
    samen_meten_snapshot,
    sensor_community_json,
    telraam_api,
    telraam_bulk,
    telraam_csv,
)
from ingest.history.layouts import LAYOUTS
from ingest.history.profile import (
    LUCHTMEETNET,
    MUENSTER,
    NDW,
    SAMEN_METEN,
    SNAPSHOT,
    TELRAAM_API,
    TELRAAM_EXPORT,
    FileProfile,
)
from schemas.observation import Observation
from schemas.rejection import Rejection

Outcomes: TypeAlias = Iterator[Observation | Rejection]
FileGroup: TypeAlias = Sequence[Sequence[str]]
"""The lines of each of the files that are read together."""

Reader: TypeAlias = Callable[[FileGroup, FileProfile, datetime], Outcomes]


class Format(NamedTuple):
    """One format: `description` says which files, `files` how many are read together.

    `options` are the fields of the profile that its reader uses. `head` is found in the first lines of its files.
    """

    description: str
    read: Reader
    profile: FileProfile
    options: frozenset[str]
    head: re.Pattern[str]
    files: int = 1


def _one(
    description: str,
    read: Callable[[Iterable[str], FileProfile, datetime], Outcomes],
    profile: FileProfile,
    options: frozenset[str],
    head: str,
) -> Format:
    return Format(description, lambda files, given, at: read(files[0], given, at), profile, options, re.compile(head))


_UTC: Final = frozenset[str]()
_LOCAL: Final = frozenset({"timezone", "autumn", "interval", "bare_date", "sheet", "encoding"})
_LABELLED: Final = _LOCAL | {"label"}

FORMATS: Final = MappingProxyType(
    {
        "city-csv": _one(
            "counters of a city, a file for each site and month", city_csv.read, MUENSTER, _LOCAL, r"^Datetime,\"?\d{3}"
        ),
        "city-deliveries": Format(
            "the deliveries of one such file: its log, its changed cells and its last state, three files together",
            lambda files, profile, _: city_deliveries.read(files, profile), MUENSTER, _LOCAL - {"sheet"},
            re.compile("^site,(month_file|interval_start_local),"), files=3,
        ),
        "telraam-json": _one(
            "reports of Telraam as JSON, by hours or quarters", telraam_api.read, TELRAAM_API, _UTC, r'"segment_id"\s*:'
        ),
        "telraam-csv": _one(
            "an export of Telraam by 60 minutes or 15", telraam_csv.read, TELRAAM_EXPORT, _LOCAL,
            r"Installation ID.*Date and Time \(Local\)",
        ),
        "telraam-bulk": _one(
            "a bulk export of Telraam as CSV, in the words of its interface", telraam_bulk.read, TELRAAM_API,
            frozenset({"sheet"}), r"^(?=.*segment_id)(?=.*interval)(?=.*uptime)[^{\[]*\n",
        ),
        "samen-meten": _one(
            "hours of citizens' kits", samen_meten_csv.read, SAMEN_METEN, _LABELLED, r"^\"?kit_id\"?,"
        ),
        "samen-meten-snapshot": _one(
            "all citizens' kits at one moment", samen_meten_snapshot.read, SNAPSHOT, frozenset({"timezone", "autumn"}),
            r"^[0-9: -]{16,19}, [^,]*, [^,]*, [^,]*, \{\"type\"",
        ),
        "luchtmeetnet": _one(
            "hours of official stations", luchtmeetnet_csv.read, LUCHTMEETNET, _LABELLED,
            r"^\"?station_number\"?,.*\"?(NO2|pm10|pm25|O3)\"?",
        ),
        "luchtmeetnet-json": _one(
            "hours of official stations as the interface answers", luchtmeetnet_json.read, LUCHTMEETNET,
            frozenset({"label", "interval"}), r'"timestamp_measured"\s*:',
        ),
        "sensor-community-json": _one(
            "data points of sensor.community as its interface answers", sensor_community_json.read, SNAPSHOT,
            frozenset({"timezone", "autumn"}), r'"(sensordatavalues|sensor_type)"\s*:',
        ),
        "ndw-datex2": _one(
            "flows of NDW in DATEX II, v2 or v3; --sites names its site table", datex.read, NDW,
            frozenset({"interval", "label", "site_table"}), "MeasuredDataPublication|siteMeasurements",
        ),
        **{
            name: _one(one.description, layout_table.read, one.profile, _LABELLED | {"layout"}, one.head)
            for name, one in LAYOUTS.items()
        },
    }
)  # fmt: skip
"""Every format that can be imported."""
