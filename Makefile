# Every target says what it is doing. `make run` and `make test` are all that a new machine needs.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

PYTHON_ONLY := not kafka and not browser and not prometheus
QUICK := $(PYTHON_ONLY) and not slow

.PHONY: help install install-dev run run-kafka test test-fast lint readme lock clean

help:  ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/'

.venv/installed: requirements.lock pyproject.toml
	@echo "» making .venv with $$($(PYTHON) --version), and installing the locked packages"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tocsin needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps -e .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "» installing the packages that tests and lint need"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

install: .venv/installed  ## Make .venv with the `tocsin` command, from the lock file
install-dev: .venv/installed-dev  ## The same, with what tests need

run: install  ## The service in one process, playing the sample wire
	@echo "» starting the service, playing the sample wire"
	@$(BIN)/tocsin run --sample --port 0

run-kafka: install  ## The sample wire through a real Apache Kafka and every process of a cluster
	@echo "» starting Apache Kafka and the cluster's processes on this machine"
	@$(BIN)/tocsin cluster --sample

test: install-dev  ## Everything: lint, types, and all tests, with a real Kafka
	@echo "» lint and types"
	@$(MAKE) --no-print-directory lint
	@echo "» tests that need only Python, on three processes, as some wait"
	@$(BIN)/python -m pytest -q -n 3 -m "$(QUICK)"
	@echo "» tests that take longer, two at a time"
	@$(BIN)/python -m pytest -q -n 2 -m "$(PYTHON_ONLY) and slow"
	@echo "» tests that need Kafka, Chromium or Prometheus"
	@$(BIN)/python -m pytest -q -m "not ($(PYTHON_ONLY))"

test-fast: install-dev  ## Under a minute: no Java, no browser
	@echo "» fast tests"
	@$(BIN)/python -m pytest -q -n 3 -m "$(QUICK)"

lint: install-dev  ## Format, lint and types
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q . && $(BIN)/mypy --no-error-summary

readme: install-dev  ## Renew the tables of README from the code
	@$(BIN)/python -m tests.readme_tables

lock:  ## Renew the lock files (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  pyproject.toml --extra dev --extra build -c requirements.lock -o requirements-dev.lock
	@echo "» requirements-build.lock pins setuptools as pyproject.toml does: renew its hashes when that changes"

clean:  ## Forget what was installed and built
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
