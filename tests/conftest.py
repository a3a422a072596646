"""What every test relies on: hypothesis draws the same examples each time, and the header says what was tested."""

from __future__ import annotations

import os
import signal

# Several test processes share the machine; read when NumPy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import hypothesis
import numpy
import pytest
import scipy
from hypothesis import is_hypothesis_test

import sheernet
from published_names import TESTS, is_contract

# As a shell's & has SIGINT, and nohup SIGHUP: the ends by these signals could not be tested.
for _name, _usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    if (_signal := getattr(signal, _name, None)) and signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, _usual)

hypothesis.settings.register_profile("sheernet", derandomize=True, deadline=None, database=None)
# Other examples than those of every run, which change only with the source of a test: --hypothesis-profile=explore
hypothesis.settings.register_profile("explore", deadline=None, database=None)
hypothesis.settings.load_profile("sheernet")

EXPLORED = 10  # The profile "explore" draws this many times the examples that a test asks for.


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that rely on published names alone, before they are chosen by `-m contract`."""
    if "contract" in config.option.markexpr:
        for item in items:
            if item.path.is_relative_to(TESTS) and is_contract(item.path):
                item.add_marker("contract")
    _multiply_examples(items)


def _multiply_examples(items: list[pytest.Item]) -> None:
    """Multiply the numbers of examples in the profile "explore", including those that a test sets itself."""
    if hypothesis.settings.get_current_profile_name() != "explore":
        return
    functions = {item.function for item in items if isinstance(item, pytest.Function)}
    for law in filter(is_hypothesis_test, functions):
        asked = law._hypothesis_internal_use_settings
        law._hypothesis_internal_use_settings = hypothesis.settings(
            asked, max_examples=EXPLORED * asked.max_examples
        )


def pytest_report_header() -> str:
    """Versions that a result may depend on."""
    packages = (sheernet, numpy, scipy, hypothesis)
    return ", ".join(f"{package.__name__} {package.__version__}" for package in packages)
