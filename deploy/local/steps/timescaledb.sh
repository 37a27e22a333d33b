# TimescaleDB: the one that is installed, else the distribution's package, else Debian 13's source built against the
# PostgreSQL that is here.

timescaledb_inputs() { cat "$STEPS/timescaledb.sh"; postgres_bin; }
timescaledb_there() { has_timescaledb "$(postgres_bin)"; }
timescaledb_do() {
  local bin version
  bin=$(postgres_bin)
  version=$(basename "$(dirname "$bin")")
  timescaledb_there && { echo "found for PostgreSQL $version"; return; }
  if in_distribution "postgresql-$version-timescaledb"; then
    as_root env MISSING="postgresql-$version-timescaledb" bash "$STEPS/apt.sh"
  else
    timescaledb_build "$version"
  fi
}

in_distribution() { [ -n "$(apt-cache show "$1" 2>/dev/null)" ]; }

timescaledb_build() { # VERSION of PostgreSQL
  local work=$STATE/build/timescaledb
  as_root env MISSING="postgresql-server-dev-$1 gcc g++ make cmake libssl-dev libkrb5-dev xz-utils" bash "$STEPS/apt.sh"
  rm -rf "$work"
  mkdir -p "$work/source"
  timescaledb_source "$work"
  tar -xf "$work"/timescaledb_*.orig.tar.xz -C "$work/source" --strip-components=1
  cmake -S "$work/source" -B "$work/made" -DCMAKE_BUILD_TYPE=Release -DPG_CONFIG="/usr/lib/postgresql/$1/bin/pg_config" \
    -DAPACHE_ONLY=1 -DREGRESS_CHECKS=OFF -DTAP_CHECKS=OFF -DWARNINGS_AS_ERRORS=OFF
  cmake --build "$work/made" --parallel "$(nproc)"
  as_root cmake --install "$work/made"
}

# The source comes by a package state of its own, so that the machine's is not touched. The mirror is the machine's own, and
# apt checks the download against Debian's signature.
timescaledb_source() { # WORK
  local mirror=$1/apt
  mkdir -p "$mirror/lists/partial" "$mirror/cache"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) trixie main" >"$mirror/sources.list"
  local own=(-oDir::Etc::sourcelist="$mirror/sources.list" -oDir::Etc::sourceparts=/dev/null
    -oDir::State::Lists="$mirror/lists" -oDir::Cache="$mirror/cache" -oAcquire::Languages=none -oAPT::Sandbox::User="$(id -un)")
  apt-get "${own[@]}" update
  (cd "$1" && apt-get "${own[@]}" source --download-only timescaledb)
}

debian_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' | awk '$2 == "Debian" && !found++ { print $1 }'
}
