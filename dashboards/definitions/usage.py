"""The dashboard of usage and cycling share: every panel with its texts, its unit and the file of its query."""

from types import MappingProxyType
from typing import Final

from dashboards.dashboard import Annotation, Dashboard, Panel, PanelRow, Variable

_SHARE_IS: Final = (
    "Fietsen gedeeld door fietsen, bromfietsen en motorvoertuigen, samen geteld over intervallen waarin alles geldig "
    "gemeten is. Dit is een aandeel in het getelde verkeer en geen aandeel in verplaatsingen."
)
_PERCENT: Final = "percentunit"
_CYCLISTS: Final = "suffix: fietsers"
_KM: Final = "lengthkm"
_INSTANT: Final = "dateTimeAsIso"

_COLORS: Final = MappingProxyType(
    {
        "silent": "red",
        "late": "orange",
        "clock": "orange",
        "stuck": "red",
        "dead": "red",
        "suspect": "orange",
        "battery": "yellow",
        "partial": "yellow",
        "never_received": "purple",
        "maintenance": "blue",
        "ok": "green",
        "closed": "text",
    }
)
"""The statuses of feeds (schemas.feed_states)."""

_SHARE: Final = (
    Panel(
        "Fietsaandeel over de gekozen periode",
        "share_period",
        "table",
        "short",
        f"{_SHARE_IS} Onder- en bovengrens volgen uit het aantal tellingen, niet uit de afwijking van de tellers.",
        width=24,
        height=6,
        columns=tuple((name, _PERCENT) for name in ("fietsaandeel", "ondergrens", "bovengrens", "dekking")),
    ),
    Panel(
        "Fietsaandeel per tellijn per etmaal",
        "share_day",
        "lines",
        _PERCENT,
        f"{_SHARE_IS} De streepjeslijn is de dekking: het deel van het etmaal dat geldig gemeten is.",
    ),
    Panel("Fietsaandeel per tellijn per uur, laatste 7 dagen", "share_hour", "lines", _PERCENT, _SHARE_IS, always="7d"),
)

_ROUTES: Final = (
    Panel(
        "Gereden fietskilometers per etmaal",
        "route_kilometres",
        "lines",
        "suffix: fietskm",
        "Per wegvak fietsers maal lengte, opgeteld over de route. Het gemeten deel telt alleen wegvakken met een eigen "
        "telpunt; de rest is verondersteld naar een ander wegvak.",
        width=8,
    ),
    Panel(
        "Fietsers op een gemiddelde kilometer, per etmaal",
        "route_mean",
        "lines",
        _CYCLISTS,
        "Fietskilometers gedeeld door de lengte van de route.",
        width=8,
    ),
    Panel(
        "Doorgaand gebruik, ten hoogste",
        "route_through",
        "lines",
        _PERCENT,
        "Het rustigste wegvak gedeeld door het gewogen gemiddelde: een bovengrens. Of dezelfde fietser de hele route "
        "reed, is niet bekend.",
        width=8,
    ),
    Panel(
        "Waar de routecijfers op rusten",
        "route_period",
        "table",
        "short",
        "Gemiddelden over de dagen met een cijfer; de kilometers zijn die van de nieuwste dag.",
        width=24,
        height=6,
        columns=(("dekking", _PERCENT), ("gemeten (km)", _KM), ("verondersteld (km)", _KM), ("ontbreekt (km)", _KM)),
    ),
    Panel(
        "Wegvakken van de route, op volgorde",
        "route_ladder",
        "table",
        "short",
        "Gemiddelde over de dagen met een cijfer. Verondersteld betekent: overgenomen van een ander wegvak.",
        width=24,
        columns=(("lengte (km)", _KM), ("dekking", _PERCENT)),
    ),
)

_SITES: Final = (
    Panel(
        "Fietsers per telpunt per uur",
        "site_hour",
        "lines",
        _CYCLISTS,
        "Alle richtingen samen, over intervallen waarin elk telkanaal geldig was. Onvolledige uren zijn een eigen "
        "reeks.",
    ),
    Panel(
        "Fietsers per telpunt per etmaal",
        "site_day",
        "bars",
        _CYCLISTS,
        "Lokale kalenderdagen van 23, 24 of 25 uur. Onvolledige etmalen, zoals vandaag, zijn een eigen reeks.",
    ),
)

_AIR: Final = (
    Panel(
        "Lucht bij de meetstations per uur",
        "air_hour",
        "lines",
        "conμgm3",
        "Uurgemiddelden; leeg bij minder dan 75 % dekking. Burgermetingen zijn indicatief en niet gelijkwaardig aan "
        "officiële.",
        width=24,
    ),
)

_CHAIN: Final = (
    Panel(
        "Meetreeksen, slechtste eerst",
        "feeds",
        "table",
        "short",
        "Stil: drie intervallen of meer gemist; laat: anderhalf. Vast, dood, verdacht: een bevinding over de nieuwste "
        "metingen. Gedeeltelijk: minder dan 95 % van 24 uur gemeten. Gerekend met het ritme van de reeks zelf.",
        width=16,
        height=12,
        columns=(
            ("sinds", _INSTANT),
            ("24 uur", _PERCENT),
            ("interval", "s"),
            ("gemeten tot", _INSTANT),
            ("laatst gehoord", _INSTANT),
        ),
        colors=_COLORS,
    ),
    Panel(
        "Geweigerde berichten per reden",
        "rejections",
        "table",
        "short",
        "Sinds het begin, zonder de inhoud van de berichten.",
        width=8,
        height=12,
        columns=(("eerste", _INSTANT), ("laatste", _INSTANT)),
    ),
)

_VARIABLES: Final = (
    Variable(
        "screenline", "Tellijn", "screenlines", "SELECT screenline FROM api.screenline_variant WHERE variant = 'motor'"
    ),
    Variable("route", "Doorfietsroute", "routes", "SELECT route FROM api.route"),
    Variable("site", "Telpunt", "sites", "SELECT site FROM api.channel WHERE mode = 'bicycles'"),
)

DASHBOARD: Final = Dashboard(
    uid="doorfiets-gebruik",
    title="Doorfiets: gebruik en fietsaandeel",
    tags=("doorfiets", "taal:nl"),
    about=(
        "Hoeveel er gefietst wordt, welk deel van het getelde verkeer dat is, hoe de doorfietsroutes gebruikt worden "
        "en welke lucht fietsers inademen. Een gat is geen nul: wat niet gemeten is, blijft leeg. Aandelen en "
        "gemiddelden met minder dan 75 % dekking worden achtergehouden. Plekken met (voorbeeld) zijn bedacht; de kolom "
        "herkomst zegt wat gemeten, opgenomen of gesimuleerd is."
    ),
    rows=(
        PanelRow("Fietsaandeel", _SHARE),
        PanelRow("Doorfietsroutes", _ROUTES),
        PanelRow("Telpunten", _SITES),
        PanelRow("Lucht", _AIR),
        PanelRow("Meetketen", _CHAIN),
    ),
    variables=_VARIABLES,
    annotations=(Annotation("Onvolledige etmalen", "gaps", "orange"),),
)
