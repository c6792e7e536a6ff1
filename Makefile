# Two commands: `make forecast` and `make test`. They need Python 3.11 to 3.13 and nothing else.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13; do $$p -c '' 2>&- && command -v $$p && break; done || command -v python3)
CORES ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count())')
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: forecast backtest test check

forecast backtest: .venv/ready
	$(BIN)/snakemake --cores $(CORES) $@

# With the lines that ran in any process counted, those of Snakemake's jobs too.
test: .venv/ready
	rm -rf .lines && mkdir .lines
	LINES_FOLDER=$(CURDIR)/.lines $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m tests.helpers.lines .lines    # --missing names those that did not

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/lint_workflow.py

.venv/ready: requirements.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 14) or sys.exit(f"rtlmp needs Python 3.11 to 3.13, $(PYTHON) is {v}; set PYTHON=")'
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements-dev.txt
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@
