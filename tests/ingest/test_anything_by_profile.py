"""Whatever a device sends and its profile says: observations or one rejection, and the same from what stays."""

import math
from datetime import UTC, datetime
from typing import Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dialects import chirpstack, helium, nbiot, things_stack
from ingest.dialects.decoder import decode_permitted
from ingest.dialects.dialect import Dialect
from ingest.dialects.measured_fields import LARGEST_REGISTER, flat, measured
from ingest.dialects.refusal import RefusedError
from schemas.device import RegisteredDevice
from schemas.frames import pack, unpack_observations, unpack_rejections
from schemas.profile import (
    ByteField,
    ByteLayout,
    ByteType,
    DeviceProfile,
    ProfileField,
    ProfileStatus,
    ProfileTime,
    StoredFrame,
)
from schemas.rejection import REASONS, Rejection
from tests.ingest.anything import CHOICES, Choices, Right, message

pytestmark = pytest.mark.pure

NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
NETWORKS: Final = (things_stack.DIALECT, chirpstack.DIALECT, helium.DIALECT, nbiot.DIALECT)
EVERY: Final = pytest.mark.parametrize("dialect", NETWORKS, ids=lambda one: one.name)
MESSAGES: Final[dict[str, Right]] = {one.name: message(one.examples[0].payload) for one in NETWORKS}
PATHS: Final = ("bikes_in", "battery", "battery.value", "note", "time", "n", "Battery (V)", "", "a.b", "received_at")


def device(choices: Choices, name: str) -> RegisteredDevice | None:
    """Choose a device: not registered, without a profile, or with one that says anything at all."""
    sources = frozenset(choices.one(PATHS) for _ in range(choices.below(4)))
    match choices.below(4):
        case 0:
            return None
        case 1:
            return RegisteredDevice(name, None, sources)
    fields = [
        ProfileField(
            field=choices.one(PATHS), source=choices.one(("", "x")), factor=choices.one((1.0, -0.1, 1e300)),
            quantity=choices.one(("", "bicycles", "temperature")), unit=choices.one(("", "°C")),
            sampling=choices.one(("", "cumulative", "interval")), missing=choices.one(([], [42.0])),
        )
        for _ in range(choices.below(4))
    ]  # fmt: skip
    layout = [
        ByteLayout(
            port=choices.below(3), length=choices.below(6),
            fields=[
                ByteField(field=choices.one(PATHS), at=choices.below(7) - 1, type=choices.one(get_args(ByteType)))
                for _ in range(choices.below(3))
            ],
        )
        for _ in range(choices.below(3))
    ]  # fmt: skip
    profile = DeviceProfile(
        maker="m", model="m", field=fields, layout=layout,
        time=choices.one((None, *(ProfileTime(field=choices.one(PATHS), form=form) for form in ("epoch", "rfc3339")))),
        stored=choices.one((None, StoredFrame(field=choices.one(PATHS)), StoredFrame(port=2))),
        status=[ProfileStatus(field=choices.one(PATHS), codes={"42": "excluded"}, bits=bool(choices.below(2)))],
        ports=choices.one(([], [2], [3])), ignore=[choices.one(PATHS)], texts=[choices.one(PATHS)],
    )  # fmt: skip
    return RegisteredDevice(name, profile, sources)


@EVERY
@given(choices=CHOICES)
def test_whatever_is_sent_by_whatever_device_ends_once(dialect: Dialect, choices: Choices) -> None:
    """It can be packed, has a reason of the catalogue, and holds no number that is not finite."""
    (example,) = dialect.examples
    one = device(choices, example.sensor)
    payload = MESSAGES[dialect.name].instead(choices)
    decoded = decode_permitted(example.topic, payload, NOON, {example.sensor: one} if one else {})
    if isinstance(decoded.outcome, Rejection):
        assert decoded.outcome.reason in REASONS
        assert unpack_rejections(*pack([decoded.outcome], frame_id="", writer="")) == [decoded.outcome]
    else:
        assert decoded.outcome
        assert all(one.value is None or math.isfinite(one.value) for one in decoded.outcome)
        assert unpack_observations(*pack(decoded.outcome, frame_id="", writer="")) == decoded.outcome


@EVERY
@given(choices=CHOICES)
def test_what_stays_of_it_is_decoded_alike(dialect: Dialect, choices: Choices) -> None:
    """Topic `raw` has nothing else: a corrected profile reads the past again from it."""
    (example,) = dialect.examples
    one = device(choices, example.sensor)
    devices = {example.sensor: one} if one else {}
    first = decode_permitted(example.topic, MESSAGES[dialect.name].instead(choices), NOON, devices)
    if first.payload is not None and not isinstance(first.outcome, Rejection):
        again = decode_permitted(first.topic, first.payload, NOON, devices)
        assert (again.outcome, again.payload) == (first.outcome, first.payload)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["n/a", "42", "-1.6 °C", "9" * 15, "29.92 °F"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "unit", "b"]), inner, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip
decodings = st.dictionaries(st.sampled_from(["n", "t", "a", "Battery (V)", "other"]), values, max_size=5)


@given(decodings, st.frozensets(st.sampled_from(["n", "t", "a.value", "Battery (V)"])))
def test_a_registered_source_is_read_or_refused_and_never_vanishes(
    decoded: dict[str, object], registered: frozenset[str]
) -> None:
    """And what nobody registered makes no difference to what is."""
    device = RegisteredDevice("noord-1", None, registered)
    fields = flat(decoded)
    there = {one for one in registered if one in fields or any(path.startswith(f"{one}.") for path in fields)}
    alone = {
        path: value
        for path, value in fields.items()
        if any(
            path.startswith((one, f"{one.removesuffix('.value')}.")) or one.startswith(f"{path}.") for one in registered
        )
    }
    try:
        seen = measured(fields, device)
    except RefusedError as refused:
        assert any(one in refused.detail for one in registered)  # noqa: PT017 - both ends are right
        with pytest.raises(RefusedError):
            measured(alone, device)
        return
    assert there <= seen.keys()
    assert {one: seen[one] for one in there} == {
        one: value for one, value in measured(alone, device).items() if one in there
    }
    assert all(abs(seen[one] or 0) <= LARGEST_REGISTER for one in there)
