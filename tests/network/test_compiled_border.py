"""What crosses from Python to the compiled extension is checked: wrong arguments raise, none ends the process.

A call that an extension without checks does not survive is made in a forked process.
"""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from both_engines import compiled
from sheernet.network import compiled_extension

pytestmark = [compiled, pytest.mark.skipif(sys.platform == "win32", reason="the program forks")]

NATIVE = compiled_extension.NATIVE
if NATIVE is not None and sys.platform != "win32":
    import fuzz_border

PROGRAM = Path(__file__).parents[2] / "scripts" / "fuzz_border.py"
BASELINE, N = "baseline", 9
METHODS = ("bfgs", "lbfgs", "lm", "hybrid")


def plan(*sizes: int) -> Any:
    layers = len(sizes) - 1
    hidden = [NATIVE.ACTIVATIONS.index("tanh")] * (layers - 1)
    return NATIVE.Plan(list(sizes), [*hidden, 0], [True] * layers, False)


def data(n_inputs: int = 2, n_targets: int = 1, n: int = N) -> Any:
    numbers = np.random.default_rng(0)
    return NATIVE.pack(numbers.normal(size=(n, n_inputs)), numbers.normal(size=(n, n_targets)))


def objective(
    plan_: Any = None, cost: int = 0, data_: Any = None, weights: int = N, decay: int = 13, threads: int = 1
) -> Any:  # fmt: skip
    """The objective of 2-3-1 with 13 parameters, unless an argument is given."""
    return NATIVE.Objective(
        plan_ or plan(2, 3, 1), cost, 1.0, data_ or data(), np.ones(weights), np.full(decay, 0.1), threads, BASELINE
    )  # fmt: skip


def settings(method: str = "bfgs", **changed: Any) -> dict[str, Any]:
    return fuzz_border.settings(method, random.Random(0)) | {"patience": 0} | changed


def always(*_: object) -> bool:
    return True


def fit(
    objectives: Any = None, validation: Any = None, starts: Any = None, resumed: Any = None,
    units: Any = None, **changed: Any,
) -> Any:  # fmt: skip
    given = [objective()] * 2 if objectives is None else objectives
    thetas = np.random.default_rng(1).normal(size=(2, 13)) if starts is None else starts
    units = [(np.ones(13), np.ones(13), 0.0)] * len(given) if units is None else units
    return NATIVE.fit(given, units, validation, thetas, resumed or {}, settings(**changed), always)


def misaligned(x: Any) -> Any:
    return fuzz_border.aligned(x, beyond=1)


X, Y, THETA = np.ones((N, 2)), np.ones((N, 1)), np.ones(13)
WRONG: dict[str, Callable[[], Any]] = {
    "a size that overflows": lambda: plan(2**62, 4, 1).predict(np.ones(9), np.ones((1, 2)), BASELINE),
    "fewer activations than layers": lambda: NATIVE.Plan([2, 3, 1], [0], [True, True], False),
    "fewer biases than layers": lambda: NATIVE.Plan([2, 3, 1], [0, 0], [True], False),
    "no such activation": lambda: NATIVE.Plan([2, 1], [99], [True], False),
    "no layer": lambda: plan(2),
    "no size": lambda: NATIVE.Plan([], [], [], False),
    "no units": lambda: plan(2, 0, 1),
    "few weights": lambda: objective(weights=1).value(THETA),
    "few decays": lambda: objective(decay=1).value(THETA),
    "few inputs": lambda: objective(data_=data(1)).value(THETA),
    "few targets": lambda: objective(plan(2, 3), data_=data(), decay=9).value(np.ones(9)),
    "no such cost": lambda: objective(cost=99).value(THETA),
    "an odd number of outputs": lambda: objective(cost=5).value(THETA),
    "no threads": lambda: objective(threads=0).value(THETA),
    "fewer targets than inputs": lambda: NATIVE.pack(X, Y[:1]),
    "no rows": lambda: NATIVE.pack(X[:0], Y[:0]),
    "packed numbers of more rows": lambda: NATIVE.packed_in_place(
        *map(fuzz_border.aligned, (np.ones(16), np.ones(8))), 2**62
    ),
    "narrow inputs to predict": lambda: plan(90, 1).predict(np.ones(91), X, BASELINE),
    "narrow inputs of variances": lambda: plan(90, 1).output_variances(
        np.ones(91), np.ones(91 * 46), X, BASELINE
    ),
    "residuals of another cost": lambda: objective(plan(2, 2), cost=5, decay=6).residuals_and_jacobian(np.ones(6)),
    "misaligned inputs": lambda: NATIVE.pack(misaligned(X), Y),
    "misaligned weights": lambda: NATIVE.Objective(
        plan(2, 3, 1), 0, 1.0, data(), misaligned(np.ones(N)), np.ones(13), 1, BASELINE
    ),
    "misaligned starts": lambda: fit(starts=misaligned(np.ones((2, 13)))),
    "fewer starts than objectives": lambda: fit([objective()] * 500, starts=np.ones((1, 13))),
    "a start for all": lambda: fit(starts=np.array(1.0)),
    "no objectives": lambda: fit([], starts=np.ones((0, 13))),
    "an objective that is None": lambda: fit([objective(), None]),
    "a validation set of another size": lambda: fit(
        validation=objective(plan(2, 90, 1), decay=361), patience=2
    ),
    "fewer units than objectives": lambda: fit(units=[(np.ones(13), np.ones(13), 0.0)]),
    "units of another size": lambda: fit(units=[(np.ones(13), np.ones(12), 0.0)] * 2),
    "no threads of a fit": lambda: fit(threads=0),
    "no jobs at a time": lambda: fit(at_a_time=0),
    "no pairs in memory": lambda: fit(method="lbfgs", memory=0),
    "a short best iterate": lambda: fit(resumed={0: (state("bfgs"), (1, THETA, 0.0))}),
    "a best iterate of another size": lambda: fit(resumed={0: (state("bfgs"), (1, THETA[:1], 0.0, THETA, np.nan))}),
}  # fmt: skip


def state(method: str) -> dict[str, Any]:
    """The state of a fit of the objective after some iterations."""
    fits = fit(method=method)
    return dict(fits.state(fits.best_job))


def resume(method: str, given: dict[str, Any]) -> Any:
    return fit(resumed={0: (given, (1, THETA, 0.0, THETA, np.nan))}, method=method)


def outcome(call: Callable[[], Any]) -> str:
    """What a call did in a forked process: "returned", "raised" or "ended"."""
    child = os.fork()
    if child == 0:
        status = 2
        try:
            status = int(fuzz_border.alone(call, None) != "returned")
        finally:
            os._exit(status)
    return {0: "returned", 256: "raised"}.get(os.waitpid(child, 0)[1], "ended")


@pytest.mark.parametrize("wrong", WRONG)
def test_is_refused(wrong: str) -> None:
    assert outcome(WRONG[wrong]) == "raised"


@pytest.mark.parametrize("method", METHODS)
class TestStates:
    def test_are_resumed(self, method: str) -> None:
        assert len(resume(method, state(method))) == 2

    def test_of_other_sizes_are_refused(self, method: str) -> None:
        for name, wrong in self.changed(method, lambda array: array[:1]):
            assert outcome(lambda given=wrong: resume(method, given)) == "raised", name

    def test_that_are_not_finite_are_refused(self, method: str) -> None:
        for name, wrong in self.changed(method, lambda array: np.full_like(array, np.nan)):
            with pytest.raises(ValueError, match="must be finite"):
                pytest.fail(f"{name}: {resume(method, wrong)}")

    def test_with_a_negative_iteration_are_refused(self, method: str) -> None:
        with pytest.raises(TypeError, match="iteration"):
            resume(method, state(method) | {"iteration": -1})

    @staticmethod
    def changed(method: str, change: Callable[[Any], Any]) -> list[tuple[str, dict[str, Any]]]:
        """The state with one array changed, for each of its arrays."""
        given = state(method)
        found = [
            (name, given | {name: change(array)})
            for name, array in given.items()
            if isinstance(array, np.ndarray)
        ]
        for i in range(2) if given.get("pairs") else ():
            pairs = [
                tuple(change(part) if k == i else part for k, part in enumerate(pair))
                for pair in given["pairs"]
            ]
            found.append((f"pair {i}", given | {"pairs": pairs}))
        return found


class TestALongFit:
    """A fit of so many rows that it polls, every 50 ms."""

    @staticmethod
    def made() -> list[Any]:
        X = np.random.default_rng(0).normal(size=(40_000, 2))
        rows = NATIVE.pack(X, np.sin(X[:, :1] * X[:, 1:]))
        return [objective(data_=rows, weights=len(X)) for _ in range(3)]

    @staticmethod
    def fitted(objectives: list[Any], poll: Callable[..., bool]) -> Any:
        starts = np.random.default_rng(1).normal(size=(3, 13))
        units = [(np.ones(13), np.ones(13), 0.0)] * 3
        return NATIVE.fit(
            objectives, units, None, starts, {}, settings(threads=1, max_iter=1e4), poll
        )

    def test_keeps_the_objectives_that_its_poll_drops(self) -> None:
        given, others = self.made(), []

        def drop(*_: object) -> bool:
            given.clear()
            gc.collect()
            others.append(self.made())  # into the memory of those that are dropped
            return len(others) < 3

        assert outcome(lambda: self.fitted(given, drop)) == "returned"
        fits = self.fitted(given, drop)
        assert fits.reasons[-1] == "interrupted"
        _, theta, value, *_ = fits.result(fits.best_job)
        assert self.made()[0].value(theta) == value

    def test_refuses_to_tell_its_best_point_after_its_end(self) -> None:
        kept: list[Callable[[], Any]] = []

        def keeps(*given: Any) -> bool:
            kept.append(given[-1])
            raise ValueError("planted")

        with pytest.raises(ValueError, match="planted"):
            self.fitted(self.made(), keeps)
        with pytest.raises(ValueError, match="have ended"):
            kept[0]()


class TestTheProgramThatCallsAllFunctions:
    def test_has_a_valid_call_of_each(self) -> None:
        functions = fuzz_border.bound()
        calls = fuzz_border.World(random.Random(0), cost=0).calls()
        assert functions.keys() == calls.keys()
        for name in functions.keys() - fuzz_border.NO_VALID_CALL:
            functions[name](*calls[name])

    def test_finds_nothing_in_a_small_run(self) -> None:
        command = [sys.executable, str(PROGRAM), "--count", "400", "--seed", "4"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
