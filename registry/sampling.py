"""What a value of a datastream is of, resolved from the profile of its device (record 24)."""

from typing import Any, Final

from schemas.profile import DeviceProfile, ProfileField, Sampling
from schemas.quantities import QUANTITIES

FIXED: Final = ("sampling", "every_seconds", "register_bits", "restart", "gap")
"""What was derived from measurements by these columns would be something else by others."""
_USUAL: Final = ProfileField(field="")


def sampling(quantity: str, profile: DeviceProfile | None, field: ProfileField | None) -> dict[str, Any]:
    """Return the columns of a datastream that say what its values are of.

    `field` is the field of the profile that is its source. Without one the message says the interval, or `store`
    decides by the quantity where it does not; without a profile nothing is known of rhythm and window either.
    """
    of_field = field or _USUAL
    return {
        "sampling": _of(quantity, field) if field else "interval",
        "every_seconds": profile.every if profile else 0,
        "register_bits": of_field.bits,
        "restart": of_field.restart,
        "gap": of_field.gap,
        "measuring_window": profile.window if profile else "always",
    }


def _of(quantity: str, field: ProfileField) -> Sampling:
    """Return what a field says, else what is usual: a count is an increment, anything else a sample."""
    return field.sampling or ("increment" if QUANTITIES[quantity].counted else "sample")
