r"""Maps between the scale z, on which a network is trained, and the units of its targets.

    AffineUnits        y = center_k + scale_k z
    TransformedUnits   y = T_k^-1(center_k + scale_k z), with an increasing transform T_k, such as a logarithm

A density on the scale z becomes one in the units of target k by log p(y) = log p(z) + log dz/dy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch


class Units(Protocol):
    """An increasing map, for each of K targets, from z to the units of the target."""

    @property
    def n_targets(self) -> int:
        """Number of targets, K."""
        ...

    def to_units(self, z: Array, k: int) -> Array:
        """Convert z, any shape, to the units of target k; -inf and inf go to the ends of the range."""
        ...

    def from_units(self, y: Array, k: int) -> Array:
        """Convert values of target k to z; -inf or inf outside of the range of `to_units`."""
        ...

    def log_derivative(self, y: Array, k: int) -> Array:
        """Compute log dz/dy at values of target k."""
        ...

    def growth(self, k: int) -> tuple[float, float]:
        """Exponents a with |y| ~ |z|^a as z goes to -inf and to inf: 0 if y is bounded, inf if y is exponential."""
        ...


class Transform(Protocol):
    """An increasing function of a target, as in sheernet.data.preprocessing.target_transforms."""

    def forward(self, y: Array) -> Array:
        """Transform values in the units of the target; -inf or inf outside of the domain."""
        ...

    def inverse(self, t: Array) -> Array:
        """Undo `forward`."""
        ...

    def log_jacobian(self, y: Array) -> Array:
        """Compute the logarithm of the derivative of `forward`."""
        ...

    @property
    def growth(self) -> tuple[float, float]:
        """Exponents of `inverse`, as in `Units.growth`."""
        ...


@dataclass(frozen=True, eq=False)
class AffineUnits:
    """Units y = center + scale z.

    Parameters
    ----------
    center : array_like, (K,)
        The value of each target at z = 0, in its units.
    scale : array_like, (K,)
        Positive, in the units of each target.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a number is not finite, a scale is not positive, or the shapes are not (K,).

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics import AffineUnits
    >>> AffineUnits([60.0], [10.0]).to_units(np.array([-1.0, 2.0]), 0)
    array([50., 80.])
    """

    center: Array
    scale: Array

    def __post_init__(self) -> None:
        center, scale = _checked(self.center, self.scale)
        object.__setattr__(self, "center", center)
        object.__setattr__(self, "scale", scale)

    def __reduce__(self) -> tuple[type[AffineUnits], tuple[Array, Array]]:
        """Pickle and copy by the constructor, because the arrays would become writable otherwise."""
        return AffineUnits, (self.center, self.scale)

    @property
    def n_targets(self) -> int:
        """Number of targets, K."""
        return len(self.center)

    def to_units(self, z: Array, k: int) -> Array:
        """Compute center_k + scale_k z."""
        return self.center[k] + self.scale[k] * z

    def from_units(self, y: Array, k: int) -> Array:
        """Compute (y - center_k) / scale_k."""
        return (y - self.center[k]) / self.scale[k]

    def log_derivative(self, y: Array, k: int) -> Array:
        """Compute -log scale_k, in the shape of y."""
        return np.full(np.shape(y), -np.log(self.scale[k]))

    def growth(self, k: int) -> tuple[float, float]:
        """Exponents 1 at both ends: y is proportional to z."""
        return 1.0, 1.0


@dataclass(frozen=True, eq=False)
class TransformedUnits:
    """Units y = T^-1(center + scale z) with an increasing transform T of each target.

    Parameters
    ----------
    transforms : sequence of Transform, length K
        One for each target.
    center, scale : array_like, (K,)
        Shift and positive scale of each transformed target.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a number is not finite, a scale is not positive, or the lengths differ.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.preprocessing import LogTransform
    >>> from sheernet.statistics import TransformedUnits
    >>> TransformedUnits([LogTransform()], [0.0], [np.log(10.0)]).to_units(np.array([0.0, 2.0]), 0)
    array([  1., 100.])
    """

    transforms: Sequence[Transform]
    center: npt.ArrayLike
    scale: npt.ArrayLike

    def __post_init__(self) -> None:
        affine = AffineUnits(self.center, self.scale)  # type: ignore[arg-type]
        if len(self.transforms) != affine.n_targets:
            raise ShapeMismatch(
                f"transforms must have one transform per target, {affine.n_targets}, "
                f"but {len(self.transforms)} were given"
            )
        object.__setattr__(self, "transforms", tuple(self.transforms))
        object.__setattr__(self, "center", affine.center)
        object.__setattr__(self, "scale", affine.scale)
        object.__setattr__(self, "_affine", affine)

    def __reduce__(self) -> tuple[type[TransformedUnits], tuple[object, ...]]:
        """Pickle and copy by the constructor, because the arrays would become writable otherwise."""
        return TransformedUnits, (self.transforms, self.center, self.scale)

    @property
    def affine(self) -> AffineUnits:
        """The map from z to the transformed targets."""
        return self._affine  # type: ignore[attr-defined]

    @property
    def n_targets(self) -> int:
        """Number of targets, K."""
        return len(self.transforms)

    def to_units(self, z: Array, k: int) -> Array:
        """Compute T_k^-1(center_k + scale_k z)."""
        return self.transforms[k].inverse(self.affine.to_units(z, k))

    def from_units(self, y: Array, k: int) -> Array:
        """Compute (T_k(y) - center_k) / scale_k."""
        return self.affine.from_units(self.transforms[k].forward(y), k)

    def log_derivative(self, y: Array, k: int) -> Array:
        """Compute log T_k'(y) - log scale_k."""
        return self.transforms[k].log_jacobian(y) + self.affine.log_derivative(y, k)

    def growth(self, k: int) -> tuple[float, float]:
        """Exponents of T_k^-1."""
        return self.transforms[k].growth


def _checked(center: npt.ArrayLike, scale: npt.ArrayLike) -> tuple[Array, Array]:
    """Check and copy the centers and scales of K targets."""
    centers, scales = as_float(center, "center"), as_float(scale, "scale")
    if centers.ndim != 1 or centers.shape != scales.shape or centers.size == 0:
        raise ShapeMismatch(
            "center and scale must be vectors with one number per target, "
            f"but their shapes are {centers.shape} and {scales.shape}"
        )
    if not np.all(np.isfinite(centers)):
        raise InvalidInput(f"center must be finite, but one is {centers[~np.isfinite(centers)][0]}")
    bad = ~(np.isfinite(scales) & (scales > 0))
    if bad.any():
        raise InvalidInput(
            f"scale must be positive and finite, but that of target {bad.argmax()} is {scales[bad][0]}"
        )
    return read_only(centers), read_only(scales)
