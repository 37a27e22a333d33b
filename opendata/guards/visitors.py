"""Who asks: the address of a visitor, through proxies that are trusted and no others, and the group it counts in."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
LOOPBACK: Final[tuple[Network, ...]] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_SITE: Final = 64
"""Bits of an IPv6 address that one subscriber has: the rest is theirs to change with every request."""
_MOST_HOPS: Final = 20
NOBODY: Final = "0.0.0.0"  # noqa: S104 - an address that nobody has, nothing is bound here


class Visitor(NamedTuple):
    """Who asks, and whether that is a proxy that is not trusted, or a visitor who claims to be one."""

    address: str
    speaks_for_others: bool


class VisitorAddresses:
    """Tells who asks from the peer of a connection and what a proxy of ours says of whom it speaks for."""

    def __init__(self, trusted: Sequence[Network], unlimited: Sequence[Network]) -> None:
        """Take the networks of trusted proxies, and those of whoever is not limited."""
        self._trusted, self._unlimited = tuple(trusted), tuple(unlimited)

    def of(self, peer: str | None, forwarded: bytes) -> Visitor:
        """Return the visitor; a peer without address is the proxy of this machine, over a Unix socket.

        `forwarded` is `X-Forwarded-For`. Each proxy adds whom it saw at its end: the last address there that is no
        trusted proxy is the visitor, and all before it is what the visitor says.
        """
        if not forwarded:
            return Visitor(peer or NOBODY, speaks_for_others=peer is None)
        if not (peer is None or self._trusts(peer)):
            return Visitor(peer, speaks_for_others=True)
        seen = peer or NOBODY
        hops = [hop.strip() for hop in forwarded.decode("latin-1").split(",")[-_MOST_HOPS:]]
        while hops and _parsed(hops[-1]) is not None:
            seen = hops.pop()
            if not self._trusts(seen):
                break
        return Visitor(seen, speaks_for_others=bool(hops))

    def is_unlimited(self, visitor: Visitor) -> bool:
        """Tell whether a visitor is not limited: never a proxy that nobody said is one, however near it is."""
        return bool(self._unlimited) and not visitor.speaks_for_others and _within(visitor.address, self._unlimited)

    def _trusts(self, address: str) -> bool:
        return bool(self._trusted) and _within(address, self._trusted)


@lru_cache(maxsize=8_192)
def group(address: str) -> bytes:
    """Return the bytes by which a visitor is counted: an IPv4 address, or the /64 of an IPv6 address."""
    found = _parsed(address)
    if found is None:
        return b"?"
    return found.packed if isinstance(found, IPv4Address) else found.packed[: _SITE // 8]


@lru_cache(maxsize=8_192)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """Parse an address; one of IPv4 that is written as IPv6 is of IPv4."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


@lru_cache(maxsize=8_192)
def _within(address: str, networks: tuple[Network, ...]) -> bool:
    found = _parsed(address)
    return found is not None and any(found in one for one in networks)
