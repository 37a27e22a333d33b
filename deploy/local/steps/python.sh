# The virtual environment: locked by hash, wheels only, and doorfiets itself in place.

python_inputs() { cat "$STEPS/python.sh" pyproject.toml requirements/{setup,runtime,grafana}.txt; python3 -V; pwd; }
python_there() { "$VENV/bin/doorfiets" --version >/dev/null 2>&1; }
python_do() {
  "$VENV/bin/python" -c '' 2>/dev/null || python3 -m venv --clear "$VENV"
  locked setup runtime grafana
  "$VENV/bin/pip" install --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
}

locked() { # NAME... of lock files
  # shellcheck disable=SC2046  # one argument for each lock file
  "$VENV/bin/pip" install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: $(printf -- '-r requirements/%s.txt ' "$@")
}
