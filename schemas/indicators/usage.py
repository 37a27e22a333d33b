"""How links, routes and connections are used."""

from typing import Final

from schemas.indicators.indicator import Indicator

_PERIODS: Final = ("month", "year", "rolling_year")
_CHAINS: Final = ("route", "connection")
_LINKS: Final = (
    "Een gemiddelde gaat over de dagen waarop elk benodigd wegvak een geldige dag heeft (75 % van zijn "
    "intervallen); onder 75 % van de dagen is er geen getal. Hoeveel dagen het zijn, staat erbij."
)
_ASSUMED: Final = "Kilometers zonder eigen teller zijn verondersteld en staan apart: lees dit naast het gemeten deel."
_HANDBOOK: Final = "wegvakken van 2,4, 5,1, 8,0, 6,5 en 5,0 km met 3200, 1450, 620, 540 en 1900 fietsers per dag"

USAGE: Final = (
    Indicator(
        name="cyclists_per_day",
        slug="fietsers-per-dag",
        label="Fietsers per dag op een wegvak",
        unit="1/d",
        unit_label="fietsers per dag",
        definition=(
            "Het gemiddelde aantal fietsers op een geldige dag, beide richtingen samen, geteld op het wegvak zelf "
            "of verondersteld naar een ander wegvak als dat zo is opgeschreven."
        ),
        formula="q = Σ fietsers op geldige dagen ÷ aantal geldige dagen",
        completeness="Onder 75 % geldige dagen is er geen getal.",
        limits=("Geen aantal verschillende mensen.", "Een verondersteld wegvak is nooit gemeten."),
        example="Drie geldige dagen met 600, 640 en 620 fietsers: 620 per dag.",
        source="Eigen regel",
        rule="usage-1",
        kinds=("link",),
        periods=_PERIODS,
    ),
    Indicator(
        name="bicycle_km",
        slug="fietskilometers",
        label="Fietskilometers per dag",
        unit="km/d",
        unit_label="km per dag",
        definition=(
            "Hoeveel kilometer er op een gemiddelde dag gefietst wordt op een wegvak, een route of een verbinding."
        ),
        formula="BKT = Σ qᵢ · Lᵢ (fietsers per dag maal lengte in km, over de wegvakken)",
        completeness=_LINKS,
        limits=(_ASSUMED, "De lengte is die van het register; over lengtes van routes verschillen bronnen."),
        example=(
            f"Een route met {_HANDBOOK}: 33.045 fietskilometers per dag. Met tellers op het eerste, tweede en "
            "vijfde wegvak is daarvan 24.575 gemeten."
        ),
        source="Samengesteld uit gepubliceerde praktijk; eigen regel",
        rule="usage-1",
        kinds=("link", *_CHAINS),
        periods=_PERIODS,
    ),
    Indicator(
        name="mean_cyclists",
        slug="gewogen-gemiddelde",
        label="Fietsers per dag, gewogen naar lengte",
        unit="1/d",
        unit_label="fietsers per dag",
        definition="Hoeveel fietsers er op een gemiddelde dag op een gemiddelde plek van de route rijden.",
        formula="gewogen gemiddelde = BKT ÷ Σ Lᵢ",
        completeness=_LINKS,
        limits=(_ASSUMED, "Niet het aantal mensen dat de hele route rijdt: zie de doorgaande verhouding."),
        example=f"Een route met {_HANDBOOK}: 33.045 ÷ 27,0 = 1.223,9.",
        source="Eigen regel",
        rule="usage-1",
        kinds=_CHAINS,
        periods=_PERIODS,
    ),
    Indicator(
        name="green_share",
        slug="groen-aandeel",
        label="Deel van de fietskilometers op groene wegvakken",
        unit="1",
        unit_label="aandeel (0 tot 1)",
        definition="Welk deel van de gefietste kilometers over wegvakken gaat die de gemeente groen noemt.",
        formula="Σ over groene wegvakken qᵢLᵢ ÷ Σ qᵢLᵢ",
        completeness=_LINKS,
        limits=(
            _ASSUMED,
            "Groen is het criterium van de gemeente in haar register, geen waarneming van ons.",
            "Zegt niet waarom iemand een groen wegvak kiest.",
        ),
        example=f"Een route met {_HANDBOOK}, het derde en vierde groen: 8.470 ÷ 33.045 = 0,2563.",
        source="Eigen regel",
        rule="usage-1",
        kinds=_CHAINS,
        periods=_PERIODS,
    ),
    Indicator(
        name="measured_share",
        slug="gemeten-deel",
        label="Gemeten deel van de lengte",
        unit="1",
        unit_label="aandeel (0 tot 1)",
        definition=(
            "Welk deel van de lengte een eigen teller heeft. Het staat naast elk getal van een route of verbinding."
        ),
        formula="Σ L van wegvakken met een teller ÷ Σ L",
        completeness="Volgt uit het register en de geldige dagen.",
        limits=("Zegt niets over de kwaliteit van de tellers.",),
        example=(
            "Tellers op 2,4, 5,1 en 5,0 van 27,0 km: 12,5 ÷ 27 = 0,4630; van de fietskilometers is dan 0,7437 gemeten."
        ),
        source="Eigen regel",
        rule="usage-1",
        kinds=_CHAINS,
        periods=_PERIODS,
    ),
    Indicator(
        name="through_ratio",
        slug="doorgaande-verhouding",
        label="Doorgaande verhouding (bovengrens)",
        unit="1",
        unit_label="ten hoogste (0 tot 1)",
        definition=(
            "Ten hoogste dit deel reed de hele route: het rustigste wegvak gedeeld door het gewogen gemiddelde."
        ),
        formula="min qᵢ ÷ gewogen gemiddelde",
        completeness=_LINKS,
        limits=(
            "Een bovengrens, nooit een schatting: of dezelfde fietser de hele route reed, weten wij niet.",
            _ASSUMED,
        ),
        example=f"Een route met {_HANDBOOK}: 540 ÷ 1.223,9 = 0,4412, dus ten hoogste 44 %.",
        source="Eigen regel",
        rule="usage-1",
        kinds=("route",),
        periods=_PERIODS,
    ),
    Indicator(
        name="uniformity",
        slug="gelijkmatigheid",
        label="Gelijkmatigheid van een route",
        unit="1",
        unit_label="verhouding (0 tot 1)",
        definition="Het rustigste wegvak gedeeld door het drukste: 1 is overal even druk.",
        formula="min qᵢ ÷ max qᵢ",
        completeness=_LINKS,
        limits=(_ASSUMED, "Geen oordeel over de kwaliteit van de route."),
        example="540 ÷ 3200 = 0,16875.",
        source="Eigen regel",
        rule="usage-1",
        kinds=("route",),
        periods=_PERIODS,
    ),
    Indicator(
        name="link_split",
        slug="verdeling-over-wegvakken",
        label="Verdeling over evenwijdige wegvakken",
        unit="1",
        unit_label="aandeel (0 tot 1)",
        definition=(
            "Welk deel van de fietsers over dezelfde tellijn dit wegvak kiest: het gebruik van een groen wegvak "
            "naast zijn alternatieven."
        ),
        formula="q van het wegvak ÷ Σ q van de evenwijdige wegvakken op dezelfde tellijn",
        completeness=_LINKS,
        limits=("Alleen tussen wegvakken die geteld worden.", "Zegt niet waarom iemand een wegvak kiest."),
        example="620 fietsers op het groene wegvak en 1380 op de weg ernaast: 620 ÷ 2000 = 0,31.",
        source="Eigen regel",
        rule="usage-1",
        kinds=("link",),
        periods=_PERIODS,
    ),
    Indicator(
        name="directionality",
        slug="richtingsverschil",
        label="Verschil tussen de richtingen",
        unit="1",
        unit_label="verhouding (0 tot 1)",
        definition="Hoe ongelijk de twee richtingen zijn: 0 is even druk, 1 is alles in één richting.",
        formula="|q→ − q←| ÷ (q→ + q←)",
        completeness="Alleen dagen waarop beide richtingen geldig zijn; onder 75 % van de dagen is er geen getal.",
        limits=("Een scheve dag kan ook een teller zijn die één richting slecht ziet.",),
        example="340 heen en 280 terug: 60 ÷ 620 = 0,0968.",
        source="Eigen regel",
        rule="usage-1",
        kinds=("site", "link", "screenline"),
        periods=_PERIODS,
    ),
    Indicator(
        name="exposure_pm25",
        slug="blootstelling-pm25",
        label="Fijnstof langs de gefietste kilometers",
        unit="ug/m3",
        unit_label="µg/m³",
        definition=(
            "Het PM2,5 langs de route, gewogen naar waar gefietst wordt. Een wegvak krijgt de lucht van de "
            "wijken aan zijn uiteinden; waar die geen meting hebben, de mediaan van alle wijken. Hoeveel "
            "kilometer eigen lucht heeft, staat erbij."
        ),
        formula="Σ qᵢLᵢcᵢ ÷ Σ qᵢLᵢ (c is het gemiddelde PM2,5 bij wegvak i)",
        completeness=(
            "Per wegvak het gemiddelde van zijn eigen geldige dagen, onder 75 % daarvan is er geen getal; ook niet als "
            "minder dan 75 % van de kilometers eigen lucht heeft."
        ),
        limits=(
            "Geen uitspraak over gezondheid en geen ingeademde dosis.",
            "Een station staat zelden op de route, en een burgermeting heeft haar eigen afwijking.",
        ),
        example=f"Een route met {_HANDBOOK} en 9, 8, 6, 6 en 10 µg/m³: 8,295 µg/m³.",
        source="Naar doi:10.1186/s12942-023-00326-7; eigen regel",
        rule="exposure-1",
        kinds=("route",),
        periods=_PERIODS,
    ),
    Indicator(
        name="growth_since_opening",
        slug="groei-sinds-opening",
        label="Groei sinds de opening",
        unit="1",
        unit_label="groei (1 is verdubbeld)",
        definition=(
            "De laatste 52 weken vergeleken met de eerste 52 weken vanaf de opening van het wegvak: alleen "
            "dezelfde weekdagen die in beide geldig zijn."
        ),
        formula="Σ nu ÷ Σ toen − 1, over paren van dagen die een heel aantal maal 52 weken uit elkaar liggen",
        completeness="Ten minste 28 paren van dagen; hoeveel het er zijn, staat erbij.",
        limits=(
            "Niet dat de opening de groei veroorzaakte: weer, werk aan de weg en de hele stad veranderen mee.",
            "Vergelijk met de groei van de hele gemeente over dezelfde maanden.",
        ),
        example="Op één paar dagen 100 toen en 110 nu: +0,10.",
        source="Eigen regel",
        rule="opening-1",
        kinds=("link",),
        periods=("opening",),
    ),
)
"""Usage of links, routes and connections."""
