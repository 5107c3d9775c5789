# Paperround: every target sets up what it needs. `make run` and `make test` are the two that matter.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
CODE := bot storage adapters benchmarks tests

.DEFAULT_GOAL := help
.PHONY: help install run test test-long lint fix bench docs words lock audit clean browser renderers

help: ## shows this
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(RUNTIME): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Paperround needs Python 3.11 or newer; set PYTHON=python3.12, say." >&2; exit 1; }
	@# A venv that failed, or was moved here, has a python but no pip: it is made anew.
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

install: $(RUNTIME) ## makes .venv with the paperround command in it

run: $(RUNTIME) ## connects with the tokens in .env; without any it serves the playground on http://127.0.0.1:8080/playground
	@exec $(BIN)/paperround run

test: $(DEVELOPMENT) browser lint ## lint, types, layers and all tests: what CI calls
	$(BIN)/pytest -n auto -m "not long"

test-long: $(DEVELOPMENT) browser ## faults, soak and quality runs that take minutes
	$(BIN)/pytest -m long

lint: $(DEVELOPMENT) ## ruff, mypy --strict, the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(DEVELOPMENT) ## mends what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEVELOPMENT) ## the figures of benchmarks/README.md, measured on this machine
	$(BIN)/python -m benchmarks

docs: $(DEVELOPMENT) ## refreshes the generated pages and builds the site into site/
	$(BIN)/python -m docs.generate
	$(BIN)/mkdocs build --quiet --strict

words: $(DEVELOPMENT) ## takes new texts into the catalogues of all languages, in which they then wait for a translation
	$(BIN)/python -m docs.words

# Tests of pages need a real Chromium. It is fetched where that is permitted; where not, those tests say that they were skipped.
browser:
	@if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver >/dev/null; \
	else echo "Chromium is missing, so the tests of pages will be skipped (Debian: apt-get install chromium chromium-driver)."; fi

lock: $(DEVELOPMENT) ## pins all dependencies anew, with hashes and without index addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --extra postgres --group build --output-file requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --extra dev --extra postgres --group build --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

audit: $(DEVELOPMENT) ## lists what is installed for hosts as sbom.json, and asks whether anything of it is known to be unsafe
	$(BIN)/cyclonedx-py requirements requirements.txt --output-format JSON --output-file sbom.json
	@# A package that the service does not know counts as a failure: otherwise a service that answers nothing looks like a clean list.
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement requirements.txt || \
	{ echo "This was no clean audit: an advisory is named above, or the service that lists them was not reached." >&2; exit 1; }

# What draws messages in the playground as Slack and Discord do. The bundle is kept, so only who changes it needs Node.
renderers: ## bundles the playground's renderers anew (needs Node and npm)
	@made=$$(mktemp -d) && cp adapters/web/renderers/* $$made && cd $$made && npm ci --no-audit --no-fund && node build.mjs $(CURDIR)/adapters/web/static/renderers && rm -rf $$made

clean: ## removes what was made, but neither data/ nor .env
	rm -rf $(VENV) site dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
