"""from_object: a problem from an object of a user's class, whose methods are found by name.

    cost:             cost_function(X, y)      or  costFunction(X, y)        -> a number
    gradient:         compute_gradients(X, y)  or  computeGradients(X, y)    -> (P,)
    parameters:       get_params()             or  getParams()               -> (P,)
    set parameters:   set_params(vector)       or  setParams(vector)

Such methods change attributes of the object.  Each evaluation sets the parameters, and afterwards restores all
attributes.  Before each gradient, the cost is evaluated at another point: this detects a gradient that uses z and a of
an earlier forward pass, and is right only if that was at the same point.

The attributes that contain the parameters are found by their values: the parameters are first set to numbers that all
differ, so that the values identify the arrays.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.derivatives import Problem
from sheernet.derivatives.foreign.entry_names import Part, names_and_blocks
from sheernet.derivatives.foreign.layered_network import (
    LayeredNetwork,
    recognized,
    with_output_slope,
    with_slope_at_z,
)
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import listed, plural_of

METHOD_NAMES = {
    "cost": ("the cost", ("cost_function", "costFunction"), "(X, y)"),
    "gradient": ("the gradient", ("compute_gradients", "computeGradients"), "(X, y)"),
    "get": ("the parameters", ("get_params", "getParams"), "()"),
    "set": ("setting the parameters", ("set_params", "setParams"), "(vector)"),
}
"""Purpose of each method, its possible names, and its arguments."""


def from_object(own: Any, X: Any, y: Any) -> Problem:
    """Make a problem from an object with methods for its cost, its gradient and its parameters.

    Parameters
    ----------
    own : object
        Has ``cost_function(X, y)``, ``compute_gradients(X, y)``, ``get_params()`` and ``set_params(vector)``, or
        ``costFunction``, ``computeGradients``, ``getParams`` and ``setParams``.  The point is its current parameters.
        Each evaluation leaves it unchanged.
    X : array_like, (N, d_0)
        Inputs, passed to its methods without conversion.
    y : array_like, (N,) or (N, K)
        Targets, passed without conversion.

    Returns
    -------
    Problem
        With P entries.  If attributes such as W_1 and W_2 contain the parameters, entries are named after them,
        "W_1[0,1]", with a block for each attribute; otherwise x[0], x[1], ...  It has a complex_value if the
        object accepts complex parameters and then returns a complex cost.

    Raises
    ------
    InvalidInput
        If a method is missing, or get_params does not return what set_params was given.
    ShapeMismatch
        If the cost is not one number, or the parameters or the gradient are not a vector of P entries.

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
    return from_methods(own, _methods(own), X, y)


def from_methods(own: Any, methods: dict[str, Callable[..., Any]], X: Any, y: Any) -> Problem:
    """Make a problem from an object and four functions; see `from_object` and the keys of `METHOD_NAMES`."""
    x = _parameters(methods["get"]())
    learner = _Learner(own, methods, X, y, x.copy())
    learner.require_round_trip()
    with learner.at(learner.elsewhere):
        parts = find_parts(own, learner.elsewhere)
    names, blocks = names_and_blocks(parts) if parts else (None, None)
    learner.value(x), learner.gradient(x)  # raise their errors before the check
    return Problem(
        value=learner.value,
        gradient=learner.gradient,
        x=x,
        names=names,
        blocks=blocks,
        complex_value=learner.complex_value if learner.takes_complex() else None,
        constants={"N": float(np.shape(X)[0]), "K": float(np.shape(y)[1] if np.ndim(y) > 1 else 1)},
        repaired=_repaired(learner, parts or []),
    )


def _repaired(learner: _Learner, parts: list[Part]) -> dict[str, Callable[[Array], Array]]:
    """Return gradient functions with a mistake repaired, by kind; a plain network is recognized when one is called."""

    @cache
    def network() -> LayeredNetwork | None:
        return recognized(learner.value, parts, learner.start, learner.X, learner.y)

    def with_repair(repair: Callable[[LayeredNetwork, Array, Array], Array], x: Array) -> Array:
        g, known = learner.gradient(x), network()
        return g if known is None else repair(known, g, x)

    return {
        "stale forward": learner.gradient_after_value,
        "output slope": partial(with_repair, with_output_slope),
        "slope argument": partial(with_repair, with_slope_at_z),
    }


@dataclass(frozen=True, eq=False)
class _Learner:
    """An object as functions of x that leave it unchanged."""

    own: Any
    methods: dict[str, Callable[..., Any]]
    X: Any
    y: Any
    start: Array

    @property
    def elsewhere(self) -> Array:
        """Another point near the start, whose entries all differ from each other and from the start."""
        steps = np.arange(1, self.start.size + 1) * np.sqrt(2.0)
        return self.start + 0.1 + 0.1 * (steps % 1.0)

    @contextlib.contextmanager
    def at(self, x: npt.NDArray[Any]) -> Iterator[None]:
        """Set the parameters to x; restore all attributes afterwards, even after an error."""
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
        """Return the cost at the current parameters, as an array ()."""
        cost = np.asarray(self.methods["cost"](self.X, self.y))
        if cost.size != 1 or cost.dtype.kind not in "fiubc":
            raise ShapeMismatch(
                f"{self.name('cost')} must return one number, but it returned {_described(cost)}; "
                "sum over the samples and the outputs, for example with .sum()"
            )
        return cost.reshape(())

    def value(self, x: Array) -> float:
        """Return the cost at x."""
        with self.at(x):
            return float(as_float(self.cost(), f"the result of {self.name('cost')}"))

    def complex_value(self, x: npt.NDArray[np.complex128]) -> complex:
        """Return the cost at complex x."""
        with self.at(x):
            return complex(self.cost())

    def gradient(self, x: Array) -> Array:
        """Return the gradient at x, after a forward pass at another point."""
        with self.at(self.elsewhere):
            with contextlib.suppress(Exception), np.errstate(all="ignore"):
                self.methods["cost"](self.X, self.y)
            self.methods["set"](x.copy())
            given = self.methods["gradient"](self.X, self.y)
        return self._as_gradient(given)

    def gradient_after_value(self, x: Array) -> Array:
        """Return the gradient at x, after a forward pass at x."""
        with self.at(x):
            self.cost()
            return self._as_gradient(self.methods["gradient"](self.X, self.y))

    def _as_gradient(self, given: Any) -> Array:
        name, size = self.name("gradient"), self.start.size

        def mismatch(returned: str) -> ShapeMismatch:
            return ShapeMismatch(
                f"{name} must return a vector of {size} entries, in the order of {self.name('get')}, but it returned "
                f"{returned}; ravel its arrays and join them: np.concatenate((dW_1.ravel(), dW_2.ravel()))"
            )

        if given is None:
            raise mismatch("None")
        if isinstance(given, (tuple, list)) and any(np.ndim(part) for part in given):
            parts = listed([_described(part) for part in given])
            raise mismatch(f"a {type(given).__name__} of {len(given)}: {parts}")
        gradient = as_float(given, f"the result of {name}")
        if gradient.shape != (size,):
            raise mismatch(_described(gradient))
        return gradient.copy()

    def require_round_trip(self) -> None:
        """Raise unless get_params returns what set_params was given; otherwise names and entries would not match."""
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
                f"after {self.name('set')}, {self.name('get')} must return the same float64 vector, but {what}; "
                "unpack the arrays from the vector in the order in which they are packed"
            )

    def takes_complex(self) -> bool:
        """Return whether the object keeps complex parameters and then returns a complex cost.

        `ComparisonRunner` tests whether this cost is the same function.
        """
        x = self.start + 1e-20j
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("error")  # NumPy only warns when it drops an imaginary part
                with self.at(x):
                    kept = np.array_equal(np.asarray(self.methods["get"]()), x)
                    return kept and self.cost().dtype.kind == "c"
        except Exception:  # user code may raise any exception; then use differences
            return False

    def name(self, key: str) -> str:
        """Return the name of a method of this object, with its arguments."""
        return f"{self.methods[key].__name__}{METHOD_NAMES[key][2]}"


def _methods(own: Any) -> dict[str, Callable[..., Any]]:
    """Return the four methods by purpose; raise if any is missing."""
    if isinstance(own, type):
        raise InvalidInput(
            f"the class {own.__name__} was given, but an object is needed; make one: {own.__name__}()"
        )
    found: dict[str, Callable[..., Any]] = {}
    missing = []
    for key, (noun, names, arguments) in METHOD_NAMES.items():
        methods = [getattr(own, name) for name in names if callable(getattr(own, name, None))]
        if methods:
            found[key] = methods[0]
        else:
            missing.append(f"{noun}, {listed([name + arguments for name in names], 'or')}")
    if missing:
        raise InvalidInput(
            f"a {type(own).__name__} cannot be checked: it has no method for {'; nor for '.join(missing)}; "
            f"add {plural_of(len(missing), 'it', 'them')}, or give check_gradient a function, its gradient and a point"
        )
    return found


def _parameters(given: Any) -> Array:
    if isinstance(given, dict):
        raise InvalidInput(
            "get_params() returned a dict, as scikit-learn's estimators do, but it must return a vector of all "
            "parameters"
        )
    x = as_float(given, "the result of get_params()").copy()
    if x.ndim != 1 or x.size == 0:
        raise ShapeMismatch(
            f"get_params() must return a vector of all parameters, but it returned {_described(x)}; "
            "ravel the arrays and join them with np.concatenate"
        )
    return x


def _described(value: Any) -> str:
    array = np.asarray(value)
    if array.ndim:
        return f"an array of shape {array.shape}"
    return str(value) if isinstance(value, np.ndarray) else f"the {type(value).__name__} {value!r}"


def find_parts(own: Any, theta: Array) -> list[Part] | None:
    """Find the arrays that form theta, in its order; None if the attributes do not cover it.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from sheernet.derivatives.foreign.user_class import find_parts
    >>> own = SimpleNamespace(b1=np.array([0.3]), W1=np.array([[0.1], [0.2]]), rate=0.1)
    >>> [(part.name, part.shape, part.is_bias) for part in find_parts(own, np.array([0.1, 0.2, 0.3]))]
    [('W1', (2, 1), False), ('b1', (1,), True)]
    """
    # W1 before a vector of all parameters.
    arrays = sorted(_arrays(own), key=lambda pair: pair[1].size)
    found: list[tuple[str, tuple[int, ...]]] = []
    place = 0
    while place < theta.size:
        for name, array in arrays:
            if np.array_equal(array.ravel(), theta[place : place + array.size]):
                found.append((name, array.shape))
                place += array.size
                break
        else:
            return None
    numbers = [_number(name) for name, _ in found]
    order = sorted({number for number in numbers if number is not None})
    return [
        Part(name, shape, None if number is None else order.index(number) + 1, _is_bias(name))
        for (name, shape), number in zip(found, numbers, strict=True)
    ]


def _arrays(own: Any) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield arrays in attributes, and in lists or tuples in attributes, with their names."""
    for name, value in getattr(own, "__dict__", {}).items():
        if isinstance(value, (list, tuple)):
            members = [(f"{name}[{i}]", member) for i, member in enumerate(value)]
        else:
            members = [(name, value)]
        for member_name, member in members:
            if isinstance(member, np.ndarray) and member.size and member.ndim:
                yield member_name, member


def _number(name: str) -> int | None:
    """Return the number at the end of a name: 2 for W_2, W2, weights[2]."""
    match = re.search(r"(\d+)\]?$", name)
    return int(match[1]) if match else None


def _is_bias(name: str) -> bool:
    """Return whether a name is typical of biases: b, b1, b_2, bias, biases[0], intercept."""
    return re.match(r"b([\W_\d]|ias|$)|intercept", name.lower()) is not None
