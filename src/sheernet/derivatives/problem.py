"""Problem, the input of a gradient check: a function f, its claimed gradient g, and a point x.

    f: R^P -> R,    g(x) claimed to be the gradient of f at x

A `Problem` is made from any pair of functions (your own network, a cost written by hand) or from an objective, whose
methods are found by name.  No network class is required; layers and biases are optional labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.read_only_mapping import ReadOnlyMapping

EPS = float(np.finfo(np.float64).eps)
ULPS, N_NEARBY = 4.0, 8
"""Relative change of x in units of eps, and number of changes, by which the rounding of kinks is measured."""

ValueFunction = Callable[[Array], float]
GradientFunction = Callable[[Array], npt.ArrayLike]
ValueAndGradientFunction = Callable[[Array], tuple[float, npt.ArrayLike]]
ComplexFunction = Callable[[npt.NDArray[np.complex128]], complex]


@dataclass(frozen=True)
class Block:
    """A group of consecutive entries of x, such as the weights of one layer.

    Parameters
    ----------
    slice : slice
        Positions of the entries in x.
    shape : tuple of int
        Shape of the array that they form, in C order.
    layer : int, optional
        Layer of the entries, counted from 1 at the inputs; None if there are no layers.
    is_bias : bool
        Whether the entries are biases.

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


class HasGradient(Protocol):
    """The required methods of an objective; `DetailedObjective` adds the optional ones."""

    def value(self, theta: Array, /) -> float:
        """Return the value of the objective at theta (P,)."""

    def value_and_gradient(self, theta: Array, /) -> tuple[float, Array]:
        """Return the same value, and its gradient (P,)."""


@runtime_checkable
class DetailedObjective(HasGradient, Protocol):
    """All members of an objective that `Problem.from_objective` uses; each of those listed here is optional.

    The objectives of sheernet have all of them.  Members that are also attributes of `Problem` are described there.
    """

    size: int
    """P, to check the size of theta."""
    names: Sequence[str]
    blocks: Mapping[str, Block]
    decay: Array
    constants: Mapping[str, float]
    complex_is_exact: bool

    def complex_value(self, theta: npt.NDArray[np.complex128], /) -> complex:
        """Return the value at a complex theta."""

    def terms(self, theta: Array, /) -> tuple[float, float, float]:
        """Return cost, penalty, and the sum of the absolute values of all their terms (`Problem.magnitude`)."""

    def gradient_magnitude(self, theta: Array, /) -> Array:
        """Return the sum of the absolute values of the terms of each gradient entry, (P,)."""

    def kinks(self, theta: Array, /) -> Array:
        """Return numbers, (m,), such that the value has a kink where one of them changes sign."""

    def kink_name(self, index: int, /) -> str:
        """Return the name of one of these numbers."""


class HasInputGradient(Protocol):
    """The members of an objective that `Problem.from_inputs` needs."""

    inputs: Array
    """X, (N, d_0)."""

    def value_at_inputs(self, theta: Array, X: npt.NDArray[Any], /) -> Any:
        """Return the value for other inputs, real or complex."""

    def input_gradient(self, theta: Array, X: Array, /) -> Array:
        """Return the gradient of the value with respect to the inputs, (N, d_0)."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A function, its gradient and a point: the input of a gradient check.

    Parameters
    ----------
    value : callable
        x (P,) -> float, the function f.
    gradient : callable
        x (P,) -> (P,), the gradient to check.
    x : array_like, (P,)
        The point; finite.
    names : sequence of str, optional
        A name for each entry; by default "x[0]", "x[1]", ...
    blocks : mapping of str to Block or slice, optional
        Groups of entries, such as the weights of one layer, that together cover x in order.  By default one block "x".
    complex_value : callable, optional
        f for complex x; it must be analytic.  The check then uses complex steps in place of differences.
    kinks : callable, optional
        x (P,) -> (m,), numbers such that f has a kink where one changes sign: the pre-activations of relu units.
    magnitude : callable, optional
        x (P,) -> the sum of the absolute values of the terms of f: the scale of its rounding noise.
    value_and_gradient : callable, optional
        x (P,) -> (float, (P,)), value and gradient.  The check compares this value with that of `value`.
    gradient_magnitude : callable, optional
        x (P,) -> (P,), the sum of the absolute values of the terms of each gradient entry: the scale of its rounding
        noise.
    kink_name : callable, optional
        Index in `kinks` -> name, such as the name of the unit.
    decay : array_like, (P,), optional
        The coefficients of a penalty 1/2 sum_p decay_p x_p^2 in f; for the diagnosis of a wrong gradient.
    constants : mapping of str to float, optional
        Factors that the gradient may lack or contain twice, by name: {"N": 200, "K": 3}; for the diagnosis.
    complex_is_exact : bool
        Whether `complex_value` is known to be analytic and equal to f for real x.  Otherwise the check first compares
        it with a difference of real values, because abs, norms and conjugates are not analytic.
    repaired : mapping of str to callable, optional
        For each kind of mistake, x (P,) -> (P,): the gradient corrected for this mistake; for the diagnosis.

    Raises
    ------
    InvalidInput
        If x is not finite or not numeric.
    ShapeMismatch
        If x is not a vector, or the names, blocks or decay do not match its size.

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
    repaired: Mapping[str, GradientFunction] | None = None

    def __post_init__(self) -> None:
        x = as_point(self.x)
        given = (f"x[{i}]" for i in range(x.size)) if self.names is None else self.names
        names = tuple(map(str, given))
        if len(names) != x.size:
            raise ShapeMismatch(
                f"names has {counted(len(names), 'entry', 'entries')} but x has {x.size}; "
                "give a name for each entry"
            )
        object.__setattr__(self, "x", read_only(x))
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "blocks", _as_blocks(self.blocks, x.size))
        object.__setattr__(self, "constants", ReadOnlyMapping(dict(self.constants or {})))
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
        """Make a problem from an objective, whose methods are found by name.

        Parameters
        ----------
        objective : object
            Has `value(theta)` and `value_and_gradient(theta)`.  If present, these are used, too: `size`, `names`,
            `blocks`, `decay`, `constants`, `complex_is_exact`, `complex_value(theta)`, `terms(theta)` (cost, penalty,
            magnitude), `gradient_magnitude(theta)`, `kinks(theta)` and `kink_name(index)`.
        theta : array_like, (P,)
            The point.
        names : sequence of str, optional
            A name for each entry, instead of those of the objective.

        Returns
        -------
        Problem

        Raises
        ------
        InvalidInput
            If a required method is missing.
        ShapeMismatch
            If the size of theta is not that of the objective.
        """
        for method in ("value", "value_and_gradient"):
            if not callable(getattr(objective, method, None)):
                raise InvalidInput(
                    f"a {type(objective).__name__} cannot be checked: it has no method {method}(theta); "
                    "give an objective, a Problem, or a function, its gradient and a point"
                )
        x, size = as_point(theta, "theta"), getattr(objective, "size", None)
        if size is not None and x.size != size:
            raise ShapeMismatch(
                f"theta has {counted(x.size, 'entry', 'entries')} but the objective has "
                f"{counted(size, 'parameter')}"
            )
        terms = getattr(objective, "terms", None)
        return cls(
            value=objective.value,
            gradient=lambda t: objective.value_and_gradient(t)[1],
            x=x,
            names=getattr(objective, "names", None) if names is None else names,
            magnitude=None if terms is None else lambda t: float(terms(t)[2]),
            value_and_gradient=objective.value_and_gradient,
            **{name: getattr(objective, name, None) for name in _OPTIONAL},
            complex_is_exact=bool(getattr(objective, "complex_is_exact", False)),
        )

    @classmethod
    def from_inputs(cls, objective: HasInputGradient, theta: npt.ArrayLike) -> Problem:
        """Make a problem whose x are the inputs of an objective, at fixed weights.

        Parameters
        ----------
        objective : object
            Has `value_at_inputs(theta, X)`, also for complex X, `input_gradient(theta, X)` and `inputs`, (N, d_0).
        theta : array_like, (P,)
            The weights.

        Returns
        -------
        Problem
            With N d_0 entries X[n,i].

        Raises
        ------
        InvalidInput
            If a member is missing.
        """
        for member in ("value_at_inputs", "input_gradient", "inputs"):
            if not hasattr(objective, member):
                raise InvalidInput(
                    f"the input gradient of a {type(objective).__name__} cannot be checked: it has no {member}; "
                    "give an objective of sheernet"
                )
        weights, inputs = as_point(theta, "theta"), objective.inputs  # (N, d_0)
        n_rows, n_inputs = inputs.shape

        def value(x: npt.NDArray[Any]) -> Any:
            return objective.value_at_inputs(weights, x.reshape(inputs.shape))

        return cls(
            value=lambda x: float(value(x).real),
            gradient=lambda x: objective.input_gradient(weights, x.reshape(inputs.shape)).ravel(),
            x=inputs.ravel(),
            names=[f"X[{n},{i}]" for n in range(n_rows) for i in range(n_inputs)],
            blocks={"X": Block(slice(0, inputs.size), inputs.shape)},
            complex_value=lambda x: complex(value(x)),
            complex_is_exact=bool(getattr(objective, "complex_is_exact", False)),
        )

    def __repr__(self) -> str:
        blocks = ", ".join(f"{name} {block.shape}" for name, block in (self.blocks or {}).items())
        return f"<problem of {counted(self.x.size, 'entry', 'entries')}: {blocks}>"

    def entry_names(self, indices: Iterable[int]) -> tuple[str, ...]:
        """Return the names of some entries."""
        return tuple((self.names or ())[i] for i in indices)

    def kinks_at_x(self) -> dict[int, bool]:
        """Return the indices of the known kinks at x, up to rounding, and whether each lies exactly at x.

        A pre-activation changes by about its rounding error if each entry of x changes by a few ulp.  Below this, two
        correct programs can compute it with different signs.
        """
        if self.kinks is None:
            return {}
        signs = np.random.default_rng(0).choice([-1.0, 1.0], (N_NEARBY, self.x.size))
        factors = 1.0 + ULPS * EPS * signs
        with np.errstate(all="ignore"):
            here = np.asarray(self.kinks(self.x.copy()), dtype=np.float64)
            nearby = [np.asarray(self.kinks(self.x * each)) for each in factors]
            error = np.max([np.abs(near - here) for near in nearby], axis=0)
        return {k: bool(here[k] == 0) for k in np.flatnonzero(np.abs(here) <= error).tolist()}

    def kinks_in_words(self, indices: Sequence[int]) -> str:
        """Return the name of the first of some kinks and the number of the others; "" if there are none."""
        if not indices:
            return ""
        name = (self.kink_name or "kink {}".format)(indices[0])
        return f"{name} and {len(indices) - 1} more" if len(indices) > 1 else name


_OPTIONAL = (
    "blocks",
    "complex_value",
    "gradient_magnitude",
    "kinks",
    "kink_name",
    "decay",
    "constants",
)
"""Optional members of an objective that have the same name in a problem."""


def _as_blocks(blocks: Mapping[str, Block | slice] | None, size: int) -> Mapping[str, Block]:
    """Return the blocks by name, which must cover x in order; a slice becomes a vector block."""
    given = {"x": slice(0, size)} if blocks is None else blocks
    made = {
        name: Block(part, (part.stop - part.start,))
        if isinstance(part, slice)
        else Block(part.slice, part.shape, part.layer, part.is_bias)
        for name, part in given.items()
    }
    end = 0
    for name, block in made.items():
        length = block.slice.stop - block.slice.start
        if block.slice.start != end:
            raise ShapeMismatch(
                f"block {name!r} must start at {end}, but starts at {block.slice.start}"
            )
        if length != prod(block.shape):
            raise ShapeMismatch(
                f"block {name!r} has {counted(length, 'entry', 'entries')}, but shape {block.shape} has "
                f"{prod(block.shape)}"
            )
        end = block.slice.stop
    if end != size:
        raise ShapeMismatch(
            f"the blocks have {counted(end, 'entry', 'entries')} but x has {size}; they must cover x"
        )
    return ReadOnlyMapping(made)


def as_point(x: npt.ArrayLike, noun: str = "x") -> Array:
    """Convert to a finite float64 vector (P,) with at least one entry."""
    point = as_float(x, noun)
    if point.ndim != 1 or point.size == 0:
        raise ShapeMismatch(
            f"{noun} must be a vector with at least one entry, but its shape is {point.shape}; "
            "ravel it, and reshape it inside your function"
        )
    if not np.all(np.isfinite(point)):
        bad = int(np.flatnonzero(~np.isfinite(point))[0])
        raise InvalidInput(
            f"{noun} must be finite, but entry {bad} is {point[bad]}; check at another point"
        )
    return point
