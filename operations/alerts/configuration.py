"""The file of alerts: rules, receivers and routes, checked whole before anything is sent."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, TypeAlias, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from locales import LOCALES
from operations.alerts.duration import Duration
from operations.alerts.heartbeat import Heartbeat
from operations.alerts.receiver_entries import NtfyEntry, ReceiverEntry, SmtpEntry, WebhookEntry, checked_address
from operations.alerts.receivers.receiver import AlertReceiver
from operations.alerts.rules import OF_PLACES, RULES, SEVERITIES, Severity
from operations.alerts.secret_file import SecretFileRefusedError
from schemas.failures import WrongUsageError
from schemas.rejection import REASONS

DEFAULT_FILE: Final = files("operations.alerts") / "alerts.toml"
"""The file that ships: all rules, no receiver."""
E = TypeVar("E")


class AlertsRefusedError(WrongUsageError):
    """The file of alerts cannot be used; nothing is sent."""


class RuleEntry(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What every rule may say: that it is off, how urgent it is, how long it must hold first, how often it is said."""

    enabled: bool = True
    severity: Severity | None = None
    after: Duration | None = None
    repeat: Duration | None = None


Intervals: TypeAlias = Annotated[float, msgspec.Meta(ge=3, le=10_000)]
Percent: TypeAlias = Annotated[float, msgspec.Meta(gt=0, lt=100)]
Many: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class SilentEntry(RuleEntry, frozen=True, kw_only=True):
    """`missed` intervals of a feed's own rhythm."""

    missed: Intervals = 3


class ManySilentEntry(RuleEntry, frozen=True, kw_only=True):
    """More than `percent` of the feeds, at `sites` places or more, within `within`."""

    percent: Percent = 30
    sites: Many = 3
    within: Duration = Duration("6h")


class RejectionsEntry(RuleEntry, frozen=True, kw_only=True):
    """`messages` or more within `within` for one reason; `reasons` has other numbers for some."""

    messages: Many = 20
    within: Duration = Duration("10m")
    reasons: dict[str, Many] = {}

    def __post_init__(self) -> None:
        if unknown := set(self.reasons) - set(REASONS):
            raise ValueError(f"no reason is called {min(unknown)!r}; there are {', '.join(REASONS)}")


class LagEntry(RuleEntry, frozen=True, kw_only=True):
    """A stage is so far `behind`, or has measured nothing for so long."""

    behind: Duration = Duration("2m")


class DiskEntry(RuleEntry, frozen=True, kw_only=True):
    """Less than `free` percent of the file system of the state folder, or of other `folders`."""

    free: Percent = 10
    folders: list[Path] = []


class CertificateEntry(RuleEntry, frozen=True, kw_only=True):
    """Less than `days` until a certificate of these `files` (patterns) ends, or of those of this installation."""

    days: Many = 21
    files: list[str] = []


class RuleEntries(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The rules by their names; one that the file does not have is as it ships."""

    many_silent: ManySilentEntry = ManySilentEntry()
    site_silent: SilentEntry = SilentEntry()
    silent: SilentEntry = SilentEntry()
    dead: RuleEntry = RuleEntry()
    stuck: RuleEntry = RuleEntry()
    clock: RuleEntry = RuleEntry()
    battery: RuleEntry = RuleEntry()
    rejections: RejectionsEntry = RejectionsEntry()
    lag: LagEntry = LagEntry()
    disk: DiskEntry = DiskEntry()
    certificate: CertificateEntry = CertificateEntry()


class HeartbeatEntry(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An address that is asked for so often as long as all is well."""

    url: str
    every: Duration = Duration("1m")

    def __post_init__(self) -> None:
        checked_address(self.url)


class RouteEntry(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which alerts go to whom: of a severity or worse, of some owners (none: also what is nobody's), of some rules."""

    to: list[str]
    severity: Severity = "warning"
    owners: list[str] = []
    rules: list[str] = []


class AlertsFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The whole file."""

    locale: str = "nl"
    timezone: str = "Europe/Amsterdam"
    repeat: Duration = Duration("4h")
    clears_after: Duration = Duration("1m")
    runbooks: str = ""
    rule: RuleEntries = RuleEntries()
    receiver: dict[str, ReceiverEntry] = {}
    route: list[RouteEntry] = []
    heartbeat: HeartbeatEntry | None = None


class NamedReceiver(NamedTuple):
    """A receiver as it is used, with the locale of its messages."""

    receiver: AlertReceiver
    locale: str


class AlertPlan(NamedTuple):
    """The file as it is used."""

    file: AlertsFile
    receivers: dict[str, NamedReceiver]
    routes: tuple[RouteEntry, ...]

    @property
    def timezone(self) -> ZoneInfo:
        """Return the time zone of messages."""
        return ZoneInfo(self.file.timezone)

    def heartbeat(self) -> Heartbeat:
        """Return the sign of life; without an entry it is given to nobody."""
        entry = self.file.heartbeat
        return Heartbeat(entry.url, entry.every.span) if entry else Heartbeat("", timedelta(0))

    def entry(self, rule: str) -> RuleEntry:
        """Return what the file says of a rule."""
        found: RuleEntry = getattr(self.file.rule, rule)
        return found

    def severity(self, rule: str) -> Severity:
        """Return how urgent a rule is."""
        return self.entry(rule).severity or RULES[rule].severity

    def after(self, rule: str) -> timedelta:
        """Return how long a rule must hold before it is said."""
        after = self.entry(rule).after
        return timedelta(seconds=RULES[rule].after) if after is None else after.span

    def repeat(self, rule: str) -> timedelta:
        """Return how often what lasts is said again; nothing of length 0 is."""
        return (self.entry(rule).repeat or self.file.repeat).span

    def runbook(self, rule: str) -> str:
        """Return the address of the page of a rule, or its place in the documentation."""
        return f"{self.file.runbooks.rstrip('/') or 'docs/howto/runbooks'}/{rule.replace('_', '-')}.md"

    def receivers_of(self, rule: str, severity: Severity, owner: str | None) -> list[str]:
        """Return the names of those who are told of an alert, in the order of the file."""
        names = {name for route in self.routes if _takes(route, rule, severity, owner) for name in route.to}
        return [name for name in self.receivers if name in names]

    def unrouted(self) -> list[str]:
        """Return the rules of which alerts of the platform, or of any owner, reach nobody."""
        return [rule for rule in RULES if self.entry(rule).enabled and not self._reaches_anybody(rule)]

    def _reaches_anybody(self, rule: str) -> bool:
        """Return whether somebody is told of the platform's alerts of a rule, or of a place's by any owner."""
        owners = [None, *self.owners()] if rule in OF_PLACES else [None]
        return any(self.receivers_of(rule, self.severity(rule), one) for one in owners)

    def owners(self) -> list[str]:
        """Return the owners that routes name."""
        return sorted({owner for route in self.routes for owner in route.owners})


def read(path: Path | None, credentials: Path | None = None) -> AlertPlan:
    """Read and check a file of alerts, or the one that ships; raise AlertsRefusedError naming place and expectation.

    `credentials` is the folder in which a service manager puts secrets, with modes of its own.
    """
    try:
        text = DEFAULT_FILE.read_text("utf-8") if path is None else path.read_text("utf-8")
        return plan(tomllib.loads(text), path.parent if path else Path(), credentials)
    except (OSError, ValueError, SecretFileRefusedError) as problem:
        raise AlertsRefusedError(f"{path or DEFAULT_FILE}: {problem}") from problem


def plan(document: dict[str, Any], folder: Path, credentials: Path | None = None) -> AlertPlan:
    """Check a parsed file; `folder` is where secret files are. Raises ValueError or SecretFileRefusedError."""
    file = msgspec.convert(document, AlertsFile, dec_hook=_decoded)
    _check(file)
    receivers = {name: _receiver(name, entry, file, folder, credentials) for name, entry in file.receiver.items()}
    return AlertPlan(file, receivers, tuple(file.route) or _to_all(receivers))


def _decoded(kind: type[Any], value: object) -> object:
    if kind is Duration and isinstance(value, str):
        return Duration(value)
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise ValueError(f"{value!r} is no {kind.__name__.lower()}, which is a text")


def _receiver(
    name: str, entry: SmtpEntry | WebhookEntry | NtfyEntry, file: AlertsFile, folder: Path, credentials: Path | None
) -> NamedReceiver:
    locale = entry.locale or file.locale
    try:
        _known("locale", [locale], LOCALES)
        return NamedReceiver(entry.receiver(folder, credentials), locale)
    except (ValueError, SecretFileRefusedError) as problem:
        raise ValueError(f"[receiver.{name}] {problem}") from problem


def _check(file: AlertsFile) -> None:
    _known("locale", [file.locale], LOCALES)
    try:
        ZoneInfo(file.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"timezone = {file.timezone!r} is no time zone like Europe/Amsterdam") from None
    if file.runbooks and not file.runbooks.startswith(("https://", "http://")):
        raise ValueError(f"runbooks = {file.runbooks!r}: expected the address of a folder of pages, https://...")
    for number, route in enumerate(file.route, start=1):
        for problem in _problems(route, file):
            raise ValueError(f"[[route]] {number}: {problem}")


def _problems(route: RouteEntry, file: AlertsFile) -> Iterator[str]:
    if not route.to:
        yield "to names nobody"
    if unknown := sorted(set(route.to) - set(file.receiver)):
        yield f"no [receiver.{unknown[0]}]; there are {', '.join(file.receiver) or 'none'}"
    if unknown := sorted(set(route.rules) - set(RULES)):
        yield f"no rule is called {unknown[0]!r}; there are {', '.join(RULES)}"


def _known(name: str, values: Sequence[str], known: Sequence[str]) -> None:
    for value in values:
        if value not in known:
            raise ValueError(f"{name} = {value!r}; there are {', '.join(known)}")


def _to_all(receivers: dict[str, NamedReceiver]) -> tuple[RouteEntry, ...]:
    """Return the one route of a file without routes: everything to everybody."""
    return (RouteEntry(to=list(receivers)),) if receivers else ()


def _takes(route: RouteEntry, rule: str, severity: Severity, owner: str | None) -> bool:
    return (
        SEVERITIES.index(severity) >= SEVERITIES.index(route.severity)
        and (not route.owners or owner in route.owners)
        and (not route.rules or rule in route.rules)
    )
