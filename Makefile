# Everything sets itself up: `make run` on a fresh machine is enough.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
# Without a GPU, `make run TORCH_INDEX=https://download.pytorch.org/whl/cpu` saves gigabytes.
TORCH_INDEX ?=
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
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version)'
	$(PYTHON) -m venv .venv
	$(if $(TORCH_INDEX),$(BIN)/python -m pip install --quiet $(shell grep '^torch==' requirements.txt) --index-url $(TORCH_INDEX))
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

.venv/test-ready: .venv/run-ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@command -v chromium || command -v chromium-browser || command -v google-chrome \
		|| $(BIN)/playwright install --with-deps chromium || $(BIN)/playwright install chromium \
		|| echo "No Chromium could be installed: the browser tests will be skipped."
	@touch $@
