"""Receipts on their way from a committed transaction to topic `receipts`: one that is lost is earned again."""

from collections.abc import Sequence
from itertools import count

from schemas.frames import Frame, cut, pack
from schemas.receipt import Receipt


class UnsentReceipts:
    """What senders are to be told of what is committed, and was not sent yet."""

    def __init__(self, instance: str) -> None:
        self._writer = f"doorfiets-store-{instance}"
        self._receipts: list[Receipt] = []
        self._numbers = count(1)

    def add(self, receipts: Sequence[Receipt]) -> None:
        """Add the receipts of a transaction."""
        self._receipts += receipts

    def frames(self) -> list[Frame]:
        """Give all of them as frames, once."""
        receipts, self._receipts = self._receipts, []
        return [pack(piece, frame_id=str(next(self._numbers)), writer=self._writer) for piece in cut(receipts)]
