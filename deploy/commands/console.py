"""`doorfiets console account`: who may log in to the console of operators."""

import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from getpass import getpass, getuser
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.printing import print_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from operations.console.accounts import Session

app = typer.Typer()
_console = typer.Typer(name="console", help="The console of operators.", no_args_is_help=True)
_account = typer.Typer(name="account", help="Who may log in to the console.", no_args_is_help=True)
_console.add_typer(_account)
app.add_typer(_console)

Name = Annotated[str, typer.Argument(help="1 to 40 of a-z, 0-9, `.`, `_` and `-`.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password and print it; without, it is typed.")]


class Role(StrEnum):
    """What an account may do: look, or act as well."""

    viewer = "viewer"
    operator = "operator"


@_account.command(
    epilog="Examples: `doorfiets console account add j.jansen --role operator`"
    " · `doorfiets console account add wacht --role viewer --generate`"
)
def add(
    name: Name,
    *,
    role: Annotated[Role, typer.Option(help="viewer looks, operator acts as well.")],
    generate: Generate = False,
) -> None:
    """Add an account; its password is typed, twice, or made."""
    from operations.console import accounts

    password = _password(generate=generate)
    with _session() as session:
        accounts.add(session, name, role.value, password, by=getuser())
    print(f"{name} may log in as {role.value}.", file=sys.stderr)
    if generate:
        print(password)


@_account.command("list", epilog="Examples: `doorfiets console account list` · `... list --json`")
def list_accounts(
    *, json: Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")] = False
) -> None:
    """List the accounts, also those that are disabled."""
    from operations.console import accounts

    with _session() as session:
        found = accounts.listed(session)
    print_rows(found, ("account", "role", "created_at", "disabled_at"), ("changed_at",), json=json)
    if not found:
        print("Nobody may log in: `doorfiets console account add NAME --role operator`.", file=sys.stderr)


@_account.command(epilog="Example: `doorfiets console account password j.jansen --generate`")
def password(name: Name, *, generate: Generate = False) -> None:
    """Give an account another password, and log it out everywhere; one that was disabled can log in again."""
    from operations.console import accounts

    new = _password(generate=generate)
    with _session() as session:
        accounts.change_password(session, name, new, by=getuser())
    print(f"{name} has another password, and is logged out everywhere.", file=sys.stderr)
    if generate:
        print(new)


@_account.command(epilog="Example: `doorfiets console account disable j.jansen`")
def disable(name: Name) -> None:
    """Let nobody in by this name any more, and log it out everywhere; `password` lets it in again."""
    from operations.console import accounts

    with _session() as session:
        accounts.disable(session, name, by=getuser())
    print(f"{name} can log in no more.", file=sys.stderr)


def _password(*, generate: bool) -> str:
    """Return a password: made, typed twice at a terminal, or the first line of what is piped."""
    from operations.console import passwords

    if generate:
        return passwords.generated()
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    typed = getpass("Password: ")
    if typed != getpass("Again: "):
        raise passwords.PasswordRefusedError("these were two different passwords")
    return typed


@contextmanager
def _session() -> "Iterator[Session]":
    from deploy.local.location import locate
    from deploy.settings import read
    from operations.console.accounts import connected

    with connected(str(locate(read(os.environ)).postgres)) as session:
        yield session
