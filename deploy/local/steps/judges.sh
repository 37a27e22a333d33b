# Published judges that tests ask (axe-core, spectral), locked in tests/judges, into .local/judges (never committed).

judges_inputs() { cat "$STEPS/judges.sh" tests/judges/package.json tests/judges/package-lock.json; }
judges_there() { [ -e "$STATE/judges/node_modules/axe-core/axe.min.js" ]; }
judges_do() {
  mkdir -p "$STATE/judges"
  cp tests/judges/package.json tests/judges/package-lock.json "$STATE/judges"
  find_npm
  (cd "$STATE/judges" && npm ci --ignore-scripts --no-audit --no-fund)
}
