"""The limit of failed logins: by account, by address, and by both, of a bounded number of them."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, TypeAlias

WITHIN: Final = timedelta(minutes=15)
"""How long a failure counts."""
OF_BOTH: Final = 5
OF_ADDRESS: Final = 20
OF_ACCOUNT: Final = 40
"""Failures of one address about one account, of one address about any, and about one account from anywhere."""

_MOST: Final = 10_000
_Key: TypeAlias = tuple[str, str]


class LoginLimit:
    """The failures of the last quarter of an hour; the oldest of too many are forgotten."""

    def __init__(self) -> None:
        self._failures: OrderedDict[_Key, list[datetime]] = OrderedDict()
        self._lock = Lock()

    def admits(self, account: str, address: str, at: datetime) -> bool:
        """Tell whether another attempt may be made, and count it as a failure until it succeeds.

        So many attempts at the same time are no more than one after the other.
        """
        with self._lock:
            if any(len(self._recent(key, at)) >= most for key, most in _keys(account, address)):
                return False
            for key, _ in _keys(account, address):
                self._failures[key] = [*self._recent(key, at), at]
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST:
                self._failures.popitem(last=False)
            return True

    def succeeded(self, account: str, address: str, at: datetime) -> None:
        """Forget the attempt of a moment, and the failures of this address about this account."""
        with self._lock:
            self._failures.pop((account, address), None)
            for key in (("", address), (account, "")):
                if at in self._failures.get(key, ()):
                    self._failures[key].remove(at)

    def _recent(self, key: _Key, at: datetime) -> list[datetime]:
        return [one for one in self._failures.get(key, ()) if at - one < WITHIN]


def _keys(account: str, address: str) -> list[tuple[_Key, int]]:
    return [((account, address), OF_BOTH), (("", address), OF_ADDRESS), ((account, ""), OF_ACCOUNT)]
