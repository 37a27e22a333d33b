"""The rules about the platform: what it refuses, how far it is behind, room on its disks, and its certificates."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from glob import glob
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from cryptography import x509

from operations.alerts.configuration import AlertPlan
from operations.alerts.occurrence import Occurrence

T = TypeVar("T")
WAITS: Final = timedelta(seconds=30)
"""How far a stage may be behind the one before it, or measure nothing, and count as at work."""
_ISSUED: Final = "issued.json"  # the list of what was given to devices, beside the certificates of an installation


class _Issued(msgspec.Struct):
    """A credential that a device was given."""

    sensor: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class PlatformPlaces(NamedTuple):
    """Where the state of this machine is: folders whose file systems are looked at, and a folder of certificates."""

    folders: Sequence[Path] = ()
    certificates: Path | None = None


def refused(rows: Sequence[Mapping[str, Any]], plan: AlertPlan) -> Iterator[Occurrence]:
    """Say which reasons had too many messages."""
    entry = plan.file.rule.rejections
    for row in rows:
        if row["messages"] >= entry.reasons.get(row["reason"], entry.messages):
            content = {
                "messages": row["messages"],
                "minutes": int(entry.within.span.total_seconds() // 60),
                "reason": row["reason"],
            }
            yield Occurrence("rejections", row["reason"], row["reason"], None, row["since"], content)


def lagging(stages: Mapping[str, datetime | None], plan: AlertPlan) -> Iterator[Occurrence]:
    """Say which stages are behind what the one before has done, or have measured nothing for as long."""
    for stage, until in _behind(stages):
        now = stages["queried_at"]
        if until is not None and now is not None and now - until > plan.file.rule.lag.behind.span:
            content = {"stage": stage, "seconds": round((now - until).total_seconds())}
            yield Occurrence("lag", stage, stage, None, until, content)


def _behind(stages: Mapping[str, datetime | None]) -> Iterator[tuple[str, datetime | None]]:
    """Give until when each stage has come; one that waits for the stage before it is not behind."""
    now = stages["queried_at"]
    received, stored, aggregated = (stages[name] for name in ("received_until", "stored_until", "aggregated_until"))
    store, aggregate = stages["store_measured_at"], stages["aggregate_measured_at"]
    stands = store is not None and now is not None and now - store > WAITS
    if stands:
        yield "store", store
    elif received is not None and stored is not None and received - stored > WAITS:
        yield "store", stored
    else:
        yield "receive", received
    if aggregate is not None and now is not None and now - aggregate > WAITS:
        yield "aggregate", aggregate
    elif stored is not None and aggregated is not None and stored - aggregated > WAITS:
        yield "aggregate", aggregated


def full(places: PlatformPlaces, plan: AlertPlan, at: datetime) -> Iterator[Occurrence]:
    """Say which file systems have little room, each once, by the first folder that is on it."""
    seen: set[int] = set()
    for folder in (*places.folders, *plan.file.rule.disk.folders):
        try:
            device, state = folder.stat().st_dev, os.statvfs(folder)
        except OSError:
            continue  # a folder that is not there has no file system of its own
        if device in seen or not state.f_blocks:
            continue
        seen.add(device)
        share = min(_share(state.f_bavail, state.f_blocks), _share(state.f_favail, state.f_files))
        if share < plan.file.rule.disk.free:
            content = {"percent": round(share, 1), "gigabytes": round(state.f_bavail * state.f_frsize / 1e9, 1)}
            yield Occurrence("disk", str(folder), str(folder), None, at, content)


def _share(free: int, whole: int) -> float:
    return 100 * free / whole if whole else 100.0


def ending(places: PlatformPlaces, plan: AlertPlan, at: datetime) -> Iterator[Occurrence]:
    """Say which certificates end soon, or have ended."""
    days = plan.file.rule.certificate.days
    for name, ends_at in _certificates(places, plan.file.rule.certificate.files):
        if ends_at - at < timedelta(days=days):
            content = {"days": max(0, (ends_at - at).days)}
            yield Occurrence("certificate", name, name, None, min(at, ends_at - timedelta(days=days)), content)


def _certificates(places: PlatformPlaces, patterns: Sequence[str]) -> Iterator[tuple[str, datetime]]:
    """Give the certificates of files with the first of each, and those that devices were given, by their sensor."""
    own = [places.certificates / name for name in ("server.crt", "ca.crt")] if places.certificates else []
    named = (Path(name) for pattern in patterns for name in sorted(glob(pattern, recursive=True)))  # noqa: PTH207 - a pattern of a whole path
    for path in (*own, *named):
        ends_at = _or_none(partial(_end, path))
        if ends_at is not None:
            yield str(path), ends_at
    if places.certificates:
        yield from _issued(places.certificates / _ISSUED)


def _end(path: Path) -> datetime:
    return x509.load_pem_x509_certificates(path.read_bytes())[0].not_valid_after_utc


def _credentials(path: Path) -> list[_Issued]:
    return msgspec.json.decode(path.read_bytes(), type=list[_Issued])


def _issued(path: Path) -> Iterator[tuple[str, datetime]]:
    """Give of each device the certificate that ends last; what was revoked is over."""
    newest: dict[str, datetime] = {}
    for one in _or_none(partial(_credentials, path)) or []:
        if one.expires_at is not None and one.revoked_at is None:
            newest[one.sensor] = max(one.expires_at, newest.get(one.sensor, one.expires_at))
    yield from newest.items()


def _or_none(read: Callable[[], T]) -> T | None:
    """Return what is read; None for a file that is not there or is damaged: the doctor says that, not an alert."""
    try:
        return read()
    except (OSError, ValueError):
        return None
