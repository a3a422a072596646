# Every target creates the virtual environment that it needs, with the interpreter PYTHON (3.11 or newer).
PYTHON = python3
VENV = .venv
PY = $(VENV)/bin/python

# Dependency groups of pyproject.toml to install for the tests: make test TEST_GROUPS="test torch" adds those of PyTorch.
TEST_GROUPS = test
EMPTY :=
TESTED = $(VENV)/.installed-$(subst $(EMPTY) $(EMPTY),-,$(strip $(TEST_GROUPS)))

# The package is installed in editable mode: changes of .py files take effect at once; a change of these files rebuilds it.
BUILD_INPUTS := pyproject.toml CMakeLists.txt $(shell find native -type f)

# At most four worker processes: the tests do not run faster with more.
PYTEST = $(PY) -m pytest -q -n auto --maxprocesses 4 $(PYTEST_FLAGS)

SAY_ENGINE = from sheernet.network import compiled_extension as native; print("==", native.WHY_NOT or "the C++ extension is built")

# The tests start many processes; without bytecode files, each of them compiles sheernet for seconds.
unexport PYTHONDONTWRITEBYTECODE

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test check check-native check-border check-arm docs bench golden clean

help:
	@echo "make demo         train the notebook's network, fit a table; write pictures and models into a new folder"
	@echo "make test         run the tests"
	@echo "make check        check lint, formatting, types and tests: required for every change"
	@echo "make check-native run the C++ kernels under the address and undefined-behavior sanitizers"
	@echo "make check-border call the functions of the C++ extension with wrong arguments, under the same sanitizers"
	@echo "make check-arm    run the checks of the C++ kernels for 64-bit ARM in an emulator (half an hour)"
	@echo "make docs         build the documentation into docs/_build/html"
	@echo "make bench        run the benchmarks; TEST_GROUPS=\"test peers torch\" also compares with JAX, optimistix and PyTorch"
	@echo "make golden       compare fits of every kind, bit for bit, with those of the last commit that changed answers on purpose"
	@echo "make clean        remove the virtual environments and all built files"

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
	@echo "== tests"
	@$(PYTEST)

# Needs cmake and a compiler with sanitizers, but no Python; native/check.cpp describes the checks.  With another compiler:
# make check-native CXX=clang++
SANITIZERS = -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
NATIVE_BUILD = build/check-native-$(notdir $(CXX))

check-native:
	@command -v cmake >/dev/null || { echo "make check-native needs cmake: pip install cmake"; exit 1; }
	@echo "== building native/check.cpp with $(SANITIZERS)"
	@cmake -S . -B $(NATIVE_BUILD) -D SHEERNET_CHECK=ON -D CMAKE_BUILD_TYPE=Release \
	    -D SHEERNET_OPTIMIZATION=-O1 -D CMAKE_CXX_FLAGS="$(SANITIZERS)" -D CMAKE_CXX_FLAGS_RELEASE= >/dev/null
	@cmake --build $(NATIVE_BUILD) --parallel 2
	@$(NATIVE_BUILD)/sheernet_check

# The extension with the same sanitizers, in a folder that Python searches first; needs GCC.  -S: the finder of the editable
# installation would be first otherwise.  A number of calls: make check-border CALLS=50000
CALLS = 10000
BORDER = build/check-border

check-border: $(TESTED)
	@echo "== building the extension with $(SANITIZERS)"
	@SHEERNET_REQUIRE_COMPILED=1 $(PY) -m pip install -q --no-deps --upgrade --target $(BORDER) . \
	    -C build-dir=$(BORDER)-objects -C cmake.build-type=Debug -C cmake.define.SHEERNET_OPTIMIZATION=-O1 \
	    -C cmake.define.CMAKE_CXX_FLAGS="$(SANITIZERS)"
	@PYTHONPATH=$(BORDER):$$($(PY) -c 'import sys; print(":".join(sys.path[1:]))') PYTHONMALLOC=malloc \
	    LD_PRELOAD="$$($(CXX) -print-file-name=libasan.so) $$($(CXX) -print-file-name=libstdc++.so)" \
	    ASAN_OPTIONS=detect_leaks=0,allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
	    $(PY) -S scripts/fuzz_border.py --count $(CALLS) $(BORDER_FLAGS)

# The same checks for another processor, by Debian's cross compiler and emulator, without sanitizers.
check-arm:
	@command -v aarch64-linux-gnu-g++ qemu-aarch64 >/dev/null || \
	    { echo "make check-arm needs Debian's packages g++-aarch64-linux-gnu and qemu-user"; exit 1; }
	@cmake -S . -B build/check-arm -D SHEERNET_CHECK=ON -D CMAKE_BUILD_TYPE=Release -D CMAKE_SYSTEM_NAME=Linux \
	    -D CMAKE_SYSTEM_PROCESSOR=aarch64 -D CMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ \
	    -D CMAKE_EXE_LINKER_FLAGS=-static -D SHEERNET_WARNINGS_AS_ERRORS=ON >/dev/null
	@cmake --build build/check-arm --parallel 2
	@qemu-aarch64 build/check-arm/sheernet_check

docs: $(VENV)/.installed-docs
	@echo "== building the documentation"
	@rm -rf docs/_build docs/generated
	@$(PY) -m sphinx -q -W --keep-going -j auto -b html docs docs/_build/html
	@$(PY) scripts/check_site.py docs/_build/html
	@echo "== open docs/_build/html/index.html"

bench: $(TESTED)
	@$(PY) scripts/run_benchmarks.py

# tests/golden describes it.  One fit, or a tolerance: make golden GOLDEN_FLAGS="'train: *' --tolerance 1e-12"
golden: $(TESTED)
	@PYTHONPATH=tests $(PY) -m golden compare $(GOLDEN_FLAGS)

clean:
	rm -rf .venv build dist docs/_build docs/generated
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests scripts docs -name __pycache__ -prune -exec rm -rf {} +

# --- virtual environments: a file in each marks a finished step -------------------------------------------

%/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "sheernet needs Python 3.11 or newer; give one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "== creating $* with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $*
	@$*/bin/python -m pip install -q --disable-pip-version-check --upgrade 'pip>=25.3'
	@touch $@

$(VENV)/.installed: $(BUILD_INPUTS) | $(VENV)/.made
	@echo "== installing sheernet into $(VENV) (a minute or two the first time)"
	@$(PY) -m pip install -q -e '.[plots,sklearn,tables]'
	@$(PY) -c '$(SAY_ENGINE)'
	@touch $@

# This installs everything that .installed does, so it marks that step as finished, too.
$(TESTED): $(BUILD_INPUTS) | $(VENV)/.made
	@echo "== installing sheernet and the dependencies of its tests into $(VENV) (a minute or two the first time)"
	@$(PY) -m pip install -q -e '.[all]' $(TEST_GROUPS:%=--group %)
	@$(PY) -c '$(SAY_ENGINE)'
	@touch $(VENV)/.installed $(VENV)/.installed-test $@

$(VENV)/.installed-dev: $(TESTED)
	@echo "== installing the development tools into $(VENV)"
	@$(PY) -m pip install -q --group dev
	@touch $@

$(VENV)/.installed-docs: $(TESTED)
	@echo "== installing the dependencies of the documentation into $(VENV)"
	@$(PY) -m pip install -q --group docs
	@touch $@
