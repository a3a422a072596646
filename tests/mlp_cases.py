"""Cases for comparisons of sheernet's MLPRegressor and MLPClassifier with scikit-learn's: data and parameters."""

from __future__ import annotations

import contextlib
import copy
import io
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

RNG = np.random.default_rng(5)
X = RNG.normal(size=(60, 4))  # (N, inputs)
NEW_X = RNG.normal(size=(9, 4))
WEIGHTS = RNG.uniform(0.2, 3, size=60)
SIGNAL = X @ [1.0, -2.0, 0.5, 0.0] + np.sin(2 * X[:, 0])  # (N,)


class Kind(NamedTuple):
    """A kind of targets: the class that takes them, the targets, and the arguments that belong to them."""

    estimator: str
    y: np.ndarray
    arguments: Mapping[str, Any] = MappingProxyType({})


KINDS = {
    "regression": Kind("MLPRegressor", SIGNAL + 0.3 * RNG.normal(size=60)),
    "two outputs": Kind(
        "MLPRegressor", np.c_[SIGNAL, X[:, 1] ** 2] + 0.3 * RNG.normal(size=(60, 2))
    ),
    "counts": Kind(
        "MLPRegressor", RNG.poisson(np.exp(0.3 * SIGNAL)).astype(float), {"loss": "poisson"}
    ),
    "two counts": Kind(
        "MLPRegressor",
        RNG.poisson(np.exp(0.3 * np.c_[SIGNAL, X[:, 1]])).astype(float),
        {"loss": "poisson"},
    ),
    "binary": Kind("MLPClassifier", (SIGNAL + RNG.normal(size=60) > 0).astype(int)),
    "multiclass": Kind(
        "MLPClassifier", np.digitize(SIGNAL + RNG.normal(size=60), [-1.0, 1.0]) * 10
    ),
    "multilabel": Kind(
        "MLPClassifier",
        (np.c_[SIGNAL, X[:, 3], -SIGNAL] + RNG.normal(size=(60, 3)) > 0).astype(int),
    ),
}


class Values(NamedTuple):
    """Values of a parameter: good ones, the arguments with which they matter, and bad ones."""

    good: tuple[Any, ...]
    context: Mapping[str, Any] = MappingProxyType({})
    bad: tuple[Any, ...] = ()


NUMBER = (-0.5, "0.1", None, float("nan"))
COUNT = (0, -2, 1.5, "3", None)
CHOICE = ("unknown", None, 1)
FLAG = ("yes", None, 2.5)
ADAM = {"solver": "adam"}
SGD = {"solver": "sgd", "learning_rate_init": 0.05}
STALL = SGD | {"tol": 0.02, "n_iter_no_change": 2, "max_iter": 40}  # tol matters before max_iter
VALIDATION = {"early_stopping": True, "n_iter_no_change": 3}

PARAMETERS = {
    "loss": Values(("squared_error", "poisson"), bad=CHOICE),
    "hidden_layer_sizes": Values(
        ((), 3, (4,), [3, 2], np.array([2, 3, 2])), bad=(0, -3, (4, 0), [2, -1], "10", None, 1.5)
    ),
    "activation": Values(("identity", "logistic", "tanh", "relu"), bad=CHOICE),
    "solver": Values(("adam", "sgd"), bad=CHOICE),
    "alpha": Values((0, 1e-4, 0.5, 10.0), bad=NUMBER),
    "batch_size": Values(("auto", 3, 25, 60, 64), bad=(0, -2, 1.5, "all", None)),
    "learning_rate": Values(("constant", "invscaling", "adaptive"), STALL, bad=CHOICE),
    "learning_rate_init": Values((1e-4, 0.01, 0.1), bad=(0, *NUMBER)),
    "power_t": Values((0, 0.25, 1.0), SGD | {"learning_rate": "invscaling"}, bad=NUMBER),
    "max_iter": Values((1, 2, 20), bad=COUNT),
    "shuffle": Values((True, False), bad=FLAG),
    "random_state": Values((0, 7, np.random.RandomState(3)), bad=("seed", -1, 1.5)),
    "tol": Values((0, 1e-3, 1.0), {"n_iter_no_change": 2}, bad=NUMBER),
    "verbose": Values((False, True, 0, 1), bad=("yes", None, -1)),
    "warm_start": Values((False, True), bad=FLAG),
    "momentum": Values((0, 0.5, 0.9, 1.0), SGD, bad=(1.1, *NUMBER)),
    "nesterovs_momentum": Values((True, False), SGD, bad=FLAG),
    "early_stopping": Values((True, False), {"tol": 0.01, "n_iter_no_change": 2}, bad=FLAG),
    "validation_fraction": Values((0.1, 0.25, 0.5), VALIDATION, bad=(1.0, *NUMBER)),
    "beta_1": Values((0, 0.5, 0.99), ADAM, bad=(1.0, *NUMBER)),
    "beta_2": Values((0.5, 0.9, 0.9999), ADAM, bad=(1.0, *NUMBER)),
    "epsilon": Values((1e-12, 1e-3, 1.0), ADAM, bad=(0, *NUMBER)),
    "n_iter_no_change": Values((1, 3, np.inf), {"tol": 0.3}, bad=COUNT),
    "max_fun": Values((1, 15000), bad=COUNT),
}
NO_EFFECT = {"verbose", "max_fun"}
"""Parameters that change no result of 'sgd' and 'adam'."""


class Outcome(NamedTuple):
    """An estimator after a scenario, the categories of the warnings on the way, and what was printed."""

    estimator: Any
    warned: list[type[Warning]]
    printed: str


def play(estimator: Any, scenario: Callable[[Any], Any]) -> Outcome:
    """Run a scenario (calls of fit, partial_fit, ...) on a copy of an estimator."""
    estimator = copy.deepcopy(estimator)  # a RandomState keeps its state for the other estimator
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        scenario(estimator)
    return Outcome(estimator, [warning.category for warning in caught], printed.getvalue())
