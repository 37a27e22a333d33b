"""`python -m deploy` is the command `doorfiets`, for processes that must not depend on the PATH."""

from deploy.cli import main

main()
