"""Expected failures, whose messages are sentences for users, by the exit code of a command."""

from typing import ClassVar, Final

FAILED: Final = 1
USAGE: Final = 2
MISSING: Final = 3


class ExpectedError(Exception):
    """A failure whose message says what is wrong and what to do; any other exception of a command is a bug."""

    exit_code: ClassVar[int]


class CheckFailedError(ExpectedError):
    """A check failed, or a request was refused or not fulfilled."""

    exit_code = FAILED


class WrongUsageError(ExpectedError):
    """The command was used wrongly; nothing was started."""

    exit_code = USAGE


class ServiceMissingError(ExpectedError):
    """A service or file that is needed is missing, or does not answer."""

    exit_code = MISSING
