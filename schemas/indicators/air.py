"""What the air is like: means by the directive, and two indices."""

from typing import Final

from schemas.indicators.indicator import Indicator

_DIRECTIVE: Final = "Richtlijn 2008/50/EG, bijlage VII"
_NEGATIVE: Final = (
    "Negatieve waarden zijn ruis van het instrument en blijven staan; alleen voor een index tellen zij als 0."
)
_KITS: Final = "Burgermetingen zijn geen officiële metingen en wijken af, vooral bij vochtig weer."
_NO_NORM: Final = "Geen toets aan een wettelijke norm: daarvoor gelden officiële stations en eigen rekenregels."

AIR: Final = (
    Indicator(
        name="air_hour_mean",
        slug="uurgemiddelde",
        label="Uurgemiddelde van een stof",
        unit="",
        unit_label="{wat}",
        definition=(
            "Het gemiddelde van de geldige metingen in een uur, per stof en per laag: gemeten, door de uitgever "
            "gekalibreerd, of door ons gecorrigeerd. De lagen staan naast elkaar; geen vervangt een andere."
        ),
        formula="Σ metingen ÷ aantal, per UTC-uur",
        completeness="Onder 75 % van het uur (45 minuten) is er geen getal.",
        limits=(_KITS, _NEGATIVE),
        example=(
            "Drie van vier kwartieren geldig, 8,0, 9,0 en 10,0 µg/m³: 9,0 bij 75 % dekking. Twee van vier: geen getal."
        ),
        source=_DIRECTIVE,
        rule="mean-1",
        kinds=("station",),
        periods=("hour",),
    ),
    Indicator(
        name="day_mean",
        slug="daggemiddelde",
        label="Daggemiddelde van een stof",
        unit="",
        unit_label="{wat}",
        definition="Het gemiddelde van de geldige uren van een lokale dag.",
        formula="Σ uurgemiddelden ÷ aantal geldige uren",
        completeness="Onder 75 % van de uren van die dag is er geen getal.",
        limits=(_KITS, _NO_NORM, _NEGATIVE),
        example="Op een dag van 24 uur zijn 18 geldige uren genoeg, 17 niet; op 25 oktober 2026 zijn er 19 nodig.",
        source=f"{_DIRECTIVE}; de 75 % voor een dag is onze keuze",
        rule="air-period-1",
        kinds=("station",),
        periods=("day",),
    ),
    Indicator(
        name="day_max_8h",
        slug="hoogste-8-uursgemiddelde",
        label="Hoogste 8-uursgemiddelde van de dag",
        unit="",
        unit_label="{wat}",
        definition="Het hoogste van de lopende gemiddelden over acht uur die op deze dag eindigen; vooral voor ozon.",
        formula="max over de dag van ( gemiddelde van de laatste 8 uur )",
        completeness="Een 8-uursgemiddelde heeft 6 geldige uren nodig; de dag 18 van de 24 lopende gemiddelden.",
        limits=(_KITS, _NO_NORM),
        example="Zes geldige uren van acht geven een gemiddelde, vijf niet.",
        source=_DIRECTIVE,
        rule="air-period-1",
        kinds=("station",),
        periods=("day",),
    ),
    Indicator(
        name="month_mean",
        slug="maandgemiddelde",
        label="Maandgemiddelde in een wijk",
        unit="",
        unit_label="{wat}",
        definition=(
            "Per uur de mediaan over de stations van een wijk, en daarvan het gemiddelde in een maand. Een "
            "mediaan, zodat één kapotte sensor de wijk niet bederft; verzadigde sensoren doen niet mee. Van "
            "elk station telt één laag: officieel zoals gemeten, een burgermeting zoals gecorrigeerd waar die "
            "correctie er is."
        ),
        formula="gemiddelde over de uren van ( mediaan over de stations )",
        completeness="75 % van de uren van de maand. Welke stations er staan, staat erbij.",
        limits=(_KITS, _NO_NORM, "Een wijk met één station is dat ene station."),
        example="Drie stations met 8, 9 en 41 µg/m³ in een uur: 9 µg/m³ voor dat uur.",
        source="Eigen regel",
        rule="air-period-1",
        kinds=("district",),
        periods=("month",),
    ),
    Indicator(
        name="year_mean",
        slug="jaargemiddelde",
        label="Jaargemiddelde van een stof",
        unit="",
        unit_label="{wat}",
        definition=(
            "Het gemiddelde van de geldige uren van een jaar; voor een wijk van de uurmediaan over haar stations."
        ),
        formula="Σ uurgemiddelden ÷ aantal geldige uren",
        completeness="75 % van de uren in de zomer én 75 % in de winter; anders is er geen getal.",
        limits=(_KITS, _NO_NORM),
        example="Met 90 % in de zomer en 70 % in de winter is er geen jaargemiddelde, al is het samen 80 %.",
        source=_DIRECTIVE,
        rule="air-period-1",
        kinds=("station", "district"),
        periods=("year",),
    ),
    Indicator(
        name="lki",
        slug="luchtkwaliteitsindex",
        label="Luchtkwaliteitsindex (LKI)",
        unit="1",
        unit_label="index 1 tot 11",
        definition=(
            "De Nederlandse index: per stof een deelindex uit een tabel, de hoogste geldt. Zijn alle deelindexen "
            "gelijk (bij twee stoffen of meer), dan één hoger. 1–3 goed, 4–6 matig, 7–8 onvoldoende, 9–10 slecht, "
            "11 zeer slecht. De versie van de tabel (lki-2014) en de laag staan bij elke waarde."
        ),
        formula="deelindex = aantal ondergrenzen ≤ waarde; LKI = max, +1 als alle gelijk, ten hoogste 11",
        completeness="Een stof telt mee met 75 % van het uur. Welke stoffen meededen, staat in de grondslag.",
        limits=(
            "Uit burgermetingen berekend is het niet de LKI van het RIVM: die is gemodelleerd.",
            "Geen advies aan een persoon.",
        ),
        example=(
            "NO₂ 15, O₃ 35, PM10 4, PM2,5 45: deelindexen 2, 3, 1, 6, LKI 6. NO₂ 10, O₃ 20, PM10 11, PM2,5 12: 2, "
            "2, 2, 2, LKI 3."
        ),
        source="RIVM-rapport 2014-0050, tabel lki-2014",
        rule="index-1",
        kinds=("station",),
        periods=("hour",),
    ),
    Indicator(
        name="eaqi",
        slug="europese-luchtkwaliteitsindex",
        label="Europese luchtkwaliteitsindex (EAQI)",
        unit="1",
        unit_label="niveau 1 tot 6",
        definition=(
            "De Europese index: per stof een niveau uit een tabel, de slechtste stof geldt. Twee versies van de "
            "tabel worden naast elkaar gegeven: eaqi-2024 en eaqi-2017 (daarin is fijnstof het lopende gemiddelde "
            "van 24 uur)."
        ),
        formula="niveau = aantal ondergrenzen ≤ waarde; EAQI = max",
        completeness=(
            "Een verkeersstation heeft NO₂ en fijnstof nodig, een achtergrondstation ook O₃; anders is de index "
            "niet te berekenen."
        ),
        limits=(
            "Vergelijk nooit een waarde van 2017 met een van 2024: de grenzen zijn anders.",
            "Of een waarde op een grens bij de hogere band hoort, lezen wij uit bestaande uitvoeringen.",
        ),
        example="NO₂ 28, O₃ 55, PM10 22, PM2,5 12: niveaus 3, 1, 2, 2, dus 3 volgens 2024 en 2 volgens 2017.",
        source="ETC HE Report 2024/17 (eaqi-2024); Europees Milieuagentschap 2017 (eaqi-2017)",
        rule="index-1",
        kinds=("station",),
        periods=("hour",),
    ),
)
"""Air: means and indices."""
