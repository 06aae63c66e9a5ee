# exocast: everything a developer or a reader of the paper runs. `make help` lists it.

# Any Python from 3.11: `make test PYTHON=python3.13`. Otherwise the first one found.
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
endif

VENV := .venv
BIN := $(VENV)/bin
BUILD := build/{wheel_tag}
PYTEST_ARGS ?=

# Folders count too, so that deleting a file installs again.
SOURCES := pyproject.toml CMakeLists.txt README.md LICENSE \
	$(shell find src -name __pycache__ -prune -o -not -name '*.so' -not -name '*.pyc' -print)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install native demo test test-long lint format bench docs wheel clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

install: $(VENV)/installed  ## create .venv and install exocast into it

native: $(VENV)/build-tools  ## compile the engine beside its sources, for work with PYTHONPATH=src
	PATH="$(CURDIR)/$(BIN):$$PATH" cmake -S . -B build/engine -DCMAKE_BUILD_TYPE=Release -DEXOCAST_IN_PLACE=ON \
		-DPython_EXECUTABLE="$(CURDIR)/$(BIN)/python" -Dnanobind_DIR="$$($(BIN)/python -m nanobind --cmake_dir)"
	PATH="$(CURDIR)/$(BIN):$$PATH" cmake --build build/engine --parallel

demo: install  ## run the packaged KRAS-siRNA design into out/kras-sirna-tumour
	$(BIN)/exocast run kras-sirna-tumour --out out --replace

test: install  ## install, then every test but the long ones
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

test-long: install  ## every test; needs minutes and a package index
	$(BIN)/python -m pytest -n auto --dist loadfile -m "long or not long" $(PYTEST_ARGS)

lint: install  ## ruff, mypy --strict and the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports --no-cache

format: install  ## put the sources in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/installed-bench  ## every benchmarks/*.py, in order
	@set -e; for script in benchmarks/[!_]*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

docs: $(VENV)/installed-docs  ## build the documentation site into site/, readable offline
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

wheel: install  ## build a wheel into dist/
	$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .

clean:  ## remove what was built; .venv and out/ stay
	rm -rf build dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "exocast needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than 3.11, or is not there: choose another with PYTHON="; exit 1; }
	"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# The build tools live in .venv and build/ is kept, so that an edited Python file does not
# compile the engine again. The backend names cmake and ninja only where the machine lacks them.
$(VENV)/build-tools: pyproject.toml | $(BIN)/python
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' > $@.txt
	$(BIN)/python -m pip install --quiet -r $@.txt
	$(BIN)/python -c 'import scikit_build_core.build as b; print(*b.get_requires_for_build_wheel(), sep="\n")' > $@.txt
	$(BIN)/python -m pip install --quiet -r $@.txt
	@touch $@

$(VENV)/installed: $(SOURCES) $(VENV)/build-tools | $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-build-isolation -C "build-dir=$(BUILD)" ".[test,lint]"
	@touch $@

$(VENV)/installed-bench: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --no-build-isolation -C "build-dir=$(BUILD)" ".[bench]"
	@touch $@

$(VENV)/installed-docs: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --no-build-isolation -C "build-dir=$(BUILD)" ".[docs]"
	@touch $@
