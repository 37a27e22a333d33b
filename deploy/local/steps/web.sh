# Scripts of others with what they need, locked in package-lock.json, into opendata/static/vendor (never committed).

readonly VENDOR=$ROOT/opendata/static/vendor

web_inputs() { cat "$STEPS/web.sh" package.json package-lock.json; }
web_there() { [ -e "$VENDOR/htmx-sse.min.js" ] && [ -e "$VENDOR/maplibre-gl.mjs" ]; }
web_do() {
  rm -rf "$STATE/npm" "$VENDOR"
  mkdir -p "$STATE/npm" "$VENDOR"
  cp package.json package-lock.json "$STATE/npm"
  find_npm
  (cd "$STATE/npm" && npm ci --ignore-scripts --no-audit --no-fund)
  local from=$STATE/npm/node_modules
  # One file: htmx looks at the page as soon as it runs, and finds no stream there whose script comes later.
  (cd "$from/htmx.org/dist" && sed -s '$a\' htmx.min.js ext/hx-sse.min.js) >"$VENDOR/htmx-sse.min.js"
  cp "$from"/maplibre-gl/dist/{maplibre-gl.mjs,maplibre-gl-worker.mjs,maplibre-gl.css} "$VENDOR"
  cp "$from/maplibre-gl/LICENSE.txt" "$VENDOR/maplibre-gl.LICENSE.txt"
}

find_npm() {
  command -v npm && return
  "$VENV/bin/pip" install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements/node.txt
  export PATH=$VENV/bin:$PATH
}
