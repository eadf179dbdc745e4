# Development commands. Each creates `.venv` if needed. Requires Python 3.11+ and a package index, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := -m pip --disable-pip-version-check install --quiet
PIP := $(BIN)/python $(INSTALL) --constraint constraints.txt
# A file's tests stay in one process: what they share is made once.
SHARED := -n auto --dist loadfile --no-loadscope-reorder
PYTEST := $(BIN)/pytest $(SHARED)
FAST := "not browser and not long"
# Compiled modules are kept: without them each process of the tests spends ten seconds on compiling.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

# The fast tests in a virtual environment of their own, without constraints.txt; more arguments of pip may follow.
define matrix
	$(PYTHON) -m venv --clear $(VENV)-$(1)
	$(VENV)-$(1)/bin/python tests/lowest_dependencies.py > $(VENV)-lowest.txt
	$(VENV)-$(1)/bin/python $(INSTALL) --upgrade $(2) --editable '.[dev,github-app,ldap,mermaid,new,s3]'
	$(VENV)-$(1)/bin/pytest $(SHARED) -m $(FAST)
endef

.PHONY: help site serve test test-fast test-long test-lowest test-newest coverage check format bench reference screenshots clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Callboard needs Python 3.11 or newer; name one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable '.[mermaid]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) --editable '.[dev]'
	@touch $@

site: $(VENV)/.run ## build the example portal into site/
	$(BIN)/callboard build

serve: $(VENV)/.run ## serve the example portal on http://localhost:8000/ and reload on changes
	$(BIN)/callboard serve

test: $(VENV)/.dev ## run the tests (CALLBOARD_TEST_FULL=1: include every optional part)
	$(PYTEST)

test-fast: $(VENV)/.dev ## run the tests that need neither a browser nor seconds: a minute
	$(PYTEST) -m $(FAST)

test-long: $(VENV)/.dev test-lowest test-newest ## run random edits at length, and the fast tests with the oldest and newest dependencies
	CALLBOARD_TEST_LONG=1 $(PYTEST) -m long

test-lowest: ## run the fast tests with the oldest dependencies that pyproject.toml allows
	$(call matrix,lowest,--constraint $(VENV)-lowest.txt)

test-newest: ## run the fast tests with the newest dependencies
	$(call matrix,newest)

coverage: $(VENV)/.dev ## run the tests, then show the coverage: in total, and files below 90 %
	$(BIN)/coverage erase
	$(PYTEST) --cov --cov-report=
	$(BIN)/python tests/coverage_table.py

check: $(VENV)/.dev ## check format, lint and types
	$(BIN)/ruff format --check generator tests benchmarks examples/plugins
	$(BIN)/ruff check generator tests benchmarks examples/plugins
	$(BIN)/mypy

format: $(VENV)/.dev ## format the code and fix lint errors
	$(BIN)/ruff format generator tests benchmarks examples/plugins
	$(BIN)/ruff check --fix generator tests benchmarks examples/plugins

bench: $(VENV)/.dev ## measure builds of a synthetic organization with 1,000 entities (BASE=REV: compare the working tree with that commit)
	$(BIN)/python benchmarks/$(if $(BASE),compare.py --base '$(BASE)' $(OPTIONS),bench.py --peers)
	$(if $(BASE),,$(BIN)/python benchmarks/ranking/rank.py)

reference: $(VENV)/.run ## generate the manual's reference pages from the code
	$(BIN)/callboard reference --output docs/reference

screenshots: $(VENV)/.dev site ## take the README's screenshots (needs Chromium)
	$(BIN)/python examples/screenshots.py

clean: ## remove everything that the other commands created
	[ ! -d .callboard-bench ] || $(PYTHON) benchmarks/compare.py --clean
	rm -rf site .callboard $(VENV) $(VENV)-lowest* $(VENV)-newest .coverage* .pytest_cache .mypy_cache .ruff_cache
