"""Failures that are sentences of their own, by the exit code that a program sees when a command ends with one."""

from typing import ClassVar, Final

FAILED: Final = 1
USAGE: Final = 2
MISSING: Final = 3


class ExpectedError(Exception):
    """A failure that its message explains, and what to do; whatever else a command raises is a bug."""

    exit_code: ClassVar[int]


class CheckFailedError(ExpectedError):
    """A check failed, or what was asked was refused or did not come about."""

    exit_code = FAILED


class WrongUsageError(ExpectedError):
    """What was asked cannot be; nothing was started."""

    exit_code = USAGE


class ServiceMissingError(ExpectedError):
    """Something that is needed is not there, or does not answer."""

    exit_code = MISSING
