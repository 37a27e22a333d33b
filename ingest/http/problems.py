"""What the intake answers where it takes nothing, or refuses: problem+json with a reason."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from schemas.rejection import Rejection

MEDIA_TYPE: Final = "application/problem+json"
REFUSED: Final[Mapping[str, int]] = MappingProxyType(
    {"too_large": 413, "other_sensor": 403, "malformed": 400, "encoding": 400, "not_an_object": 400, "too_deep": 400}
)
"""The statuses of reasons of the catalogue; of all others the status is 422."""

_UNPROCESSABLE: Final = 422


class ProblemError(Exception):
    """A request is not taken; the client may repair it, or try again later.

    Nothing of it is stored, but of what was answered 503, which may or may not be.
    """

    def __init__(self, status: int, reason: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        """Name the status, a reason for programs, and a sentence."""
        super().__init__(status, reason)
        self.status, self.reason, self.detail, self.headers = status, reason, detail, headers


def too_many(seconds: int) -> ProblemError:
    """Make the problem of a client that is too fast."""
    headers = {"Retry-After": str(seconds)}
    return ProblemError(429, "too_many_requests", f"too many requests; try again in {seconds} s", headers)


def unavailable(detail: str, seconds: int) -> ProblemError:
    """Make the problem of a moment in which nothing can be taken."""
    return ProblemError(503, "unavailable", detail, {"Retry-After": str(seconds)})


def unauthorized() -> ProblemError:
    """Make the problem of a client without a credential, or with a wrong one."""
    headers = {"WWW-Authenticate": 'Basic realm="doorfiets", charset="UTF-8"'}
    return ProblemError(401, "unauthorized", "user is the sensor, password the one that its operator gave", headers)


def answer(problem: ProblemError) -> Response:
    """Answer a problem."""
    return _problem(problem.status, problem.reason, problem.detail, problem.headers)


def refusal(rejection: Rejection) -> Response:
    """Answer that a message was refused: it is stored as a rejection, and sending it again is of no use."""
    return _problem(REFUSED.get(rejection.reason, _UNPROCESSABLE), rejection.reason, rejection.detail)


async def of_problem(_: Request, problem: Exception) -> Response:
    """Answer a ProblemError that a route raised."""
    assert isinstance(problem, ProblemError)  # noqa: S101 - registered for this class only
    return answer(problem)


async def of_http(_: Request, problem: Exception) -> Response:
    """Answer what Starlette raises: no such path, no such method."""
    assert isinstance(problem, HTTPException)  # noqa: S101 - registered for this class only
    phrase = HTTPStatus(problem.status_code).phrase
    return _problem(problem.status_code, phrase.lower().replace(" ", "_"), phrase, problem.headers)


def _problem(status: int, reason: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    content = {"title": HTTPStatus(status).phrase, "status": status, "reason": reason, "detail": detail}
    return JSONResponse(content, status, headers=headers, media_type=MEDIA_TYPE)
