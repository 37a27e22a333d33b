"""SenML (RFC 8428) as JSON or CBOR: records that share a base, each with a value at one instant.

Source: what the resolved name of a record says beside its sender (see `senml_pack`), and beside the sensor of the
topic. A sum is a source of its own, `{name}/sum`. A unit that contradicts the catalogue where the name is one of its
quantities is refused. Texts, booleans and data are not measurements.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from ingest.dialects.dialect import Dialect, Example, for_every_device
from ingest.dialects.document import Document
from ingest.dialects.fields import FARTHEST, is_number, within
from ingest.dialects.permitted import UNIT, Sender, SenderForm, Texts
from ingest.dialects.plain_words import is_of_plain_words
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.senml_pack import OWN, WHOLE, parse_pack, to_cbor
from ingest.dialects.windows import LIVE
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.quality_flags import RECEIVED_TIME
from schemas.quantities import QUANTITIES
from schemas.units import factor

PATTERN: Final = re.compile(r"senml/([a-z0-9-]{3,40})", re.ASCII)
MOST_RECORDS: Final = 500
RELATIVE_BELOW: Final = 2.0**28
"""A resolved time below it is relative to the moment of reception."""

_VERSION: Final = 10
_SUM: Final = "/sum"
_UNITS: Final = {"%RH": "%", "count": "1"}
"""Units of SenML's registry, as the catalogue calls them."""

_SOURCE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{0,59}", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BASES: Final = ("bn", "bt", "bu", "bv", "bs", "bver")


class ResolvedReading(NamedTuple):
    """A record that needs no other one; `as_received` says that its time rests on the moment of its reception."""

    record: dict[str, object]
    as_received: bool


def resolve(records: Sequence[object], now: datetime) -> Iterator[ResolvedReading]:
    """Resolve the records of a pack: bases are added, and times are absolute, in seconds since 1970.

    A record that is only a base resolves to nothing. Raises RefusedError.
    """
    base: dict[str, object] = {}
    for record in records:
        if not isinstance(record, dict):
            raise RefusedError("type", f"a record is an object, not {shown(record)}")
        if unknown := next((label for label in record if label.endswith("_")), None):
            raise RefusedError("unknown_field", f"label {shown(unknown)} has to be understood, and is not")
        base |= {label: record[label] for label in _BASES if label in record}
        if _number(base, "bver", _VERSION) > _VERSION:
            raise RefusedError("format", f"version {shown(base['bver'])} of SenML, at most {_VERSION}")
        if OWN & record.keys():
            yield _resolved(record, base, now)


def decode(
    topic: str,
    document: Document,
    received_at: datetime,
    device: RegisteredDevice | None,  # noqa: ARG001 - the pack says everything itself
) -> list[Observation]:
    """Decode a pack: every number, and every sum, is an observation of an instant."""
    sensor = topic.rpartition("/")[2]
    records = document["records"]
    if not isinstance(records, list) or len(records) > MOST_RECORDS:
        raise RefusedError("too_large", f"a pack has at most {MOST_RECORDS} records")
    resolved_records = list(resolve(records, received_at))
    named = [one for one in resolved_records if not str(one.record["n"]).startswith("<")]  # of others no name stays
    seen: dict[tuple[str, datetime], Observation] = {}
    for resolved in named or resolved_records:
        for one in _observations(sensor, resolved, received_at):
            if (one.source, one.ended_at) in seen:
                raise RefusedError("duplicate_key", f"two values of {one.source} at one moment")
            seen[one.source, one.ended_at] = one
    return list(seen.values())


def encode(observations: Sequence[Observation], *, cbor: bool = False) -> bytes:
    """Encode observations of one sensor as a pack of JSON or CBOR, with the sensor as the base of their names."""
    records = [_record(one) for one in observations]
    records[0] = {"bn": f"{observations[0].sensor}:", **records[0]}
    return to_cbor(records) if cbor else msgspec.json.encode(records)


def _resolved(record: Mapping[str, object], base: Mapping[str, object], now: datetime) -> ResolvedReading:
    resolved = {label: value for label, value in record.items() if label not in _BASES}
    resolved["n"] = _text(base, "bn") + _text(record, "n")
    if not resolved["n"]:
        raise RefusedError("missing_field", "a record without a name")
    if unit := _text(record, "u") or _text(base, "bu"):
        resolved["u"] = unit
    at = _number(base, "bt") + _number(record, "t")
    resolved["t"] = at + now.timestamp() if at < RELATIVE_BELOW else at
    resolved |= _measured(record, base)
    return ResolvedReading(resolved, at < RELATIVE_BELOW)


def _measured(record: Mapping[str, object], base: Mapping[str, object]) -> dict[str, object]:
    """Return value and sum of a record, each with its base; where only the base is there it stands for both."""
    nothing = not record.keys() & {"v", "vs", "vb", "vd", "s"}
    measured: dict[str, object] = {
        label: _number(base, of_base) + _number(record, label)
        for label, of_base in (("v", "bv"), ("s", "bs"))
        if label in record or (nothing and of_base in base)
    }
    if nothing and not measured:
        raise RefusedError("missing_field", "a record without a value")
    return measured


def _observations(sensor: str, resolved: ResolvedReading, received_at: datetime) -> Iterator[Observation]:
    record = resolved.record
    numbers = [(suffix, record[label]) for label, suffix in (("v", ""), ("s", _SUM)) if label in record]
    if not numbers:
        return
    source, at = _source(sensor, str(record["n"])), _instant(record["t"])
    LIVE.refuse_outside(at, at, received_at)
    flags = RECEIVED_TIME if resolved.as_received else 0
    for suffix, value in numbers:
        times = _factor(source, str(record.get("u", ""))) if not suffix else 1.0
        yield Observation(sensor, source + suffix, at, at, _finite(value) * times, 1.0, received_at, flags)


def _source(sensor: str, name: str) -> str:
    """Return a name without the sensor that the topic names already."""
    own = _without(sensor, name)
    if not _SOURCE.fullmatch(own):
        raise RefusedError("format", f"name {shown(name)} is not a letter and then letters, digits, _, ., / and -")
    return own


def _without(sensor: str, name: str) -> str:
    """Return what a name says beside a sensor, `value` where that is nothing."""
    if not sensor or not re.match(rf"{re.escape(sensor)}([:/_.-]|$)", name):
        return name
    return name[len(sensor) :].lstrip(":/_.-") or WHOLE


def _factor(source: str, unit: str) -> float:
    """Return the factor to the unit of the catalogue, where a name is a quantity of it; 1 for any other name."""
    name = source.partition("/")[0]
    if name not in QUANTITIES:
        return 1.0
    try:
        return factor(name, _UNITS.get(unit, unit))
    except ValueError as problem:
        raise RefusedError("unit", str(problem)) from problem


def _instant(seconds: object) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=_finite(seconds, 1e12))
    except OverflowError as problem:
        raise RefusedError("range", f"{shown(seconds)} is no instant") from problem


def _finite(value: object, most: float = FARTHEST) -> float:
    if not is_number(value):
        raise RefusedError("type", f"{shown(value)} where a record has a number")
    return within(value, -most, most)


def _number(labels: Mapping[str, object], label: str, missing: float = 0.0) -> float:
    value = labels.get(label, missing)
    if isinstance(value, str) and value.startswith("<number "):
        raise RefusedError("range", f"{label} is neither a measurement nor a time within 400 days")
    if not is_number(value):
        raise RefusedError("type", f"{label} is {shown(value)}, not a number")
    return value


def _text(labels: Mapping[str, object], label: str) -> str:
    value = labels.get(label, "")
    if not isinstance(value, str):
        raise RefusedError("type", f"{label} is {shown(value)}, not a text")
    return value


def _record(observation: Observation) -> dict[str, object]:
    name, label = observation.source, "v"
    if name.endswith(_SUM):
        name, label = name.removesuffix(_SUM), "s"
    record: dict[str, object] = {"n": name, label: observation.value}
    if not observation.quality_flags & RECEIVED_TIME:
        record["t"] = observation.ended_at.timestamp()
    return record


def _name(text: str, sender: Sender) -> str | None:
    """Let stay what a name says beside the sensor of the topic: a registered source, or plain words and few digits."""
    own = _without(sender.sensor, text)
    if own in sender.fields or own.removesuffix(_SUM) in sender.fields:
        return own
    return own if is_of_plain_words(own) else None


_TEXTS: Final[Texts] = {"records.*.n": SenderForm(_name), "records.*.u": UNIT, "records.*.bu": UNIT}


_EXAMPLE: Final = (
    b'[{"bn":"urn:dev:mac:70b3d57ed0000003_","bt":1778566500,"n":"bikes","v":42},{"n":"pm25","u":"ug/m3","v":8.1}]'
)

DIALECT: Final = Dialect(
    name="senml",
    subscriptions=("senml/+",),
    sensor_topics=("senml/%u",),
    pattern=PATTERN,
    sensor_group=1,
    texts=for_every_device(_TEXTS),
    parse=parse_pack,
    decode=decode,
    encode=encode,
    examples=(Example("senml/noord-1", _EXAMPLE, "noord-1", {"bikes": 42.0, "pm25": 8.1}),),
)
