"""Anybody's class with the method names of the notebook or of the videos, so that learners check their own.

    cost:             cost_function(X, y)      or  costFunction(X, y)        -> a number
    gradient:         compute_gradients(X, y)  or  computeGradients(X, y)    -> (P,)
    parameters:       get_params()             or  getParams()               -> (P,)
    set parameters:   set_params(vector)       or  setParams(vector)

Such an object computes in place.  Each evaluation sets the parameters and afterwards puts everything back: the
parameters, and the attributes that a forward pass left.  Before a gradient the cost is evaluated at another point:
a gradient that reads z and a of whatever forward pass came before is right only by luck, and is found that way.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives import Problem
from sheernet.derivatives.foreign.attributes import find_parts
from sheernet.derivatives.foreign.parts import names_and_blocks
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch

METHODS = {
    "cost": ("the cost", ("cost_function", "costFunction"), "(X, y)"),
    "gradient": ("the gradient", ("compute_gradients", "computeGradients"), "(X, y)"),
    "get": ("the parameters", ("get_params", "getParams"), "()"),
    "set": ("setting the parameters", ("set_params", "setParams"), "(vector)"),
}
"""What a method is for, the names that it may have, and its arguments."""


def from_object(own: Any, X: Any, y: Any) -> Problem:
    """Make a problem of an object that has the methods of the notebook's network, or of the videos'.

    Parameters
    ----------
    own : object
        Has ``cost_function(X, y)``, ``compute_gradients(X, y)``, ``get_params()`` and ``set_params(vector)``, or
        ``costFunction``, ``computeGradients``, ``getParams`` and ``setParams``.  The point is its parameters now.
        After each evaluation it is as it was.
    X : array_like, (N, d_0)
        Inputs, handed to its methods as they are.
    y : array_like, (N,) or (N, K)
        Targets, likewise.

    Returns
    -------
    Problem
        P entries.  Where attributes hold the parameters one after the other, such as W_1 and W_2, entries are named
        after them, "W_1[0,1]", with a block for each; else x[0], x[1], ...  With a complex_value where the object
        takes complex parameters and then gives a complex cost.

    Raises
    ------
    InvalidInput
        When a method is missing, or set_params and get_params do not agree.
    ShapeMismatch
        When the cost is not one number, or the parameters or the gradient not a vector of P entries.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> class Line:
    ...     def __init__(self):
    ...         self.W_1 = np.array([[2.0]])
    ...     def get_params(self):
    ...         return self.W_1.ravel()
    ...     def set_params(self, params):
    ...         self.W_1 = params.reshape(1, 1)
    ...     def cost_function(self, X, y):
    ...         return 0.5 * ((X @ self.W_1 - y) ** 2).sum()
    ...     def compute_gradients(self, X, y):
    ...         return X.T.dot(y - X @ self.W_1).ravel()
    >>> X, y = np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]])
    >>> report = sn.check_gradient(sn.foreign.from_object(Line(), X, y))  # y - X W_1 has the wrong sign
    >>> report.verdict, report.names
    ('fail', ('W_1[0,0]',))
    """
    methods = _methods(own)
    x = _parameters(methods["get"]())
    learner = _Learner(own, methods, X, y, x.copy())
    learner.require_round_trip()
    with learner.at(learner.elsewhere):
        parts = find_parts(own, learner.elsewhere)
    names, blocks = names_and_blocks(parts) if parts else (None, None)
    learner.value(x), learner.gradient(x)  # what is wrong with them is better said now
    return Problem(
        value=learner.value,
        gradient=learner.gradient,
        x=x,
        names=names,
        blocks=blocks,
        complex_value=learner.complex_value if learner.takes_complex() else None,
        constants={"N": float(np.shape(X)[0]), "K": float(np.shape(y)[1] if np.ndim(y) > 1 else 1)},
    )


@dataclass(frozen=True, eq=False)
class _Learner:
    """An object that computes in place, as functions of x that leave it as it was."""

    own: Any
    methods: dict[str, Callable[..., Any]]
    X: Any
    y: Any
    start: Array

    @property
    def elsewhere(self) -> Array:
        """Another point, not far; no two of its entries are the same, and none are those of the start."""
        steps = np.arange(1, self.start.size + 1) * np.sqrt(2.0)
        return self.start + 0.1 + 0.1 * (steps % 1.0)

    @contextlib.contextmanager
    def at(self, x: npt.NDArray[Any]) -> Iterator[None]:
        """Set the parameters to x; afterwards, whatever happens, all is as it was before."""
        attributes = dict(getattr(self.own, "__dict__", {}))
        before = np.array(self.methods["get"]())
        try:
            self.methods["set"](x.copy())
            yield
        finally:
            self.methods["set"](before)
            if attributes:
                vars(self.own).clear()
                vars(self.own).update(attributes)

    def cost(self) -> npt.NDArray[Any]:
        """The cost at the parameters that are set, as an array ()."""
        cost = np.asarray(self.methods["cost"](self.X, self.y))
        if cost.size != 1 or cost.dtype.kind not in "fiubc":
            raise ShapeMismatch(
                f"{self.name('cost')} must give one number, but it gave {_described(cost)}; "
                "add up over the samples and the outputs, such as with .sum()"
            )
        return cost.reshape(())

    def value(self, x: Array) -> float:
        """The cost at x."""
        with self.at(x):
            return float(as_float(self.cost(), f"what {self.name('cost')} gives"))

    def complex_value(self, x: npt.NDArray[np.complex128]) -> complex:
        """The cost at complex x."""
        with self.at(x):
            return complex(self.cost())

    def gradient(self, x: Array) -> Array:
        """What it computes as the gradient at x, after its forward pass was somewhere else."""
        with self.at(self.elsewhere):
            with contextlib.suppress(Exception), np.errstate(all="ignore"):
                self.methods["cost"](self.X, self.y)
            self.methods["set"](x.copy())
            given = self.methods["gradient"](self.X, self.y)
        return self._as_gradient(given)

    def _as_gradient(self, given: Any) -> Array:
        name, size = self.name("gradient"), self.start.size
        wanted = f"{name} must give a vector of {size} entries, in the order of {self.name('get')}"
        remedy = (
            "ravel its arrays and join them, such as np.concatenate((dW_1.ravel(), dW_2.ravel()))"
        )
        if given is None or isinstance(given, (tuple, list)):
            inner = (
                "" if given is None else f" of {len(given)}: {', '.join(map(_described, given))}"
            )
            if given is None or any(np.ndim(part) for part in given):
                kind = "nothing" if given is None else f"a {type(given).__name__}"
                raise ShapeMismatch(f"{wanted}, but it gave {kind}{inner}; {remedy}")
        gradient = as_float(given, f"what {name} gives")
        if gradient.shape != (size,):
            raise ShapeMismatch(f"{wanted}, but it gave {_described(gradient)}; {remedy}")
        return gradient.copy()

    def require_round_trip(self) -> None:
        """What set_params was given, get_params must give back: else names and entries are of different weights."""
        x = self.elsewhere
        with self.at(x):
            back = np.array(self.methods["get"]())
        if back.shape != x.shape or not np.array_equal(back, x):
            if back.shape == x.shape:
                i = int(np.flatnonzero(back != x)[0])
                what = f"entry {i} was set to {x[i]!r} and came back as {back[i]!r}"
            else:
                what = f"{x.size} entries were set and {_described(back)} came back"
            raise InvalidInput(
                f"after {self.name('set')}, {self.name('get')} must give the same vector, float64, but {what}; "
                "take the arrays out of the vector in the order in which they are put into it"
            )

    def takes_complex(self) -> bool:
        """Whether complex parameters are kept as they are and then give a complex cost.

        Whether that cost is the same function is for the checker to find out.
        """
        x = self.start + 1e-20j
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("error")  # NumPy only warns when it drops an imaginary part
                with self.at(x):
                    kept = np.array_equal(np.asarray(self.methods["get"]()), x)
                    return kept and self.cost().dtype.kind == "c"
        except Exception:  # whatever a stranger's code raises, there are differences
            return False

    def name(self, key: str) -> str:
        """The name that a method has here, with its arguments."""
        return f"{self.methods[key].__name__}{METHODS[key][2]}"


def _methods(own: Any) -> dict[str, Callable[..., Any]]:
    """The four methods by what they are for, or a sentence that names what is missing."""
    if isinstance(own, type):
        raise InvalidInput(
            f"the class {own.__name__} was given, and an object of it is needed; make one: {own.__name__}()"
        )
    found: dict[str, Callable[..., Any]] = {}
    missing = []
    for key, (noun, names, arguments) in METHODS.items():
        methods = [getattr(own, name) for name in names if callable(getattr(own, name, None))]
        if methods:
            found[key] = methods[0]
        else:
            missing.append(f"{noun}, {' or '.join(name + arguments for name in names)}")
    if missing:
        raise InvalidInput(
            f"a {type(own).__name__} cannot be checked: it has no method for {'; nor for '.join(missing)}; add it, "
            "or give check_gradient a function, its gradient and a point"
        )
    return found


def _parameters(given: Any) -> Array:
    if isinstance(given, dict):
        raise InvalidInput(
            "get_params() gave a dict, as scikit-learn's estimators do, but a vector of the weights is needed; "
            "use from_sklearn for an MLPRegressor or MLPClassifier"
        )
    x = as_float(given, "what get_params() gives").copy()
    if x.ndim != 1 or x.size == 0:
        raise ShapeMismatch(
            f"get_params() must give a vector of all parameters, but it gave {_described(x)}; "
            "ravel the arrays and join them with np.concatenate"
        )
    return x


def _described(value: Any) -> str:
    array = np.asarray(value)
    if array.ndim:
        return f"an array of shape {array.shape}"
    return (
        f"the {type(value).__name__} {value!r}" if not isinstance(value, np.ndarray) else f"{value}"
    )
