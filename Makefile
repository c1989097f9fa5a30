# Everything is set up by these targets themselves; nothing but Python 3.11+ and make is needed.

PYTHON ?= python3
VENV ?= .venv
OUT ?= out
CONSTRAINTS ?= constraints.txt

ifeq ($(OS),Windows_NT)
BIN = $(VENV)/Scripts
else
BIN = $(VENV)/bin
endif

.DEFAULT_GOAL := all
.PHONY: all demo quick test test-oldest lint types docs bench bench-full bench-mutations bench-largest web samples pictures sbom audit clean

all: lint types test

$(VENV)/.base: pyproject.toml $(CONSTRAINTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed. If you have one under another name: make demo PYTHON=python3.12"; \
		exit 1; }
	@echo "Setting up in $(VENV)/, once; this takes a minute or so ..."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(CONSTRAINTS) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(CONSTRAINTS) --editable '.[dev]'
	touch $@

demo: $(VENV)/.base
	rm -rf $(OUT)/demo
	$(BIN)/python -m tracker demo -o $(OUT)/demo

# The tests start hundreds of processes, each of which would compile the whole program anew.
quick test: export PYTHONDONTWRITEBYTECODE =

# What needs no program beside Python and takes no search, in a minute: while you work. `make test` runs everything.
quick: $(VENV)/.dev
	TRACKER_REAL_PARTS=none $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not slow" -r fE

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 25

# The same tests on the oldest versions that pyproject.toml allows.
test-oldest:
	$(MAKE) test VENV=.venv-oldest CONSTRAINTS=constraints-oldest.txt

lint: $(VENV)/.dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

types: $(VENV)/.dev
	$(BIN)/python -m mypy

# The documents as a plain site; what does not resolve in it is a failure.
docs: $(VENV)/.dev
	$(BIN)/python -m sphinx --quiet --fresh-env --fail-on-warning --keep-going -d build/doctrees docs $(OUT)/site
	@echo "The site: $(OUT)/site/index.html"

# The whole program in one file for a browser, and the same as a folder for an intranet. Needs npm, for Python in a browser.
web: $(VENV)/.dev
	cd web && npm ci --no-audit --no-fund --silent
	$(BIN)/python web/build.py $(OUT)

bench: $(VENV)/.dev
	$(BIN)/python bench/run.py

bench-full: $(VENV)/.dev
	$(BIN)/python bench/run.py --full

bench-mutations: $(VENV)/.dev
	$(BIN)/python bench/mutations.py

bench-largest: $(VENV)/.dev
	$(BIN)/python bench/largest.py

# For developers: the edited samples through LibreOffice, and the pictures in README and docs.
samples: $(VENV)/.dev
	$(BIN)/python tests/office/edit_samples.py
	$(BIN)/python bench/partnership.py

pictures: $(VENV)/.dev
	$(BIN)/python tests/office/pictures.py

# What the program is made of, and whether anything is known against it (asks a service on the network).
$(VENV)/.supply: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(CONSTRAINTS) \
		--constraint constraints-supply.txt --editable '.[supply]'
	touch $@

sbom: $(VENV)/.supply
	$(BIN)/python bench/sbom.py

audit: $(VENV)/.supply
	@$(BIN)/python -m pip_audit --strict --no-deps --disable-pip --requirement $(CONSTRAINTS) || { \
		echo "Not passed. Where no vulnerability is listed above, the service could not be asked, so nothing was"; \
		echo "audited: it needs the public package index on the network. Run it where that can be reached."; \
		exit 1; }

clean:
	rm -rf $(VENV) .venv-oldest $(OUT) build dist
