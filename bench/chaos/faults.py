"""The catalogue of faults: their targets, kinds and durations, and the promised times of recovery."""

from collections.abc import Collection, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from schemas.failures import WrongUsageError

How: TypeAlias = Literal["kill", "stop", "fast", "immediate", "reset", "silence", "fill"]

WORKERS: Final = ("bridge", "store", "aggregate", "web", "receipts")
BROKERS: Final = ("mosquitto", "kafka", "postgres")
SERVICES: Final = (*WORKERS, *BROKERS)
_PATHS: Final = (
    ("bridge", "mosquitto"),
    ("bridge", "kafka"),
    ("store", "kafka"),
    ("store", "postgres"),
    ("aggregate", "kafka"),
    ("aggregate", "postgres"),
    ("web", "postgres"),
)
_SOON: Final = {**dict.fromkeys(WORKERS, 10.0), "mosquitto": 15.0, "postgres": 15.0, "kafka": 20.0}
_AFTER_A_STOP: Final = 20.0
_AFTER_A_FULL_DISK: Final = 10.0


class UnknownFaultError(WrongUsageError):
    """No class of faults has a name that begins so; nothing was started."""


class Fault(NamedTuple):
    """One class of faults.

    `path` is the connection that is cut, from a service to a service; `weight` is how often it is drawn; `target` is
    the promised number of seconds after its end until the newest reading is public, None where none is promised.
    """

    name: str
    how: How
    victims: tuple[str, ...]
    weight: int = 2
    target: float | None = None
    path: tuple[str, str] | None = None

    @property
    def lasts(self) -> bool:
        """Return whether it has a duration; the others are instantaneous."""
        return self.how in {"stop", "reset", "silence", "fill"}


def _catalogue() -> Iterator[Fault]:
    for name in SERVICES:
        yield Fault(f"kill-{name}", "kill", (name,), target=_SOON[name])
    yield Fault("postgres-fast", "fast", ("postgres",), target=_SOON["postgres"])
    yield Fault("postgres-immediate", "immediate", ("postgres",), target=_SOON["postgres"])
    yield Fault("kill-all", "kill", SERVICES, weight=1)
    for name in SERVICES:
        yield Fault(f"stop-{name}", "stop", (name,), target=_AFTER_A_STOP)
    for client, server in _PATHS:
        yield Fault(f"reset-{client}-{server}", "reset", (client,), weight=1, path=(client, server))
        yield Fault(f"silence-{client}-{server}", "silence", (client,), weight=1, path=(client, server))
    yield Fault("disk-full", "fill", ("mosquitto", "kafka", "postgres"), target=_AFTER_A_FULL_DISK)


FAULTS: Final = {fault.name: fault for fault in _catalogue()}
"""Every class, by name."""


def chosen(only: Collection[str], *, disk: bool) -> list[Fault]:
    """Choose the classes that begin with one of these words, all when there is none; raise UnknownFaultError.

    `disk` is whether a disk can be filled here.
    """
    for word in only:
        if not any(name.startswith(word) for name in FAULTS):
            raise UnknownFaultError(f"no fault {word!r}; there are {', '.join(FAULTS)}")
    words = tuple(only) or ("",)
    return [fault for fault in FAULTS.values() if fault.name.startswith(words) and (disk or fault.how != "fill")]
