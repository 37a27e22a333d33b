"""Reproducible random numbers: one between 0 and 1 for every name, the same on every run and machine."""

from hashlib import blake2b
from math import exp, sqrt
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist()
_MANY: Final = 40  # from here on a Poisson distribution is close enough to a normal one


def uniform(*names: object) -> float:
    """Draw from (0, 1); the names are the seed, and order of drawing plays no part."""
    digest = blake2b("/".join(map(str, names)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11 | 1) / 2**53


def poisson(mean: float, chance: float) -> int:
    """Turn one uniform draw into a count with the given mean."""
    if mean >= _MANY:
        return max(0, round(mean + sqrt(mean) * _NORMAL.inv_cdf(chance)))
    count, term = 0, exp(-mean)
    reached = term
    while reached < chance and count < 4 * _MANY:
        count += 1
        term *= mean / count
        reached += term
    return count


def wander(at: float, step: float, *names: object) -> float:
    """Draw a smooth curve in (0, 1): one draw every `step`, a straight line between two of them."""
    knot, part = divmod(at, step)
    before, after = uniform(*names, int(knot)), uniform(*names, int(knot) + 1)
    return before + (after - before) * part / step
