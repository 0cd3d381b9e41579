# Two commands, always: `make run` and `make test`. The first needs Python 3.11+ and nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON_FILES := config sync watchparty tests tools manage.py $(wildcard bench)
PY := .venv/bin/python
RUN_READY := .venv/.run-ready
TEST_READY := .venv/.test-ready
NODE_READY := node_modules/.ready

# Checks and tests must not depend on what the shell or .env set for a server. And they start Python
# hundreds of times: it must be let keep what it has compiled, whatever the shell says.
SETTINGS := $(shell sed -n 's/^#* *\([A-Z][A-Z_]*\)=.*/\1/p' .env.example)
CLEAN = env $(foreach name,PYTHONDONTWRITEBYTECODE $(SETTINGS),-u $(name)) ENV_FILE=/dev/null
WITH_NODE = PATH="$$($(PY) tools/node.py):$$PATH"
# What a real site would set at least.
PRODUCTION = DEBUG=0 ALLOWED_HOSTS=example.org \
	SECRET_KEY=only-to-see-that-safe-settings-pass-the-checks-0123456789

.PHONY: help run test check lint types layers js fresh unit slow networks chaos linear format lock protocol film \
	load bench-fanout bench-cluster bench-connections bench-capacity bench-scale bench-stuck bench-crowd bench-clock \
	bench-clock-browser bench-skew bench-history bench-history-away clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: $(RUN_READY) ## Serve on http://localhost:8000 (PORT=… for another), with the demo room
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo_room --verbosity 0
	@exec $(PY) manage.py serve --workers 1

test: system check slow ## Everything: checks, unit tests, slow tests, browser tests

check: $(TEST_READY) $(NODE_READY) ## All but the slow tests, in under two minutes
	@# The longest first: all the others fit beside them.
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target \
		unit-second unit-first js types lint fresh layers

.PHONY: system
system: $(TEST_READY)
	@$(PY) tools/system.py

lint: $(TEST_READY)
	@echo "== ruff"
	@$(PY) -m ruff check --quiet $(PYTHON_FILES)
	@$(PY) -m ruff format --check --quiet $(PYTHON_FILES)

types: $(TEST_READY)
	@echo "== mypy"
	@$(CLEAN) $(PY) -m mypy --no-error-summary config sync watchparty tests bench manage.py

layers: $(TEST_READY)
	@echo "== import layers"
	@$(CLEAN) .venv/bin/lint-imports --no-logo

js: $(TEST_READY) $(NODE_READY)
	@echo "== JavaScript types"
	@$(WITH_NODE) npm run --silent types
	@echo "== JavaScript tests"
	@$(WITH_NODE) npm run --silent test

fresh: $(TEST_READY) ## Generated files and migrations are up to date, production settings safe
	@echo "== generated files, migrations, production settings"
	@$(CLEAN) $(PY) manage.py generate_protocol --check
	@$(CLEAN) $(PY) manage.py makemigrations --check --dry-run
	@$(CLEAN) $(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

unit: unit-first unit-second ## The tests that are quick

# Two sessions that take about as long. Each has a Redis and a PostgreSQL of its own.
.PHONY: unit-first unit-second
QUICK = @echo "== Python tests" && $(CLEAN) $(PY) -m pytest -m "not browser and not slow"
FIRST = $(wildcard tests/test_[a-or]*.py)
unit-first: $(TEST_READY) $(NODE_READY) ; $(QUICK) $(FIRST)
unit-second: $(TEST_READY) $(NODE_READY) ; $(QUICK) $(addprefix --ignore=,$(FIRST))

slow: $(TEST_READY) $(NODE_READY) ## The tests that take minutes: every picture of the films, real browsers
	@echo "== slow and browser tests, four sessions at a time where nothing is measured"
	@# Static files are collected once for all sessions of browsers.
	@static=$$(mktemp -d) && trap 'rm -rf "$$static"' EXIT && export TESTS_STATIC="$$static" \
		&& $(CLEAN) $(PY) -m tests.browser.server "$$static" \
		&& $(MAKE) --no-print-directory --jobs=4 --output-sync=target access pages servers clusters films \
		&& $(MAKE) --no-print-directory alone

.PHONY: alone
alone:
	@echo "== slow and browser tests that bear nothing beside them"
	@$(CLEAN) $(PY) -m pytest -m "slow and not browser and not beside"
	@# A session of its own: Playwright keeps an event loop running in it.
	@$(CLEAN) $(PY) -m pytest -m "browser and not beside"

# Two with browsers, and two that mostly wait and measure how soon they are answered: Chromium and
# what decodes films for long come after these on the processor. Each has servers of its own.
.PHONY: access pages servers clusters films
CLUSTERS = tests/cluster tests/test_cluster_clock.py
FILMS = tests/test_film.py
ACCESS = $(addprefix tests/browser/test_,\
	accessibility.py admin.py chat.py pointers.py roles.py servers.py start_together.py worker.py)
BEHIND = TESTS_CHROMIUM=$(CURDIR)/tests/browser/chromium_behind.sh
access: ; @$(BEHIND) $(CLEAN) $(PY) -m pytest -m "browser and beside" $(ACCESS)
pages: ; @$(BEHIND) $(CLEAN) $(PY) -m pytest -m "browser and beside" $(addprefix --ignore=,$(ACCESS))
servers: ; @$(CLEAN) $(PY) -m pytest -m "slow and beside and not browser" $(addprefix --ignore=,$(CLUSTERS) $(FILMS))
films: ; @nice -n 10 $(CLEAN) $(PY) -m pytest -m "slow and beside and not browser" $(FILMS)
clusters: ; @$(CLEAN) $(PY) -m pytest -m "slow and beside and not browser" $(CLUSTERS)

networks: $(TEST_READY) ## Each fault of network and server, REPEATS=20 times (an hour and more)
	@$(CLEAN) NETWORK_REPEATS=$(or $(REPEATS),20) $(PY) -m pytest -s \
		tests/browser/test_networks.py tests/browser/test_restarts.py
	@$(CLEAN) NETWORK_REPEATS=$(or $(HIDDEN_REPEATS),5) HIDDEN_TABS=4 HIDDEN_S=$(or $(HIDDEN_S),120) \
		$(PY) -m pytest -s tests/browser/test_hidden.py

linear: $(TEST_READY) ## Whether what clients see is linearizable, for LINEAR_S=120 seconds and 5 LINEAR_SEEDS
	@$(CLEAN) LINEAR_S=$(or $(LINEAR_S),120) LINEAR_SEEDS=$(or $(LINEAR_SEEDS),5) $(PY) -m pytest -s \
		tests/linear/test_cluster.py

chaos: $(TEST_READY) ## Each fault of a cluster for FAULT_S=12 seconds, REPEATS=5 times (half an hour)
	@$(CLEAN) FAULT_S=$(or $(FAULT_S),12) FAULT_REPEATS=$(or $(REPEATS),5) $(PY) -m pytest -s \
		tests/cluster/test_chaos.py

format: $(TEST_READY) ## Lay out and repair what tools can repair
	$(PY) -m ruff format $(PYTHON_FILES)
	$(PY) -m ruff check --fix $(PYTHON_FILES)

lock: ## Lock requirements*.in and package.json again (UPGRADE=1: newest versions)
	python3 -m venv var/lock
	var/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-test.in --constraints requirements.txt --output-file requirements-test.txt
	npm install --package-lock-only
LOCK = var/lock/bin/uv pip compile --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --quiet --python-version 3.11 $(if $(UPGRADE),--upgrade)

protocol: $(RUN_READY) ## Generate the JavaScript, the schema and docs/protocol.md from the wire
	$(PY) manage.py generate_protocol

film: ## Draw and encode the demo film again (minutes; needs ffmpeg)
	python3 -m venv var/film
	var/film/bin/python -m pip install --quiet --disable-pip-version-check \
		--requirement tools/requirements-film.txt
	var/film/bin/python tools/make_film.py

# No CLEAN: the address is an option, and nothing is read from settings.
load: $(RUN_READY) ## Load a site of yours: ARGS="--url http://127.0.0.1:8000 --rate 15 --seconds 60"
	@$(PY) -m bench.load $(ARGS)

bench-fanout: $(TEST_READY) ## Server CPU per delivered frame, beside a naive consumer
	$(CLEAN) $(PY) -m bench.fanout $(ARGS)

bench-cluster: $(TEST_READY) ## Three servers under 500 viewers: restarted, killed, without Redis
	$(CLEAN) $(PY) -m bench.cluster $(ARGS)

bench-connections: $(TEST_READY) ## 10,000 idle sockets: memory each, probes, accepted per second
	$(CLEAN) $(PY) -m bench.connections $(ARGS)

bench-capacity: $(TEST_READY) ## What viewers, rooms and Redis' messages cost (minutes)
	$(CLEAN) $(PY) -m bench.capacity $(ARGS)

bench-scale: $(RUN_READY) ## What up to 1,000,000 viewers would need, by those costs
	$(CLEAN) $(PY) -m bench.scale $(ARGS)

bench-stuck: $(TEST_READY) ## What a reader who takes nothing costs the others
	$(CLEAN) $(PY) -m bench.stuck $(ARGS)

bench-crowd: $(TEST_READY) ## What fifty members who point and react cost one viewer's browser
	$(CLEAN) $(PY) -m bench.crowd $(ARGS)

bench-clock: $(NODE_READY) ## Every estimator of the clock side by side, into docs/accuracy.md (a minute)
	@$(WITH_NODE) node bench/clock/main.js

bench-clock-browser: $(TEST_READY) ## How far a real Chromium's clock is off, on good and bad networks (goes on where it stopped)
	$(CLEAN) $(PY) -m bench.clock_browser --write $(ARGS)

bench-skew: $(TEST_READY) ## How far apart viewers' pictures are, under our law and two others (hours; goes on where it stopped)
	$(CLEAN) $(PY) -m bench.skew --long --write $(ARGS)

bench-history: $(TEST_READY) ## Every page of history over a thousand rooms and a million events (minutes)
	$(CLEAN) $(PY) -m bench.history $(ARGS)

bench-history-away: $(TEST_READY) ## A party's database away for a minute: delays, memory, what is recorded after
	$(CLEAN) $(PY) -m bench.history_away $(ARGS)

clean: ## Remove what make made, but not your data in var/
	rm -rf .venv node_modules var/static var/lock var/film var/node
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

$(RUN_READY): requirements.txt tools/venv.sh
	@tools/venv.sh requirements.txt
	@touch $@

$(TEST_READY): requirements-test.txt tools/venv.sh
	@tools/venv.sh requirements-test.txt
	@touch $@ $(RUN_READY)

$(NODE_READY): package.json package-lock.json .npmrc | $(TEST_READY)
	@$(WITH_NODE) npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@
