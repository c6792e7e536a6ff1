# Two commands: `make forecast` and `make test`. They need Python 3.11 and nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
CORES ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count())')
BIN := .venv/bin

.PHONY: forecast backtest test check

forecast backtest: .venv/ready
	$(BIN)/snakemake --cores $(CORES) $@

test: .venv/ready
	$(BIN)/pytest

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy

.venv/ready: requirements.txt
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; v == (3, 11) or sys.exit(f"rtlmp needs Python 3.11, $(PYTHON) is {v}; set PYTHON=")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@
