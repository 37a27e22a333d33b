"""What is usual in a year, a month, or on a day of the week."""

from typing import Final

from schemas.indicators.indicator import Indicator

_AASHTO: Final = "AASHTO; FHWA Traffic Monitoring Guide 2022, bijlage L"
_VECTOR: Final = (
    "januari ma tot zo 100, 120, 110, 130, 120, 60, 50 en juli 200, 220, 210, 230, 220, 180, 160 (twee maanden als "
    "voorbeeld)"
)
_YEARLY: Final = ("year", "rolling_year")
_EVERY: Final = ("month", "year", "year_to_date", "rolling_year")
_DAYS: Final = (
    "Onder 75 % geldige dagen van de hele periode is er geen getal. Een dag is geldig als hij voorbij is, met 75 % van "
    "zijn intervallen en zonder uitsluiting in de kalender."
)

AVERAGES: Final = (
    Indicator(
        name="aadb",
        slug="jaargemiddelde-etmaal",
        label="Gemiddelde dag van het jaar (AADB)",
        unit="1/d",
        unit_label="{wat} per dag",
        definition=(
            "Het gemiddelde aantal passages per dag over een jaar, waarin elke maand en elke weekdag even zwaar "
            "telt. Zo maakt het niet uit in welk seizoen dagen ontbreken."
        ),
        formula="1/7 Σ weekdagen [ 1/12 Σ maanden ( gemiddelde van de geldige dagen in die cel ) ]",
        completeness=(
            "Elk van de 84 cellen (12 maanden × 7 weekdagen) heeft ten minste één geldige dag nodig; anders is er "
            "geen getal en staan de lege cellen erbij."
        ),
        limits=(
            "Geen drukste dag en geen aantal mensen.",
            "Vergelijk alleen met een AADB, niet met het gewone gemiddelde.",
        ),
        example=f"Met {_VECTOR}: 150,714.",
        source=_AASHTO,
        rule="aadb-1",
        kinds=("site",),
        periods=_YEARLY,
    ),
    Indicator(
        name="naive_aadb",
        slug="gewoon-daggemiddelde",
        label="Gewoon gemiddelde van de geldige dagen",
        unit="1/d",
        unit_label="{wat} per dag",
        definition=(
            "Het gemiddelde van alle geldige dagen, zonder weging. Het staat naast de AADB om te laten zien wat "
            "gaten doen."
        ),
        formula="Σ geldige dagen ÷ aantal geldige dagen",
        completeness=_DAYS,
        limits=("Scheef zodra gaten seizoensgebonden zijn: gebruik dan de AADB.",),
        example=(
            f"Met {_VECTOR}, maar vier dagen in elke cel van januari en één in elke cel van juli: 119,429, terwijl "
            "de AADB 150,714 blijft."
        ),
        source="FHWA Traffic Monitoring Guide 2022",
        rule="aadb-1",
        kinds=("site",),
        periods=_YEARLY,
    ),
    Indicator(
        name="madb",
        slug="maandgemiddelde-etmaal",
        label="Gemiddelde dag van de maand (MADB)",
        unit="1/d",
        unit_label="{wat} per dag",
        definition="Het gemiddelde aantal passages per dag in een maand, waarin elke weekdag even zwaar telt.",
        formula="1/7 Σ weekdagen ( gemiddelde van de geldige dagen )",
        completeness="Elke weekdag heeft ten minste één geldige dag nodig.",
        limits=("Eén maand zegt niets over een ander seizoen.",),
        example=f"Met {_VECTOR}: 98,571 in januari en 202,857 in juli.",
        source=_AASHTO,
        rule="aadb-1",
        kinds=("site",),
        periods=("month",),
    ),
    Indicator(
        name="seasonal_factor",
        slug="seizoensfactor",
        label="Seizoensfactor van een maand",
        unit="1",
        unit_label="factor",
        definition=(
            "Waarmee een gemiddelde dag van deze maand vermenigvuldigd moet worden om die van het jaar te krijgen."
        ),
        formula="AADB ÷ MADB van de maand",
        completeness="Alleen waar beide er zijn.",
        limits=("Geldt voor dit telpunt en dit jaar; elk jaar opnieuw bepalen.",),
        example=f"Met {_VECTOR}: 1,529 voor januari en 0,743 voor juli.",
        source=_AASHTO,
        rule="aadb-1",
        kinds=("site",),
        periods=("month",),
    ),
    Indicator(
        name="weekday_index",
        slug="weekdagindex",
        label="Weekdagindex",
        unit="1",
        unit_label="index (1 is gemiddeld)",
        definition="Hoe druk een weekdag is naast de gemiddelde dag van het jaar; deel 1 is maandag, deel 7 zondag.",
        formula="gemiddelde van de weekdag (elke maand even zwaar) ÷ AADB",
        completeness="Alleen waar de AADB er is.",
        limits=("Een gewoonte van dit telpunt, geen voorspelling.",),
        example=(
            "Een index van 1,12 en een maandindex van 1,18 maken van 1850 geteld op één dag 1850 ÷ (1,12 × 1,18) = "
            "1.399,8 per gemiddelde dag."
        ),
        source=_AASHTO,
        rule="aadb-1",
        kinds=("site",),
        periods=("year",),
    ),
    Indicator(
        name="mean_day",
        slug="gemiddelde-dag",
        label="Gemiddelde van de geldige dagen",
        unit="1/d",
        unit_label="{wat} per dag",
        definition="Het gemiddelde aantal passages op de geldige dagen van een periode.",
        formula="Σ geldige dagen ÷ aantal geldige dagen",
        completeness=_DAYS,
        limits=("Voor een vergelijking van perioden: gebruik de vergelijking van gelijke dagen.",),
        example="Geldige dagen met 100 en 200, een derde ontbreekt: 150 over 2 van 3 dagen.",
        source="Eigen regel",
        rule="sum-1",
        kinds=("site",),
        periods=_EVERY,
    ),
    Indicator(
        name="total",
        slug="totaal",
        label="Totaal van een jaar tot nu, of van twaalf maanden",
        unit="1",
        unit_label="{wat}",
        definition=(
            "Alle passages die geteld zijn vanaf 1 januari tot en met de laatste dag met gegevens, of in de twaalf "
            "maanden die met een maand eindigen."
        ),
        formula="Σ getelde passages",
        completeness=(
            "Onder 75 % geldige dagen van de hele periode is er geen getal; wat wel geteld is, staat bij de tellingen. "
            "Wat niet gemeten is, zit er niet in."
        ),
        limits=("Bij een dekking onder 100 % een ondergrens.",),
        example="Dagen met 100, 200 en een gat: 300, over 2 van 3 dagen.",
        source="Eigen regel",
        rule="sum-1",
        kinds=("site",),
        periods=("year_to_date", "rolling_year"),
    ),
    Indicator(
        name="total_with_estimates",
        slug="totaal-met-schattingen",
        label="Totaal met geschatte dagen",
        unit="1",
        unit_label="{wat}",
        definition=(
            "Het jaartotaal waarin ontbrekende dagen geschat zijn uit nabije telpunten. Het is een aparte laag: de "
            "tellingen zelf blijven zoals ze zijn."
        ),
        formula=(
            "schatting van een dag = eigen niveau × gemiddelde over de buren van ( die dag bij de buur ÷ niveau "
            "van de buur )"
        ),
        completeness=(
            "Alleen waar op elke ontbrekende dag ten minste één buur geldig is. Hoeveel dagen geschat zijn, staat "
            "erbij."
        ),
        limits=("Geschat, niet gemeten.", "Een dag wordt met ongeveer 10 % fout geschat."),
        example=(
            "Een telpunt telt gewoonlijk 200 per dag; zijn buren deden die dag 0,9 en 1,1 maal hun eigen niveau: "
            "geschat 200."
        ),
        source="doi:10.1177/03611981211027161; fout naar doi:10.1177/0361198118783123",
        rule="neighbours-1",
        kinds=("site",),
        periods=("year",),
        estimated=True,
    ),
    Indicator(
        name="expanded_aadb",
        slug="opgehoogd-jaargemiddelde",
        label="Jaargemiddelde uit een korte telling",
        unit="1/d",
        unit_label="{wat} per dag",
        definition=(
            "De gemiddelde dag van het jaar, opgehoogd uit een korte telling met de weekdag- en maandpatronen van "
            "telpunten die het hele jaar tellen."
        ),
        formula="AADB ≈ telling ÷ ( weekdagindex × maandindex )",
        completeness=(
            "Alleen met telpunten die een heel jaar hebben. De onder- en bovengrens zijn de fout die deze methode "
            "bij die telpunten zelf maakt."
        ),
        limits=(
            "Geschat, niet gemeten.",
            "Een telling van twee uur kan er 60 % naast zitten; tel ten minste een hele week, van mei tot oktober.",
        ),
        example="1850 geteld op een dag met weekdagindex 1,12 en maandindex 1,18: 1850 ÷ (1,12 × 1,18) = 1.399,82.",
        source="FHWA Traffic Monitoring Guide 2022; ASCE TE.1943-5436.0000565",
        rule="expand-1",
        kinds=("site",),
        periods=("year",),
        estimated=True,
    ),
)
"""Averages, totals and estimates of a site."""
