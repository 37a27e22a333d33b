"""Corrections of cheap sensors, and conversion of units: layers beside the measured value."""

from typing import Final

from schemas.indicators.indicator import Indicator

_BESIDE: Final = "De gemeten waarde blijft ernaast staan; een correctie is een schatting met een eigen fout."

CORRECTIONS: Final = (
    Indicator(
        name="barkjohn",
        slug="correctie-barkjohn",
        label="Correctie van PM2,5 voor Plantower-sensoren (Barkjohn)",
        unit="ug/m3",
        unit_label="µg/m³",
        definition=(
            "PM2,5 van een Plantower-sensor, gecorrigeerd met de vochtigheid die de sensor zelf meet; laag barkjohn-1."
        ),
        formula=(
            "onder 30: 0,524x − 0,0862·RV + 5,75; van 50 tot 210: 0,786x − 0,0862·RV + 5,75; vanaf 260: 2,966 + "
            "0,69x + 8,84·10⁻⁴·x²; daartussen vloeiend; nooit onder 0"
        ),
        completeness="De dekking is de slechtste van die van PM2,5 en vochtigheid.",
        limits=(_BESIDE, "Alleen voor Plantower-sensoren; bepaald in de Verenigde Staten."),
        example=(
            "x = 10 bij 60 %: 5,818; x = 40 bij 70 %: 25,916; x = 100 bij 85 %: 77,023; x = 300 bij 40 %: 289,526."
        ),
        source="Barkjohn e.a. en EPA, AirNow Fire and Smoke Map",
        rule="barkjohn-1",
        kinds=("station",),
        periods=("hour",),
        estimated=True,
    ),
    Indicator(
        name="koehler",
        slug="correctie-koehler",
        label="Vochtcorrectie van fijnstof (κ-Köhler)",
        unit="ug/m3",
        unit_label="µg/m³",
        definition="Fijnstof van een SDS011 of SPS30, teruggerekend naar droge deeltjes; laag koehler-1.",
        formula="C = 1 + (κ ÷ 1,65) ÷ (1/aw − 1), aw = RV ÷ 100; droog = gemeten ÷ C",
        completeness=(
            "De dekking is de slechtste van die van fijnstof en vochtigheid. Vanaf 95 % vochtigheid corrigeren wij "
            "niet; boven 85 % staat er een waarschuwing bij."
        ),
        limits=(_BESIDE, "κ verschilt per plaats; de waarde staat in het register."),
        example="κ = 0,4: bij 80 % wordt 40 µg/m³ 20,308, bij 90 % 12,571.",
        source="doi:10.5194/amt-11-709-2018, doi:10.5194/amt-13-1181-2020, doi:10.3390/s18092790",
        rule="koehler-1",
        kinds=("station",),
        periods=("hour",),
        estimated=True,
    ),
    Indicator(
        name="regional",
        slug="correctie-regionaal",
        label="Regionale kalibratie van burgermetingen",
        unit="ug/m3",
        unit_label="µg/m³",
        definition=(
            "Een burgermeting, vermenigvuldigd met de verhouding tussen het officiële station en het gemiddelde "
            "van de sensoren in dezelfde regio; laag regionaal-1."
        ),
        formula="waarde × ( officieel ÷ gemiddelde van de groep )",
        completeness=(
            "Alleen met ten minste drie sensoren en een officiële waarde in dat uur; verzadigde en uitgesloten "
            "sensoren doen niet mee."
        ),
        limits=(_BESIDE, "Trekt alle sensoren van een regio gelijk op: verschillen door plaatselijk vocht blijven."),
        example="Officieel 8, groep gemiddeld 16: een sensor die 20 zegt, wordt 10.",
        source="Naar de kalibratie van Samen Meten (RIVM)",
        rule="regional-1",
        kinds=("station",),
        periods=("hour",),
        estimated=True,
    ),
    Indicator(
        name="gas_conversion",
        slug="omrekening-gassen",
        label="Omrekening van ppb naar µg/m³",
        unit="ug/m3",
        unit_label="µg/m³",
        definition="Een gas dat een sensor in ppb of ppm meldt, omgerekend bij 20 °C en 101,325 kPa.",
        formula="µg/m³ = ppb · 12,1866 · M ÷ (273,15 + °C)",
        completeness="Volgt die van de meting.",
        limits=("Bij 25 °C, zoals in de Verenigde Staten, geeft hetzelfde aantal ppb een lager getal.",),
        example="50 ppb NO₂ (M = 46,0055) is 50 × 1,9125 = 95,625 µg/m³.",
        source="Ideale gaswet; referentie 20 °C van de Europese rapportage",
        rule="gas-1",
        kinds=("station",),
        periods=("hour",),
    ),
)
"""What is done to a measured value, always beside it."""
