"""Who asks: what a proxy of ours says, and nothing that anybody else does."""

from ipaddress import ip_network

import pytest

from opendata.guards.visitors import LOOPBACK, Visitor, VisitorAddresses, group

pytestmark = pytest.mark.pure

TRUSTING = VisitorAddresses([ip_network("10.0.0.0/8")], LOOPBACK)


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("192.0.2.1", "", Visitor("192.0.2.1", speaks_for_others=False)),
        ("192.0.2.1", "203.0.113.9", Visitor("192.0.2.1", speaks_for_others=True)),
        ("10.0.0.1", "203.0.113.9", Visitor("203.0.113.9", speaks_for_others=False)),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", Visitor("203.0.113.9", speaks_for_others=True)),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", Visitor("203.0.113.9", speaks_for_others=True)),
        (None, "203.0.113.9", Visitor("203.0.113.9", speaks_for_others=False)),
        (None, "1.1.1.1, 127.0.0.1", Visitor("127.0.0.1", speaks_for_others=True)),
        ("10.0.0.1", "unknown", Visitor("10.0.0.1", speaks_for_others=True)),
        (None, "", Visitor("0.0.0.0", speaks_for_others=True)),  # noqa: S104 - nobody's
    ],
)
def test_the_visitor_is_the_last_who_is_no_proxy_of_ours(peer: str | None, forwarded: str, visitor: Visitor) -> None:
    """What stands before that is what the visitor says."""
    assert TRUSTING.of(peer, forwarded.encode()) == visitor


def test_this_machine_is_unlimited_but_not_whom_it_speaks_for() -> None:
    """A proxy that nobody said is one makes no visitor of the world one of this machine."""
    assert TRUSTING.is_unlimited(TRUSTING.of("127.0.0.1", b""))
    assert not TRUSTING.is_unlimited(TRUSTING.of("127.0.0.1", b"203.0.113.9"))
    assert not TRUSTING.is_unlimited(TRUSTING.of(None, b"203.0.113.9, 127.0.0.1"))
    assert TRUSTING.is_unlimited(TRUSTING.of(None, b"127.0.0.1"))
    assert not VisitorAddresses([], []).is_unlimited(Visitor("127.0.0.1", speaks_for_others=False))


def test_an_ipv6_subscriber_is_one_visitor() -> None:
    """All of a /64, and no address beside it; an IPv4 address that is written as IPv6 is itself."""
    assert group("2001:db8:1:2::1") == group("2001:db8:1:2:ffff:ffff:ffff:ffff")
    assert group("2001:db8:1:2::1") != group("2001:db8:1:3::1")
    assert group("::ffff:192.0.2.1") == group("192.0.2.1") != group("192.0.2.2")
    assert group("no address") == group("another one")
