# Style sheets and scripts of others, locked in package-lock.json, into opendata/static/vendor (never committed).

readonly VENDOR=$ROOT/opendata/static/vendor

web_inputs() { cat "$STEPS/web.sh" package.json package-lock.json; }
web_there() { [ -e "$VENDOR/htmx.min.js" ]; }
web_do() {
  rm -rf "$STATE/npm" "$VENDOR"
  mkdir -p "$STATE/npm" "$VENDOR"
  cp package.json package-lock.json "$STATE/npm"
  find_npm
  (cd "$STATE/npm" && npm ci --ignore-scripts --no-audit --no-fund)
  local from=$STATE/npm/node_modules
  cp "$from/htmx.org/dist/htmx.min.js" "$from/htmx.org/dist/ext/hx-sse.min.js" "$VENDOR"
  cp "$from/@utrecht/component-library-css/dist/index.css" "$VENDOR/utrecht.css"
  cp "$from/@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css" "$VENDOR/tokens.css"
}

find_npm() {
  command -v npm && return
  "$VENV/bin/pip" install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements/node.txt
  export PATH=$VENV/bin:$PATH
}
