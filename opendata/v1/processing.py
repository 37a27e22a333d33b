"""`/verwerking`: how far the platform is, stage by stage, now."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from opendata.v1 import answers, subject_progress
from opendata.v1.answer_body import answers as described
from opendata.v1.models import Verwerking
from opendata.v1.request_context import Context

router = APIRouter(tags=["verwerking"])


@router.get(
    "/verwerking",
    operation_id="verwerking",
    summary="Hoever het platform is",
    response_model=Verwerking,
    responses=described(400, 404),
)
async def processing(context: Context) -> Response:
    """Geef tot wanneer alles wat sensoren publiceerden ontvangen, opgeslagen en opgeteld is, en wat er wacht.

    Zolang er nog nooit iets gemarkeerd is, is dat niet bekend: dan is er geen stap.
    """
    progress = subject_progress.whole((await context.reader.state()).watermark, context.now)
    return JSONResponse(answers.dumped(progress), headers={"Cache-Control": "no-store"})
