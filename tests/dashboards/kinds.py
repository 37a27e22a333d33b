"""A dashboard with a panel of every kind that a sheet has, of invented numbers."""

from typing import Final

from tests.dashboards.boards import BoardPart, board, panel

_HOURS: Final = """SELECT t AS time, n.name AS metric,
       CASE WHEN t::time = '03:00' THEN NULL ELSE n.at + n.at * sin(extract(hour FROM t) / 4.0) END::float8 AS n
FROM generate_series($__timeTo()::timestamptz - interval '3 days', $__timeTo(), interval '1 hour') t,
     (VALUES ('Vaart Noord', 200.0), ('De Kolk', 90.0), ('Kanaalweg', 40.0)) AS n (name, at) ORDER BY 1, 2"""
_MONTHS: Final = """SELECT name AS "maand", a::float8 AS "Vaart Noord", (a * 0.6)::float8 AS "De Kolk"
FROM (VALUES ('januari', 21000), ('februari', 23500), ('maart', 31200), ('april', 35800), ('mei', 41200),
             ('juni', 44100), ('juli', 30100), ('augustus', 29400), ('september', 46800), ('oktober', 39900),
             ('november', 30200), ('december', 22100)) AS m (name, a)"""
_STATES: Final = """SELECT t AS time,
       CASE WHEN extract(hour FROM t) < 6 THEN 'silent' ELSE 'ok' END AS "Vaart Noord",
       CASE WHEN extract(hour FROM t) BETWEEN 9 AND 14 THEN 'late' ELSE 'ok' END AS "De Kolk",
       'ok'::text AS "Kanaalweg achter de sluis bij de oude brug"
FROM generate_series($__timeTo()::timestamptz - interval '3 days', $__timeTo(), interval '1 hour') t ORDER BY 1"""
_WEEK: Final = """SELECT d.name AS "dag", sum(h.n) FILTER (WHERE h.h = 7)::float8 AS "07",
       sum(h.n) FILTER (WHERE h.h = 8)::float8 AS "08", sum(h.n) FILTER (WHERE h.h = 9)::float8 AS "09",
       sum(h.n) FILTER (WHERE h.h = 12)::float8 AS "12", sum(h.n) FILTER (WHERE h.h = 17)::float8 AS "17"
FROM (VALUES (1, 'ma'), (2, 'di'), (3, 'wo'), (4, 'do'), (5, 'vr'), (6, 'za'), (7, 'zo')) AS d (nr, name),
     LATERAL (SELECT h, (h * 37 + d.nr * 91) % 400 AS n FROM generate_series(0, 23) h) h
GROUP BY d.nr, d.name ORDER BY d.nr"""
_PLACES: Final = """SELECT * FROM (VALUES
  ('Vaart Noord', 53.005, 6.56, 4100.0::float8, 'ok'), ('De Kolk', 52.993, 6.565, 1800.0, 'silent'),
  ('Stationsplein', 52.992, 6.571, 2600.0, 'ok'), ('Kanaalweg', 52.998, 6.545, 900.0, 'late')
) AS p (naam, latitude, longitude, fietsers, status)"""
_STATS: Final = """SELECT 4218.0::float8 AS "gisteren", 0.034::float8 AS "groei", 0.97::float8 AS "dekking",
       NULL::float8 AS vandaag"""
_EXPLAINED: Final = (
    "# Lezen\nEen **gat** is geen nul, zie [uitleg](https://doorfiets.example).\n\n"
    "- wat niet gemeten is, blijft leeg\n- minder dan 75 % dekking wordt achtergehouden"
)
_LINK: Final = (
    "data:application/json,%7B%22type%22%3A%22Feature%22%2C%22properties%22%3A%7B%22naam%22%3A%22Vaart%22%7D%2C"
    "%22geometry%22%3A%7B%22type%22%3A%22LineString%22%2C%22coordinates%22%3A%5B%5B6.54%2C52.99%5D%2C%5B6.56%2C53.0"
    "%5D%2C%5B6.575%2C53.006%5D%5D%7D%7D"
)
_STATUS: Final = [
    {
        "type": "value",
        "options": {
            "ok": {"text": "goed", "color": "green"},
            "late": {"text": "laat", "color": "orange"},
            "silent": {"text": "stil", "color": "red"},
        },
    }
]


def every_kind(language: str = "nl") -> BoardPart:
    """Put a panel of every kind on a dashboard."""
    layer = {
        "type": "markers",
        "name": "Telpunten",
        "location": {"mode": "coords", "latitude": "latitude", "longitude": "longitude"},
        "config": {
            "style": {
                "color": {"field": "status"},
                "size": {"field": "fietsers", "min": 5, "max": 16},
                "text": {"field": "naam", "mode": "field"},
                "opacity": 0.8,
            }
        },
    }
    link = {
        "type": "geojson",
        "name": "Wegvakken",
        "config": {"src": _LINK, "style": {"color": {"fixed": "blue"}, "size": {"fixed": 3}}},
    }
    percent = {
        "matcher": {"id": "byRegexp", "options": "/groei|dekking/"},
        "properties": [{"id": "unit", "value": "percentunit"}],
    }
    cells = {
        "matcher": {"id": "byRegexp", "options": "/^[0-9]+$/"},
        "properties": [
            {"id": "custom.cellOptions", "value": {"type": "color-background"}},
            {"id": "color", "value": {"mode": "continuous-BlPu"}},
            {"id": "custom.minWidth", "value": 50},
            {"id": "custom.align", "value": "center"},
        ],
    }
    kinds = [
        panel(
            "stat", _STATS, title="Kerncijfers", unit="locale", overrides=[percent], noValue="geen meting", w=24, h=4
        ),
        panel(
            "timeseries",
            _HOURS,
            title="Fietsers per uur, gestapeld",
            unit="suffix: fietsers",
            custom={"fillOpacity": 40, "stacking": {"mode": "normal", "group": "A"}},
            y=4,
        ),
        panel("barchart", _MONTHS, title="Per maand", unit="locale", x=12, y=4, description="Alle dagen samen."),
        panel(
            "barchart",
            _MONTHS,
            title="Per maand, liggend en gestapeld",
            unit="short",
            options={"orientation": "horizontal", "stacking": "normal"},
            y=12,
        ),
        panel("state-timeline", _STATES, title="Toestand van meetreeksen", mappings=_STATUS, x=12, y=12),
        panel("heatmap", _HOURS, title="Uren", unit="locale", y=20),
        panel("table", _WEEK, title="De week per uur", unit="locale", overrides=[cells], x=12, y=20),
        panel(
            "geomap",
            _PLACES,
            title="Waar geteld wordt",
            mappings=_STATUS,
            options={"layers": [link, layer], "basemap": {"type": "xyz", "name": "Kaart"}},
            y=28,
        ),
        panel(
            "text",
            "",
            title="Uitleg",
            options={
                "mode": "markdown",
                "content": _EXPLAINED,
            },
            x=12,
            y=28,
        ),
        {
            "type": "row",
            "title": "Meer",
            "collapsed": True,
            "panels": [{}, {}],
            "gridPos": {"x": 0, "y": 36, "w": 24, "h": 1},
        },
    ]
    return board(*kinds, language=language, title="Alles op een blad")
