"""Forward and backward propagation: the notebook's formulas on its two data sets, and general properties.

tests/contracts checks derivatives for all architectures; the tests here can be verified by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, fsum

import numpy as np
import pytest

import sheernet as sn
from contracts import laws
from contracts.cases import random_cases
from sheernet import propagation

SLEEP = (
    np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]]) / [10.0, 5.0],
    np.array([[0.75], [0.82], [0.93]]),
)
"""Hours asleep and studying by their column maxima; scores by 100."""
IRIS = np.array([[5.1, 3.5], [4.9, 3.0], [4.7, 3.2]]), np.zeros((3, 1))
"""Sepal length and width of the first three flowers, in cm, all of class 0."""
DATA = pytest.mark.parametrize("data", [SLEEP, IRIS], ids=["sleep", "iris"])
SEEDS = pytest.mark.parametrize("seed", range(12))
NOTEBOOK = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)


@dataclass
class Sample:
    """One row through the 2-3-1 network of the videos, number by number; z1 and z2 are z_1 and z_2."""

    x: list[float]
    y: float
    W1: list[list[float]]
    W2: list[float]

    def __post_init__(self) -> None:
        self.z1 = [fsum(self.x[i] * self.W1[i][j] for i in range(2)) for j in range(3)]
        self.a1 = [1.0 / (1.0 + exp(-z)) for z in self.z1]
        self.z2 = fsum(self.a1[j] * self.W2[j] for j in range(3))
        self.prediction = 1.0 / (1.0 + exp(-self.z2))
        self.cost = (self.y - self.prediction) ** 2 / 2.0
        self.delta2 = -(self.y - self.prediction) * self.slope(self.z2)
        self.delta1 = [self.delta2 * self.W2[j] * self.slope(self.z1[j]) for j in range(3)]

    @staticmethod
    def slope(z: float) -> float:
        return exp(-z) / (1.0 + exp(-z)) ** 2


def by_hand(
    theta: np.ndarray, X: np.ndarray, y: np.ndarray
) -> tuple[list[Sample], float, list[float]]:
    """Every row, the summed cost, and its derivative with respect to each weight in the order of theta."""
    W1, W2 = theta[:6].reshape(2, 3).tolist(), theta[6:].tolist()
    rows = [Sample(x, t, W1, W2) for x, t in zip(X.tolist(), y[:, 0].tolist(), strict=True)]
    by_W1 = [fsum(r.x[i] * r.delta1[j] for r in rows) for i in range(2) for j in range(3)]
    by_W2 = [fsum(r.a1[j] * r.delta2 for r in rows) for j in range(3)]
    return rows, fsum(r.cost for r in rows), by_W1 + by_W2


@SEEDS
@DATA
class TestTheNotebook:
    """For given weights, forward pass, cost and gradient equal its formulas to 1e-14."""

    def test_forward(self, data, seed: int) -> None:
        theta = np.random.default_rng(seed).random(9)
        rows, _, _ = by_hand(theta, *data)
        passes = sn.forward(NOTEBOOK, theta, data[0])
        for n, row in enumerate(rows):
            assert passes.activations[0][n].tolist() == row.x
            for ours, theirs in zip(
                (*passes.pre_activations[1:], *passes.activations[1:]),
                (row.z1, [row.z2], row.a1, [row.prediction]),
                strict=True,
            ):
                assert np.allclose(ours[n], theirs, rtol=1e-14, atol=0)

    def test_cost(self, data, seed: int) -> None:
        theta = np.random.default_rng(seed).random(9)
        _, cost, _ = by_hand(theta, *data)
        objective = sn.make_objective(NOTEBOOK, *data, reduction="sum")
        assert objective.value(theta) == pytest.approx(cost, rel=1e-14, abs=1e-14)

    def test_gradient(self, data, seed: int) -> None:
        theta = np.random.default_rng(seed).random(9)
        _, _, gradient = by_hand(theta, *data)
        _, ours = sn.make_objective(NOTEBOOK, *data, reduction="sum").value_and_gradient(theta)
        assert np.abs(ours - gradient).max() <= 1e-14

    def test_backward_gives_the_same_by_name(self, data, seed: int) -> None:
        theta = np.random.default_rng(seed).random(9)
        rows, _, gradient = by_hand(theta, *data)
        passes = sn.forward(NOTEBOOK, theta, data[0])
        result = sn.backward(NOTEBOOK, theta, passes, np.array([[row.delta2] for row in rows]))
        assert list(result.gradients) == ["W1", "W2"]
        assert np.abs(result.gradients["W1"].ravel() - gradient[:6]).max() <= 1e-14
        assert np.abs(result.gradients["W2"].ravel() - gradient[6:]).max() <= 1e-14
        assert np.abs(result.deltas[1] - [row.delta1 for row in rows]).max() <= 1e-14


class TestForward:
    def test_biases_and_skip_connections_by_hand(self) -> None:
        arch = sn.Architecture((2, 1, 2), hidden="relu", skip=True)
        names = {
            "W1": [[1.0], [2.0]],
            "b1": [0.5],
            "W2": [[3.0, -1.0]],
            "b2": [0.0, 10.0],
            "S": [[1.0, 0.0], [0.0, 100.0]],
        }
        theta = sn.Network.from_weights(arch, names).theta
        passes = sn.forward(arch, theta, np.array([[1.0, 1.0], [-5.0, 1.0]]))
        assert passes.pre_activations[1].tolist() == [[3.5], [-2.5]]
        assert passes.activations[1].tolist() == [[3.5], [0.0]]
        assert passes.pre_activations[2].tolist() == [[11.5, 106.5], [-5.0, 110.0]]
        assert passes.activations[-1] is not passes.pre_activations[-1]

    def test_entry_0_is_the_table_itself(self) -> None:
        X = np.ones((2, 2))
        passes = sn.forward(NOTEBOOK, np.zeros(9), X)
        assert passes.pre_activations[0] is passes.activations[0] is X
        assert len(passes.pre_activations) == len(passes.activations) == NOTEBOOK.n_layers + 1

    def test_a_theta_of_another_length_is_refused(self) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=r"theta has shape \(8,\) but the network has 9 parameters"
        ):
            sn.forward(NOTEBOOK, np.zeros(8), np.ones((1, 2)))

    def test_of_a_complex_theta_has_the_bits_of_the_real_one_before_each_activation(self) -> None:
        """Otherwise the exponential of a saturated unit could amplify the difference arbitrarily."""
        for case in random_cases(
            21,
            40,
            scale=10.0,
            hidden=("identity", "relu", "leaky_relu"),
            cost="squared_error",
            output="identity",
        ):
            real = sn.forward(case.architecture, case.theta, case.X)
            twin = sn.forward(case.architecture, case.theta + 1e-20j, case.X)
            for z, w in zip(real.pre_activations, twin.pre_activations, strict=True):
                assert np.array_equal(z, w.real)


class TestBackward:
    def test_gradients_are_views_of_the_vector(self) -> None:
        theta = np.random.default_rng(0).random(9)
        passes = sn.forward(NOTEBOOK, theta, SLEEP[0])
        result = sn.backward(NOTEBOOK, theta, passes, np.ones((3, 1)))
        assert all(np.shares_memory(view, result.vector) for view in result.gradients.values())
        with pytest.raises(TypeError):
            result.gradients["W1"] = 0

    def test_is_linear_in_delta(self) -> None:
        for case in random_cases(22, 20):
            passes = sn.forward(case.architecture, case.theta, case.X)
            shape = 2, len(case.X), case.architecture.n_outputs
            d, e = np.random.default_rng(1).normal(size=shape)
            run = [
                sn.backward(case.architecture, case.theta, passes, x).vector
                for x in (d, e, 2 * d - e)
            ]
            assert np.allclose(
                run[2], 2 * run[0] - run[1], rtol=1e-12, atol=1e-12 * max(1, np.abs(run[0]).max())
            )

    def test_writes_neither_theta_nor_delta_nor_passes(self) -> None:
        case = next(random_cases(23, 1, hidden_layers=(3,), skip=True))
        passes = sn.forward(case.architecture, case.theta, case.X)
        delta = np.ones_like(case.y)
        arrays = [case.theta, delta, *passes.pre_activations, *passes.activations]
        for array in arrays:
            array.flags.writeable = False
        sn.backward(case.architecture, case.theta, passes, delta)
        propagation.jacobian(case.architecture, case.theta, passes)

    def test_the_package_offers_the_functions_of_the_engines(self) -> None:
        assert sn.backward is propagation.backward
        assert sn.forward is propagation.forward


@pytest.mark.parametrize("scale", [1.0, 10.0])
@pytest.mark.parametrize(
    "name",
    [
        "jacobian_is_the_complex_step",
        "input_gradient_is_the_complex_step",
        "backward_is_the_jacobian_transposed",
    ],
)
def test_law(name: str, scale: float) -> None:
    laws.check(name, random_cases(24, 60, scale=scale), "reference")


class TestShapes:
    """Arrays of a wrong shape are named, with the shape that they must have."""

    @pytest.mark.parametrize("X", [SLEEP[0].T, SLEEP[0][0], SLEEP[0][None]], ids=["T", "1", "3"])
    def test_of_the_inputs(self, X) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=r"X has shape \(.*\) but must be a table .* 2 columns"
        ):
            sn.forward(NOTEBOOK, np.zeros(9), X)

    @pytest.mark.parametrize("shape", [(3, 2), (3,), (1, 3)])
    def test_of_delta(self, shape) -> None:
        passes = sn.forward(NOTEBOOK, np.zeros(9), SLEEP[0])
        with pytest.raises(
            sn.ShapeMismatch, match=r"delta has shape .* the prediction's, \(3, 1\)"
        ):
            sn.backward(NOTEBOOK, np.zeros(9), passes, np.zeros(shape))

    def test_lists_are_arrays(self) -> None:
        theta = np.linspace(-1.0, 1.0, 9)
        X, delta = SLEEP[0], SLEEP[1]
        passes = sn.forward(NOTEBOOK, theta.tolist(), X.tolist())
        assert isinstance(passes.activations[0], np.ndarray)
        theirs = sn.backward(NOTEBOOK, theta.tolist(), passes, delta.tolist())
        ours = sn.backward(NOTEBOOK, theta, sn.forward(NOTEBOOK, theta, X), delta)
        assert np.array_equal(ours.vector, theirs.vector)


class TestWhatIsRefused:
    PASSES = sn.forward(NOTEBOOK, np.zeros(9), np.ones((2, 2)))

    @pytest.mark.parametrize("given", [sn.Network(NOTEBOOK, np.zeros(9)), (2, 3, 1), None])
    @pytest.mark.parametrize(
        ("name", "call"),
        [
            ("forward", lambda arch: sn.forward(arch, np.zeros(9), np.ones((2, 2)))),
            ("backward", lambda arch: sn.backward(arch, np.zeros(9), TestWhatIsRefused.PASSES, np.ones((2, 1)))),
            ("Network", lambda arch: sn.Network(arch, np.zeros(9))),
            (r"Network\.random", lambda arch: sn.Network.random(arch)),
            (r"Network\.from_weights", lambda arch: sn.Network.from_weights(arch, {})),
            ("make_objective", lambda arch: sn.make_objective(arch, np.ones((2, 2)), np.ones(2))),
        ],
    )  # fmt: skip
    def test_what_is_not_an_architecture(self, name, call, given) -> None:
        message = (
            f"^{name} needs an Architecture, but {type(given).__name__} was given; pass sn.Arch"
        )
        with pytest.raises(sn.InvalidInput, match=message):
            call(given)

    @pytest.mark.parametrize(
        ("noun", "call"),
        [
            ("theta", lambda wrong: sn.forward(NOTEBOOK, wrong, np.ones((2, 2)))),
            ("X", lambda wrong: sn.forward(NOTEBOOK, np.zeros(9), wrong)),
            ("theta", lambda wrong: sn.backward(NOTEBOOK, wrong, TestWhatIsRefused.PASSES, np.ones((2, 1)))),
            ("delta", lambda wrong: sn.backward(NOTEBOOK, np.zeros(9), TestWhatIsRefused.PASSES, wrong)),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("wrong", [[["a", "b"]], None, sn.Network(NOTEBOOK, np.zeros(9))])
    def test_what_is_not_numbers(self, noun, call, wrong) -> None:
        with pytest.raises(sn.InvalidInput, match=f"^{noun} must be numbers, but "):
            call(wrong)

    def test_lists_are_numbers(self) -> None:
        passes = sn.forward(NOTEBOOK, [0] * 9, [[1, 2]])
        assert passes.activations[-1].tolist() == [[0.5]]
        assert sn.backward(NOTEBOOK, [0] * 9, passes, [[4]]).gradients["W2"].tolist() == [[2.0]] * 3

    def test_inputs_in_place_of_passes(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"passes must be the result of forward\(arch, "):
            sn.backward(NOTEBOOK, np.zeros(9), np.ones((2, 2)), np.ones((2, 1)))
        with pytest.raises(sn.InvalidInput, match=r"but ndarray was given"):
            sn.propagation.jacobian(NOTEBOOK, np.zeros(9), np.ones((2, 2)))

    @pytest.mark.parametrize("name", ["views", "by_layer"])
    @pytest.mark.parametrize("given", [[0.0] * 9, sn.Network(NOTEBOOK, np.zeros(9))])
    def test_views_of_what_is_no_array(self, name, given) -> None:
        message = f"theta must be an array, .* but {type(given).__name__} was given"
        with pytest.raises(sn.InvalidInput, match=message):
            getattr(NOTEBOOK.layout, name)(given)


def test_passes_and_gradients_show_names_and_shapes() -> None:
    passes = sn.forward(NOTEBOOK, np.zeros(9), np.ones((2, 2)))
    shown = "<passes: X (2, 2), z_1 and a_1 (2, 3), z_2 and a_2 (2, 1); pre_activations[1] is z_1>"
    assert repr(passes) == shown
    gradients = sn.backward(NOTEBOOK, np.zeros(9), passes, np.ones((2, 1)))
    shown = (
        "<gradients: W1 (2, 3), W2 (3, 1); delta_1 (2, 3), delta_2 (2, 1); deltas[1] is delta_1>"
    )
    assert repr(gradients) == shown
