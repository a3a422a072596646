"""Epochs of gd and adam, written out in NumPy: orders, schedules, penalties and values of batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES
from both_engines import compiled as needs_compiled
from sheernet.optimizers import batches, minimize

N = 11
WEIGHTS = np.array([1.0, 0.0, 2.0, 0.5, 3.0, 1.0, 0.0, 1.5, 1.0, 4.0, 0.25])
DECAY = np.array([0.3, 0.0, 0.1])
RNG = np.random.default_rng(5)
X = RNG.normal(size=(N, 2))
Y = X @ [1.0, -2.0] + 0.1 * RNG.normal(size=N)
START = np.array([0.4, 0.8, -0.5])
USED = {"equal": np.arange(N), "weights": np.flatnonzero(WEIGHTS)}  # rows with positive weight
GIVEN = {"equal": None, "weights": WEIGHTS}


def order(epoch: int, n: int) -> np.ndarray:
    """Another permutation in each epoch."""
    return np.roll(np.arange(n)[::-1], epoch)


def schedule(epoch: int) -> float:
    return 0.2 / epoch


def line(weights: str, reduction: str = "mean", engine: str = "reference") -> Any:
    """A linear model a = X w + b, theta = (w, b), cost 1/2 (a - y)^2."""
    return sn.make_objective(
        sn.Architecture((2, 1)), X, Y, decay=DECAY, weights=GIVEN[weights], reduction=reduction, engine=engine
    )  # fmt: skip


class UsersLine:
    """The same as an objective of a user: weights, decay and replace."""

    def __init__(self, weights: Any, decay: Any, reduction: str) -> None:
        self.weights = np.ones(N) if weights is None else weights
        self.decay, self.reduction = decay, reduction

    def value(self, theta: Any) -> float:
        return self.value_and_gradient(theta)[0]

    def value_and_gradient(self, theta: Any) -> Any:
        w = self.weights / (self.weights.sum() if self.reduction == "mean" else 1.0)
        return value_and_gradient(theta, np.arange(N), w, self.decay)

    def replace(self, weights: Any = None, decay: Any = None) -> Any:
        return UsersLine(
            self.weights if weights is None else weights,
            self.decay if decay is None else decay, self.reduction,
        )  # fmt: skip


WAYS: list[Any] = [*ENGINES, "of a user"]


def objective_of(way: str, weights: str, reduction: str = "mean") -> Any:
    if way == "of a user":
        return UsersLine(GIVEN[weights], DECAY, reduction)
    return line(weights, reduction, way)


def value_and_gradient(theta: Any, rows: Any, w: Any, decay: Any) -> tuple[float, Any]:
    """sum w_n loss_n + 1/2 sum decay theta^2 over some rows, and its gradient."""
    A = np.column_stack([X[rows], np.ones(len(rows))])
    r = A @ theta - Y[rows]
    return 0.5 * w @ r**2 + 0.5 * decay @ theta**2, A.T @ (w * r) + decay * theta


def batch(theta: Any, rows: Any, weights: str, reduction: str, whole_penalty: bool) -> Any:
    """The objective of a batch, as batches.py defines it."""
    all_weights = np.ones(N) if GIVEN[weights] is None else WEIGHTS
    of_batch, used = all_weights[rows], USED[weights]
    if reduction == "mean":
        w, factor = of_batch / of_batch.sum(), all_weights.sum() / of_batch.sum()
    else:
        w, factor = of_batch * len(used) / len(rows), len(used) / len(rows)
    return value_and_gradient(theta, rows, w, DECAY * (factor if whole_penalty else 1.0))


class Descent:
    """gd, as its docstring states it."""

    def __init__(self, momentum: float, nesterov: bool) -> None:
        self.momentum, self.nesterov, self.v = momentum, nesterov, np.zeros(3)

    def update(self, theta: Any, rate: float, f: Any) -> Any:
        value, g = f(theta + self.momentum * self.v if self.nesterov else theta)
        self.v = self.momentum * self.v - rate * g
        return theta + self.v, value


class Adam:
    """adam, as its docstring states it."""

    def __init__(self, uncorrected: bool) -> None:
        self.m, self.v, self.t, self.uncorrected = np.zeros(3), np.zeros(3), 0, uncorrected

    def update(self, theta: Any, rate: float, f: Any) -> Any:
        value, g = f(theta)
        self.t += 1
        self.m = 0.7 * self.m + 0.3 * g
        self.v = 0.9 * self.v + 0.1 * g**2
        m_hat = self.m / (1 - 0.7**self.t)
        if self.uncorrected:
            step = m_hat * np.sqrt(1 - 0.9**self.t) / (np.sqrt(self.v) + 0.1)
        else:
            step = m_hat / (np.sqrt(self.v / (1 - 0.9**self.t)) + 0.1)
        return theta - rate * step, value


OF_ADAM = {"beta1": 0.7, "beta2": 0.9, "epsilon": 0.1}
METHODS: dict[str, Any] = {
    "plain": ("gd", {}, lambda: Descent(0.0, False)),
    "momentum": ("gd", {"momentum": 0.6}, lambda: Descent(0.6, False)),
    "nesterov": ("gd", {"momentum": 0.6, "nesterov": True}, lambda: Descent(0.6, True)),
    "momentum 1": ("gd", {"momentum": 1.0, "nesterov": True}, lambda: Descent(1.0, True)),
    "adam": ("adam", OF_ADAM, lambda: Adam(False)),
    "uncorrected": ("adam", {**OF_ADAM, "uncorrected_epsilon": True}, lambda: Adam(True)),
}


@pytest.mark.parametrize("way", WAYS)
class TestFormulas:
    @pytest.mark.parametrize("weights", USED)
    @pytest.mark.parametrize("reduction", ["mean", "sum"])
    @pytest.mark.parametrize("whole_penalty", [False, True])
    @pytest.mark.parametrize("name", METHODS)
    def test_three_epochs_by_batches(
        self, name: str, whole_penalty: bool, reduction: str, weights: str, way: str
    ) -> None:
        """Batches of 4: the last one has 3 rows, or with weights a single one."""
        method, options, made = METHODS[name]
        used, scale = USED[weights], 1.0 if reduction == "mean" else 0.05
        n, batch_size = len(used), 4
        run = minimize(
            objective_of(way, weights, reduction), START, method, max_iter=3, gradient_tolerance=0.0,
            keep_path=True, batch_size=batch_size, learning_rate=lambda epoch: scale * schedule(epoch),
            order=lambda epoch: order(epoch, n), whole_penalty=whole_penalty, evaluation="batches", **options,
        )  # fmt: skip
        theta, algorithm = START, made()
        for epoch in (1, 2, 3):
            total = 0.0
            for first in range(0, n, batch_size):
                rows = used[order(epoch, n)[first : first + batch_size]]
                theta, value = algorithm.update(
                    theta, scale * schedule(epoch),
                    lambda at, rows=rows: batch(at, rows, weights, reduction, whole_penalty),
                )  # fmt: skip
                total += len(rows) * value
            np.testing.assert_allclose(run.record.path[epoch], theta, rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(run.record.objective[epoch], total / n, rtol=1e-12)
            assert run.record.step_length[epoch] == scale * schedule(epoch)

    @pytest.mark.parametrize("method", ["gd", "adam"])
    def test_evaluation_by_rows_is_the_objective_of_the_step(self, method: str, way: str) -> None:
        objective = objective_of(way, "weights")
        given = {"max_iter": 2, "batch_size": 4, "whole_penalty": True, "keep_path": True}
        run = minimize(objective, START, method, **given)
        other = minimize(objective, START, method, **given, evaluation="batches")
        np.testing.assert_array_equal(run.record.path, other.record.path)
        for theta, found in zip(run.record.path, run.record.objective, strict=True):
            assert found == objective.value_and_gradient(theta)[0]

    @pytest.mark.parametrize("method", ["gd", "adam"])
    def test_evaluation_by_batches_takes_no_evaluation_of_all_rows(
        self, method: str, way: str
    ) -> None:
        """The start, and 3 batches in each epoch; nothing claims to be the gradient."""
        run = minimize(
            objective_of(way, "equal"), START, method, max_iter=2, batch_size=4, evaluation="batches",
            learning_rate=0.01,
        )  # fmt: skip
        assert run.record.value_evaluations.tolist() == [1, 4, 7]
        assert run.record.gradient_evaluations.tolist() == [1, 4, 7]
        assert np.isnan(run.record.gradient_norm).tolist() == [False, True, True]
        assert np.isnan(run.gradient).all()
        assert np.isfinite(run.objective)
        assert run.termination.reason == "max_iterations"

    @pytest.mark.parametrize("budget", range(1, 9))
    def test_budget_of_evaluations(self, budget: int, way: str) -> None:
        run = minimize(
            objective_of(way, "equal"), START, "adam", batch_size=4, evaluation="batches",
            max_evaluations=budget,
        )  # fmt: skip
        assert run.termination.reason == "max_evaluations"
        assert run.record.value_evaluations.tolist() == list(range(1, budget + 1, 3))

    @pytest.mark.parametrize("evaluation", ["rows", "batches"])
    def test_a_point_that_is_not_finite_is_not_accepted(self, evaluation: str, way: str) -> None:
        """One batch: its value is finite, but not the point after the update."""
        run = minimize(
            objective_of(way, "equal"), START, "gd", batch_size=N, evaluation=evaluation,
            learning_rate=1e308, max_iter=9,
        )  # fmt: skip
        assert run.termination.reason == "non_finite"
        assert run.record.iteration.tolist() == [0]
        np.testing.assert_array_equal(run.theta, START)


class TestSchedules:
    @pytest.mark.parametrize("method", ["gd", "adam"])
    def test_of_updates_with_all_rows(self, method: str) -> None:
        """Without a batch size an epoch is an iteration."""
        given = {"max_iter": 1, "gradient_tolerance": 0.0}
        run = minimize(line("equal"), START, method, max_iter=4, learning_rate=schedule)
        assert run.record.step_length[1:].tolist() == [schedule(epoch) for epoch in (1, 2, 3, 4)]
        state: Any = START
        for epoch in (1, 2, 3, 4):
            part = minimize(line("equal"), state, method, **given, learning_rate=schedule(epoch))
            state = part.state
        np.testing.assert_array_equal(state.state.theta, run.state.state.theta)

    def test_a_function_sees_the_epochs_in_turn_after_the_observers(self) -> None:
        calls: list[Any] = []

        def rate(epoch: int) -> float:
            calls.append(epoch)
            return 0.1

        minimize(
            line("equal"), START, "gd", max_iter=3, batch_size=4, learning_rate=rate,
            observers=[lambda step, row: calls.append(f"step {step.iteration}")],
        )  # fmt: skip
        assert calls == ["step 0", 1, "step 1", 2, "step 2", 3, "step 3"]


class TestResumedRuns:
    @pytest.mark.parametrize("evaluation", ["rows", "batches"])
    @pytest.mark.parametrize("engine", ENGINES)
    @pytest.mark.parametrize("method", ["gd", "adam"])
    def test_are_bitwise_equal(
        self, method: str, engine: str, evaluation: str, monkeypatch: Any
    ) -> None:
        """With functions of the epoch alone, also if an epoch takes several calls of the engine."""
        objective = line("weights", "sum", engine)
        given = {
            "batch_size": 2, "order": lambda epoch: order(epoch, 9), "whole_penalty": True, "keep_path": True,
            "learning_rate": lambda epoch: 0.1 * schedule(epoch), "evaluation": evaluation,
        }  # fmt: skip
        whole = minimize(objective, START, method, max_iter=5, **given)
        monkeypatch.setattr(batches, "OPERATIONS", 1.0)
        first = minimize(objective, START, method, max_iter=2, **given)
        second = minimize(objective, first.state, max_iter=3, **given)
        joined = first.record.joined(second.record)
        np.testing.assert_array_equal(whole.record.path, joined.path)
        for column in ("objective", "value_evaluations", "step_length"):
            np.testing.assert_array_equal(whole.record[column], joined[column])

    @pytest.mark.parametrize("method", ["gd", "adam"])
    def test_without_batches_evaluate_the_gradient_that_is_not_known(self, method: str) -> None:
        objective = line("equal")
        given = {"batch_size": 4, "evaluation": "batches", "max_iter": 1}
        first = minimize(objective, START, method, **given)
        run = minimize(objective, first.state, method, max_iter=1, learning_rate=0.1)
        assert run.record.value_evaluations.tolist() == [0, 2]
        assert np.isfinite(run.state.state.gradient).all()
        theta = first.state.state.theta
        if method == "gd":
            expected = theta - 0.1 * objective.value_and_gradient(theta)[1]
            np.testing.assert_allclose(run.state.state.theta, expected, rtol=1e-14)


class Plain:
    """An objective without a known penalty."""

    weights = np.ones(N)

    def value_and_gradient(self, theta: Any) -> Any:
        raise AssertionError("refused before")

    value = replace = value_and_gradient


@pytest.mark.parametrize("method", ["gd", "adam"])
class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (
                {"order": [0, 1]},
                r"order must be a function of the epoch, or None, but \[0, 1\] was",
            ),
            ({"evaluation": "rowes"}, "evaluation 'rowes' is not recognized.*'rows'"),
            ({"evaluation": None}, "evaluation None is not recognized"),
            ({"whole_penalty": 1}, "whole_penalty must be True or False, but 1 was given"),
            ({"learning_rate": "fast"}, "or a function of the epoch, but 'fast' was given"),
            (
                {"batch_size": None, "order": lambda epoch: np.arange(N)},
                "order requires a batch_size, but none was given",
            ),
            (
                {"batch_size": None, "evaluation": "batches"},
                "evaluation='batches' requires a batch_size, but none was given",
            ),
        ],
    )
    def test_of_options(self, method: str, options: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            minimize(line("equal"), START, method, **{"batch_size": 4, **options})

    def test_of_a_penalty_that_is_not_known(self, method: str) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"whole_penalty requires an objective with decay"
        ):
            minimize(Plain(), START, method, batch_size=4, whole_penalty=True)

    @pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf, None, True])
    def test_of_a_learning_rate_that_a_function_returns(self, method: str, rate: Any) -> None:
        seen: list[int] = []
        with pytest.raises(
            sn.InvalidInput, match=r"learning_rate\(2\) must be positive and finite"
        ):
            minimize(
                line("equal"), START, method, learning_rate=lambda epoch: [0.1, rate][epoch - 1],
                observers=[lambda step, row: seen.append(step.iteration)],
            )  # fmt: skip
        assert seen == [0, 1]

    @pytest.mark.parametrize(
        ("rows", "fault"),
        [
            (np.arange(N), r"an array of int64 with shape \(11,\) was returned"),
            (np.arange(8), r"an array of int64 with shape \(8,\) was returned"),
            (np.arange(9.0), r"an array of float64 with shape \(9,\) was returned"),
            (np.arange(9) > 0, r"an array of bool with shape \(9,\) was returned"),
            (np.arange(9) + 1, "9 was returned"),
            (np.arange(9) - 1, "-1 was returned"),
            ([0, 1, 2, 3, 4, 4, 6, 7, 8], "5 is missing"),
            (None, r"an array of object with shape \(\) was returned"),
        ],
    )
    def test_of_an_order_that_is_not_a_permutation(
        self, method: str, rows: Any, fault: str
    ) -> None:
        """9 rows have a positive weight."""
        expected = rf"order\(1\) must return a permutation of the numbers 0 to 8 of .*, but {fault}"
        with pytest.raises(sn.InvalidInput, match=expected):
            minimize(line("weights"), START, method, batch_size=4, order=lambda epoch: rows)

    def test_not_of_lists_and_other_integers(self, method: str) -> None:
        given = {"batch_size": 4, "max_iter": 1, "keep_path": True}
        paths = [
            minimize(line("weights"), START, method, **given, order=lambda epoch, rows=rows: rows)
            for rows in (
                list(range(9)),
                np.arange(9, dtype=np.uint64),
                np.arange(9, dtype=np.int16),
            )
        ]
        for run in paths:
            np.testing.assert_array_equal(run.record.path, paths[0].record.path)


@needs_compiled
def test_values_of_batches_are_those_before_their_updates() -> None:
    """What the engine returns for each batch, at the point that the updates before it reached."""
    objective = line("weights", engine="compiled")
    rows, zero = order(1, 9), np.zeros(3)
    options: Any = {
        "batch_size": 4,
        "whole_penalty": True,
        "learning_rate": 0.1,
        "momentum": 0.5,
        "nesterov": False,
    }
    values = objective.gd_batches(START, zero, rows=rows, **options)[2]
    assert values.shape == (3,)
    for k in range(3):
        point = START
        if k > 0:
            point = objective.gd_batches(START, zero, rows=rows[: 4 * k], **options)[0]
        numbers = USED["weights"][rows[4 * k : 4 * k + 4]]
        expected = batch(point, numbers, "weights", "mean", True)[0]
        np.testing.assert_allclose(values[k], expected, rtol=1e-13)
