# Everything sets itself up: `make run` on a fresh machine is enough.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: run test test-all lint
run: .venv/run-ready            ## start the app
	$(BIN)/python app.py

test: .venv/test-ready          ## the fast tests, those in the browser included
	$(BIN)/python -m pytest

test-all: .venv/test-ready      ## the slow ones, too
	$(BIN)/python -m pytest -m ""

lint: .venv/test-ready          ## style
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

.venv/run-ready: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

.venv/test-ready: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@command -v chromium chromium-browser google-chrome > /dev/null || $(BIN)/playwright install chromium \
		|| echo "No Chromium could be installed: the browser tests will be skipped."
	@touch $@
