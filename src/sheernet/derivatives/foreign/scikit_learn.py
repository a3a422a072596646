"""from_sklearn: problems from scikit-learn's MLPRegressor and MLPClassifier, with the loss and gradient of their lbfgs.

    value(theta) = loss(theta) + alpha / (2 S) sum_l ||coefs_[l]||^2        S = N, or the sum of the sample weights
    theta        = coefs_[0], coefs_[1], ..., intercepts_[0], intercepts_[1], ...

A copy of the estimator is fitted with solver="lbfgs" and stopped at the first evaluation.  So scikit-learn itself
validates X and y, binarizes labels, and draws or keeps the weights; the arguments of that evaluation are the problem.
The private code used is `_fit`, `_loss_grad_lbfgs(theta, X, y, ..., activations, deltas, coef_grads, intercept_grads)`
and, in `Forward` only, the meaning of `coefs_`.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives import Problem
from sheernet.derivatives.foreign.entry_names import Part, names_and_blocks, unit_name
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import EngineUnavailable, InvalidInput, ShapeMismatch
from sheernet.foundation.optional import import_optional

SUPPORTED_RELEASES = {"1.5": False, "1.6": False, "1.7": True, "1.8": True, "1.9": True}
"""Supported releases (read and run: 1.5.2, 1.6.1, 1.7.2, 1.8.0, 1.9.1), and whether they accept sample weights."""


def from_sklearn(
    estimator: Any, X: Any, y: Any, *, sample_weight: npt.ArrayLike | None = None
) -> Problem:
    """Make a problem from scikit-learn's MLPRegressor or MLPClassifier, fitted or not.

    Formula: the loss that ``solver="lbfgs"`` minimizes, including alpha / (2 N) times the squared coefficients, for
    any solver of the estimator; and the gradient as scikit-learn computes it.  The point is ``coefs_`` and
    ``intercepts_`` or, for an estimator that is not fitted, the start of its fit.

    Parameters
    ----------
    estimator : MLPRegressor or MLPClassifier
        The estimator; it is not changed, because the problem uses a copy.  If it is not fitted, its weights are drawn
        with its random_state, and differ each time for None.
    X : array_like or sparse matrix, (N, d_0)
        Inputs.  The computation is in float64, as theta is, even for float32 inputs.
    y : array_like, (N,) or (N, K)
        Targets or labels, as for ``fit``.
    sample_weight : array_like, (N,), optional
        As for ``fit``; scikit-learn 1.7 or newer.

    Returns
    -------
    Problem
        With P entries, named ``coefs_[0][i,j]`` and ``intercepts_[0][j]``, with a block for each array, the decay of
        the coefficients, the constants N and K, and the kinks of relu units.

    Raises
    ------
    InvalidInput
        If `estimator` is neither of the two, or scikit-learn rejects X or y.
    ShapeMismatch
        If the fitted weights do not match hidden_layer_sizes, X and y.
    EngineUnavailable
        If the installed release of scikit-learn is not supported.

    Notes
    -----
    For K > 1 outputs, MLPRegressor averages the squared error over N K numbers but its gradient over N only
    (scikit-learn issue 8349; unchanged in 1.9.1), so the check correctly fails.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sklearn.neural_network import MLPRegressor
    >>> X = np.linspace(-1, 1, 20).reshape(10, 2)
    >>> estimator = MLPRegressor(hidden_layer_sizes=(3,), activation="tanh", random_state=0)
    >>> problem = sn.foreign.from_sklearn(estimator, X, X[:, 0] * X[:, 1])
    >>> problem.names[5], problem.names[-1]
    ('coefs_[0][1,2]', 'intercepts_[1][0]')
    >>> sn.check_gradient(problem).verdict
    'pass'
    """
    _require_known_release(sample_weight is not None)
    _require_perceptron(estimator)
    start, data, model = _first_evaluation(estimator, X, y, sample_weight)
    forward = Forward.of(model, data)
    names, blocks = names_and_blocks(forward.parts)
    in_coefs = np.arange(start.size) < forward.n_coefs

    def value_and_gradient(theta: Array) -> tuple[float, Array]:
        layers = forward.n_layers  # new lists for each call, because scikit-learn fills them
        lists = ([data[0]] + [None] * layers, *([None] * layers for _ in range(3)))
        value, gradient = model._loss_grad_lbfgs(theta, *data, *lists)
        return float(value), gradient

    relu = model.activation == "relu"
    return Problem(
        value=lambda theta: value_and_gradient(theta)[0],
        gradient=lambda theta: value_and_gradient(theta)[1],
        x=start,
        names=names,
        blocks=blocks,
        kinks=forward.hidden_pre_activations if relu else None,
        kink_name=forward.unit_name if relu else None,
        magnitude=partial(forward.magnitude, loss=model.loss),
        value_and_gradient=value_and_gradient,
        decay=np.where(in_coefs, model.alpha / forward.weight, 0.0),
        constants={"N": float(forward.X.shape[0]), "K": float(forward.sizes[-1])},
    )


@dataclass(frozen=True, eq=False)
class Forward:
    """The forward pass of an MLP for a vector of all parameters; it yields the kinks and the magnitude."""

    sizes: tuple[int, ...]
    X: Any
    y: Array
    row_weights: Array
    alpha: float
    activation: str
    out_activation: str

    @classmethod
    def of(cls, model: Any, data: tuple[Any, ...]) -> Forward:
        """Make it from a model and the first arguments of its evaluation: X, y and, from 1.7 on, the sample weights."""
        X, y, *weights = data
        given = weights[0] if weights else None
        return cls(
            sizes=(X.shape[1], *(coef.shape[1] for coef in model.coefs_)),
            X=X,
            y=np.array(y, dtype=np.float64),
            row_weights=np.ones(X.shape[0]) if given is None else np.array(given, dtype=np.float64),
            alpha=float(model.alpha),
            activation=model.activation,
            out_activation=model.out_activation_,
        )

    @property
    def n_layers(self) -> int:
        """Number of layers with weights."""
        return len(self.sizes) - 1

    @property
    def weight(self) -> float:
        """The divisor of the sum over the samples."""
        return float(self.row_weights.sum())

    @property
    def parts(self) -> list[Part]:
        """All coefficients, then all intercepts."""
        shapes = list(enumerate(pairwise(self.sizes)))
        coefs = [Part(f"coefs_[{i}]", shape, layer=i + 1) for i, shape in shapes]
        return coefs + [Part(f"intercepts_[{i}]", (k,), i + 1, True) for i, (_, k) in shapes]

    @property
    def n_coefs(self) -> int:
        """Number of coefficients, the entries of theta with decay."""
        return sum(a * b for a, b in pairwise(self.sizes))

    def pre_activations(self, theta: Array) -> list[Array]:
        """Return z_l (N, d_l) of each layer, outputs last."""
        from sklearn.neural_network._base import ACTIVATIONS

        _, blocks = names_and_blocks(self.parts)
        arrays = {name: theta[b.slice].reshape(b.shape) for name, b in blocks.items()}
        a, z = self.X, []
        for i in range(self.n_layers):
            z.append(a @ arrays[f"coefs_[{i}]"] + arrays[f"intercepts_[{i}]"])
            a = z[-1].copy()
            ACTIVATIONS[self.activation](a)  # in place
        return z

    def hidden_pre_activations(self, theta: Array) -> Array:
        """Return all hidden z, which change sign at the kinks of relu, (N (d_1 + ... + d_{L-1}),), by layer and row."""
        return np.concatenate(
            [z.ravel() for z in self.pre_activations(theta)[:-1]] or [np.empty(0)]
        )

    def unit_name(self, index: int) -> str:
        """Return layer, unit and row of an entry of `hidden_pre_activations`."""
        for layer, width in enumerate(self.sizes[1:-1], start=1):
            if index < self.X.shape[0] * width:
                return unit_name(f"layer {layer}", index, width)
            index -= self.X.shape[0] * width
        raise IndexError(index)

    def magnitude(self, theta: Array, loss: str) -> float:
        """Return the sum of the absolute values of the terms of the loss and penalty.

        |r| (|a| + |y|) for r^2, as r is a difference; 1 + |log p| for log p, as the error of p is a rounding of 1.
        """
        from sklearn.neural_network._base import ACTIVATIONS

        a = self.pre_activations(theta)[-1]
        ACTIVATIONS[self.out_activation](a)
        y = self.y.reshape(a.shape)
        if loss == "squared_error":
            terms = 0.5 * np.abs(a - y) * (np.abs(a) + np.abs(y)) / a.shape[1]
        elif loss == "poisson":
            terms = np.abs(y * np.log(np.where(y > 0, y, 1.0) / a)) + np.abs(y) + a
        else:
            terms = 1.0 - np.log(np.clip(np.where(y > 0, a, 1.0 - a), np.finfo(float).eps, 1.0))
        coefs = theta[: self.n_coefs]
        penalty = 0.5 * self.alpha * float(coefs @ coefs)
        return (float(self.row_weights @ terms.sum(axis=1)) + penalty) / self.weight


class _AtFirstEvaluation(Exception):
    """Stops a fit at its first evaluation, with the point and the arguments."""

    def __init__(self, theta: Array, arguments: tuple[Any, ...]) -> None:
        self.theta, self.arguments = theta, arguments


def _first_evaluation(
    estimator: Any, X: Any, y: Any, sample_weight: npt.ArrayLike | None
) -> tuple[Array, tuple[Any, ...], Any]:
    """Return the start of the fit of a copy, the data of its evaluations, and the copy."""
    from sklearn.base import clone

    fitted = hasattr(estimator, "coefs_")
    model = copy.deepcopy(estimator) if fitted else clone(estimator)
    model.set_params(solver="lbfgs", warm_start=False, verbose=False)
    if np.ndim(y) == 2 and np.shape(y)[1] == 1:
        y = np.ravel(y)  # scikit-learn warns about a column
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}

    def stop(theta: Array, *arguments: Any) -> None:
        raise _AtFirstEvaluation(np.array(theta, dtype=np.float64), arguments)

    model._loss_grad_lbfgs = stop
    try:
        if fitted:  # a partial fit starts at the current weights, and y need not have every class
            _require_fit(model, X, y)
            model._fit(X, y, incremental=True, **weights)
        else:
            model.fit(X, y, **weights)
    except _AtFirstEvaluation as reached:
        del model._loss_grad_lbfgs
        *data, _, _, _, _ = copy.deepcopy(reached.arguments)  # the caller may write into X and y
        return reached.theta, tuple(data), model
    except (ValueError, TypeError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"scikit-learn rejects the estimator, X or y: {error}") from error
    raise InvalidInput(
        f"the fit of a {type(estimator).__name__} ended without an evaluation of _loss_grad_lbfgs; "
        "a subclass must keep the _fit and _fit_lbfgs of scikit-learn"
    )


def _require_known_release(weighted: bool) -> None:
    """Raise unless the installed release is supported."""
    version: str = import_optional(
        "sklearn", extra="sklearn", purpose="problems made from its estimators"
    ).__version__
    release = ".".join(version.split(".")[:2])
    known = list(SUPPORTED_RELEASES)
    if release not in SUPPORTED_RELEASES:
        raise EngineUnavailable(
            f"from_sklearn uses private code of scikit-learn and supports {known[0]} to {known[-1]}, but {version} is "
            f'installed; pip install "scikit-learn=={known[-1]}.*", or a newer sheernet'
        )
    if weighted and not SUPPORTED_RELEASES[release]:
        raise EngineUnavailable(
            f"sample_weight needs scikit-learn {min(r for r in known if SUPPORTED_RELEASES[r])} or newer, but "
            f"{version} is installed; upgrade it, or omit sample_weight"
        )


def _require_perceptron(estimator: Any) -> None:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    if isinstance(estimator, (MLPRegressor, MLPClassifier)):
        return
    wanted = "from_sklearn takes an MLPRegressor or MLPClassifier of scikit-learn"
    if isinstance(estimator, type):
        raise InvalidInput(
            f"{wanted}, but the class {estimator.__name__} was given; "
            f"make one: {estimator.__name__}()"
        )
    kind = type(estimator).__name__
    if hasattr(estimator, "steps"):
        step = "give its last step and the X for that: pipeline[-1], pipeline[:-1].transform(X)"
    else:
        step = "give the network inside it, or use from_torch, from_object, or Problem for other models"
    raise InvalidInput(f"{wanted}, but a {kind} was given; {step}")


def _require_fit(model: Any, X: Any, y: Any) -> None:
    """Raise unless fitted weights, parameters, X and y match; otherwise scikit-learn would read out of bounds."""
    if not hasattr(model, "intercepts_") or len(model.intercepts_) != len(model.coefs_):
        raise InvalidInput(
            "an estimator with coefs_ but another number of intercepts_ is neither fitted nor new; fit or clone it"
        )
    hidden = model.hidden_layer_sizes
    hidden = list(hidden) if hasattr(hidden, "__iter__") else [hidden]
    is_regressor = not hasattr(model, "classes_")
    n_outputs = (np.shape(y)[1] if np.ndim(y) == 2 else 1) if is_regressor else model.n_outputs_
    required = list(pairwise([np.shape(X)[1] if np.ndim(X) == 2 else 0, *hidden, n_outputs]))
    found = [coef.shape for coef in model.coefs_]
    if required != found:
        raise ShapeMismatch(
            f"the fitted coefs_ have shapes {found}, but X, hidden_layer_sizes and y require {required}; "
            "give the data that it was fitted to, or fit it again"
        )
