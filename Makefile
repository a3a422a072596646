# Every target makes the virtual environment that it needs. PYTHON names the Python (3.11 or newer) to make it with.
PYTHON = python3
VENV = .venv
PY = $(VENV)/bin/python

# Dependency groups of pyproject.toml that the tests get: make test TEST_GROUPS="test torch" runs those of PyTorch, too.
TEST_GROUPS = test
EMPTY :=
TESTED = $(VENV)/.installed-$(subst $(EMPTY) $(EMPTY),-,$(strip $(TEST_GROUPS)))

# The package is installed editable: a changed .py file is seen at once; a change of these builds it anew.
BUILD_INPUTS := pyproject.toml CMakeLists.txt $(shell find native -type f)

# Two worker processes or a few more; a test run gains nothing from the rest of a large machine.
PYTEST = $(PY) -m pytest -q -n auto --maxprocesses 4 $(PYTEST_FLAGS)

SAY_ENGINE = from sheernet.network import native; print("==", native.WHY_NOT or "the C++ extension is built")

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test check check-native format docs bench coverage test-lowest test-newest clean

help:
	@echo "make demo         train the notebook's network; writes pictures and model.json into a new folder"
	@echo "make test         run the tests"
	@echo "make check        lint, formatting, types, tests, changelog fragments: what a change must pass"
	@echo "make check-native run the C++ kernels under the address and undefined-behavior sanitizers"
	@echo "make format       let ruff format the code and mend what it can"
	@echo "make docs         build the documentation into docs/_build/html"
	@echo "make bench        run the benchmarks; TEST_GROUPS=\"test peers torch\" compares with JAX, optimistix and PyTorch, too"
	@echo "make coverage     run the tests and list the lines that none of them reaches"
	@echo "make test-lowest  run the tests with the oldest supported releases of the dependencies"
	@echo "make test-newest  run the tests with the newest releases of the dependencies"
	@echo "make clean        remove the virtual environments and whatever was built"

demo: $(VENV)/.installed
	@$(VENV)/bin/sheernet demo

test: $(TESTED)
	@$(PYTEST)

check: $(VENV)/.installed-dev
	@echo "== ruff"
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@echo "== mypy"
	@$(PY) -m mypy
	@echo "== changelog fragments"
	@$(PY) scripts/check_changelog.py
	@echo "== tests"
	@$(PYTEST)

# Needs cmake, a compiler with sanitizers, and no Python; native/check.cpp says what is checked.
SANITIZERS = -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

check-native:
	@command -v cmake >/dev/null || { echo "make check-native needs cmake: pip install cmake"; exit 1; }
	@echo "== building native/check.cpp with $(SANITIZERS)"
	@cmake -S . -B build/check-native -D SHEERNET_CHECK=ON -D CMAKE_BUILD_TYPE=Release \
	    -D CMAKE_CXX_FLAGS="$(SANITIZERS)" >/dev/null
	@cmake --build build/check-native --parallel 2
	@build/check-native/sheernet_check

format: $(VENV)/.installed-dev
	@$(PY) -m ruff check --fix-only
	@$(PY) -m ruff format

docs: $(VENV)/.installed-docs
	@echo "== building the documentation"
	@rm -rf docs/_build docs/generated
	@$(PY) -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@$(PY) scripts/check_site.py docs/_build/html
	@echo "== open docs/_build/html/index.html"

bench: $(TESTED)
	@$(PY) scripts/run_benchmarks.py

coverage: $(TESTED)
	@$(PYTEST) --cov --cov-report=term

# Old releases of direct dependencies call what the new ones of theirs deprecate; ours are judged by the other runs.
test-lowest: .venv-lowest/.installed-lowest
	@$(MAKE) --no-print-directory run-tests VENV=.venv-lowest PYTEST_FLAGS='-W ignore::DeprecationWarning'

test-newest: .venv-newest/.made
	@echo "== installing the newest releases of everything into .venv-newest"
	@.venv-newest/bin/python -m pip install -q --upgrade --upgrade-strategy eager -e '.[all]' --group test
	@$(MAKE) --no-print-directory run-tests VENV=.venv-newest

.PHONY: run-tests
run-tests:
	@$(PY) -c '$(SAY_ENGINE)'
	@$(PY) -m pip list --disable-pip-version-check --format freeze | grep -i -E '^(msgspec|numpy|rich|scipy|typer|pandas|matplotlib|scikit-learn|pytest|hypothesis)=='
	@$(PYTEST)

clean:
	rm -rf .venv .venv-lowest .venv-newest build dist docs/_build docs/generated
	rm -rf .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests scripts docs -name __pycache__ -prune -exec rm -rf {} +

# --- virtual environments: one file in each says that a step was finished -------------------------------------------

%/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "sheernet needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "== making $* with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $*
	@$*/bin/python -m pip install -q --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.installed: $(BUILD_INPUTS) | $(VENV)/.made
	@echo "== installing sheernet into $(VENV) (a minute or two the first time)"
	@$(PY) -m pip install -q -e '.[plots]'
	@$(PY) -c '$(SAY_ENGINE)'
	@touch $@

# This one installs more than .installed does, so it stands for that one too.
$(TESTED): $(BUILD_INPUTS) | $(VENV)/.made
	@echo "== installing sheernet and what its tests need into $(VENV) (a minute or two the first time)"
	@$(PY) -m pip install -q -e '.[all]' $(TEST_GROUPS:%=--group %)
	@$(PY) -c '$(SAY_ENGINE)'
	@touch $(VENV)/.installed $(VENV)/.installed-test $@

$(VENV)/.installed-dev: $(TESTED)
	@echo "== installing the developers' tools into $(VENV)"
	@$(PY) -m pip install -q --group dev
	@touch $@

$(VENV)/.installed-docs: $(TESTED)
	@echo "== installing what the documentation needs into $(VENV)"
	@$(PY) -m pip install -q --group docs
	@touch $@

.venv-lowest/.installed-lowest: $(BUILD_INPUTS) scripts/lowest_versions.py | .venv-lowest/.made
	@echo "== installing the oldest supported releases into .venv-lowest"
	@.venv-lowest/bin/python scripts/lowest_versions.py > .venv-lowest/constraints.txt
	@.venv-lowest/bin/python -m pip install -q -e '.[all]' --group test --constraint .venv-lowest/constraints.txt
	@touch $@
