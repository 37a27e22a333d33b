"""The layouts of publishers' tables that have a name, each with the profile of its publisher.

What a publisher's columns mean is stated here, never guessed; `docs/howto/history.md` says of each what was verified.
"""

from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from ingest.dialects.sensor_community import MISSING
from ingest.history.layout import EVERY_OTHER, ROLES, TableLayout, ValueColumn
from ingest.history.profile import HOUR, INSTANT, QUARTER, UNSTATED, FileProfile


class NamedLayout(NamedTuple):
    """One layout: which files it is of, what the first lines of one hold, and the profile of its publisher."""

    description: str
    head: str
    profile: FileProfile


_EVERY_OTHER: Final = (ValueColumn(EVERY_OTHER),)

_PLAIN: Final = TableLayout(
    columns={role: role for role in ROLES if role != "value"},
    values=(ValueColumn("value"),),
    optional=frozenset(ROLES),
    missing=frozenset(),
)
_ZURICH: Final = TableLayout(
    columns={"sensor": "FK_ZAEHLER", "start": "DATUM"},
    values=tuple(ValueColumn(name, name.lower()) for name in ("VELO_IN", "VELO_OUT", "FUSS_IN", "FUSS_OUT")),
)
_PARIS: Final = TableLayout(
    columns={"sensor": "Identifiant du compteur", "start": "Date et heure de comptage"},
    values=(ValueColumn("Comptage horaire", "count"),),
    separator=";",
)
_NEW_YORK: Final = TableLayout(
    columns={"sensor": "id", "start": "date"},
    values=(ValueColumn("counts", "count"),),
    times="%m/%d/%Y %I:%M:%S %p",
)
_SEATTLE: Final = TableLayout(
    columns={"start": "Date"}, values=_EVERY_OTHER, skipped=r" Total$", times="%m/%d/%Y %I:%M:%S %p"
)
_BERLIN: Final = TableLayout(
    columns={"start": "Zählstelle Inbetriebnahme"},
    values=_EVERY_OTHER,
    separator=";",
    times="%a, %d. %B %Y %H:%M",
    name=r"(.*?)( \d\d\.\d\d\.\d{4})?$",
)
_DEXTER: Final = TableLayout(
    columns={
        "sensor": "locatiecode", "start": "begintijd", "minutes": "meetperiode", "used_minutes": "gebruikte_minuten",
        "status": "uitgesloten",
    },
    values=(ValueColumn("intensiteit_oplopend", "oplopend"), ValueColumn("intensiteit_aflopend", "aflopend")),
    optional=frozenset({"used_minutes", "status"}),
    separator=";",
)  # fmt: skip
_ECO_VISIO: Final = TableLayout(
    columns={"start": "Time"}, values=_EVERY_OTHER, separator=";", times="%d %b %Y %H:%M", title_lines=20, total="Total"
)
_SENSOR_COMMUNITY: Final = TableLayout(
    columns={"sensor": "sensor_id", "start": "timestamp"},
    values=tuple(ValueColumn(name, name) for name in ("P1", "P2", "temperature", "humidity", "pressure")),
    any_value=True,
    separator=";",
    missing=MISSING,
    prefix="sc-",
)


def _local(timezone: str, interval: timedelta, layout: TableLayout) -> FileProfile:
    return FileProfile(timezone, "repeated", interval, layout=layout)


LAYOUTS: Final = MappingProxyType(
    {
        "plain": NamedLayout(
            "a table of your own, or of anybody with --column, --set and --times",
            r"(^|[,;\t\"])(start|end)[\",;\t]",
            FileProfile("", "repeated", UNSTATED, layout=_PLAIN),
        ),
        "zurich": NamedLayout(
            "quarters of the city of Zürich", "FK_ZAEHLER.*DATUM", _local("Europe/Zurich", QUARTER, _ZURICH)
        ),
        "paris": NamedLayout(
            "hours of the city of Paris", "Identifiant du compteur.*Comptage horaire", _local("", HOUR, _PARIS)
        ),
        "new-york": NamedLayout(
            "quarters of New York City", r"countid.*date.*counts", _local("America/New_York", QUARTER, _NEW_YORK)
        ),
        "seattle": NamedLayout(
            "hours of a bridge in Seattle, a column for each side",
            r"^\"?Date\"?,.*( Total| Sidewalk)",
            _local("America/Los_Angeles", HOUR, _SEATTLE),
        ),
        "berlin": NamedLayout(
            "hours of Berlin, a column for each counter",
            r"Zählstelle\s+Inbetriebnahme",
            _local("Europe/Berlin", HOUR, _BERLIN),
        ),
        "dexter": NamedLayout(
            "the bicycle export of NDW's DEXTER",
            "locatiecode.*begintijd.*meetperiode",
            _local("Europe/Amsterdam", HOUR, _DEXTER),
        ),
        "eco-visio": NamedLayout(
            "an export of Eco-Visio, by hours unless --minutes says otherwise",
            r"(?m)^\"?Time\"?;",
            _local("Europe/Amsterdam", HOUR, _ECO_VISIO),
        ),
        "sensor-community": NamedLayout(
            "a day of the archive of sensor.community",
            "sensor_id;sensor_type;.*timestamp",
            FileProfile("UTC", "absent", INSTANT, layout=_SENSOR_COMMUNITY),
        ),
    }
)  # fmt: skip
"""Every named layout."""
