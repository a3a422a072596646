"""The one thing that this package knows: a function of a vector, and a gradient of it that is to be checked.

    f: R^P -> R,    g(x) claimed to be the gradient of f at x,    a point x

A `Problem` is made from any pair of functions (somebody's network, a cost by hand), or from an objective by
the names of its methods.  Nothing here or beside knows what a network is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sheernet.arrays import Array, as_float, read_only
from sheernet.errors import InvalidInput, ShapeMismatch

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
    blocks : mapping of str to slice, optional
        Groups of entries, such as the weights of one layer.
    complex_value : callable, optional
        The same function for a complex x, analytic in it.  With it the check needs no differences.
    kinks : callable, optional
        x (P,) -> the signs whose change is a kink of f.
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
    blocks: Mapping[str, slice] | None = None
    complex_value: ComplexFunction | None = None
    kinks: Callable[[Array], npt.NDArray[Any]] | None = None
    magnitude: ValueFunction | None = None
    value_and_gradient: ValueAndGradientFunction | None = None
    gradient_magnitude: GradientFunction | None = None

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

    @classmethod
    def from_objective(
        cls, objective: HasGradient, theta: npt.ArrayLike, names: Sequence[str] | None = None
    ) -> Problem:
        """Make a problem of an objective, by the names of its methods.

        Parameters
        ----------
        objective : object
            Has `value(theta)` and `value_and_gradient(theta)`.  `names`, `blocks`, `complex_value(theta)`,
            `terms(theta)` (cost, penalty, magnitude) and `gradient_magnitude(theta)` are used where they are there.
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
            blocks=getattr(objective, "blocks", None),
            complex_value=getattr(objective, "complex_value", None),
            magnitude=None if terms is None else lambda t: float(terms(t)[2]),
            value_and_gradient=objective.value_and_gradient,
            gradient_magnitude=getattr(objective, "gradient_magnitude", None),
        )


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
