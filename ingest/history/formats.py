"""The formats of publishers' files by name: their reader, and the profile of the publisher unless another is given."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from ingest.history import city_csv, city_deliveries, luchtmeetnet_csv, samen_meten_csv, telraam_api, telraam_csv
from ingest.history.profile import LUCHTMEETNET, MUENSTER, SAMEN_METEN, TELRAAM_API, TELRAAM_EXPORT, Profile
from schemas.observation import Observation
from schemas.rejection import Rejection

Outcomes: TypeAlias = Iterator[Observation | Rejection]
FileGroup: TypeAlias = Sequence[Sequence[str]]
"""The lines of each of the files that are read together."""

Reader: TypeAlias = Callable[[FileGroup, Profile, datetime], Outcomes]


class Format(NamedTuple):
    """One format: `description` says which files, `files` how many are read together.

    `options` are the fields of the profile that its reader uses.
    """

    description: str
    read: Reader
    profile: Profile
    options: frozenset[str]
    files: int = 1


def _one(read: Callable[[Iterable[str], Profile, datetime], Outcomes]) -> Reader:
    return lambda files, profile, received_at: read(files[0], profile, received_at)


_LOCAL: Final = frozenset({"timezone", "autumn"})

FORMATS: Final = MappingProxyType(
    {
        "city-csv": Format("counters of a city, a file for each site and month", _one(city_csv.read), MUENSTER, _LOCAL),
        "city-deliveries": Format(
            "the deliveries of one such file: its log, its changed cells and its last state, three files together",
            lambda files, profile, _: city_deliveries.read(files, profile), MUENSTER, _LOCAL, files=3,
        ),
        "telraam-json": Format("hourly reports of Telraam as JSON", _one(telraam_api.read), TELRAAM_API, frozenset()),
        "telraam-csv": Format(
            "an export of Telraam by 60 minutes or 15", _one(telraam_csv.read), TELRAAM_EXPORT, _LOCAL | {"interval"}
        ),
        "samen-meten": Format("hours of citizens' kits", _one(samen_meten_csv.read), SAMEN_METEN, _LOCAL | {"label"}),
        "luchtmeetnet": Format(
            "hours of official stations", _one(luchtmeetnet_csv.read), LUCHTMEETNET, _LOCAL | {"label"}
        ),
    }
)  # fmt: skip
"""Every format that can be imported."""
