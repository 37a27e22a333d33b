# What checking and testing need of Python, in the same environment.

tools_inputs() { cat "$STEPS/tools.sh" requirements/dev.txt; "$VENV/bin/python" -V; pwd; }
tools_there() { "$VENV/bin/ruff" --version && "$VENV/bin/mypy" --version && "$VENV/bin/pytest" --version; } >/dev/null 2>&1
tools_do() { locked dev; }
