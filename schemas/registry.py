"""What an owner has on its streets, as its reviewed files say; a field nobody knows is a typing error."""

from datetime import date
from typing import Any, Final, Literal, TypeAlias

import msgspec

from schemas.profile import DeviceProfile

Origin: TypeAlias = Literal["measured", "recorded", "simulated"]
Position: TypeAlias = tuple[float, float]
SchoolRegion: TypeAlias = Literal["noord", "midden", "zuid"]
OwnerKind: TypeAlias = Literal["municipality", "province", "association"]
Instrument: TypeAlias = Literal["", "reference", "plantower", "sds011", "sps30"]
Layer: TypeAlias = Literal["measured", "publisher"]

FOREVER: Final = date(2100, 1, 1)
"""The day on which what has no end of its own ends."""
OUR_YEARS: Final = range(1970, 2200)
"""The years that may be entered: others are slips of the pen, nulls of exports, or past what clocks count."""


class Datastream(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One quantity as one sensor reports it, for as long as that is so.

    `sensor` and `source` are the sender's own words. `interval` is in seconds and divides an hour. `valid_from`
    (inclusive; indicators are expected from then on) and `valid_until` (exclusive) are local days. `origin` says
    whether the values are measured here, recorded elsewhere, or simulated. `data_source` names whose data they are,
    where they are not the publisher's own.

    What follows `method` is for stations; a channel has its own quantity. `instrument` and `kappa` (hygroscopicity)
    choose the correction, `unit` is what the sensor sends where it is not the catalogue's, such as "ppb", and `layer`
    tells raw values from those that their publisher calibrated.
    """

    sensor: str
    source: str
    valid_from: date
    interval: int = 900
    origin: Origin = "measured"
    method: str = ""
    data_source: str = ""
    quantity: str = ""
    instrument: Instrument = ""
    kappa: float | None = None
    unit: str = ""
    layer: Layer = "measured"
    valid_until: date = FOREVER


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One direction of one mode at a site; its datastreams follow each other in time as equipment is replaced.

    They are those that are listed here and those of the devices that are placed here. From the local day `until` on
    nothing is expected of it any more.
    """

    id: str
    mode: str
    direction: str
    datastreams: list[Datastream] = []
    until: date | None = None


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place where passages are counted (telpunt); it outlives its equipment.

    `position` is longitude, latitude in WGS84.
    """

    id: str
    name: str
    district: str
    position: Position
    illustrative: bool = False
    note: str = ""
    channels: list[Channel]


class Station(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place where air is measured (meetstation), official or by citizens.

    Stations of one `region` see the same air at large: the official ones calibrate the others.
    """

    id: str
    name: str
    district: str
    position: Position
    kind: Literal["official", "citizen"]
    environment: Literal["background", "traffic"]
    region: str = ""
    illustrative: bool = False
    note: str = ""
    datastreams: list[Datastream] = []


class Placement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a device is: at a `site` or a `station`, from a local day until another (exclusive), or until its next one.

    `sources` says what each of its sources is of: the id of a channel of the site, or a quantity of the station. With
    `replaces`, another device, it takes over what that one fed there last, by the same sources unless `sources` has
    others, and that one ends there on this day.

    The rest is as in a datastream, and the same for all sources. What is not said of `interval`, `origin`,
    `data_source` and `layer` is as it was with the device that is replaced, else as in a datastream.
    """

    site: str = ""
    station: str = ""
    valid_from: date = msgspec.field(name="from")
    valid_until: date = msgspec.field(name="until", default=FOREVER)
    sources: dict[str, str] = {}
    replaces: str = ""
    interval: int | None = None
    origin: Origin | None = None
    method: str = ""
    data_source: str | None = None
    instrument: Instrument = ""
    kappa: float | None = None
    unit: str = ""
    layer: Layer | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Return the kind of the place, and its id."""
        return ("station", self.station) if self.station else ("site", self.site)


class CalibrationEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was done to a device on a local day: calibrated, or set otherwise. Nothing is computed with it."""

    day: date
    kind: Literal["calibration", "sensitivity"]
    note: str = ""


class DeviceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One piece of equipment, by the name that it has in messages.

    `profile` names what its fields mean, empty where no profile does. `serial` is never published. `credential` is the
    name of the certificate or user by which it logs in, empty for its id.
    """

    id: str
    profile: str = ""
    serial: str = ""
    credential: str = ""
    firmware: str = ""
    note: str = ""
    placement: list[Placement] = []
    calibration: list[CalibrationEntry] = []


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A stretch of path between two districts, the centre or the region, with what makes it green, safe and fast.

    `length` in km, `width` in m, `priority`, `asphalt` and `greenery` as fractions 0..1, `detour` as length by the
    straight line. `opened` is the first local day of its present shape. `site` counts it; a link without a site may
    take the usage of `assumed_from`, another link, and is then reported apart.
    """

    id: str
    name: str
    start: str
    end: str
    length: float
    green: bool
    greenery: float
    priority: float
    width: float
    asphalt: float
    site: str | None = None
    assumed_from: str | None = None
    opened: date | None = None
    detour: float | None = None
    illustrative: bool = False
    geometry: list[Position] = []


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named, ordered chain of links, of its owner or of others, such as a doorfietsroute."""

    id: str
    name: str
    links: list[str]
    note: str = ""
    illustrative: bool = False


class Screenline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An imaginary line (tellijn) whose crossings are all counted, in every mode that its sites count.

    Its `sites` are its owner's or others'.
    """

    id: str
    name: str
    sites: list[str]
    note: str = ""
    illustrative: bool = False


class District(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A wijk; `geometry` is a GeoJSON polygon in WGS84."""

    id: str
    name: str
    geometry: dict[str, Any]


class DataSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Data that are passed on as somebody else's: whose they are, under which licence, and how they want to be named.

    `licence` is its SPDX identifier, `licence_url` its address. `attribution` is shown with every number that rests on
    the data, and says when they were changed, where the licence wants that.
    """

    id: str
    holder: str
    licence: str
    licence_url: str
    attribution: str


class Owner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who owns places and publishes their numbers: id, name, time zone, and the words that every page and file carries.

    `id` is the code of the statistics office where there is one (GM0106, PV22). `host` is true for the one owner whose
    name stands above the public site. `licence` is of the owner's own data; `data_sources` are those of others.
    `attributions` name whoever else the site rests on, such as the makers of boundaries. `centre` is the district that
    is the centre of town; every municipality has one. `calibration` is the range in which the true count lies as a
    factor of what a counter says. `school_region` chooses the school holidays.
    """

    id: str
    kind: OwnerKind = "municipality"
    host: bool = False
    name: str
    timezone: str = "Europe/Amsterdam"
    centre: str = ""
    calibration: tuple[float, float] = (0.8, 1.4)
    school_region: SchoolRegion
    publisher: str
    contact_email: str
    contact_url: str
    licence: str = "CC0-1.0"
    attributions: list[str] = []
    data_sources: list[DataSource] = []
    note: str = ""


class CalendarEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Days that are unlike others: a holiday, works (wegwerkzaamheden), or an event (evenement).

    `last_day` belongs to it. `sites` and `links` say where, both empty is everywhere. `effect` "exclude" leaves the
    days out of what is usual, "annotate" only tells; a holiday is left out where working days are meant. `region` is
    for school holidays: another region's are not ours.
    """

    id: str
    kind: Literal["public_holiday", "school_holiday", "works", "event"]
    name: str
    first_day: date
    last_day: date
    effect: Literal["annotate", "exclude"] = "annotate"
    sites: list[str] = []
    links: list[str] = []
    region: SchoolRegion | None = None
    note: str = ""


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The days that are unlike others: public holidays by the rule of a country, and entries of our own.

    `years` are the first and the last year of the rule. Good Friday is no public holiday; `good_friday` tells of it.
    """

    public_holidays: Literal["", "nl"] = ""
    years: tuple[int, int] | None = None
    good_friday: bool = False
    entry: list[CalendarEntry] = []


class Registry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything of one owner, as it is checked and applied.

    `profiles` are all that its devices may name: those that ship, those of the root, and those of the owner.
    """

    owner: Owner
    districts: list[District]
    sites: list[Site]
    stations: list[Station]
    links: list[Link]
    routes: list[Route]
    screenlines: list[Screenline]
    calendar: Calendar = Calendar()
    devices: list[DeviceEntry] = []
    profiles: dict[str, DeviceProfile] = {}
