"""The parameters of the perceptrons: their allowed values, and the network that they describe.

For parameters that scikit-learn also has, the constraints are those of the installed release, so scikit-learn's own
code refuses invalid values.
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
from sheernet.foundation.message_text import counted
from sheernet.foundation.processors import MOST_THREADS
from sheernet.foundation.scalars import in_brief, is_whole
from sheernet.foundation.sentences import Setting
from sheernet.network import Architecture, activations
from sheernet.network.activations import Activation
from sheernet.optimizers import SCIPY_METHODS

STOCHASTIC = ("sgd", "adam")
"""Solvers that process one batch of rows at a time."""
FULL_BATCH = (
    *("lbfgs", "bfgs", "lm", "hybrid", "auto"),
    *(f"scipy:{name}" for name in SCIPY_METHODS),
)
"""Solvers that evaluate all rows at once."""

OURS = {"logistic": "sigmoid"}
"""Activations whose names differ: the name in scikit-learn, and the name in this package."""
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
"""Allowed values of the parameters that both classes have."""


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
"""Settings of `sheernet.train` that occur in messages, and the corresponding parameters of the estimators."""


_PLAIN = frozenset({bool, int, float, str, type(None)})


def is_plain(value: Any) -> bool:
    """Whether a parameter is a plain value or a tuple of plain values, which are immutable.

    Examples
    --------
    >>> from sheernet.models.estimators.mlp_parameters import is_plain
    >>> is_plain(0.5), is_plain(("tanh", "relu")), is_plain(["tanh", "relu"])
    (True, True, False)
    """
    return type(value) in _PLAIN or (type(value) is tuple and _PLAIN.issuperset(map(type, value)))


@cache
def parameter_names(kind: Any) -> tuple[str, ...]:
    """Return the parameter names of an estimator class; cached, because scikit-learn inspects the constructor."""
    return tuple(kind._get_param_names())


@lru_cache(maxsize=256, typed=True)  # 1, 1.0 and True are equal, but not all of them may be allowed
def require_allowed(kind: Any, *values: Any) -> None:
    """Check plain values of the parameters as scikit-learn does; cached, because it takes as long as a small fit.

    Raises
    ------
    ValueError
        If a value is not allowed.
    """
    BaseEstimator._validate_params(kind(**dict(zip(parameter_names(kind), values, strict=True))))


def hidden_sizes(value: Any) -> tuple[int, ...]:
    """Return the widths of the hidden layers that `hidden_layer_sizes` describes.

    Examples
    --------
    >>> from sheernet.models.estimators.mlp_parameters import hidden_sizes
    >>> hidden_sizes(5), hidden_sizes([4, 3]), hidden_sizes(())
    ((5,), (4, 3), ())
    """
    sizes = tuple(value) if hasattr(value, "__iter__") else (value,)
    if not all(is_whole(size) and size > 0 for size in sizes):
        raise InvalidInput(
            "{} must be > 0, one whole number per hidden layer, but {} was given",
            Setting("hidden_layer_sizes"), in_brief(value),
        )  # fmt: skip
    return tuple(int(size) for size in sizes)


def hidden_activations(value: Any, n_hidden: int) -> tuple[str | Activation, ...]:
    """Return the activation of each hidden layer, named as in `sheernet.activations`.

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
            "{} must be one name, or one per hidden layer ({}), but {} given",
            Setting("activation"), n_hidden, counted(len(value), "was", "were"),
        )  # fmt: skip
    chosen = tuple(OURS.get(name, name) if isinstance(name, str) else name for name in value)
    for each in chosen:
        activations.get_hidden(each)  # raises, with the name of the parameter
    return chosen


@lru_cache(maxsize=16)
def network_of(
    sizes: tuple[int, ...], hidden: tuple[str | Activation, ...], output: str, skip: bool
) -> Architecture:
    """Return the architecture of a fit; cached, so that the fits of a search share it."""
    return Architecture(sizes, hidden, output, skip=skip)


def as_parameter(setting: Setting) -> str:
    """Return the spelling of a setting of a message as a parameter of the estimators."""
    name = _PARAMETERS.get(setting.name, setting.name)
    return f"{name}={setting.value!r}" if setting.has_value else name
