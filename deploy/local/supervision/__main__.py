"""Supervisord with the extensions of this package: `python -m deploy.local.supervision -c FILE`."""

import sys

from supervisor import loggers, process, supervisord

from deploy.local.supervision.losing_log import LosingLog, LosingText
from deploy.local.supervision.restarts import Restarted


def main() -> None:
    """Replace two classes of the library by those of this package, and run until it is stopped."""
    loggers.RotatingFileHandler = LosingLog
    process.Subprocess = Restarted
    sys.stdout, sys.stderr = LosingText(sys.stdout), LosingText(sys.stderr)
    supervisord.main()


if __name__ == "__main__":
    main()
