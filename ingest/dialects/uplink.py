"""One uplink of a device, whatever network carried it, as observations of one instant by the profile of the device."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from ingest.dialects.byte_layout import NO_PORT, fields_of, fits, layout_of
from ingest.dialects.device_texts import DATALOG, NO_PROFILE, OWN_TIME
from ingest.dialects.fields import UNKNOWN_PORT, epoch, instant, is_number, is_true, number_and_unit
from ingest.dialects.measured_fields import flat, measured
from ingest.dialects.refusal import RefusedError, shown
from ingest.dialects.windows import LIVE
from schemas.device import RegisteredDevice
from schemas.observation import Observation
from schemas.profile import DeviceProfile, ProfileStatus, ProfileTime
from schemas.quality_flags import RECEIVED_TIME, STATUS_BAD, STATUS_SUSPECT, STATUS_UNKNOWN
from schemas.runs import run_in

LAST_FRAME: Final = 2**32 - 1
"""The largest frame counter of a session."""

_FLAGS: Final = {"ok": 0, "suspect": STATUS_SUSPECT, "excluded": STATUS_BAD}


class Uplink(NamedTuple):
    """One uplink: the network's time, the port, and its place in the session.

    The port is None where the network has none, and UNKNOWN_PORT where the frame names none that can be read.

    `decoded` is what the network's own decoder made of it, `radio` its bytes, None where they did not stay; `has_radio`
    says whether there were any. `run` and `number` are both None where its sender does not number.
    """

    sensor: str
    at: datetime | None
    port: int | None
    decoded: Mapping[str, object]
    radio: bytes | None = None
    has_radio: bool = False
    run: int | None = None
    number: int | None = None


def place_in_session(counter: object, *sessions: object) -> tuple[int, int] | tuple[None, None]:
    """Return the run and the frame counter; both None where either is missing.

    The run is that of the first of `sessions` that is the digest of one.
    """
    runs = (run_in("session", one) for one in sessions if isinstance(one, str))
    run = next((run for run in runs if run is not None), None)
    if run is None or type(counter) is not int or not 0 <= counter <= LAST_FRAME:
        return None, None
    return run, counter


def observations_of(uplink: Uplink, device: RegisteredDevice | None, received_at: datetime) -> list[Observation]:
    """Return what an uplink measured, by source; raise RefusedError where it measured nothing or cannot be read."""
    profile = (device and device.profile) or NO_PROFILE
    _refuse_empty(uplink)
    _refuse_port(uplink.port, profile)
    fields = _fields(uplink, profile)
    at, flags = _moment(uplink, fields, profile, received_at)
    flags |= _status(fields, profile)
    values = measured(fields, device)
    if not values:
        _refuse_nothing(fields)
    run, number = (None, None) if profile.counter_restarts else (uplink.run, uplink.number)
    return [
        Observation(uplink.sensor, source, at, at, value, 1.0, received_at, flags, run, number)
        for source, value in values.items()
    ]


def _refuse_empty(uplink: Uplink) -> None:
    """Refuse what carries no application data: port 0 does not, whatever was made of it."""
    nothing = not uplink.decoded and not uplink.has_radio
    if nothing or uplink.port == 0 or (uplink.port == UNKNOWN_PORT and not uplink.decoded):
        raise RefusedError("not_a_measurement", "a frame of the network without application data")


def _refuse_port(port: int | None, profile: DeviceProfile) -> None:
    """Refuse another port than those that the profile names, where it names any, and a frame that names none."""
    stored = [profile.stored.port] if profile.stored and profile.stored.port else []
    if port is not None and profile.ports and port not in {*profile.ports, *stored}:
        which = "a frame without a port" if port == UNKNOWN_PORT else f"port {port}"
        raise RefusedError("not_a_measurement", f"{which} carries no measurements, says the profile of the device")


def _fields(uplink: Uplink, profile: DeviceProfile) -> dict[str, object]:
    """Return the fields by path: those that the network decoded, else those of the bytes."""
    if uplink.decoded:
        return flat(uplink.decoded)
    layout = layout_of(profile, NO_PORT if uplink.port is None else uplink.port)
    if layout is None:
        raise RefusedError(
            "missing_field",
            "nothing decodes the payload: give the device a payload formatter in its network, or a profile with a "
            f"layout for {'its bytes' if uplink.port is None else 'port ' + str(uplink.port)}",
        )
    if uplink.radio is None or not fits(layout, uplink.radio):
        raise RefusedError("format", "the payload does not have the length that the profile of the device says")
    return fields_of(layout, uplink.radio)


def _moment(
    uplink: Uplink, fields: Mapping[str, object], profile: DeviceProfile, received_at: datetime
) -> tuple[datetime, int]:
    """Return when an uplink was measured: the device's own time, else the network's, else the reception, flagged."""
    at = _own_time(fields, profile)
    if at is None and _is_stored(uplink, fields, profile):
        raise RefusedError("missing_field", "a stored frame without a time of its own that can be read")
    at = at or uplink.at
    if at is None:
        return received_at, RECEIVED_TIME
    LIVE.refuse_outside(at, at, received_at)
    return at, 0


def _own_time(fields: Mapping[str, object], profile: DeviceProfile) -> datetime | None:
    """Return the device's own time; None where it sends none, or no profile names the field and it cannot be read."""
    time = profile.time or OWN_TIME
    sent = fields.get(time.field)
    if sent is None:
        return None
    try:
        return _instant(sent, time)
    except RefusedError:
        if profile.field:
            raise
        return None


def _instant(sent: object, time: ProfileTime) -> datetime:
    if time.form == "rfc3339":
        if isinstance(sent, str):
            return instant(sent)
        raise RefusedError("type", f"{time.field} is {shown(sent)}, not a time in RFC 3339")
    if isinstance(sent, str) and sent.startswith("<number "):
        raise RefusedError("range", f"{time.field} is {shown(sent)}, no time since 1970")
    said = number_and_unit(sent) if isinstance(sent, str) else None
    number = said[0] if said else sent
    if not is_number(number):
        raise RefusedError("type", f"{time.field} is {shown(sent)}, not a time in seconds since 1970")
    return epoch(number / 1000 if time.form == "epoch_ms" else number)


def _is_stored(uplink: Uplink, fields: Mapping[str, object], profile: DeviceProfile) -> bool:
    if profile.stored is None:
        return is_true(fields.get(DATALOG))
    by_port = bool(profile.stored.port) and uplink.port == profile.stored.port
    return by_port or (bool(profile.stored.field) and is_true(fields.get(profile.stored.field)))


def _status(fields: Mapping[str, object], profile: DeviceProfile) -> int:
    """Return the quality flags that the status of the device gives to all of its frame."""
    flags = 0
    for status in profile.status:
        if (sent := fields.get(status.field)) is not None:
            flags |= _flags_of(status, sent)
    return flags


def _flags_of(status: ProfileStatus, sent: object) -> int:
    number = int(sent) if isinstance(sent, int) or (isinstance(sent, float) and sent.is_integer()) else None
    if status.bits and number is not None and number >= 0:
        codes = [str(1 << bit) for bit in range(number.bit_length()) if number >> bit & 1]
    else:
        codes = [str(sent if number is None else number)]
    found = {_FLAGS[status.codes[code]] if code in status.codes else STATUS_UNKNOWN for code in codes}
    return next((one for one in (STATUS_BAD, STATUS_SUSPECT, STATUS_UNKNOWN) if one in found), 0)


def _refuse_nothing(fields: Mapping[str, object]) -> None:
    if any(isinstance(value, str) for value in fields.values()):
        raise RefusedError(
            "type", "there are texts only: let the payload formatter give numbers, or name the fields in a profile"
        )
    raise RefusedError("not_a_measurement", "there is no number in what was decoded")
