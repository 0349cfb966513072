# Two commands matter: `make run` and `make test`. Both set up everything they need.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready-requirements-dev

# A .venv whose Python has gone, or was replaced by another version, is made anew.
$(shell { test -e .venv/.made && $(BIN)/python -c 'import pip'; } 2>/dev/null || rm -f .venv/.made .venv/.ready-*)

.PHONY: help run test coverage check check-content format bench pictures lock clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# pip in the version that is named: Debian's looks at every release of every package against every tag, half of its time.
# Only a .venv that was seen to work gets its mark: a failed or interrupted one leaves bin/python behind.
.venv/.made: | requirements-pip.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv && $(BIN)/python -m pip --version >/dev/null || { rm -rf .venv; echo "No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv, then the same again"; exit 1; }
	@PIP_USER=0 $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $|
	@touch $@

OURS := $(wildcard bot cards content handlers messengers playground scheduler store)
# pip holds every release of every package in memory: to look for garbage in there was a sixth of its time.
PIP := PIP_USER=0 $(BIN)/python -c 'import gc; gc.disable(); import runpy; runpy.run_module("pip", run_name="__main__")'
UNUSED := 'site-packages/((cffi|coverage|fontTools|hypothesis|importlinter|mypy|mypyc|pathspec|pip|pycparser|pydantic/v1|pygments|setuptools|xdist)/|.*/(dialects/(mssql|mysql|oracle)|sync_api|testing|tests)/)'

# The file names every package there is to install, so pip need not look for others: left to resolve, it takes a newer
# release for a package asked for with an extra, and then refuses it for having no hash.
# PIP_USER: set in someone's environment or pip.conf, it would install beside the .venv, which pip refuses.
# pip compiles on one core. What cannot be compiled is meant for another Python, and nobody imports it; programs that
# import nothing of their packages here, or a module or two, are a third of all there is, with what is for other databases
# and for other people's tests. pytest compiles its plugins by itself.
.venv/.ready-%: %.txt | .venv/.made
	@echo "Installing $< into .venv (once; half a minute)"
	@$(PIP) install --quiet --no-compile --disable-pip-version-check --no-deps --require-hashes -r $<
	@$(BIN)/python -m compileall -qq -j 0 -x $(UNUSED) .venv/lib $(OURS) || true
	@$(BIN)/python -m pip check >/dev/null || { $(BIN)/python -m pip check; echo "$< is not whole: make lock"; exit 1; }
	@touch $@

run: .venv/.ready-requirements ## With no credentials: the playground on http://127.0.0.1:3000. With credentials: the bot
	@exec $(BIN)/python -m bot run

# Compiled once: by whoever wants no bytecode written, every worker and program that starts here is compiled anew.
test coverage: export PYTHONDONTWRITEBYTECODE :=

# More than there are cores: a part of the tests waits, for a process, a page or a moment. Each takes 4 s to begin.
WORKERS = $(shell $(BIN)/python -c 'import os; print(2 + (os.cpu_count() or 1))')

test: $(READY) ## Run the tests on all cores; ARGS=tests/cards runs some
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup $(ARGS)

# By itself, since it takes the tests half as long again.
coverage: $(READY) ## Run the tests on all cores and print branch coverage
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup --cov --cov-report=term $(ARGS)

check: $(READY) ## Format, lint, types, import rule, content, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m bot check --questions tests/content/questions.yaml
	$(MAKE) --no-print-directory test

check-content: $(READY) ## Name every fault of the content as file:line: sentence
	@$(BIN)/python -m bot check --questions tests/content/questions.yaml

format: $(READY) ## Rewrite the code in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## Compare speed, memory and scale side by side, then the fault runs; 50 minutes; needs wrk
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.teams
	@$(BIN)/python -m bench.crowd
	@$(BIN)/python -m bench.crowd --database postgresql
	@$(BIN)/python -m bench.scale
	@$(BIN)/python -m bench.scale.installations
	@$(BIN)/python -m bench.faults --all
	@$(BIN)/python -m bench.faults.many --all

pictures: $(READY) ## Draw the pictures of README and docs anew, from a bot that runs; needs chromium
	@$(BIN)/python -m tools.pictures

LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --python-version 3.11

lock: $(READY) .venv/.ready-requirements-lock ## Write the requirements files anew from pyproject.toml
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(LOCK) --group pyproject.toml:plots -c requirements-dev.txt -o requirements-plots.txt
	$(LOCK) --group pyproject.toml:lock -o requirements-lock.txt
	echo pip | $(LOCK) - -o requirements-pip.txt

clean: ## Remove what was made here, the databases excepted
	rm -rf .venv .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
