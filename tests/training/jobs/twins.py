"""The same fit twice, in C++ and by the Python optimizers, on the same compiled objective: what the tests here compare.

Both evaluate the same bits, so they part only by the rounding of the methods' own sums: inner products, products with
the inverse Hessian, factorizations.  That is some 1e-16 in an iterate, grows with the condition of the problem from one
iterate to the next, and decides nothing before the objective has fallen to its own rounding.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any
from unittest import mock

import numpy as np

import sheernet as sn
from contracts.cases import Case, random_case
from sheernet.optimizers import COLUMNS, Run, minimize
from sheernet.optimizers import METHODS as METHODS_IN_PYTHON

METHODS = ("bfgs", "lbfgs", "lm", "hybrid")
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "bfgs": [{}, {"c1": 0.01, "c2": 0.5}, {"c2": 0.9}, {"c1": 0.3, "c2": 0.31}, {"renew": False}],
    "lbfgs": [{}, {"memory": 1}, {"memory": 2, "c1": 0.01}, {"memory": 3, "c2": 0.1}],
    "lm": [
        {},
        {"tau": 1.0},
        {"tau": 0.03, "scaling": "diagonal"},
        {"scaling": "diagonal"},
        {"tau": 50.0},
    ],
    "hybrid": [{}, {"polish": False}],
}
"""The defaults, and others, of each method."""


def in_cpp(objective: Any, start: Any, method: str, **settings: Any) -> Run:
    """One fit in C++; anything else is a failure of the test and not a slower success."""
    return all_in_cpp(objective, [sn.jobs.Job(start)], method, **settings)[0]


def all_in_cpp(
    objective: Any, jobs: list[sn.jobs.Job], method: str, **settings: Any
) -> sn.jobs.Fits:
    """Fits in C++."""
    with unreachable_python():
        return sn.jobs.fit_jobs(objective, jobs, method, **settings)


def unreachable_python() -> Any:
    """Within it no method of the registry can run, so that a fit is one in C++."""
    refused = {
        name: dataclasses.replace(method, run=refusing(method.run))
        for name, method in METHODS_IN_PYTHON.items()
    }
    return mock.patch.dict(METHODS_IN_PYTHON, refused)


def refusing(run: Any) -> Any:
    @functools.wraps(run)  # the options of a method are those of its function
    def refuse(*arguments: Any, **settings: Any) -> Any:
        raise AssertionError("the jobs were to run in C++ and ran in Python")

    return refuse


def in_python(objective: Any, start: Any, method: str, **settings: Any) -> Run:
    """The same fit by the specification."""
    validation = settings.pop("validation", None)
    if validation is not None:
        settings["validation"] = validation.value
    return minimize(objective, start, method, **settings)


def both(objective: Any, start: Any, method: str, **settings: Any) -> tuple[Run, Run]:
    """The fit in C++, and in Python."""
    return (
        in_cpp(objective, start, method, **settings),
        in_python(objective, start, method, **settings),
    )


def wave(n: int = 40, hidden: tuple[int, ...] = (4,), **settings: Any) -> Any:
    """A compiled objective of rows that no small network fits exactly, so that no method is done early."""
    x = np.linspace(-1.0, 1.0, n)
    y = np.sin(5.0 * x) + 0.1 * np.cos(37.0 * np.arange(n))
    return compiled(sn.Architecture((1, *hidden, 1)), x, y, **{"decay": 1e-4, **settings})


def compiled(architecture: sn.Architecture, X: Any, y: Any, **settings: Any) -> Any:
    """A compiled objective, on one thread unless another number is asked for."""
    return sn.make_objective(architecture, X, y, **{"engine": "compiled", "threads": 1, **settings})


def start_of(objective: Any, seed: int = 0, scale: float = 1.0) -> np.ndarray:
    """A start drawn from a seed."""
    return scale * sn.Network.random(objective.architecture, seed=seed).theta


def case_of(seed: int, **held: Any) -> Case:
    """A random training problem of the contracts, with more rows than those need."""
    return random_case(
        np.random.default_rng(seed), **{"rows": 14, "fewest_rows": 5, "scale": 0.7, **held}
    )


def assert_same_bits(first: Run, second: Run, *, but: tuple[str, ...] = ("seconds",)) -> None:
    """Equal in every bit of result and record, but for the time they took."""
    assert first.termination == second.termination
    assert (
        first.objective == second.objective or np.isnan([first.objective, second.objective]).all()
    )
    np.testing.assert_array_equal(first.theta, second.theta)
    np.testing.assert_array_equal(first.gradient, second.gradient)
    for column in set(COLUMNS) - set(but):
        np.testing.assert_array_equal(first.record[column], second.record[column], err_msg=column)
    if first.record.path is not None and second.record.path is not None:
        np.testing.assert_array_equal(first.record.path, second.record.path)


def long_running(rows: int = 40_000) -> Any:
    """An objective of which a fit takes seconds, for those that are stopped: two classes that a line tells apart.

    There is no minimum: the further away, the lower.
    """
    X = np.random.default_rng(0).normal(size=(rows, 2))
    arch = sn.Architecture((2, 6, 6, 1), output="sigmoid")
    return compiled(arch, X, X.sum(axis=1) > 0.0, cost="binary_cross_entropy")


class stop_at_call:  # noqa: N801  (it is used as a function)
    """A watch that presses Ctrl-C at its n-th call, or when an iteration is reached, and keeps what it was told.

    On a busy machine, little may have been computed at the n-th call.
    """

    def __init__(self, call: int, error: BaseException | None = None, iteration: int = 0) -> None:
        self.call, self.error, self.iteration = call, error or KeyboardInterrupt(), iteration
        self.heard: list[sn.jobs.Status] = []
        self.has_stopped = False

    def __call__(self, status: sn.jobs.Status) -> None:
        self.heard.append(status)
        is_time = len(self.heard) >= self.call and status.iteration >= self.iteration
        if is_time and not self.has_stopped:
            self.has_stopped = True
            self.stop()

    def stop(self) -> None:
        raise self.error


def one_by_one(
    objective: Any, jobs: list[sn.jobs.Job], method: str, **settings: Any
) -> sn.jobs.Fits:
    """Fits by the specification: an observer keeps them in Python."""
    return sn.jobs.fit_jobs(objective, jobs, method, observers=[lambda step, row: None], **settings)


def assert_close(native: Run, python: Run, tolerance: float = 1e-9) -> None:
    """Every row of the records: to a relative tolerance in what is computed, exactly in what is counted.

    Of the gradient it is one of its first largest entry: near a minimum little is left of its terms.
    """
    a, b = native.record, python.record
    assert len(a) == len(b)
    for column in ("iteration", "value_evaluations", "gradient_evaluations"):
        np.testing.assert_array_equal(a[column], b[column], err_msg=column)
    for column in ("objective", "cost", "penalty", "step_length", "damping", "validation_cost"):
        np.testing.assert_allclose(a[column], b[column], rtol=tolerance, err_msg=column)
    slope = tolerance * np.nan_to_num(b.gradient_norm[0], nan=0.0, posinf=0.0)
    np.testing.assert_allclose(a.gradient_norm, b.gradient_norm, rtol=tolerance, atol=slope)
    for first, second in ((a.path, b.path), (native.theta, python.theta)):
        if first is not None and second is not None:
            size = np.abs(second[np.isfinite(second)]).max(initial=0.0)
            np.testing.assert_allclose(first, second, rtol=0, atol=tolerance * size)
    assert native.objective == python.objective or np.isclose(
        native.objective, python.objective, rtol=tolerance, atol=0.0, equal_nan=True
    )
