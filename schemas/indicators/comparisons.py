"""Now beside then: only what was measured both times."""

from typing import Final

from schemas.indicators.indicator import Indicator

_EVERY: Final = ("month", "year", "year_to_date", "rolling_year")
_PAIRS: Final = (
    "Ten minste 7 dagen die in beide perioden geldig zijn; hoeveel dagen en telpunten het zijn, staat erbij."
)
_LIMITS: Final = (
    "Groei op de telpunten die in beide perioden telden, niet van de hele stad.",
    "Geen oorzaak: weer, werk aan de weg en feestdagen worden niet weggerekend.",
    "Een nieuwe teller op dezelfde plaats kan een breuk geven; zie de meetperioden van het telpunt.",
)

COMPARISONS: Final = (
    Indicator(
        name="like_for_like",
        slug="gelijke-dagen",
        label="Groei op gelijke dagen",
        unit="1",
        unit_label="groei (0,10 is +10 %)",
        definition=(
            "De verandering tegenover dezelfde data een jaar eerder. Alleen paren van plaats en dag die in beide "
            "jaren geldig zijn, doen mee; 29 februari heeft geen paar."
        ),
        formula="Σ nu ÷ Σ toen − 1, over dezelfde telpunten en kalenderdagen",
        completeness=_PAIRS,
        limits=_LIMITS,
        example=(
            "Jaar 1, telpunt A: 100, 200, geen meting. Jaar 2: 110, geen meting, 300, en een nieuw telpunt met "
            "150. Alleen de eerste dag is vergelijkbaar: +10,0 %. De kale totalen zouden +86,7 % zeggen."
        ),
        source="Eigen regel",
        rule="pairs-1",
        kinds=("site", "route", "municipality"),
        periods=_EVERY,
    ),
    Indicator(
        name="same_weekday",
        slug="gelijke-weekdagen",
        label="Groei op gelijke weekdagen",
        unit="1",
        unit_label="groei (0,10 is +10 %)",
        definition=(
            "De verandering tegenover dezelfde weekdag 52 weken (364 dagen) eerder, zodat een zondag met een "
            "zondag vergeleken wordt."
        ),
        formula="Σ nu ÷ Σ toen − 1, over paren van dagen die 364 dagen uit elkaar liggen",
        completeness=_PAIRS,
        limits=_LIMITS,
        example="Maandag 2 maart 2026 hoort bij maandag 3 maart 2025: 220 nu en 200 toen is +10,0 %.",
        source="Eigen regel",
        rule="pairs-1",
        kinds=("site", "municipality"),
        periods=_EVERY,
    ),
)
"""Comparisons between periods."""
