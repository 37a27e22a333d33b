# The virtual environment: locked by hash, wheels only, and doorfiets itself in place.

python_inputs() { cat "$STEPS/python.sh" pyproject.toml; locks | xargs cat; python3 -V; pwd; }
python_there() { "$VENV/bin/doorfiets" --version >/dev/null 2>&1; }
python_do() {
  "$VENV/bin/python" -c '' 2>/dev/null || python3 -m venv --clear "$VENV"
  # shellcheck disable=SC2046  # one argument for each lock file
  "$VENV/bin/pip" install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: $(locks | sed 's/^/-r /')
  "$VENV/bin/pip" install --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
}

locks() {
  printf 'requirements/%s.txt\n' setup runtime grafana
  [ "$TESTS" = no ] || echo requirements/dev.txt
}
