# The system's own parts: looked for by what they are, fetched with apt-get only where something is missing.

system_inputs() { cat "$STEPS/system.sh"; }
system_there() { [ -z "$(wanted)" ]; }
system_do() {
  local missing
  missing=$(wanted)
  [ -z "$missing" ] && return
  echo "missing: $missing"
  as_root env MISSING="$missing" bash "$STEPS/apt.sh"
  missing=$(wanted)
  [ -z "$missing" ] || { echo "still missing: $missing"; return 1; }
}

wanted() { # the Debian packages for what is not here yet, on one line
  {
    on_path mosquitto || echo mosquitto
    on_path mosquitto_pub || echo mosquitto-clients
    [ -n "$(postgres_bin)" ] || echo postgresql
    java_17 || echo default-jre-headless
    on_path mvn || echo maven
    python_fits || echo python3 python3-venv
    [ "$TESTS" = no ] || on_path curl || echo curl  # the page about kits types it
    [ "$TESTS" = no ] || on_path nginx || echo nginx  # what stands before a site is tested with it
    [ "$TESTS" = no ] || on_path chromium || echo chromium fonts-dejavu-core
  } | xargs
}

on_path() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null; }

java_17() { on_path java && [[ $(java -version 2>&1) =~ version\ \"(1[7-9]|[2-9][0-9]) ]]; }

python_fits() { python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

postgres_bin() { # the server to use: one that has TimescaleDB, else the newest
  local bin newest=
  for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
    [ -x "$bin/postgres" ] || continue
    newest=${newest:-$bin}
    if has_timescaledb "$bin"; then echo "$bin"; return; fi
  done
  echo "$newest"
}

has_timescaledb() { # BIN
  local version
  version=$(basename "$(dirname "$1")")
  [ -e "/usr/share/postgresql/$version/extension/timescaledb.control" ]
}
