"""What checks and people found about runs of datastreams."""

from typing import Final

from starlette.responses import Response

from operations.console.pages import SQL
from operations.console.visit import ConsoleVisit
from schemas.quality_flags import QUALITY_FLAGS

_MOST: Final = 300
_NAMES: Final = tuple(one.name for one in QUALITY_FLAGS)


def show(visit: ConsoleVisit) -> Response:
    """List findings, the newest run first."""
    flag = visit.query("flag")
    wanted = {
        "flag": flag if flag in _NAMES else None,
        "place": visit.query("place"),
        "withdrawn": visit.query("withdrawn") is not None,
    }
    found = visit.rows(SQL["findings"], datastream=None, most=_MOST + 1, **wanted)
    return visit.page("findings.html", findings=found[:_MOST], more=len(found) > _MOST, wanted=wanted, names=_NAMES)
