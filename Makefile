# One command each, on a fresh Debian or Ubuntu with Python 3.11 or later. Second runs reuse everything.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench lock clean

BIN := .venv/bin
DEMO := out/demo

help: ## Say what there is to make
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: .venv/.installed ## Make .venv with pinned dependencies and .venv/bin/migrator

demo: setup $(DEMO)/homecare.bacpac ## Rehearse the migration of a generated database and show the report
	$(BIN)/migrator rehearse $(DEMO)/homecare.bacpac --window 6h --out $(DEMO)/report
	@echo "the report: $(CURDIR)/$(DEMO)/report/report.html"

test: setup ## Run the tests; MySQL is fetched where it is missing
	@# Tests start hundreds of processes: each would compile all modules where bytecode may not be kept.
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses auto --dist worksteal

check: setup ## Lint, format, types and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## Measure decoding and loading on this machine
	$(BIN)/migrator bench
	@if [ -n "$$MIGRATOR_TEST_SQLSERVER" ]; then \
	  $(BIN)/migrator bench --copy "$$MIGRATOR_TEST_SQLSERVER" --seed-rows 2000000; \
	else echo 'MIGRATOR_TEST_SQLSERVER is not set: the copy of a live table is not measured'; fi

lock: ## Pin the newest dependencies that pyproject.toml allows (needs uv)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command 'make lock' --group dev pyproject.toml --output-file requirements.lock

clean: ## Stop the lab; remove .venv, caches and out/
	@if [ -x $(BIN)/migrator ]; then $(BIN)/migrator lab down || true; fi
	rm -rf .venv out build dist .cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.locked: requirements.lock .ci/venv
	.ci/venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml .ci/odbc
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m migrator.warm
	.ci/odbc .venv/lib/odbc
	@touch $@

$(DEMO)/homecare.bacpac: | setup
	@mkdir -p $(@D)
	$(BIN)/migrator lab generate --scale 1 --seed 1 --out $@
