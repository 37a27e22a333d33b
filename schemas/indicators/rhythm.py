"""When people cycle: rush hours, weekends, and what that says of a site."""

from typing import Final

from schemas.indicators.indicator import Indicator

_WORKING: Final = (
    "Lokale tijd, zonder feestdagen en schoolvakanties, over ten minste vier volledige weken; anders is er geen getal."
)
_CLASS: Final = (
    "Met beide indexen hoort een gebruikssoort: WWI onder 1 en AMI boven 1 is woon-werk; WWI boven 1 en AMI "
    "ten hoogste 1 is recreatief; anders gemengd. De grenzen zijn onze keuze en staan bij het getal."
)
_SOURCE: Final = "Miranda-Moreno e.a. 2013, Transportation Research Record; grenzen: eigen regel"
_YEARLY: Final = ("year", "rolling_year")

RHYTHM: Final = (
    Indicator(
        name="peak_hour_factor",
        slug="spitsfactor",
        label="Spitsuurfactor",
        unit="1",
        unit_label="verhouding (0,25 tot 1)",
        definition=(
            "Hoe gelijkmatig het drukste uur is: 1 is vier even drukke kwartieren, lager is een piek binnen het uur."
        ),
        formula="uurtelling ÷ ( 4 × drukste kwartier van dat uur )",
        completeness=(
            "Alleen een uur waarvan alle vier de kwartieren geldig zijn; onder 75 % geldige dagen is er geen getal."
        ),
        limits=("Zegt niets over de capaciteit van een fietspad.",),
        example="96 in het uur, drukste kwartier 31: 96 ÷ 124 = 0,7742.",
        source="Highway Capacity Manual",
        rule="peak-1",
        kinds=("site",),
        periods=("month", "year"),
    ),
    Indicator(
        name="wwi",
        slug="weekend-weekdagindex",
        label="Weekend-weekdagindex (WWI)",
        unit="1",
        unit_label="verhouding",
        definition="De gemiddelde weekenddag gedeeld door de gemiddelde werkdag. " + _CLASS,
        formula="gemiddelde van zaterdag en zondag ÷ gemiddelde van maandag tot en met vrijdag",
        completeness=_WORKING,
        limits=("Een patroon, geen reden: waarom iemand fietst, wordt niet gevraagd.",),
        example=(
            "Werkdagen 1200, 1250, 1230, 1180, 1100, weekend 700, 650: 0,5663. Werkdagen 400, 420, 410, 390, 430, "
            "weekend 900, 1000: 2,3171."
        ),
        source=_SOURCE,
        rule="rhythm-1",
        kinds=("site", "link"),
        periods=_YEARLY,
    ),
    Indicator(
        name="ami",
        slug="ochtend-middagindex",
        label="Ochtend-middagindex (AMI)",
        unit="1",
        unit_label="verhouding",
        definition="Op werkdagen: fietsers van 7 tot 9 uur gedeeld door die van 11 tot 13 uur. " + _CLASS,
        formula="gemiddelde van 7–9 uur ÷ gemiddelde van 11–13 uur, op werkdagen",
        completeness=_WORKING,
        limits=("Een patroon, geen reden: waarom iemand fietst, wordt niet gevraagd.",),
        example="7–9 uur 180 + 210, 11–13 uur 70 + 80: 390 ÷ 150 = 2,6, dus woon-werk.",
        source=_SOURCE,
        rule="rhythm-1",
        kinds=("site", "link"),
        periods=_YEARLY,
    ),
)
"""The rhythm of a day and a week."""
