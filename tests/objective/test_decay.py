"""Decay: its forms, and the conversion of the conventions of other programs.

Two objectives have the same minimizer for every data set if their gradients are proportional at every theta.  So each
program's objective is written out here from its documentation, and its gradient compared with the one of sheernet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from sheernet.objective import as_decay

ARCH = sn.Architecture((2, 3, 1), skip=True)
NAMES = [block.name for block in ARCH.layout.blocks]


def blocks(vector: np.ndarray) -> dict[str, tuple[float, ...]]:
    """The distinct values of each named array."""
    views = ARCH.layout.views(np.asarray(vector))
    return {name: tuple(np.unique(view).tolist()) for name, view in views.items()}


class TestAsDecay:
    def test_one_number_is_for_all_biases_too(self) -> None:
        assert blocks(as_decay(0.5, ARCH)) == dict.fromkeys(NAMES, (0.5,))

    def test_a_vector_is_taken_as_it_is(self) -> None:
        vector = np.arange(float(ARCH.n_parameters))
        assert np.array_equal(as_decay(vector, ARCH), vector)

    def test_a_mapping_names_arrays_and_leaves_the_others_without(self) -> None:
        expected = dict.fromkeys(NAMES, (0.0,)) | {"W1": (0.1,), "S": (3.0,)}
        assert blocks(as_decay({"W1": 0.1, "S": 3}, ARCH)) == expected
        assert blocks(as_decay({}, ARCH)) == dict.fromkeys(NAMES, (0.0,))

    def test_is_a_copy_that_cannot_be_written(self) -> None:
        mine = np.ones(ARCH.n_parameters)
        decay = as_decay(mine, ARCH)
        mine[:] = 2.0
        assert (decay == 1.0).all()
        assert not decay.flags.writeable

    @pytest.mark.parametrize(
        ("decay", "message"),
        [
            (
                [1.0, 2.0],
                r"decay has shape \(2,\) but the network has 15 parameters; give one number, a vector",
            ),
            (
                "evidence",
                "decay must be a number, a vector or a mapping of names to numbers, but 'evidence'",
            ),
            (-0.1, r"decay must be finite and at least 0, but -0\.1 was given"),
            (np.nan, "decay must be finite and at least 0, but nan was given"),
            ({"W1": np.inf}, "decay must be finite and at least 0, but inf was given"),
            ({"W9": 1.0}, "weight 'W9' is not recognized; .*W1, b1, W2, b2, S"),
            (
                {"W1": [1.0, 2.0]},
                r"decay of W1 must be one number, but an array of shape \(2,\) was given",
            ),
            ({"W1": "much"}, "decay of W1 must be numbers, but values of type"),
            ("much", "decay must be a number, a vector or a mapping"),
        ],
    )
    def test_refuses_with_a_message(self, decay: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            as_decay(decay, ARCH)


class TestWeightDecay:
    def test_leaves_biases_out(self) -> None:
        assert blocks(sn.weight_decay(ARCH, 0.2)) == {
            "W1": (0.2,),
            "b1": (0.0,),
            "W2": (0.2,),
            "b2": (0.0,),
            "S": (0.2,),
        }

    def test_takes_biases_in(self) -> None:
        assert blocks(sn.weight_decay(ARCH, 0.2, biases=True)) == dict.fromkeys(NAMES, (0.2,))

    def test_goes_by_layer_and_skips_belong_to_the_last(self) -> None:
        decay = sn.weight_decay(ARCH, [0.1, 0.4], biases=True)
        assert blocks(decay) == {
            "W1": (0.1,),
            "b1": (0.1,),
            "W2": (0.4,),
            "b2": (0.4,),
            "S": (0.4,),
        }

    def test_another_number_of_layers_is_refused(self) -> None:
        with pytest.raises(
            sn.InvalidInput, match="decay has 3 entries but the network has 2 layers of weights"
        ):
            sn.weight_decay(ARCH, [0.1, 0.2, 0.3])


N = 7
VALUE = 0.03
Terms = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], Any]


def errors(a: np.ndarray, y: np.ndarray) -> Any:
    return ((a - y) * (a - y)).sum()


def entropies(a: np.ndarray, y: np.ndarray) -> Any:
    return -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum()


def softmax_entropies(a: np.ndarray, y: np.ndarray) -> Any:
    return -(y * np.log(a)).sum()


def squares(w: np.ndarray) -> Any:
    return (w * w).sum()


THEIRS: dict[tuple[str, str], Terms] = {
    # R: "decay: parameter for weight decay"; the criterion is the sum of squares, or of entropies, plus its penalty
    ("nnet", "squared_error"): lambda a, y, w, b: errors(a, y) + VALUE * (squares(w) + squares(b)),
    ("nnet", "binary_cross_entropy"): lambda a, y, w, b: (
        entropies(a, y) + VALUE * (squares(w) + squares(b))
    ),
    ("nnet", "cross_entropy"): lambda a, y, w, b: (
        softmax_entropies(a, y) + VALUE * (squares(w) + squares(b))
    ),
    # alpha / 2 times the squared weights "divided by the sample size when added to the loss"
    ("scikit-learn", "squared_error"): lambda a, y, w, b: (
        errors(a, y) / (2 * N) + VALUE / (2 * N) * squares(w)
    ),
    ("scikit-learn", "binary_cross_entropy"): lambda a, y, w, b: (
        entropies(a, y) / N + VALUE / (2 * N) * squares(w)
    ),
    ("scikit-learn", "cross_entropy"): lambda a, y, w, b: (
        softmax_entropies(a, y) / N + VALUE / (2 * N) * squares(w)
    ),
    # (1 - gamma) mse + gamma msw, means over all errors and over all weights and biases
    ("matlab", "squared_error"): lambda a, y, w, b: (
        (1 - VALUE) * errors(a, y) / y.size + VALUE * (squares(w) + squares(b)) / (w.size + b.size)
    ),
    # part 7 of the videos: 1/2 sum / N + Lambda / 2 times the squared weights
    ("notebook", "squared_error"): lambda a, y, w, b: (
        0.5 * errors(a, y) / N + VALUE / 2 * squares(w)
    ),
}
OUTPUT = {"squared_error": "tanh", "binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize(("convention", "cost"), THEIRS)
def test_the_gradient_of_the_other_objective_is_proportional_to_ours(
    convention: str, cost: str, k: int, reduction: str
) -> None:
    arch = sn.Architecture((2, 4, max(k, 2) if cost == "cross_entropy" else k), output=OUTPUT[cost])
    rng = np.random.default_rng(k)
    X, y = rng.normal(size=(N, 2)), rng.random((N, arch.n_outputs))
    y = y / y.sum(axis=1, keepdims=True) if cost == "cross_entropy" else y
    is_bias = np.array([name.startswith("b") for name in arch.layout.names])

    def theirs(theta: np.ndarray) -> Any:
        a = sn.forward(arch, theta, X).activations[-1]
        return THEIRS[convention, cost](a, y, theta[~is_bias], theta[is_bias])

    decay = sn.decay_from(convention, VALUE, arch, N, cost=cost, reduction=reduction)
    objective = sn.make_objective(arch, X, y, cost=cost, reduction=reduction, decay=decay)
    for theta in rng.normal(size=(4, arch.n_parameters)):
        ours = objective.value_and_gradient(theta)[1]
        steps = theta + 1e-20j * np.eye(theta.size)
        other = np.array([np.imag(theirs(t)) / 1e-20 for t in steps])
        factor = (ours @ other) / (other @ other)
        assert factor > 0
        assert np.allclose(ours, factor * other, rtol=1e-10, atol=1e-12 * np.abs(ours).max())


def test_scikit_learn_ends_at_a_zero_of_the_gradient() -> None:
    neural_network = pytest.importorskip("sklearn.neural_network")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    y = np.sin(X[:, 0]) + 0.3 * rng.normal(size=40)
    theirs = neural_network.MLPRegressor(
        hidden_layer_sizes=(3,),
        activation="tanh",
        solver="lbfgs",
        alpha=0.5,
        tol=1e-12,
        max_iter=5000,
        max_fun=50_000,
        random_state=0,
    ).fit(X, y)
    (W1, W2), (b1, b2) = theirs.coefs_, theirs.intercepts_
    arch = sn.Architecture((2, 3, 1))
    theta = sn.Network.from_weights(arch, {"W1": W1, "b1": b1, "W2": W2, "b2": b2}).theta
    for right in (True, False):
        decay = sn.decay_from("scikit-learn", 0.5 if right else 0.25, arch, 40)
        gradient = sn.make_objective(arch, X, y, decay=decay).value_and_gradient(theta)[1]
        assert (np.abs(gradient).max() < 1e-4) == right


class TestDecayFrom:
    def test_a_cost_object_is_taken_for_its_name(self) -> None:
        by_name = sn.decay_from("nnet", 0.1, ARCH, 10, cost="squared_error")
        assert np.array_equal(
            sn.decay_from("nnet", 0.1, ARCH, 10, cost=sn.costs.squared_error), by_name
        )
        assert by_name[0] == pytest.approx(0.1 / 10)
        assert sn.decay_from("nnet", 0.1, ARCH, 10, cost="poisson")[0] == pytest.approx(0.2 / 10)

    def test_0_means_no_decay_in_every_convention(self) -> None:
        for convention in ("nnet", "scikit-learn", "matlab", "notebook"):
            assert not sn.decay_from(convention, 0.0, ARCH, 5).any()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (
                ("nnet", -1.0, ARCH, 5),
                r"nnet regularization must be at least 0 and below inf, but -1\.0 was given",
            ),
            (
                ("matlab", 1.0, ARCH, 5),
                r"matlab regularization must be at least 0 and below 1, but 1\.0 was given",
            ),
            (
                ("notebook", float("nan"), ARCH, 5),
                "notebook regularization must be at least 0 .* but nan was given",
            ),
            (
                ("nnet", 1.0, ARCH, 0),
                "n must be a whole number of at least 1, but 0 was given",
            ),
            (
                ("keras", 1.0, ARCH, 5),
                "convention 'keras' is not recognized; choose one of nnet, scikit-learn, matlab, notebook",
            ),
            (("nnet", 1.0, ARCH, 5, "mse"), "cost 'mse' is not recognized"),
            (
                ("nnet", 1.0, ARCH, 5, "huber", "average"),
                "reduction 'average' is not recognized; .*mean, sum",
            ),
        ],
    )
    def test_refuses_with_a_message(self, arguments: tuple[Any, ...], message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.decay_from(*arguments)
