"""Which values the parameters of the perceptrons may have."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from sklearn import neural_network

from sheernet.models.estimators.mlp_parameters import (
    FULL_BATCH,
    hidden_activations,
    hidden_sizes,
    require_allowed,
)

X, Y = np.eye(4), np.array([0.0, 1.0, 1.0, 0.0])
OURS = {"n_init", "skip", "callbacks", "max_time", "threads", "class_weight"}


@pytest.mark.parametrize("name", ["MLPRegressor", "MLPClassifier"])
def test_the_parameters_of_scikit_learn_come_first_with_their_default_values(name: str) -> None:
    ours = getattr(sn, name)().get_params()
    theirs = getattr(neural_network, name)().get_params()
    assert {key: ours[key] for key in theirs} == theirs
    assert set(ours) - set(theirs) <= OURS | {"loss"}  # loss: before scikit-learn 1.7


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("n_init", 0), ("n_init", 1.5), ("skip", "yes"), ("callbacks", 3), ("max_time", 0), ("max_time", "1 h"),
        ("threads", 0), ("class_weight", "fair"), ("activation", "softmax"), ("activation", 3), ("solver", "gd"),
        ("solver", "scipy:nothing"), ("alpha", -1), ("tol", -1e-3), ("hidden_layer_sizes", -1), ("max_iter", 0),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_in_the_words_of_scikit_learn(
    parameter: str, value: object
) -> None:
    estimator = sn.MLPClassifier(**{parameter: value})
    with pytest.raises(ValueError, match=rf"The '{parameter}' parameter of MLPClassifier must be"):
        estimator.fit(X, Y)
    assert not hasattr(estimator, "coefs_")


@pytest.mark.parametrize(
    ("parameter", "allowed", "refused"), [("skip", True, 1), ("max_iter", 1, 1.0)]
)
def test_an_equal_value_of_another_type_is_refused_after_an_allowed_one(
    parameter: str, allowed: object, refused: object
) -> None:
    estimator = sn.MLPClassifier((1,), **{parameter: allowed})  # type: ignore[arg-type]
    estimator._validate_params()
    with pytest.raises(ValueError, match=f"The '{parameter}' parameter"):
        estimator.set_params(**{parameter: refused})._validate_params()


@pytest.mark.parametrize("value", [(3, 0), (3, -2), (2.5,), ("3",), [[3, 2]], (True,)])
def test_widths_that_are_not_positive_whole_numbers_are_refused(value: object) -> None:
    with pytest.raises(sn.InvalidInput, match="hidden_layer_sizes must be > 0"):
        hidden_sizes(value)


@pytest.mark.parametrize(
    ("value", "sizes"), [(3, (3,)), ((), ()), ([3, 2], (3, 2)), (np.array([4, 5]), (4, 5))]
)
def test_widths(value: object, sizes: tuple[int, ...]) -> None:
    assert hidden_sizes(value) == sizes


def test_one_activation_per_layer() -> None:
    assert hidden_activations(("logistic", "silu"), 2) == ("sigmoid", "silu")
    with pytest.raises(
        sn.InvalidInput, match=r"activation must be one name, or one per hidden layer"
    ):
        hidden_activations(("relu",), 2)
    for wrong, message in (
        (("relu", "softmax"), "softmax"),
        (("relu", "tanhh"), "did you mean 'tanh'"),
    ):
        with pytest.raises(sn.InvalidInput, match=message):
            sn.MLPRegressor(hidden_layer_sizes=(2, 2), activation=wrong).fit(X, Y)


def test_each_full_batch_solver_is_a_method_of_the_optimizers() -> None:
    for solver in FULL_BATCH:
        assert solver == "auto" or sn.optimizers.get(solver).name == solver


def test_another_seed_is_no_other_case_but_a_wrong_one_is_refused() -> None:
    """scikit-learn's checks run once for all seeds."""
    require_allowed.cache_clear()
    for seed in (0, 1, 2**32 - 1):
        sn.MLPRegressor(random_state=seed)._validate_params()
    assert require_allowed.cache_info().misses == 1
    for seed in (-1, 2**32):
        with pytest.raises(ValueError, match="random_state"):
            sn.MLPRegressor(random_state=seed)._validate_params()
