"""A draft of registry files from what sensors have sent: whatever only people know is left open, as `"..."`."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from schemas.observation import Observation
from schemas.quantities import MODES

_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OF_DEVICE: Final = frozenset(
    {
        "ts", "time", "timestamp", "date", "status", "state", "error", "errors", "battery", "bat", "batt", "akku",
        "volt", "voltage", "vbat", "rssi", "snr", "uptime", "seq", "sequence", "fcnt", "firmware", "version", "reset",
    }
)  # fmt: skip
"""Words by which devices call their own state, and not what they count."""
Kind: TypeAlias = Literal["site", "station"]
OPEN: Final = "..."
"""What a person has to fill in."""
_HEAD: Final = """\
# A draft. Fill in every "..." and delete what is not wanted; nothing was guessed, so look at the values before you name
# a channel. `doorfiets registry check` says what is missing.
"""


class SentSource(NamedTuple):
    """What a source of a sensor has sent: from when until when (starts of its first and last interval), and how much.

    `values` counts what was measured, `seconds` is the usual length of an interval, 0 where that is not known.
    """

    sensor: str
    source: str
    first: datetime
    last: datetime
    values: int
    first_value: float | None
    last_value: float | None
    seconds: int = 0


def sources(observations: Iterable[Observation]) -> list[SentSource]:
    """Summarize observations by sensor and source, in the order of their names."""
    by_source: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for one in observations:
        by_source[one.sensor, one.source].append(one)
    return [_seen(sensor, source, seen) for (sensor, source), seen in sorted(by_source.items())]


def draft(
    seen: Sequence[SentSource],
    zone: ZoneInfo,
    *,
    kind: Kind = "site",
    origin: str = "",
    registered: Collection[str] = (),
) -> str:
    """Write entries of devices.toml, and of sites.toml or stations.toml, for these sources.

    Days are local days of `zone`. `kind` says what the sensors stand at, `origin` where the values come from. Of
    devices that are `registered` only what they send beside that is said, as a comment.
    """
    sensors: dict[str, list[SentSource]] = defaultdict(list)
    for one in seen:
        sensors[one.sensor].append(one)
    further = ["".join(_further(sensor, sensors.pop(sensor), zone)) for sensor in [*sensors] if sensor in registered]
    devices = ["".join(_device(sensor, its, zone, kind, origin)) for sensor, its in sensors.items()]
    places = ["".join(_place(sensor, its, zone, kind)) for sensor, its in sensors.items()]
    drafted = ["# --- devices.toml ---\n", *devices, f"# --- {kind}s.toml ---\n", *places] if sensors else []
    return "\n".join([_HEAD, *further, *drafted])


def _seen(sensor: str, source: str, seen: list[Observation]) -> SentSource:
    seen.sort(key=lambda one: one.started_at)
    measured = [one.value for one in seen if one.value is not None]
    lengths = [round((one.ended_at - one.started_at).total_seconds()) for one in seen]
    return SentSource(
        sensor,
        source,
        seen[0].started_at,
        seen[-1].started_at,
        len(measured),
        measured[0] if measured else None,
        measured[-1] if measured else None,
        max(set(lengths), key=lengths.count),
    )


def _further(sensor: str, its: Sequence[SentSource], zone: ZoneInfo) -> Iterator[str]:
    yield f"# {_quoted(sensor)} is registered; of these add to the sources of its placement what is wanted:\n"
    yield from (f'# {_quoted(one.source)} = "{OPEN}"  # {_said(one, zone)}\n' for one in its)


def _device(sensor: str, its: Sequence[SentSource], zone: ZoneInfo, kind: Kind, origin: str) -> Iterator[str]:
    first = min(one.first for one in its).astimezone(zone)
    last = max(one.last for one in its).astimezone(zone)
    yield f"[[device]]\nid = {_quoted(sensor)}\n"
    yield 'profile = ""  # name of the profile of its model, where there is one\n'
    yield f'\n[[device.placement]]\n{kind} = "{OPEN}"\n'
    yield f"from = {first:%Y-%m-%d}  # first day here; the last one is {last:%Y-%m-%d}\n"
    if seconds := max(one.seconds for one in its):
        yield f"interval = {seconds}\n"
    if origin:
        yield f'origin = "{origin}"\ndata_source = "{OPEN}"  # of owner.toml: whose data they are\n'
    yield f'method = "{OPEN}"  # with what is counted or measured\n'
    wanted = "id of the channel that it feeds" if kind == "site" else "quantity of the catalogue"
    yield f"\n[device.placement.sources]  # {wanted}\n"
    yield from (f'{_off(one)}{_quoted(one.source)} = "{OPEN}"  # {_said(one, zone)}\n' for one in its)


def _place(sensor: str, its: Sequence[SentSource], zone: ZoneInfo, kind: Kind) -> Iterator[str]:
    yield f'[[{kind}]]  # of {_quoted(sensor)}\nid = "{OPEN}"\nname = "{OPEN}"\n'
    yield f'district = "{OPEN}"  # code of the district\n'
    yield "position = [0.0, 0.0]  # longitude, latitude\n"
    if kind == "station":
        yield f'kind = "{OPEN}"  # official or citizen\nenvironment = "{OPEN}"  # background or traffic\n'
        return
    for one in (one for one in its if not _off(one)):
        mode = one.source.partition("/")[0]
        yield f'\n[[site.channels]]  # {_quoted(one.source)}: {_said(one, zone)}\nid = "{OPEN}"\n'
        yield f'mode = "{mode if mode in MODES else OPEN}"  # {", ".join(MODES)}\n'
        yield f'direction = "{OPEN}"  # your own word, the same at all channels that go that way\n'


def _off(one: SentSource) -> str:
    """Return what stands before a source that is called like a state of the device: out until a person wants it."""
    words = re.split(r"[^a-z]+", _CAMEL.sub(" ", one.source).lower())
    return "# no measurement by its name: " if _OF_DEVICE.intersection(words) else ""


def _said(one: SentSource, zone: ZoneInfo) -> str:
    days = f"{one.first.astimezone(zone):%Y-%m-%d} to {one.last.astimezone(zone):%Y-%m-%d}"
    if one.first_value is None or one.last_value is None:
        return f"{days}, never measured"
    return f"{days}, {one.values} values, first {one.first_value:g}, last {one.last_value:g}"


def _quoted(text: str) -> str:
    """Write a text as TOML does: a basic string."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(one):04x}" if one < " " or one == "\x7f" else one for one in plain) + '"'
