r"""Activation functions (`Activation`, `get`): objects with value, derivatives and source.

Each value is defined next to its derivative, so that a wrong derivative is a single wrong line.  Two rules apply:

- No cancellation and no overflow.  exp is evaluated only at arguments <= 0 (except in `exp` itself), and a
  derivative is never computed as 1 - a^2 or a (1 - a), which are rounding noise for a saturated unit.
  tanh' = sech^2 and sigmoid' = sigmoid(z) sigmoid(-z) keep full relative accuracy until they underflow.
- Every formula also holds for complex z, with branches on the real part, so that the complex step
  Im f(z + ih) / h gives a derivative without a difference (Squire and Trapp, 1998).
  This excludes abs, conj, scipy.special.expit and logaddexp, which are wrong or undefined for complex z.

The derivative of relu and leaky_relu at 0 is taken from the left (0, and the slope).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import as_numbers
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, unknown_name
from sheernet.foundation.message_text import listed
from sheernet.foundation.scalars import in_brief
from sheernet.foundation.sentences import Setting

AnyArray = npt.NDArray[Any]
"""A float64 or complex128 array."""

Function = Callable[[AnyArray], AnyArray]

LEAKY_SLOPE = 0.01


@dataclass(frozen=True)
class Activation:
    """An activation function a = f(z), applied to each entry (softmax: to each row).

    Parameters
    ----------
    name : str
        The name used by `Architecture` and in model files.
    value : callable
        f(z), of the shape of z.  The functions of the built-in activations also accept a number or lists of numbers.
    derivative : callable or None
        f'(z), of the shape of z.  None for softmax, whose derivative is a matrix and part of its cost.
    second_derivative : callable or None
        f''(z); required only for exact Hessian-vector products.
    formula : str
        f as readable text.
    reference : str
        The publication that introduced it.
    smooth : bool
        Whether f' is continuous.  If not, the theory of second-order methods does not apply, and finite
        differences are wrong near a kink.
    output_only : bool
        Whether the activation is not allowed in hidden layers.

    Notes
    -----
    Custom activations can be passed in place of a name; networks that contain one run on the reference engine.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> float(sn.activations.sigmoid.value(0)), sn.activations.relu.value([-1, 2]).tolist()
    (0.5, [0.0, 2.0])
    >>> float(sn.activations.tanh.derivative(np.array(20.0)))  # 1 - tanh(20)**2 is 0.0
    1.6993417021166355e-17
    >>> sine = sn.activations.Activation(
    ...     "sine", np.sin, np.cos, lambda z: -np.sin(z), "sin(z)", "Sitzmann et al. (2020)")
    >>> sn.Architecture((1, 3, 1), hidden=sine).activations[0].name
    'sine'
    """

    name: str
    value: Function
    derivative: Function | None
    second_derivative: Function | None
    formula: str
    reference: str
    smooth: bool = True
    output_only: bool = False

    def __repr__(self) -> str:
        return f"<activation {self.name}: {self.formula}>"


def _of_numbers(function: Function) -> Function:
    """Return a function of arrays that also accepts numbers and lists of numbers, and refuses everything else."""

    @wraps(function)
    def of_numbers(z: npt.ArrayLike) -> AnyArray:
        return function(as_numbers(z, "z"))

    return of_numbers


def _falling_exp(z: AnyArray) -> AnyArray:
    """Return exp(-|Re z|) with the corresponding imaginary part: at most 1 in magnitude, so it cannot overflow."""
    return np.exp(np.where(z.real > 0, -z, z))


def log1p(x: AnyArray) -> AnyArray:
    """Return log(1 + x) for Re x >= 0; NumPy's log1p loses a small real part if x is complex."""
    if not np.iscomplexobj(x):
        return np.log1p(x)
    turn = x.imag / (1.0 + x.real)
    return np.log1p(x.real) + 0.5 * np.log1p(turn * turn) + 1j * np.arctan(turn)


# --- sigmoid ----------------------------------------------------------------------------------------


@_of_numbers
def _sigmoid(z: AnyArray) -> AnyArray:
    e = _falling_exp(z)
    return np.where(z.real > 0, 1.0, e) / (1.0 + e)


@_of_numbers
def _sigmoid_derivative(z: AnyArray) -> AnyArray:
    e = _falling_exp(z)
    return e / (1.0 + e) ** 2  # sigmoid(z) sigmoid(-z)


@_of_numbers
def _sigmoid_second(z: AnyArray) -> AnyArray:
    return -_sigmoid_derivative(z) * _tanh(0.5 * z)  # sigmoid(-z) - sigmoid(z) = -tanh(z/2)


# --- tanh -------------------------------------------------------------------------------------------


@_of_numbers
def _tanh(z: AnyArray) -> AnyArray:
    return np.tanh(z)


@_of_numbers
def _tanh_derivative(z: AnyArray) -> AnyArray:
    return 4.0 * _sigmoid_derivative(2.0 * z)  # sech^2(z) = 4 e / (1 + e)^2 with e = exp(-2 |z|)


@_of_numbers
def _tanh_second(z: AnyArray) -> AnyArray:
    return -2.0 * np.tanh(z) * _tanh_derivative(z)


# --- softplus ---------------------------------------------------------------------------------------


@_of_numbers
def _softplus(z: AnyArray) -> AnyArray:
    return _relu(z) + log1p(_falling_exp(z))


# --- silu -------------------------------------------------------------------------------------------


@_of_numbers
def _silu(z: AnyArray) -> AnyArray:
    return z * _sigmoid(z)


@_of_numbers
def _silu_derivative(z: AnyArray) -> AnyArray:
    return _sigmoid(z) * (1.0 + z * _sigmoid(-z))


@_of_numbers
def _silu_second(z: AnyArray) -> AnyArray:
    return _sigmoid_derivative(z) * (2.0 - z * _tanh(0.5 * z))


# --- relu and leaky_relu ----------------------------------------------------------------------------


def _is_on(z: AnyArray) -> Any:
    """Whether a unit is active; in a complex step, a real part below the imaginary is a product of two of these."""
    return z.real > np.abs(z.imag) if np.iscomplexobj(z) else z > 0


@_of_numbers
def _relu(z: AnyArray) -> AnyArray:
    return np.where(_is_on(z), z, 0.0)


@_of_numbers
def _relu_derivative(z: AnyArray) -> AnyArray:
    return np.where(z.real > 0, 1.0, 0.0)


@_of_numbers
def _leaky_relu(z: AnyArray) -> AnyArray:
    return np.where(_is_on(z), z, LEAKY_SLOPE * z)


@_of_numbers
def _leaky_relu_derivative(z: AnyArray) -> AnyArray:
    return np.where(z.real > 0, 1.0, LEAKY_SLOPE)


# --- identity, exp, softmax -------------------------------------------------------------------------


@_of_numbers
def _identity(z: AnyArray) -> AnyArray:
    return z.copy()


@_of_numbers
def _zero(z: AnyArray) -> AnyArray:
    return np.zeros_like(z)


@_of_numbers
def _one(z: AnyArray) -> AnyArray:
    return np.ones_like(z)


@_of_numbers
def _exp(z: AnyArray) -> AnyArray:
    return np.exp(z)


@_of_numbers
def _softmax(z: AnyArray) -> AnyArray:
    if z.ndim != 2:
        raise ShapeMismatch(
            f"z has shape {z.shape}, but softmax needs a table with a row for each sample; a single sample is "
            "[[z1, z2, ...]]"
        )
    # (N, 1); np.max would compare complex numbers
    highest = z[np.arange(len(z)), z.real.argmax(axis=1), None]
    e = np.exp(z - highest)
    return e / e.sum(axis=1, keepdims=True)


identity = Activation("identity", _identity, _one, _zero, "z", "-")
sigmoid = Activation(
    "sigmoid",
    _sigmoid,
    _sigmoid_derivative,
    _sigmoid_second,
    "1 / (1 + exp(-z))",
    "Verhulst (1845); in networks Rumelhart, Hinton and Williams (1986), Nature 323",
)
tanh = Activation(
    "tanh",
    _tanh,
    _tanh_derivative,
    _tanh_second,
    "tanh(z)",
    "LeCun et al. (1998), Efficient BackProp, 4.4",
)
relu = Activation(
    "relu",
    _relu,
    _relu_derivative,
    _zero,
    "max(z, 0)",
    "Nair and Hinton (2010), ICML",
    smooth=False,
)
leaky_relu = Activation(
    "leaky_relu",
    _leaky_relu,
    _leaky_relu_derivative,
    _zero,
    f"z where z > 0, else {LEAKY_SLOPE} z",
    "Maas, Hannun and Ng (2013), ICML workshop",
    smooth=False,
)
softplus = Activation(
    "softplus",
    _softplus,
    _sigmoid,
    _sigmoid_derivative,
    "log(1 + exp(z))",
    "Dugas et al. (2001), NIPS 13",
)
silu = Activation(
    "silu",
    _silu,
    _silu_derivative,
    _silu_second,
    "z / (1 + exp(-z))",
    "Elfwing, Uchibe and Doya (2018), Neural Networks 107",
)
softmax = Activation(
    "softmax",
    _softmax,
    None,
    None,
    "exp(z_k) / sum_j exp(z_j)",
    "Bridle (1990), NIPS 2",
    output_only=True,
)
exp = Activation("exp", _exp, _exp, _exp, "exp(z)", "the inverse of the log link", output_only=True)

ALL = {f.name: f for f in (identity, sigmoid, tanh, relu, leaky_relu, softplus, silu, softmax, exp)}
"""All built-in activations, by name."""

RANGES = {
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
    "exp": (0.0, np.inf),
}
"""Infimum and supremum of the activations with a restricted range."""


def get(activation: str | Activation, argument: str = "activation") -> Activation:
    """Return the activation of a name; an `Activation` is returned unchanged.

    Parameters
    ----------
    activation : str or Activation
        The name.
    argument : str
        The argument that messages name.

    Raises
    ------
    InvalidInput
        If the name is not known.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.activations.get("silu")
    <activation silu: z / (1 + exp(-z))>
    """
    return _chosen(activation, argument, ALL)


def get_hidden(activation: str | Activation, argument: str = "activation") -> Activation:
    """Return the activation of a name as `get` does; raise InvalidInput if it is allowed in the output layer only.

    Examples
    --------
    >>> import sheernet as sn
    >>> sn.activations.get_hidden("tahn", "hidden")
    Traceback (most recent call last):
        ...
    sheernet.InvalidInput: hidden 'tahn' is not recognized; did you mean 'tanh'? Choose one of identity, sigmoid, \
tanh, relu, leaky_relu, softplus, silu
    """
    usable = [known.name for known in ALL.values() if not known.output_only]
    chosen = _chosen(activation, argument, usable)
    if chosen.output_only:
        raise InvalidInput(
            "{} {!r} is not allowed in hidden layers; use {}",
            Setting(argument), chosen.name, listed(usable, "or"),
        )  # fmt: skip
    return chosen


def _chosen(activation: object, argument: str, usable: Iterable[str]) -> Activation:
    """Return a built-in or own activation; the message for another value lists those that are usable."""
    if isinstance(activation, Activation):
        return activation
    if not isinstance(activation, str):
        raise InvalidInput(
            "{} must be the name of an activation or an Activation, but {} was given; known names are {}",
            Setting(argument), in_brief(activation), ", ".join(usable),
        )  # fmt: skip
    if activation not in ALL:
        raise unknown_name(Setting(argument), activation, usable)
    return ALL[activation]


def second_derivative(activation: Activation) -> Function:
    """Return the second derivative f'' of an activation.

    Raises
    ------
    InvalidInput
        If a custom activation does not define it.
    """
    if activation.second_derivative is None:
        raise InvalidInput(
            f"activation {activation.name!r} has no second_derivative, which exact Hessian-vector products need; "
            "define it, or use a method that does not need it (lm, bfgs, lbfgs)"
        )
    return activation.second_derivative
