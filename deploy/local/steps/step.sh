# How a step is taken: named, timed, logged, and not at all when its stamp says that nothing changed.
#
# A step NAME is three functions: NAME_inputs prints what it depends on, NAME_there tells whether its result is in place,
# NAME_do makes it. There is one stamp of a step, whoever asks for it: what only tests need is a step of its own, or something
# that NAME_there looks for.

step() { # NAME TITLE REMEDY
  local name=$1 title=$2 remedy=$3 log=$LOGS/$1.log began=${EPOCHREALTIME/[.,]/} stamp outcome
  local kept=$STAMPS/$1
  printf '  %-26s ' "$title"
  stamp=$("${name}_inputs" | sha256sum)
  if [ "$(cat "$kept" 2>/dev/null)" = "$stamp" ] && "${name}_there"; then
    echo "there already"
    return
  fi
  set +e # bash forgets `set -e` inside a condition, so the outcome is asked for afterwards
  (set -e; "${name}_do") >"$log" 2>&1 </dev/null
  outcome=$?
  set -e
  [ "$outcome" = 0 ] || failed "$name" "$title" "$remedy" "$log"
  echo "$stamp" >"$kept"
  echo "done in $(seconds_since "$began") s"
}

failed() { # NAME TITLE REMEDY LOG
  echo "FAILED"
  {
    echo
    echo "The step '$1' ($2) failed. The end of ${4#"$ROOT"/}:"
    tail -n 12 "$4" | sed 's/^/    /'
    echo "What to do: $3"
  } >&2
  exit 3
}

seconds_since() { # MICROSECONDS
  local took=$(( (${EPOCHREALTIME/[.,]/} - $1) / 100000 ))
  echo "$((took / 10)).$((took % 10))"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; return; fi
  if ! command -v sudo >/dev/null; then
    echo "This needs root, and there is no sudo: as root, run: $*"
    return 1
  fi
  sudo "$@"
}
