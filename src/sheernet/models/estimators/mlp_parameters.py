"""The parameters of the perceptrons: which values they may have, and the network that they describe.

The constraints of parameters that scikit-learn has too are those of the installed release, so a wrong value is refused
by scikit-learn's own code.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from numbers import Integral, Real
from typing import Any

from sklearn import neural_network
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval, StrOptions

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.processors import MOST_THREADS
from sheernet.foundation.scalars import in_brief, is_whole
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import counted
from sheernet.network import Architecture, activations
from sheernet.network.activations import Activation
from sheernet.optimizers import SCIPY_METHODS

STOCHASTIC = ("sgd", "adam")
"""Solvers that take one batch of rows after another."""
FULL_BATCH = ("lbfgs", "bfgs", "lm", "auto", *(f"scipy:{name}" for name in SCIPY_METHODS))
"""Solvers that evaluate all rows at once."""

OURS = {"logistic": "sigmoid"}
"""Activations with another name here than in scikit-learn."""
_HIDDEN = {name for name, f in activations.ALL.items() if not f.output_only} | set(OURS)

CONSTRAINTS: Mapping[str, list[Any]] = {
    **neural_network.MLPRegressor._parameter_constraints,
    "activation": [StrOptions(_HIDDEN), Activation, list, tuple],
    "solver": [StrOptions({*STOCHASTIC, *FULL_BATCH})],
    "n_init": [Interval(Integral, 1, None, closed="left")],
    "skip": ["boolean"],
    "callbacks": [callable, list, tuple, None],
    "max_time": [Interval(Real, 0, None, closed="neither"), None],
    "threads": [Interval(Integral, 1, MOST_THREADS, closed="both"), None],
}
"""The allowed values of the parameters that both classes have."""


_PARAMETERS = {
    "max_evaluations": "max_fun",
    "time_limit": "max_time",
    "starts": "n_init",
    "decay": "alpha",
    "method": "solver",
    "gradient_tolerance": "tol",
    "cost_tolerance": "tol",
    "patience": "n_iter_no_change",
}
"""Settings of `sheernet.train` that messages name, and the parameters of the estimators for them."""


_PLAIN = frozenset({bool, int, float, str, type(None)})


def is_plain(value: Any) -> bool:
    """Whether a parameter is a plain value or a tuple of them, which cannot change.

    Examples
    --------
    >>> from sheernet.models.estimators.mlp_parameters import is_plain
    >>> is_plain(0.5), is_plain(("tanh", "relu")), is_plain(["tanh", "relu"])
    (True, True, False)
    """
    return type(value) in _PLAIN or (type(value) is tuple and _PLAIN.issuperset(map(type, value)))


@cache
def parameter_names(kind: Any) -> tuple[str, ...]:
    """The parameters of a class of estimators, which scikit-learn reads from its constructor in each call."""
    return tuple(kind._get_param_names())


@lru_cache(maxsize=256, typed=True)  # 1, 1.0 and True are equal, but not all of them may be allowed
def require_allowed(kind: Any, *values: Any) -> None:
    """Check plain values of the parameters as scikit-learn does, once: it takes as long as a fit of a few rows.

    Raises
    ------
    ValueError
        If a value is not allowed.
    """
    BaseEstimator._validate_params(kind(**dict(zip(parameter_names(kind), values, strict=True))))


def hidden_sizes(value: Any) -> tuple[int, ...]:
    """The widths of the hidden layers that `hidden_layer_sizes` describes.

    Examples
    --------
    >>> from sheernet.models.estimators.mlp_parameters import hidden_sizes
    >>> hidden_sizes(5), hidden_sizes([4, 3]), hidden_sizes(())
    ((5,), (4, 3), ())
    """
    sizes = tuple(value) if hasattr(value, "__iter__") else (value,)
    if not all(is_whole(size) and size > 0 for size in sizes):
        raise InvalidInput(
            sentence(
                "{} must be > 0, one whole number per hidden layer, but {} was given",
                Setting("hidden_layer_sizes"), in_brief(value),
            )
        )  # fmt: skip
    return tuple(int(size) for size in sizes)


def hidden_activations(value: Any, n_hidden: int) -> tuple[str | Activation, ...]:
    """The activation of each hidden layer, named as in `sheernet.activations`.

    Examples
    --------
    >>> from sheernet.models.estimators.mlp_parameters import hidden_activations
    >>> hidden_activations("logistic", 2), hidden_activations(["tanh", "relu"], 2)
    (('sigmoid', 'sigmoid'), ('tanh', 'relu'))
    """
    if not isinstance(value, (list, tuple)):
        value = [value] * n_hidden
    if len(value) != n_hidden:
        raise InvalidInput(
            sentence(
                "{} must be one name, or one per hidden layer ({}), but {} given",
                Setting("activation"), n_hidden, counted(len(value), "was", "were"),
            )
        )  # fmt: skip
    return tuple(OURS.get(name, name) if isinstance(name, str) else name for name in value)


@lru_cache(maxsize=16)
def network_of(
    sizes: tuple[int, ...], hidden: tuple[str | Activation, ...], output: str, skip: bool
) -> Architecture:
    """The network of a fit, which the fits of a search share."""
    return Architecture(sizes, hidden, output, skip=skip)


def as_parameter(setting: Setting) -> str:
    """A setting of a message in the words of the estimators."""
    name = _PARAMETERS.get(setting.name, setting.name)
    return f"{name}={setting.value!r}" if setting.has_value else name
