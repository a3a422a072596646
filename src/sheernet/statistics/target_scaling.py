r"""`AffineUnits`: the map y = center + scale z from the scale z, on which networks predict, to units of the targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch


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
