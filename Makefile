# Two commands are all a newcomer needs: `make demo` and `make test`. Both set up whatever is missing.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BIN := .local/venv/bin
ARGS ?=
# Files of tests, each whole to one process: three for what often waits, two for what fills the machine
APART := --dist loadfile -n

.PHONY: demo test night check bench chaos fuzz pictures lock up down clean help

demo: ## Everything on this machine, with a year of real recordings and a live sensor simulator; ARGS=--check tests itself
	@deploy/local/bootstrap
	@$(BIN)/doorfiets demo $(ARGS)

test: ## All checks and all tests but those of the night, on real services
	@deploy/local/bootstrap --tests
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest $(APART) 3 -m "pure and not night" $(ARGS)
	@$(BIN)/pytest $(APART) 3 -m "contracts and not night" $(ARGS)
	@$(BIN)/pytest $(APART) 2 -m "journeys and not night" $(ARGS)

night: ## What of the tests takes minutes each: benchmarks, chaos, full disks, long stops, every page in every look
	@deploy/local/bootstrap --tests
	@$(BIN)/pytest -m night $(ARGS)

check: ## What needs no service: format, lint, types, import contracts, generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/doorfiets generate --check

bench: ## Measure this machine
	@deploy/local/bootstrap
	@$(BIN)/doorfiets bench $(ARGS)

chaos: ## Strike a loaded stack of its own at random moments, and judge what is left; ARGS="--minutes 10 --seed 7"
	@deploy/local/bootstrap
	@$(BIN)/doorfiets chaos $(ARGS)

fuzz: ## More than 20,000 questions that a judge of others makes up from the document of /v1; ARGS as pytest takes them
	@deploy/local/bootstrap --tests
	@[ -x .local/fuzz/bin/python ] || $(BIN)/uv venv --quiet .local/fuzz
	@$(BIN)/uv pip install --quiet --python .local/fuzz/bin/python --require-hashes -r requirements/fuzz.txt
	@FUZZ_JUDGE=.local/fuzz/bin FUZZ_EXAMPLES=450 $(BIN)/pytest -q -s -m contracts tests/contracts/test_v1_fuzzed.py $(ARGS)

pictures: ## Take the pictures of the documentation again, from the demo
	@deploy/local/bootstrap --tests
	@$(BIN)/pytest -q tests/journeys/test_demo.py -k page
	@cp .local/pictures/*.png docs/images/

up: ## Start the platform without the demo's data
	@deploy/local/bootstrap
	@$(BIN)/doorfiets up $(ARGS)

down: ## Stop it
	@$(BIN)/doorfiets down $(ARGS)

lock: ## Renew the lock files of Python and of the web parts
	@deploy/local/bootstrap --tests
	@for name in runtime grafana dev fuzz setup node; do \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command 'make lock' requirements/$$name.in -o requirements/$$name.txt; done
	@npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund

clean: ## Stop everything and delete all state and all that was set up here
	@[ ! -x $(BIN)/doorfiets ] || $(BIN)/doorfiets down
	@rm -rf .local node_modules opendata/static/vendor

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
