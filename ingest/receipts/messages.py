"""The messages to a sensor about its own: what is stored of a boot, and what was refused and why."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from schemas.number_ranges import Ranges, through
from schemas.receipt import Receipt
from schemas.runs import digest_of_run
from schemas.topics import nack_topic, receipt_topic

_BOOT: Final = "boot"


class ReceiptMessage(msgspec.Struct):
    """What is done with of one boot: all numbers from 0 through `seq` (-1: none), and the ranges beyond.

    `boot` is the digest of its name (`schemas.runs.digest_of`): the name itself is nowhere on the platform.
    """

    boot: str
    seq: int
    beyond: Ranges = ()


class NackMessage(msgspec.Struct):
    """One message that was refused, with the reason: a key of `schemas.rejection.REASONS`."""

    boot: str
    seq: int
    reason: str


class ToPublish(NamedTuple):
    """A topic and a payload."""

    topic: str
    payload: bytes


def messages_of(receipt: Receipt) -> Iterator[ToPublish]:
    """Yield what a sensor is told: refusals first, as the receipt covers them too."""
    boot = digest_of_run(_BOOT, receipt.run)
    for number, reason in receipt.refused:
        yield ToPublish(nack_topic(receipt.sensor), msgspec.json.encode(NackMessage(boot, number, reason)))
    seq = through(receipt.ranges)
    beyond = receipt.ranges[1:] if seq >= 0 else receipt.ranges
    yield ToPublish(receipt_topic(receipt.sensor), msgspec.json.encode(ReceiptMessage(boot, seq, beyond)))
