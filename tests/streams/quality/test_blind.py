"""Blind cameras: all modes zero at once, in hours in which the camera can measure."""

from datetime import timedelta

import numpy as np
import pytest

from streams.domain.quality import OPEN, ReadingSeries
from tests.streams.quality.made import COURSE, MONDAY, counts, found, put

pytestmark = pytest.mark.pure

BLINDED = 4 * 168 + 12


def camera(weeks: int = 5, *, unclassified: float = 0.0, first: int = BLINDED) -> tuple[ReadingSeries, ...]:
    """Make the three modes of one camera, which names nothing from an hour on; its nights are not valid."""
    modes = []
    for number, quantity in enumerate(("bicycles", "cars", "pedestrians"), 1):
        one = put(counts(weeks, seed=number, datastream=number, level=0.3), first, 0.0, weeks * 168 - first)
        unnamed = np.where(np.arange(len(one.values)) >= first, unclassified, 0.0)
        light = np.tile(COURSE >= 20, weeks * 7)
        modes.append(one._replace(quantity=quantity, camera="s2", unclassified=unnamed, valid=light))
    return tuple(modes)


def test_every_mode_of_a_blind_camera_gets_the_run() -> None:
    """They are not called dead one by one; the evidence has what was expected of all of them together."""
    new = found(*camera())
    assert [(run.datastream, run.flag, run.started_at, run.ended_at) for run in new] == [
        (number, "blind", MONDAY + timedelta(hours=BLINDED), OPEN) for number in (1, 2, 3)
    ]
    assert {tuple(run.evidence["modes"]) for run in new} == {("bicycles", "cars", "pedestrians")}  # type: ignore[arg-type]


def test_a_camera_without_a_past_is_blind_when_it_names_nothing_of_much() -> None:
    """From its first hour on it counts ten an hour that it cannot name; one that counts nothing may see nobody."""
    assert {run.flag for run in found(*camera(first=0, unclassified=10.0))} == {"blind"}
    assert found(*camera(first=0)) == []


def test_one_mode_that_is_silent_is_no_blindness() -> None:
    """The others go on: it is dead by itself."""
    whole = camera(first=5 * 168)
    (run,) = found(put(whole[0], BLINDED, 0.0, 100), *whole[1:])
    assert (run.datastream, run.flag) == (1, "dead")


def test_modes_of_two_cameras_are_not_blind_together() -> None:
    """Each is one mode by itself."""
    assert {run.flag for run in found(*(one._replace(camera=one.quantity) for one in camera()))} == {"dead"}


def test_a_camera_of_which_modes_speak_at_other_times() -> None:
    """Only the hours in which all modes were measured are compared."""
    first, second, third = camera()
    shorter = second._replace(
        starts=second.starts[24:], values=second.values[24:], valid=second.valid[24:], unclassified=None
    )
    assert {run.flag for run in found(first, shorter, third)} == {"blind"}
