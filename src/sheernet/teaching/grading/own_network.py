"""The network of a learner: its parts by their names in the notebook or the videos, and copies with given weights."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from sheernet.derivatives.foreign.user_class import METHOD_NAMES
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.teaching.faults.notebook_source import VIDEO_NAMES, right_names
from sheernet.teaching.grading.exercise import right_network
from sheernet.teaching.grading.learner_code import Outcome, attempt
from sheernet.teaching.grading.learner_file import names_of_file, require_file
from sheernet.teaching.grading.marks import Mark


def _both(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((name, VIDEO_NAMES.get(name, name))))


NAMES: Mapping[str, tuple[str, ...]] = {
    "forward": _both("forward"),
    "cost_function": METHOD_NAMES["cost"][1],
    "sigmoid_prime": _both("sigmoid_prime"),
    "cost_function_prime": _both("cost_function_prime"),
    "get_params": METHOD_NAMES["get"][1],
    "set_params": METHOD_NAMES["set"][1],
    "compute_gradients": METHOD_NAMES["gradient"][1],
    "compute_numerical_gradient": _both("compute_numerical_gradient"),
    "Trainer": _both("Trainer"),
}
"""Each part by its name in the notebook, and all its possible names."""

FUNCTIONS = ("sigmoid_prime", "compute_numerical_gradient", "Trainer")
"""Parts that may be outside of the class."""

WEIGHTS = (_both("W_1"), _both("W_2"))
LAMBDAS = ("Lambda", "lambda_", "lam")
"""Names of the weight of the penalty."""
KEPT = ("z_2", "a_2", "z_3")
"""Attributes that forward stores."""

LOADING = 12.0
"""Maximum time of the file, in times of one call, because it may also import, train and draw."""
LOADING_HINT = (
    "Perhaps the condition of a loop never changes. If the file only trains for a long time, put the training "
    "below `if __name__ == '__main__':`, or allow more seconds."
)
ALIKE = 0.85
"""Minimum similarity, 0 to 1, of two names of which one is taken as a misspelling of the other."""


def plain_name(name: str) -> str:
    """Return a name in small letters without underscores."""
    return name.replace("_", "").lower()


@dataclass(frozen=True, eq=False)
class OwnNetwork:
    """A network of a learner.

    Attributes
    ----------
    name : str
        Name of the class.
    make : callable
        Returns a new object of the class.
    space : mapping
        The names of its module or notebook.
    seconds : float
        Maximum time of one call.
    replaced : set of str
        Wrong parts, which are replaced by correct ones in copies.
    Lambda : float or None
        The weight of the penalty that copies get; None without a penalty.
    """

    name: str
    make: Callable[[], Any]
    space: Mapping[str, Any]
    seconds: float
    replaced: set[str]
    Lambda: float | None = None

    def attempt(self, what: str, function: Callable[..., Any], *arguments: Any) -> Outcome:
        """Call a function with code of the learner."""
        return attempt(what, self.seconds, function, *arguments)

    @cached_property
    def first(self) -> Outcome:
        """The first object of the class, unchanged."""
        return self.attempt(f"{self.name}()", self.make)

    @cached_property
    def weight_names(self) -> tuple[str, str] | None:
        """The names of the attributes with the weights of both layers."""
        arrays = {
            name
            for name, value in getattr(self.first.value, "__dict__", {}).items()
            if isinstance(value, np.ndarray) and value.ndim == 2
        }
        found = [next((name for name in names if name in arrays), "") for names in WEIGHTS]
        return (found[0], found[1]) if all(found) else None

    @cached_property
    def lambda_name(self) -> str | None:
        """The name of the attribute with the weight of the penalty."""
        own = self.first.value
        return next(
            (name for name in LAMBDAS if isinstance(getattr(own, name, None), (int, float))), None
        )

    def part(self, name: str) -> str:
        """The learner's name of a part, or if missing, the name in the style of the weights: notebook or videos."""
        own = self.first.value
        for possible in NAMES[name]:
            if callable(getattr(own, possible, None)):
                return possible
            if name in FUNCTIONS and callable(self.space.get(possible)):
                return possible
        return NAMES[name][-1 if self.weight_names == ("W1", "W2") else 0]

    def misspelled(self, name: str) -> str:
        """The learner's name that resembles the name of a missing part most closely of all parts; or ""."""
        if self.has(name):
            return ""
        own = self.first.value
        known = {plain_name(possible): part for part, names in NAMES.items() for possible in names}
        written = [each for each in dir(own) if callable(getattr(own, each, None))]
        if name in FUNCTIONS:
            written += [each for each, value in self.space.items() if callable(value)]
        right = {possible for names in NAMES.values() for possible in names}
        for each in written:
            near = difflib.get_close_matches(plain_name(each), known, n=1, cutoff=ALIKE)
            if each not in right and near and known[near[0]] == name:
                return each
        return ""

    def has(self, name: str) -> bool:
        """Return whether the learner wrote a part."""
        own, possible = self.first.value, self.part(name)
        in_class = callable(getattr(own, possible, None))
        return in_class or (name in FUNCTIONS and callable(self.space.get(possible)))

    def function(self, name: str) -> Callable[..., Any]:
        """Return a part that may be outside of the class."""
        own, possible = self.first.value, self.part(name)
        return getattr(own, possible, None) or self.space[possible]

    def method(self, network: Any, name: str) -> Callable[..., Any]:
        """Return a method of a copy."""
        return getattr(network, self.part(name))

    def with_weights(self, weights: tuple[Array, Array]) -> Any:
        """Return a copy with given weights, and wrong parts replaced by correct ones."""
        try:
            network = copy.deepcopy(self.first.value)
        except Exception:  # an attribute that cannot be copied, such as a file
            network = copy.copy(self.first.value)
        self.set_weights(network, weights)
        if self.Lambda is not None and self.lambda_name is not None:
            setattr(network, self.lambda_name, self.Lambda)
        if "sigmoid_prime" in self.replaced:
            self._replace_sigmoid_prime(network)
        for part in self.replaced & set(RIGHT):
            right = RIGHT[part](self, network)
            for name in NAMES[part]:
                setattr(network, name, right)
        return network

    def _replace_sigmoid_prime(self, network: Any) -> None:
        """Give a copy the correct derivative: as its method, or as the function that its copied methods call."""
        name, right = self.part("sigmoid_prime"), right_names()["sigmoid_prime"]
        if hasattr(network, name):
            setattr(network, name, right)
            return
        for kind in reversed(type(network).__mro__):
            for member_name, member in vars(kind).items():
                if isinstance(member, FunctionType):
                    names = {**member.__globals__, name: right}
                    changed = FunctionType(
                        member.__code__,
                        names,
                        member.__name__,
                        member.__defaults__,
                        member.__closure__,
                    )
                    changed.__kwdefaults__ = member.__kwdefaults__
                    setattr(network, member_name, MethodType(changed, network))

    def set_weights(self, network: Any, weights: Iterable[Array]) -> None:
        """Set the weights of a copy."""
        assert self.weight_names is not None  # otherwise nothing is graded
        for name, array in zip(self.weight_names, weights, strict=True):
            setattr(network, name, array.copy())

    def weights_of(self, network: Any) -> tuple[Array, Array]:
        """Return the weights of a copy."""
        assert self.weight_names is not None
        first, second = (getattr(network, name) for name in self.weight_names)
        return first, second

    def kept(self, network: Any) -> dict[str, Any]:
        """Return the attributes that forward stored, by the names of the notebook."""
        held = vars(network)
        # Only the names of one style.
        return {name: held[own] for name in KEPT for own in _both(name) if own in held}


# --- right parts in place of wrong ones -------------------------------------------------------------------


def _right_forward(own: OwnNetwork, network: Any) -> Callable[[Array], Array]:
    def forward(X: Array) -> Array:
        right = right_network(own.weights_of(network), own.Lambda)
        y_hat: Array = right.forward(X)
        for name in KEPT:
            _keep(network, name, getattr(right, name))
        return y_hat

    return forward


def _right_cost(own: OwnNetwork, network: Any) -> Callable[[Array, Array], float]:
    def cost_function(X: Array, y: Array) -> np.float64:  # has .item(), like an array with one cost
        _keep(network, "y_hat", own.method(network, "forward")(X))
        return np.float64(right_network(own.weights_of(network), own.Lambda).cost_function(X, y))

    return cost_function


def _keep(network: Any, name: str, value: Any) -> None:
    """Set an attribute under its names in the notebook and in the videos."""
    for own_name in _both(name):
        setattr(network, own_name, value)


def _right_method(name: str) -> Callable[[OwnNetwork, Any], Callable[..., Any]]:
    def of_network(own: OwnNetwork, network: Any) -> Callable[..., Any]:
        def method(*arguments: Any) -> Any:
            return getattr(right_network(own.weights_of(network), own.Lambda), name)(*arguments)

        return method

    return of_network


def _right_set(own: OwnNetwork, network: Any) -> Callable[[Array], None]:
    def set_params(params: Array) -> None:
        right = right_network(own.weights_of(network), own.Lambda)
        right.set_params(np.array(params))
        own.set_weights(network, (right.W_1, right.W_2))

    return set_params


RIGHT: Mapping[str, Callable[[OwnNetwork, Any], Callable[..., Any]]] = {
    "forward": _right_forward,
    "cost_function": _right_cost,
    "set_params": _right_set,
    **{
        name: _right_method(name)
        for name in ("cost_function_prime", "get_params", "compute_gradients")
    },
}
"""The correct part of a copy, by name."""


# --- finding the network ------------------------------------------------------------------------------------


def find_network(subject: Any, seconds: float) -> OwnNetwork | Mark:
    """Find the network of an object, a class or a file; return a Mark if the file cannot be run."""
    if isinstance(subject, (str, Path)):
        return _of_file(Path(subject), seconds)
    kind = subject if isinstance(subject, type) else type(subject)
    if not _n_parts(kind):
        raise InvalidInput(
            "the network must be an object, a class or a file with methods such as forward(X) and cost_function(X, y), "
            f"but {_described(subject)} has none of them"
        )
    make = kind if isinstance(subject, type) else lambda: subject
    return OwnNetwork(kind.__name__, make, _module_names(kind), seconds, set())


def _module_names(kind: type) -> Mapping[str, Any]:
    """Return the names of the module or notebook that defines a class."""
    for base in kind.__mro__:
        for member in vars(base).values():
            names = getattr(member, "__globals__", None)
            if names is not None:
                return dict(names)
    return {}


def _of_file(path: Path, seconds: float) -> OwnNetwork | Mark:
    require_file(path)
    found = attempt(path.name, LOADING * seconds, names_of_file, path)
    if found.mistake == "endless":
        return Mark(path.name, "endless", found.sentence, LOADING_HINT)
    if found.mistake:
        return found.mark(path.name)
    space = found.value
    classes = [value for value in space.values() if isinstance(value, type) and _n_parts(value)]
    if not classes:
        names = listed([NAMES[name][0] for name in ("forward", "cost_function")])
        return Mark(
            path.name, "missing", f"the file has no class with methods such as {names}",
            "Write the network as a class.",
        )  # fmt: skip
    kind = max(classes, key=_n_parts)
    return OwnNetwork(kind.__name__, kind, space, seconds, set())


def _n_parts(kind: type) -> int:
    """Return the number of methods of a network that a class has."""
    return sum(
        any(callable(getattr(kind, name, None)) for name in names)
        for part, names in NAMES.items()
        if part not in FUNCTIONS
    )


def _described(subject: Any) -> str:
    return (
        f"the class {subject.__name__}"
        if isinstance(subject, type)
        else f"a {type(subject).__name__}"
    )
