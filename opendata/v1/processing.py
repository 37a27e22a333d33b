"""`/verwerking`: how far the platform is, stage by stage, now."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from opendata.processing import Watermark
from opendata.v1 import answers, processed
from opendata.v1.asking import Asked
from opendata.v1.described import answers as described
from opendata.v1.models import Verwerking

router = APIRouter(tags=["verwerking"])


@router.get(
    "/verwerking",
    operation_id="verwerking",
    summary="Hoever het platform is",
    response_model=Verwerking,
    responses=described(400, 404),
)
async def processing(asked: Asked) -> Response:
    """Geef tot wanneer alles wat sensoren publiceerden ontvangen, opgeslagen en opgeteld is, en wat er wacht.

    Zolang er nog nooit iets gemarkeerd is, is dat niet bekend: dan is er geen stap.
    """
    found = Watermark.of(await asked.store.row("watermark"))
    told = processed.whole(found, asked.now)
    return JSONResponse(answers.dumped(told), headers={"Cache-Control": "no-store"})
