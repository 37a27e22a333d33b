"""`/.well-known/security.txt` and `/robots.txt`: what other machines ask for first."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

router = APIRouter(include_in_schema=False)


@router.get("/.well-known/security.txt")
async def security(request: Request) -> PlainTextResponse:
    """Say whom to tell about a weakness; valid for half a year from the first of this month."""
    settings = request.app.state.settings
    async with request.app.state.readers.reader() as reader:
        host = await reader.host()
    expires = settings.clock().replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=182)
    lines = (
        f"Contact: {host.contact_url or settings.public_url + '/nl/contact'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.public_url}/.well-known/security.txt",
    )
    return PlainTextResponse("\n".join(lines) + "\n")


@router.get("/robots.txt")
async def robots() -> PlainTextResponse:
    """Let everyone read the pages."""
    return PlainTextResponse("User-agent: *\nDisallow: /nl/live/\nDisallow: /en/live/\n")
