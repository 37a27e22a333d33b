"""The first account of the console on a machine: made with the first start, its password shown this once."""

from typing import Final, NamedTuple

from operations.console import accounts, passwords

NAME: Final = "operator"
_BY: Final = "doorfiets up"


class FirstAccount(NamedTuple):
    """The account that was made, with its password, which nobody can read again."""

    account: str
    password: str


def made(conninfo: str) -> FirstAccount | None:
    """Make the first account; None where there is one already."""
    with accounts.connected(conninfo) as session:
        if accounts.listed(session):
            return None
        password = passwords.generated()
        accounts.add(session, NAME, "operator", password, by=_BY)
    return FirstAccount(NAME, password)
