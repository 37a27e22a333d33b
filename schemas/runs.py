"""Digests of the names of runs (a boot, a session) as texts: what stays of a name, and what a receipt names it by."""

import re

from schemas.observation import run_of


def digest_of(kind: str, sensor: str, name: str) -> str:
    """Return what stands for the name of a run, such as a boot: its digest, and a check that we made it."""
    return digest_of_run(kind, run_of(sensor, kind, name))


def digest_of_run(kind: str, run: int) -> str:
    """Return the digest of a run as a text: 16 hexadecimal digits, and 4 of the check."""
    unsigned = run % 2**64
    return f"{kind} {unsigned:016x}-{_check(kind, unsigned):04x}"


def run_in(kind: str, text: str) -> int | None:
    """Return the run of which a text is the digest, as a signed number of 64 bits; None where it is none of ours."""
    digits, _, check = text.removeprefix(f"{kind} ").partition("-")
    if len(text) != len(kind) + 22 or not re.fullmatch("[0-9a-f]{20}", digits + check):
        return None
    run = int(digits, 16)
    return run - (run >> 63 << 64) if int(check, 16) == _check(kind, run) else None


def _check(kind: str, run: int) -> int:
    return run_of("", f"check of {kind}", str(run)) % 2**16
