"""Passwords and keys of the local stack: made once, in files that only this user can read."""

import os
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from deploy.local.layout import Layout
from schemas.topics import SERVICE_USERS

SUPERUSER: Final[str] = "migrator"
ROLES: Final[tuple[str, ...]] = (
    "registrar", "ingest", "store", "aggregate", "quality", "replay", "watch", "console", "api",
    "grafana_staff", "grafana_public", "backup",
)  # fmt: skip


def make(layout: Layout) -> None:
    """Make the missing passwords and keys."""
    known = layout.pgpass.read_text() if layout.pgpass.exists() else ""
    there = of_roles(layout.pgpass) if known else {}
    if new := [role for role in (SUPERUSER, *ROLES) if role not in there]:
        write(layout.pgpass, known + "".join(f"*:*:*:{role}:{token_urlsafe(24)}\n" for role in new))
    for user in SERVICE_USERS:
        if not layout.password(user).exists():
            write(layout.password(user), token_urlsafe(24) + "\n")
    if not layout.cursor_key.exists():
        write(layout.cursor_key, token_urlsafe(32) + "\n")


def write(path: Path, text: str) -> None:
    """Write a file that others can read at no time."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def of_roles(pgpass: Path) -> dict[str, str]:
    """Read the passwords of the database roles from a password file of libpq, by role."""
    lines = [line.split(":") for line in pgpass.read_text().splitlines() if line and not line.startswith("#")]
    return {role: password for *_, role, password in lines if role in {SUPERUSER, *ROLES}}


def of_mqtt(layout: Layout) -> dict[str, str]:
    """Read the passwords of the broker's users, by user."""
    return {user: layout.password(user).read_text().strip() for user in SERVICE_USERS}
