# Needs make and Python 3.11 or later, nothing else. `make help` lists what there is.
PYTHON ?= python3
WORKERS ?= auto
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run demo test bench lint

help: ## What can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

run: $(VENV)/requirements.txt ## Start everything on http://127.0.0.1:8000 (PORT=8001 make run)
	@exec $(BIN)/python manage.py serve

demo: $(VENV)/requirements.txt ## The same, with 90 days of demo data
	@exec $(BIN)/python manage.py serve --demo

test: $(VENV)/requirements-dev.txt ## All tests (make test ARGS='tests/accounts -k key' WORKERS=4)
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

bench: $(VENV)/requirements-bench.txt ## How fast it is: all benchmarks, written into docs/benchmarks.md
	@$(BIN)/python -m benchmarks --write

lint: $(VENV)/requirements-dev.txt ## Style, types, direction of imports, missing migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports
	@POSTHOG_LITE_CLUSTER=test $(BIN)/python manage.py makemigrations --check --dry-run

# A copy of each list of requirements lies where it was installed: the same list is not installed twice.
$(VENV)/%.txt: %.txt | $(BIN)/pip
	@cmp -s $< $@ || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@cp $< $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit("posthog-lite needs Python 3.11 or later, and $(PYTHON) is %d.%d. Name another: PYTHON=python3.12 make run" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv --clear $(VENV) || { echo "Python's venv module does not work here. On Debian: apt-get install python3-venv" >&2; exit 1; }
