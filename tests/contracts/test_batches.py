"""The contract of mini-batches: every way to evaluate them gives the same epoch.

The specification is the way of an objective of a user, which has weights and replace(weights=...).  The engines have
batch(rows), and the compiled engine does the updates of adam and gd itself.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from both_engines import ENGINES
from both_engines import compiled as needs_compiled
from contracts.cases import REDUCTIONS
from sheernet.optimizers import batches, minimize

METHODS = {
    "gd": [
        {"learning_rate": 0.01},
        {"learning_rate": 0.01, "momentum": 0.8},
        {"learning_rate": 0.01, "momentum": 0.8, "nesterov": True},
        {"learning_rate": 0.01, "whole_penalty": True, "evaluation": "batches"},
    ],
    "adam": [
        {"learning_rate": 0.01, "epsilon": 1e-3},
        {"beta1": 0.5, "beta2": 0.7, "epsilon": 0.1},
        {
            "epsilon": 0.1,
            "uncorrected_epsilon": True,
            "whole_penalty": True,
            "evaluation": "batches",
        },
    ],
}
"""Options with which rounding is not amplified: the default epsilon of adam divides it by 1e-8."""
EVERY = [(method, options) for method, choices in METHODS.items() for options in choices]


class Only:
    """An objective of which an optimizer sees some attributes only."""

    def __init__(self, inner: Any, *names: str) -> None:
        self.inner, self.names = inner, ("value", "value_and_gradient", *names)

    def __getattr__(self, name: str) -> Any:
        if name not in self.names:
            raise AttributeError(name)
        return getattr(self.inner, name)


def as_of_a_user(objective: Any) -> Any:
    return Only(objective, "weights", "decay", "reduction", "replace")


def by_single_batches(objective: Any) -> Any:
    return Only(objective, "weights", "decay", "reduction", "replace", "batch")


def objective_of(
    n: int, engine: str, reduction: str = "mean", weights: Any = None, seed: int = 0, **given: Any
) -> Any:
    rng = np.random.default_rng((seed, n))
    X, y = rng.normal(size=(n, 3)), rng.normal(size=(n, 2))
    arch = sn.Architecture((3, 4, 2))
    return sn.make_objective(
        arch, X, y, reduction=reduction, weights=weights, decay=0.1, engine=engine, **given
    )


def start_of(objective: Any) -> np.ndarray:
    return sn.Network.random(objective.architecture, seed=1).theta


def run(objective: Any, method: str, batch_size: int, start: Any, **given: Any) -> Any:
    return minimize(
        objective, start, method, keep_path=True,
        **{"max_iter": 2, "gradient_tolerance": 0.0, "batch_size": batch_size, "seed": 5, **given},
    )  # fmt: skip


def assert_close(first: Any, second: Any) -> None:
    paths = first.record.path, second.record.path
    np.testing.assert_allclose(*paths, rtol=0, atol=1e-12 * np.abs(paths[1]).max())
    np.testing.assert_allclose(first.record.objective, second.record.objective, rtol=1e-11)
    for column in ("iteration", "value_evaluations", "gradient_evaluations"):
        np.testing.assert_array_equal(first.record[column], second.record[column])


@st.composite
def weighted(draw: st.DrawFn) -> tuple[int, Any, int]:
    """Rows, their weights, some of them 0, and a batch size."""
    n = draw(st.integers(1, 300))
    batch_size = draw(st.one_of(st.integers(1, 9), st.integers(1, 2 * n)))
    if draw(st.booleans()):
        return n, None, batch_size
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    weights = rng.uniform(0.1, 5.0, n) * (rng.random(n) < draw(st.sampled_from([0.2, 0.7])))
    weights[rng.integers(n)] = 2.0
    return n, weights, batch_size


@pytest.mark.parametrize("engine", ENGINES)
@given(weighted(), st.sampled_from(REDUCTIONS), st.sampled_from(EVERY))
def test_an_epoch_is_that_of_weights(engine: str, data: Any, reduction: str, chosen: Any) -> None:
    """The law of this file: all engines and all ways agree with replace(weights=...), to rounding."""
    (n, weights, batch_size), (method, options) = data, chosen
    if reduction == "sum":  # gradients are those of sums
        options = {**options, "learning_rate": 0.01 / n}
    objective = objective_of(n, engine, reduction, weights)
    start = start_of(objective)
    expected = run(
        as_of_a_user(objective_of(n, "reference", reduction, weights)),
        method, batch_size, start, **options,
    )  # fmt: skip
    for way in (objective, by_single_batches(objective)):
        assert_close(run(way, method, batch_size, start, **options), expected)


@pytest.mark.parametrize(("method", "options"), EVERY)
class TestStretches:
    """The compiled engine evaluates several batches in one call; how many, changes no bit."""

    pytestmark = needs_compiled

    def test_change_no_bit(self, method: str, options: Any, monkeypatch: Any) -> None:
        objective = objective_of(200, "compiled")
        start = start_of(objective)
        at_once = run(objective, method, 7, start, **options)
        for number in (1, 2, 11):  # batches in a stretch
            monkeypatch.setattr(batches, "OPERATIONS", 6.0 * number * 7 * start.size)
            parts = list(batches.epoch_stretches(np.arange(200), start.size, 7))
            assert [part.size for part in parts[:-1]] == [7 * number] * (len(parts) - 1)
            np.testing.assert_array_equal(
                run(objective, method, 7, start, **options).record.path, at_once.record.path
            )

    def test_resume_bit_for_bit(self, method: str, options: Any, monkeypatch: Any) -> None:
        monkeypatch.setattr(batches, "OPERATIONS", 1.0)
        objective = objective_of(50, "compiled", "sum", np.arange(50))
        start = start_of(objective)
        given = {**options, "learning_rate": 1e-4}
        whole = run(objective, method, 8, start, max_iter=5, **given)
        first = run(objective, method, 8, start, max_iter=2, **given)
        second = run(objective, method, 8, first.state, max_iter=3, **given)
        joined = first.record.joined(second.record)
        np.testing.assert_array_equal(whole.record.path, joined.path)
        np.testing.assert_array_equal(whole.record.value_evaluations, joined.value_evaluations)

    @pytest.mark.parametrize("threads", [2, 3])
    def test_threads_change_no_bit(
        self, method: str, options: Any, threads: int, monkeypatch: Any
    ) -> None:
        """A batch of several chunks: 6 N P is 5e6."""
        rng = np.random.default_rng(0)
        arch = sn.Architecture((20, 60, 2))
        X, y = rng.normal(size=(900, 20)), rng.normal(size=(900, 2))
        paths = [
            run(
                sn.make_objective(arch, X, y, engine="compiled", threads=number),
                method, 600, sn.Network.random(arch, seed=1).theta, max_iter=1, **options,
            ).record.path
            for number in (1, threads)
        ]  # fmt: skip
        np.testing.assert_array_equal(*paths)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("method", METHODS)
class TestBudgets:
    """An epoch that does not fit into the budget is left out: record and state are those of the last whole one."""

    @pytest.mark.parametrize("budget", range(1, 14))
    def test_evaluations(self, method: str, engine: str, budget: int) -> None:
        """The start counts 1, and an epoch 4 batches and all rows."""
        objective = objective_of(30, engine)
        start = start_of(objective)
        found = run(objective, method, 8, start, max_iter=9, max_evaluations=budget)
        assert found.termination.reason == "max_evaluations"
        assert found.record.value_evaluations.tolist() == list(range(1, budget + 1, 5))
        assert found.record.gradient_evaluations.tolist() == list(range(1, budget + 1, 5))
        assert found.state.state.iteration == (budget - 1) // 5

    def test_time(self, method: str, engine: str, monkeypatch: Any) -> None:
        """The clock advances by a second at each reading: the time is over in the first epoch."""
        monkeypatch.setattr(batches, "OPERATIONS", 1.0)
        times = iter(range(10_000))
        objective = objective_of(30, engine)
        found = run(
            objective, method, 1, start_of(objective), max_iter=9, time_limit=20.0,
            clock=lambda: float(next(times)),
        )  # fmt: skip
        assert found.termination.reason == "time_limit"
        assert found.record.iteration.tolist() == [0]
        assert next(times) < 30

    def test_ctrl_c(self, method: str, engine: str, monkeypatch: Any) -> None:
        """Not even the epoch is completed; Python's own handler, which background jobs do not have."""
        monkeypatch.setattr(batches, "OPERATIONS", 1.0)
        objective = objective_of(30, engine)
        calls: list[str] = []

        def press_at_the_tenth(name: str) -> Any:
            def called(*given: Any, **named: Any) -> Any:
                calls.append(name)
                if len(calls) == 10:
                    signal.raise_signal(signal.SIGINT)
                return getattr(objective, name)(*given, **named)

            return called

        watched = Only(objective, "weights", "replace", "batch")
        one_call = f"{method}_batches"
        names = ["batch", *([one_call] if hasattr(objective, one_call) else [])]
        for name in names:
            vars(watched)[name] = press_at_the_tenth(name)
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            found = run(watched, method, 4, start_of(objective), max_iter=9)
        finally:
            signal.signal(signal.SIGINT, before)
        assert found.termination.reason == "interrupted"
        assert calls == [names[-1]] * 10
        assert found.record.iteration.tolist() == [0, 1]
        assert found.state.state.iteration == 1


MEMORY = """
import re, sys
from pathlib import Path
import numpy as np
import sheernet as sn

def memory(of):
    return 1024 * int(re.search(of + r":\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])

n, engine = int(sys.argv[1]), sys.argv[2]
X, y = np.random.default_rng(0).random((n, 10)), np.zeros(n)
arch = sn.Architecture((10, 3, 1))
theta = sn.Network.random(arch, seed=0).theta

def fit(rows):
    objective = sn.make_objective(arch, X[:rows], y[:rows], engine=engine, threads=1)
    before = memory("VmHWM")
    sn.optimizers.minimize(objective, theta, "adam", max_iter=2, batch_size=4096)
    return memory("VmHWM") - before

fit(4096)  # all imports
print(fit(n) / X.nbytes)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the memory")
@needs_compiled
def test_epochs_take_a_copy_of_the_data_and_the_order_of_the_rows() -> None:
    """Beside 10 inputs: a target and a weight of each row, and its number, twice while it is drawn."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, "200000", "compiled"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert re.fullmatch(r"\d+\.\d+\n", done.stdout)
    assert 0.5 < float(done.stdout) < 1.6
