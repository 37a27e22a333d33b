"""Every table whose rows are published, declared once: what a row is, when its bucket is over, and how it is listed."""

from typing import Final, NamedTuple


class TableColumn(NamedTuple):
    """One column: its name, its SQL type with whatever constrains it, and what its type does not say."""

    name: str
    type: str
    note: str = ""


class ListedAs(NamedTuple):
    """How a row stands in the one list of all that is or was published: each field is an SQL expression over the row.

    `started_at` is a `timestamptz`, `value` a `float8` or null, `withheld` why it is null; the rest are texts.
    """

    kind: str
    subject: str
    indicator: str
    facet: str
    period: str
    started_at: str
    value: str
    withheld: str = "NULL::jsonb"
    part: str = "0"


class ShownAs(NamedTuple):
    """How readers see the rows of a table, and what of them is remembered.

    `view` is the view in `api` that shows what stands; `{view}_version` shows what stood, too. A row that is revised or
    goes is remembered if `over`, an SQL expression over the row, had passed: before, every reading moves it.
    """

    view: str
    over: str
    listed: ListedAs


class NumbersOf(NamedTuple):
    """Of which place and time the numbers of a row are, for those who must know what moved: SQL over the row `t`.

    `joined` is what follows the row in a `FROM`, where it does not name its place itself.
    """

    kind: str
    place: str
    started_at: str
    ended_at: str
    joined: str = ""


class PublishedTable(NamedTuple):
    """One table of schema `doorfiets` that `aggregate` writes and the topic `aggregates` follows.

    Its rows are told apart by `key`, which with its name is the key of a record in the topic; every other column is
    content, and a row whose content or `rule` differs gets the next revision. `rule` names the version of the
    arithmetic, and is empty where every row brings its own. `shown` is empty for what readers do not see; rows that
    nothing stands behind any more are deleted by the roles of `withdrawn_by`. The queries of `computed_by`, in the
    `.sql` files of `streams.sinks`, give the rows; without, the one that has the table's name. A table that is
    `rebuilt` is written in pieces of many days as well as in rounds. `numbers` says of what its numbers are where
    that is not how they are listed.
    """

    name: str
    says: str
    rule: str
    key: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    shown: ShownAs | None = None
    withdrawn_by: tuple[str, ...] = ()
    computed_by: tuple[str, ...] = ()
    rebuilt: bool = False
    numbers: NumbersOf | None = None

    @property
    def numbers_of(self) -> NumbersOf:
        """Say of which place and time its numbers are."""
        if self.numbers is not None:
            return self.numbers
        if self.shown is None:
            raise ValueError(f"what readers do not see says itself of what its numbers are: {self.name}")
        listed = self.shown.listed
        return NumbersOf(listed.kind, listed.subject, listed.started_at, self.shown.over)

    @property
    def content(self) -> tuple[str, ...]:
        """Name the columns that are not the key."""
        return tuple(column.name for column in self.columns if column.name not in self.key)


_HOUR_OVER: Final = "hour + interval '1 hour'"
_BOUNDS: Final = (TableColumn("started_at", "timestamptz NOT NULL"), TableColumn("ended_at", "timestamptz NOT NULL"))
_PAIRED: Final = (TableColumn("paired", "int4 NOT NULL"), TableColumn("expected", "int4 NOT NULL"))
_VALID: Final = (TableColumn("valid", "int4 NOT NULL"), TableColumn("expected", "int4 NOT NULL"))
_FLAGS: Final = TableColumn(
    "quality_flags", "int4 NOT NULL DEFAULT 0", "of all that was observed of it, counted or not"
)
_BASIS: Final = TableColumn("basis", "jsonb NOT NULL DEFAULT '{}'")
_SUMS: Final = (
    TableColumn("rows", "int4 NOT NULL"),
    *_VALID,
    TableColumn("total", "numeric"),
    TableColumn("minimum", "float8"),
    TableColumn("maximum", "float8"),
    _FLAGS,
)
_QUARTERS: Final = TableColumn(
    "quarters",
    "float8[]",
    "what each of its intervals of a quarter or longer holds, null where it is not whole; no array where windows,"
    " merged rows or rows that do not count say more of them (`doorfiets.whole_quarters`)",
)
_QUARTER_FLAGS: Final = TableColumn(
    "quarter_flags", "int4[]", "the flags of what was observed in each of its four quarters, where there are any"
)
_FLAGGED: Final = TableColumn("flagged", "int4[]", "the flags of each of its hours that has any, in order of time")
_SITE: Final = (TableColumn("site", "text NOT NULL"), TableColumn("mode", "text NOT NULL"))
_SITE_SUMS: Final = (
    TableColumn("rows", "int4 NOT NULL"),
    *_PAIRED,
    TableColumn("total", "numeric"),
    TableColumn("maximum", "float8", "busiest paired interval"),
    _FLAGS,
)
_SCREENLINE: Final = (TableColumn("screenline", "text NOT NULL"), TableColumn("variant", "text NOT NULL"))
_SHARE: Final = (
    TableColumn("numerator", "numeric NOT NULL"),
    TableColumn("denominator", "numeric NOT NULL"),
    *_PAIRED,
    _FLAGS,
)
_HOUR: Final = TableColumn("hour", "timestamptz NOT NULL")
_DAY: Final = TableColumn("day", "date NOT NULL")
_OF_STREAM: Final = NumbersOf(
    "CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END",
    "coalesce(d.station, c.site)",
    "t.hour",
    "t.hour + interval '1 hour'",
    "\n         JOIN datastream d USING (datastream) LEFT JOIN channel c USING (channel)",
)
_COUNT: Final = ListedAs("'site'", "site", "'count'", "mode", "'hour'", "hour", "total::float8")
_CYCLING_SHARE: Final = ListedAs(
    "'screenline'",
    "screenline",
    "'cycling_share'",
    "variant",
    "'hour'",
    "hour",
    "CASE WHEN api.enough(paired, expected) THEN numerator::float8 / nullif(denominator, 0)::float8 END",
    "CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END",
)

PUBLISHED: Final = (
    PublishedTable(
        "datastream_hour",
        "What an hour of a datastream adds up to.",
        "sum-1",
        ("datastream", "hour"),
        (TableColumn("datastream", "int4 NOT NULL"), _HOUR, *_SUMS, _QUARTERS, _QUARTER_FLAGS),
        rebuilt=True,
        numbers=_OF_STREAM,
    ),
    PublishedTable(
        "datastream_day",
        "A local day of 23, 24 or 25 hours, stored with the UTC range that it means.",
        "sum-1",
        ("datastream", "day"),
        (TableColumn("datastream", "int4 NOT NULL"), _DAY, *_BOUNDS, *_SUMS),
        rebuilt=True,
        numbers=_OF_STREAM._replace(started_at="t.started_at", ended_at="t.ended_at"),
    ),
    PublishedTable(
        "site_hour",
        "All channels of one mode at a site, over the intervals in which every one of them was valid: a total with a"
        " channel missing is no total.",
        "pair-2",
        ("site", "mode", "hour"),
        (*_SITE, _HOUR, *_SITE_SUMS, _QUARTERS, _QUARTER_FLAGS),
        ShownAs("site_hour", _HOUR_OVER, _COUNT),
        rebuilt=True,
    ),
    PublishedTable(
        "site_day",
        "The same over a local day.",
        "pair-2",
        ("site", "mode", "day"),
        (*_SITE, _DAY, *_BOUNDS, *_SITE_SUMS, _FLAGGED),
        ShownAs("site_day", "ended_at", _COUNT._replace(period="'day'", started_at="started_at")),
        rebuilt=True,
    ),
    PublishedTable(
        "share_hour",
        "Counts at a screenline, not shares: any longer period is a sum of rows.",
        "pair-2",
        ("screenline", "variant", "hour"),
        (*_SCREENLINE, _HOUR, *_SHARE),
        ShownAs("share_hour", _HOUR_OVER, _CYCLING_SHARE),
        withdrawn_by=("registrar",),
        rebuilt=True,
    ),
    PublishedTable(
        "share_day",
        "The same over a local day.",
        "pair-2",
        ("screenline", "variant", "day"),
        (*_SCREENLINE, _DAY, *_BOUNDS, *_SHARE, _FLAGGED),
        ShownAs("share_day", "ended_at", _CYCLING_SHARE._replace(period="'day'", started_at="started_at")),
        withdrawn_by=("registrar",),
        rebuilt=True,
    ),
    PublishedTable(
        "link_day",
        "Cyclists per local day on a link, both directions.",
        "usage-1",
        ("link", "day"),
        (
            TableColumn("link", "text NOT NULL"),
            _DAY,
            *_BOUNDS,
            TableColumn("counted_on", "text NOT NULL", "the link whose site counted"),
            TableColumn("measured", "boolean NOT NULL", "false: taken from the link that is named in `counted_on`"),
            TableColumn("cyclists", "numeric"),
            *_PAIRED,
            _FLAGS,
        ),
        ShownAs(
            "link_day",
            "ended_at",
            ListedAs(
                "'link'",
                "link",
                "'cyclists_per_day'",
                "''",
                "'day'",
                "started_at",
                "CASE WHEN api.enough(paired, expected) THEN cyclists::float8 END",
                "CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END",
            ),
        ),
        withdrawn_by=("registrar",),
    ),
    PublishedTable(
        "route_day",
        "Usage of a route on a local day (domain handbook, links and routes). Null where a link that the "
        "indicator needs"
        " has no valid day.",
        "usage-1",
        ("route", "day"),
        (
            TableColumn("route", "text NOT NULL"),
            _DAY,
            *_BOUNDS,
            TableColumn("bicycle_km", "float8"),
            TableColumn("measured_bicycle_km", "float8"),
            TableColumn("length_km", "float8 NOT NULL"),
            TableColumn("measured_km", "float8 NOT NULL"),
            TableColumn("assumed_km", "float8 NOT NULL"),
            TableColumn("missing_km", "float8 NOT NULL"),
            TableColumn("mean_cyclists", "float8", "weighted by length"),
            TableColumn("through_ratio", "float8", "upper bound"),
            TableColumn("uniformity", "float8"),
            TableColumn("green_share", "float8", "of the bicycle-kilometres"),
            *_PAIRED,
            TableColumn("withheld", "jsonb", "why the indicators are null"),
            _FLAGS,
        ),
        ShownAs(
            "route_day",
            "ended_at",
            ListedAs("'route'", "route", "'bicycle_km'", "''", "'day'", "started_at", "bicycle_km", "withheld"),
        ),
        withdrawn_by=("registrar",),
    ),
    PublishedTable(
        "air_hour",
        "Hourly mean at a station; null under 75 % of the hour (Dir. 2008/50, Annex VII). Air is published in layers:"
        " as measured, as its publisher calibrated it, and as we corrected it. None replaces another.",
        "mean-1",
        ("station", "quantity", "layer", "hour"),
        (
            TableColumn("station", "text NOT NULL"),
            TableColumn("quantity", "text NOT NULL"),
            TableColumn("layer", "text NOT NULL DEFAULT 'measured'"),
            _HOUR,
            TableColumn("mean", "float8"),
            TableColumn("withheld", "jsonb", "why the mean is null"),
            *_VALID,
            _BASIS._replace(
                note="of a corrected mean: humidity and kappa of a swelling, or the factor of a region and its kits"
            ),
            _FLAGS,
        ),
        ShownAs(
            "air_layer_hour",
            _HOUR_OVER,
            ListedAs(
                "'station'",
                "station",
                "'air_hour_mean'",
                "CASE layer WHEN 'measured' THEN quantity ELSE quantity || '/' || layer END",
                "'hour'",
                "hour",
                "mean",
                "withheld",
            ),
        ),
        withdrawn_by=("aggregate",),
        computed_by=("air_hour", "corrected_air_hour"),
    ),
    PublishedTable(
        "air_index_hour",
        "One index (schemas.air_indices) of one hour at a station. `valid` of `expected` pollutants took part; `basis`"
        " holds their sub-indices, the worst of them, the layer that each was taken from, how particulate matter was"
        " averaged, and whether the index was raised because all were equal.",
        "index-1",
        ("station", "scheme", "hour"),
        (
            TableColumn("station", "text NOT NULL"),
            TableColumn("scheme", "text NOT NULL", "index and version of its table"),
            _HOUR,
            TableColumn("value", "int4"),
            TableColumn("level", "text"),
            _BASIS,
            TableColumn("withheld", "jsonb", "why the value is null"),
            *_VALID,
            _FLAGS,
        ),
        ShownAs(
            "air_index_hour",
            _HOUR_OVER,
            ListedAs(
                "'station'",
                "station",
                "split_part(scheme, '-', 1)",
                "scheme",
                "'hour'",
                "hour",
                "value::float8",
                "withheld",
            ),
        ),
    ),
    PublishedTable(
        "indicator_value",
        "One indicator (schemas.indicators) of one subject over one period of local days. What is a plain sum of stored"
        " rows is added up on reading and is not here. `valid` of `expected` days were measured.",
        "",
        ("kind", "subject", "facet", "indicator", "period", "first_day", "part"),
        (
            TableColumn(
                "kind",
                "text NOT NULL CHECK (kind IN ('site', 'link', 'route', 'connection', 'screenline', 'station',"
                " 'district', 'owner'))",
            ),
            TableColumn("subject", "text NOT NULL"),
            TableColumn("facet", "text NOT NULL", "mode, quantity or screenline; '' where there is only one"),
            TableColumn("indicator", "text NOT NULL"),
            TableColumn(
                "period",
                "text NOT NULL CHECK (period IN ('day', 'month', 'year', 'year_to_date', 'rolling_year', 'opening'))",
            ),
            TableColumn("first_day", "date NOT NULL"),
            TableColumn("last_day", "date NOT NULL"),
            *_BOUNDS,
            TableColumn(
                "part", "int4 NOT NULL DEFAULT 0", "tells the members of one indicator apart, such as seven weekdays"
            ),
            TableColumn("value", "float8"),
            TableColumn("low", "float8"),
            TableColumn("high", "float8"),
            TableColumn("withheld", "jsonb", "why the value is null"),
            _BASIS._replace(note="what the value rests on"),
            *_VALID,
            _FLAGS._replace(note="of its days (hours, of air), counted or not"),
        ),
        ShownAs(
            "indicator_value",
            "ended_at",
            ListedAs(
                "kind",
                "subject",
                "indicator",
                "facet",
                "period",
                "started_at",
                "value",
                "withheld",
                "part",
            ),
        ),
        withdrawn_by=("aggregate", "registrar"),
        numbers=NumbersOf("t.kind", "t.subject", "'-infinity'", "'infinity'"),
    ),
)
"""All of them, in the order in which they are published."""
