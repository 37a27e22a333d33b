"""Start supervisord as the local stack needs it: `python -m deploy.local.supervision -c FILE`."""

import sys

from supervisor import loggers, process, supervisord

from deploy.local.supervision.losing_log import LosingLog, LosingText
from deploy.local.supervision.restarts import Restarted


def main() -> None:
    """Run until told to stop; what the library makes by these names is ours from now on."""
    loggers.RotatingFileHandler = LosingLog
    process.Subprocess = Restarted
    sys.stdout, sys.stderr = LosingText(sys.stdout), LosingText(sys.stderr)
    supervisord.main()


if __name__ == "__main__":
    main()
