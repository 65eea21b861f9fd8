# Dunlin's commands. They need Python 3.11 or newer and make; the first run sets up the rest.

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench bench-peers load simulate histories chaos

help: ## print these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## make .venv as uv.lock says
	@scripts/bootstrap.sh

demo: setup ## collect a portfolio of real accounts on an embedded stack, and watch it live
	@.venv/bin/dunlin demo

test: setup ## run every test, on real servers that end with it
	@scripts/browser.sh --install >/dev/null || true
	@.venv/bin/pytest

check: setup ## lint, format, types, import directions, YAML and compose
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy .
	@.venv/bin/lint-imports
	@.venv/bin/yamllint --strict .
	@.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

bench: setup ## measure throughput against the floor, printed as ratios
	@.venv/bin/python -m bench

load: setup ## open ten thousand cases, wake them in waves, pay them all at once, and prove that nothing is lost
	@.venv/bin/python -m load

bench-peers: setup ## measure Dunlin beside what people use instead, in an environment of its own
	@scripts/peers.sh
	@.venv/bin/python -m bench.peers

simulate: setup ## live thousands of generated lives with faults, and check every step
	@.venv/bin/python -m simulation

histories: setup ## keep the histories of this release, RELEASE=1.2.0, for the replay tests of later ones
	@test -n "$(RELEASE)" || { echo "say which release: make histories RELEASE=1.2.0"; exit 2; }
	@HISTORIES_FOLDER=tests/histories/$(RELEASE) .venv/bin/pytest tests/e2e

chaos: setup ## make over 500 faults while cases run, and prove that nothing was harmed
	@.venv/bin/python -m chaos
