"""What is counted, and the share of it that cycles."""

from typing import Final

from schemas.indicators.indicator import Indicator

COUNTING: Final = (
    Indicator(
        name="count",
        slug="telling",
        label="Telling",
        unit="1",
        unit_label="{wat}",
        definition=(
            "Het aantal passages van één vervoerwijze op een telpunt: de som van al zijn kanalen in hetzelfde "
            "interval. Een dag is een lokale kalenderdag van 23, 24 of 25 uur; weken, maanden en jaren zijn "
            "sommen van dagen."
        ),
        formula="telling = Σ kanalen, over de intervallen waarin elk kanaal geldig is",
        completeness=(
            "Een interval waarin een kanaal ontbreekt, telt niet mee en verlaagt de dekking. Dekking = geldige ÷ "
            "verwachte intervallen. Een gat is leeg, nooit nul; een nul is gemeten."
        ),
        limits=(
            "Geen aantal mensen: wie tweemaal langskomt, telt tweemaal.",
            "Een periode met een dekking onder 100 % is een ondergrens, geen schatting van het geheel.",
            "Op een tellus kan een motor als fiets geteld zijn; de methode van de teller staat bij het telpunt.",
        ),
        example=(
            "Fietsers in vier kwartieren: 10, 12, geen meting, 8. Het uur telt 30 fietsers bij een dekking van 75 %. "
            "Op 25 oktober 2026 verwacht een dag 100 kwartieren, op 29 maart 2026 zijn het er 92."
        ),
        source="Eigen regel; kwaliteitsregels naar NDW, Dataformaat Fietstellingen",
        rule="pair-1",
        kinds=("site",),
        periods=("quarter", "hour", "day", "week", "month", "year", "rolling_year", "whole"),
    ),
    Indicator(
        name="cycling_share",
        slug="fietsaandeel",
        label="Fietsaandeel in het getelde verkeer",
        unit="1",
        unit_label="aandeel (0 tot 1)",
        definition=(
            "Het deel fietsers van al het getelde verkeer over een tellijn. De noemer heeft een naam: motor is "
            "fiets, brom- en snorfiets, personenauto, bestelauto en vrachtverkeer; alle telt ook voetgangers; "
            "de naam van één vervoerwijze zet fietsers tegenover alleen die. Wat op een lijn niet wordt "
            "geteld, zit niet in haar noemer."
        ),
        formula="aandeel = Σ fietsers ÷ Σ alle vervoerwijzen van de noemer; eerst optellen, dan delen",
        completeness=(
            "Alleen intervallen die in elke reeks van de lijn geldig zijn, doen mee, ook voor de fietsers. "
            "Onder 75 % dekking is er geen aandeel, wel de reden; ook zolang een vervoerwijze van de noemer "
            "niet wordt geteld."
        ),
        limits=(
            (
                "Geen vervoerwijzekeuze uit enquêtes (modal split): het zijn passages op een lijn, geen reizen van "
                "mensen."
            ),
            (
                "Niet voor de hele stad: alleen voor deze lijn. Noemers zijn verschillende cijfers en niet "
                "vergelijkbaar."
            ),
            (
                "Het interval is dat van Wilson (95 %) en zegt alleen iets over toeval. De afwijking van tellers "
                "is vaak groter: de gekalibreerde onder- en bovengrens laten zien wat een factor 0,8 tot 1,4 op de "
                "fietsers doet."
            ),
        ),
        example=(
            "Fietsen 10, 12, 9, 8 en auto's 20, 24, geen meting, 22 in vier kwartieren: het derde valt weg, 30 "
            "÷ 96 = 0,3125, interval 0,2285 tot 0,4109, dekking 75 %. Drie lijnen 840 van 2100, 410 van 4100 "
            "en 150 van 400 zijn samen 1400 ÷ 6600 = 0,2121; het gemiddelde van de aandelen (0,2917) is fout. "
            "Met 312 fietsers en 728 andere loopt de gekalibreerde grens van 0,2553 tot 0,3750."
        ),
        source="Eigen regel; Wilson-interval met z = 1,959964; kalibratiefactoren naar de tellingen van Toronto",
        rule="pair-1",
        kinds=("screenline",),
        periods=("quarter", "hour", "day", "week", "month", "year", "rolling_year", "whole"),
    ),
)
"""Counts and shares: sums of stored rows, over any period."""
