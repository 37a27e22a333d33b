"""The profile of a model of sensor: what its fields mean, how often it speaks, and when it can measure at all."""

from typing import Literal, TypeAlias

import msgspec

Sampling: TypeAlias = Literal["interval", "increment", "cumulative", "sample"]
"""What a value is of.

- `interval`: of the interval that the message states;
- `increment`: a count since the frame before;
- `cumulative`: a running total, of which the difference to the frame before counts;
- `sample`: a value at one instant, which is averaged over the interval of its datastream.
"""

TimeForm: TypeAlias = Literal["rfc3339", "epoch", "epoch_ms"]
"""How a time is written.

- `rfc3339`: a text with its offset, `2026-05-12T06:15:20Z`;
- `epoch`: seconds since 1970, as a number or a text;
- `epoch_ms`: milliseconds since 1970, likewise.
"""

ByteType: TypeAlias = Literal[
    "u8", "i8", "u16be", "u16le", "i16be", "i16le", "u24be", "u24le",
    "u32be", "u32le", "i32be", "i32le", "f32be", "f32le",
]  # fmt: skip
"""How a number is written in bytes.

`u` is without a sign, `i` with one (two's complement), `f` a fraction (IEEE 754); then its bits; then the order of its
bytes, `be` with the highest first, `le` with the lowest.
"""

StatusVerdict: TypeAlias = Literal["ok", "suspect", "excluded"]
"""What a code says about all values of its frame.

- `ok`: nothing;
- `suspect`: they count, with the flag `status_suspect`;
- `excluded`: they take no part in sums and averages, and have the flag `status_bad`.
"""


class ProfileField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One field that is a measurement.

    `field` is its path in what was decoded, with a dot between levels (`temperature.value`); a key that is no plain
    name (`Battery (V)`) stands as it is sent. `source` is the name by which a datastream refers to it, empty for the
    path. `quantity` is a key of the catalogue, empty where the registry decides (a counter that counts whatever
    it is set to). `unit` is as sent, empty for the catalogue's; what was sent times `factor` is in it. `missing` are
    values that mean "not measured". `channel` is recorded only.

    `sampling` is by the quantity where it is empty: a count is an increment, anything else a sample. Of a `cumulative`
    field `bits` is the width of the register, 0 where it never rolls over: a lower total is a restart then. After a
    `restart` the count since then is unknown, or is what the register says (`counts`), with a quality flag. The
    difference over frames that were lost is `missing`, or counts as a `whole` on the middle of the gap (`gap`), with
    a quality flag.
    """

    field: str
    source: str = ""
    quantity: str = ""
    channel: str = ""
    unit: str = ""
    factor: float = 1.0
    missing: list[float] = []
    sampling: Literal["", "interval", "increment", "cumulative", "sample"] = ""
    bits: Literal[0, 8, 16, 24, 32] = 0
    restart: Literal["unknown", "counts"] = "unknown"
    gap: Literal["missing", "whole"] = "missing"

    @property
    def name(self) -> str:
        """Return the source under which datastreams refer to the field."""
        return self.source or self.field


class ProfileTime(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The `field` that is the device's own time of measurement, and the `form` in which it is written.

    A frame without the field has the network's time.
    """

    field: str
    form: TimeForm = "rfc3339"


class ProfileStatus(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `field` with the status of the device, and what its codes mean.

    `codes` maps a code as text to its verdict; where `bits` is true they are values of bits (1, 2, 4, ...), of which
    the worst that is set decides. A code that is not named is suspect as well, as an unknown one.
    """

    field: str
    codes: dict[str, StatusVerdict]
    bits: bool = False


class ByteField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One number in the bytes of a frame.

    `field` is its path, as if the network had decoded it; `at` is its first byte, the first of the frame is 0; `type`
    is how it is written; times `factor` it is what the field says.
    """

    field: str
    at: int
    type: ByteType
    factor: float = 1.0


class ByteLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The bytes of the frames of one `port`, for networks that decode nothing.

    Port 0 is that of networks without ports. `length` is the number of bytes, 0 where it varies; `fields` are the
    numbers in them.
    """

    port: int
    length: int = 0
    fields: list[ByteField]


class StoredFrame(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a frame says that it was measured earlier and is sent now: a `field` that is true, or a `port` of its own.

    One of the two is named. Such a frame needs the device's own time; without one it is refused.
    """

    field: str = ""
    port: int = 0


class DeviceProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One model of sensor.

    `maker` and `model` are shown to readers; `dialects` and `note` are recorded only.
    `every` is how often it speaks, in seconds, 0 for the interval of each datastream. `window` is when it can measure:
    always, in daylight, or in local hours (`05-20`). Outside of it nothing is expected, and nothing counts.
    `ports` are the ports that carry measurements, all where it is empty; frames of others are not a measurement.
    `counter_restarts` says that the frame counter of the device begins again within one session, as that of one that is
    activated by personalisation does at a power-up: then a frame is known by its instant, not by its number.
    `battery_low` is the voltage below which its battery is to be replaced, 0 where that is not known: of the first
    field of quantity `battery` the newest is kept, whether or not anybody registered it.
    `ignore` are fields that say nothing about measurements; they are reported to nobody. `texts` are fields whose text
    stays readable for operators, such as a firmware version.
    """

    maker: str
    model: str
    dialects: list[str] = []
    note: str = ""
    every: int = 0
    window: str = "always"
    time: ProfileTime | None = None
    stored: StoredFrame | None = None
    ports: list[int] = []
    counter_restarts: bool = False
    battery_low: float = 0.0
    field: list[ProfileField] = []
    status: list[ProfileStatus] = []
    layout: list[ByteLayout] = []
    ignore: list[str] = []
    texts: list[str] = []
