"""The one thing that this package knows: a function of a vector, and a gradient of it that is to be checked.

    f: R^P -> R,    g(x) claimed to be the gradient of f at x,    a point x

A `Problem` is made from any pair of functions (somebody's network, a cost by hand), or from an objective by
the names of its methods.  Nothing here or beside knows what a network is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch

ValueFunction = Callable[[Array], float]
GradientFunction = Callable[[Array], npt.ArrayLike]
ValueAndGradientFunction = Callable[[Array], tuple[float, npt.ArrayLike]]
ComplexFunction = Callable[[npt.NDArray[np.complex128]], complex]


class HasGradient(Protocol):
    """What `Problem.from_objective` needs of an objective."""

    def value(self, theta: Array, /) -> float:
        """The value of the objective."""

    def value_and_gradient(self, theta: Array, /) -> tuple[float, Array]:
        """The same value, and its gradient (P,)."""


@dataclass(frozen=True)
class Block:
    """A group of entries of x that belong together, such as the weights of one layer.

    Parameters
    ----------
    slice : slice
        Where they are in x.
    shape : tuple of int
        The array that they are, in C order.
    layer : int, optional
        Its layer, counted from 1 at the inputs; None where there are no layers.
    is_bias : bool
        Whether they are biases: what is added, and multiplies no input.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.derivatives.Block(slice(6, 9), (3,), layer=1, is_bias=True).shape
    (3,)
    """

    slice: slice
    shape: tuple[int, ...]
    layer: int | None = None
    is_bias: bool = False


@dataclass(frozen=True, eq=False)
class Problem:
    """A function, a gradient of it and a point: what a gradient check is about.

    Parameters
    ----------
    value : callable
        x (P,) -> float, the function f.
    gradient : callable
        x (P,) -> (P,), what is claimed to be its gradient.
    x : array_like, (P,)
        The point to check at; finite.
    names : sequence of str, optional
        A name for each entry; "x[0]", "x[1]", ... when omitted.
    blocks : mapping of str to Block or slice, optional
        Groups of entries, such as the weights of one layer, that together are all of x.  One block "x" when omitted.
    complex_value : callable, optional
        The same function for a complex x, analytic in it.  With it the check needs no differences.
    kinks : callable, optional
        x (P,) -> (m,), numbers at whose changes of sign f has a kink, such as the pre-activations of relu units.
    complex_is_exact : bool
        Whether the complex value is known to be the function's own, analytic throughout.  Else it is held to a
        difference first: abs, norms and conjugates lose their derivatives without a word.
    kink_name : callable, optional
        What the number of an index belongs to, in words.
    decay : array_like, (P,), optional
        Where f has a penalty 1/2 sum_p decay_p x_p^2: its coefficients, for the diagnosis of a wrong gradient.
    constants : mapping of str to float, optional
        Numbers that a gradient may lack or have too often, by name: {"N": 200, "K": 3}; for the diagnosis.
    magnitude : callable, optional
        x (P,) -> the sum of the absolute terms that f adds up: the scale of its rounding noise.
    value_and_gradient : callable, optional
        x (P,) -> (float, (P,)): both at once.  The check compares its value with that of `value`.
    gradient_magnitude : callable, optional
        x (P,) -> (P,), the sum of the absolute terms that each entry of the gradient adds up: the scale of its
        rounding noise.

    Raises
    ------
    InvalidInput
        When x is not finite numbers.
    ShapeMismatch
        When x is not a vector, or there are fewer or more names than entries.

    Examples
    --------
    >>> import sheernet as sn
    >>> problem = sn.derivatives.Problem(lambda x: x @ x, lambda x: 2 * x, [1.0, 2.0])
    >>> problem.names
    ('x[0]', 'x[1]')
    """

    value: ValueFunction
    gradient: GradientFunction
    x: Array
    names: Sequence[str] | None = None
    blocks: Mapping[str, Block] | None = None
    complex_value: ComplexFunction | None = None
    kinks: Callable[[Array], npt.ArrayLike] | None = None
    magnitude: ValueFunction | None = None
    value_and_gradient: ValueAndGradientFunction | None = None
    gradient_magnitude: GradientFunction | None = None
    kink_name: Callable[[int], str] | None = None
    decay: Array | None = None
    constants: Mapping[str, float] | None = None
    complex_is_exact: bool = False

    def __post_init__(self) -> None:
        x = as_point(self.x)
        names = (
            tuple(f"x[{i}]" for i in range(x.size))
            if self.names is None
            else tuple(map(str, self.names))
        )
        if len(names) != x.size:
            raise ShapeMismatch(
                f"names has {len(names)} entries but x has {x.size}; give a name for each entry"
            )
        object.__setattr__(self, "x", read_only(x))
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "blocks", _as_blocks(self.blocks, x.size))
        object.__setattr__(self, "constants", MappingProxyType(dict(self.constants or {})))
        if self.decay is not None:
            decay = as_float(self.decay, "decay")
            if decay.shape != x.shape:
                raise ShapeMismatch(
                    f"decay has shape {decay.shape} but x has {x.shape}; give a coefficient for each entry"
                )
            object.__setattr__(self, "decay", read_only(decay))

    @classmethod
    def from_objective(
        cls, objective: HasGradient, theta: npt.ArrayLike, names: Sequence[str] | None = None
    ) -> Problem:
        """Make a problem of an objective, by the names of its methods.

        Parameters
        ----------
        objective : object
            Has `value(theta)` and `value_and_gradient(theta)`.  `names`, `blocks`, `complex_value(theta)`,
            `terms(theta)` (cost, penalty, magnitude), `gradient_magnitude(theta)`, `kinks(theta)`,
            `kink_name(index)`, `decay` and `constants` are used where they are there.
        theta : array_like, (P,)
            The point to check at.
        names : sequence of str, optional
            A name for each entry, in place of those of the objective.

        Returns
        -------
        Problem

        Raises
        ------
        InvalidInput
            When a method is missing.
        ShapeMismatch
            When theta has another size than the objective.
        """
        for method in ("value", "value_and_gradient"):
            if not callable(getattr(objective, method, None)):
                raise InvalidInput(
                    f"a {type(objective).__name__} cannot be checked: it has no {method}(theta); "
                    "give an objective, a Problem, or a function, its gradient and a point"
                )
        x, size = as_point(theta, "theta"), getattr(objective, "size", None)
        if size is not None and x.size != size:
            raise ShapeMismatch(
                f"theta has {x.size} entries but the objective has {size} parameters"
            )
        terms = getattr(objective, "terms", None)
        return cls(
            value=objective.value,
            gradient=lambda t: objective.value_and_gradient(t)[1],
            x=x,
            names=getattr(objective, "names", None) if names is None else names,
            magnitude=None if terms is None else lambda t: float(terms(t)[2]),
            value_and_gradient=objective.value_and_gradient,
            **{name: getattr(objective, name, None) for name in _FACTS},
            complex_is_exact=bool(getattr(objective, "complex_is_exact", False)),
        )

    @classmethod
    def from_inputs(cls, objective: Any, theta: npt.ArrayLike) -> Problem:
        """Make a problem whose x are the inputs of an objective, at fixed weights.

        Parameters
        ----------
        objective : object
            Has `value_at_inputs(theta, X)`, also for a complex X, `input_gradient(theta, X)` and `inputs`, (N, d_0).
        theta : array_like, (P,)
            The weights.

        Returns
        -------
        Problem
            Of N d_0 entries X[n,i].

        Raises
        ------
        InvalidInput
            When a method is missing.
        """
        for method in ("value_at_inputs", "input_gradient", "inputs"):
            if not hasattr(objective, method):
                raise InvalidInput(
                    f"a {type(objective).__name__} has no gradient by its inputs to check: it has no {method}; "
                    "give an objective of sheernet"
                )
        weights, inputs = as_point(theta, "theta"), objective.inputs  # (N, d_0)
        n_rows, n_inputs = inputs.shape
        return cls(
            value=lambda x: float(objective.value_at_inputs(weights, x.reshape(inputs.shape)).real),
            gradient=lambda x: objective.input_gradient(weights, x.reshape(inputs.shape)).ravel(),
            x=inputs.ravel(),
            names=[f"X[{n},{i}]" for n in range(n_rows) for i in range(n_inputs)],
            blocks={"X": Block(slice(0, inputs.size), inputs.shape)},
            complex_value=lambda x: complex(
                objective.value_at_inputs(weights, x.reshape(inputs.shape))
            ),
            complex_is_exact=bool(getattr(objective, "complex_is_exact", False)),
        )


_FACTS = (
    "blocks",
    "complex_value",
    "gradient_magnitude",
    "kinks",
    "kink_name",
    "decay",
    "constants",
)
"""What an objective may tell of itself, under the names that it has here."""


def _as_blocks(blocks: Mapping[str, Block | slice] | None, size: int) -> Mapping[str, Block]:
    """Blocks by name, which together are all of x in its order; slices become vectors."""
    given = {"x": slice(0, size)} if blocks is None else blocks
    made = {
        name: Block(part, (part.stop - part.start,))
        if isinstance(part, slice)
        else Block(part.slice, part.shape, part.layer, part.is_bias)
        for name, part in given.items()
    }
    place = 0
    for name, block in made.items():
        length = block.slice.stop - block.slice.start
        if block.slice.start != place or length != prod(block.shape):
            raise ShapeMismatch(
                f"block {name!r} is entries {block.slice.start} to {block.slice.stop} of shape {block.shape}, but "
                f"blocks must follow each other from entry 0 on, and this one begins at {place}"
            )
        place = block.slice.stop
    if place != size:
        raise ShapeMismatch(
            f"the blocks have {place} entries but x has {size}; they must be all of x"
        )
    return MappingProxyType(made)


def as_point(x: npt.ArrayLike, noun: str = "x") -> Array:
    """Convert to a finite float64 vector (P,) that has at least one entry."""
    point = as_float(x, noun)
    if point.ndim != 1 or point.size == 0:
        raise ShapeMismatch(
            f"{noun} must be a vector with at least one entry, but its shape is {point.shape}; "
            "ravel it, and reshape it inside your function"
        )
    if not np.all(np.isfinite(point)):
        at = int(np.flatnonzero(~np.isfinite(point))[0])
        raise InvalidInput(
            f"{noun} must be finite, but entry {at} is {point[at]}; check at another point"
        )
    return point
