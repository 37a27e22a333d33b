"""`python -m deploy` is the command `doorfiets`, for processes that must not depend on the PATH."""

import signal

signal.signal(
    signal.SIGINT, signal.SIG_DFL
)  # until a command begins, Ctrl-C ends the process; imports would swallow the exception

from deploy.cli import main  # noqa: E402 - after the line above on purpose

main()
