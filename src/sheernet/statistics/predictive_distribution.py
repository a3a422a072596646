r"""`Prediction`: the predictive distribution of each row and target, with the methods of a scipy.stats distribution.

    p(y_nk) = sum_m share_m f_m((T_m(z) - location_mnk) / scale_mnk) T_m'(z) / scale_mnk / unit_k,
    z = (y_nk - center_k) / unit_k

f_m is the standard normal density, or Student's t with degrees_m degrees of freedom; T_m is the identity, or a
transform of skewed targets.  The members of the mixture are, for example, networks of an ensemble.  mixtures.py
computes on the scale z.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, Mask, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.statistics.base_distribution import RowDistribution, Rows, require_shares
from sheernet.statistics.mixtures import Mixture
from sheernet.statistics.target_scaling import AffineUnits
from sheernet.statistics.target_transforms import UNCHANGED, Transform


@dataclass(frozen=True, eq=False, repr=False)
class Prediction(RowDistribution):
    """The predictive distribution of N rows and K targets, a mixture over M members.

    The methods have the names and the meaning of a frozen distribution of scipy.stats whose parameters have the shape
    (N,) if K is 1, else (N, K).  Quantiles q and values x are broadcast against this shape by the rules of NumPy: a
    single q gives one quantile per row (and target), and for K = 1 a column of shape (Q, 1) gives (Q, N).

    Parameters
    ----------
    shares : array_like, (M,)
        Probability of each member; at least 0, with sum 1.
    locations : array_like, (M, N, K)
        Location of each member, on the scale T_m(z).
    scales : array_like, (M, N, K)
        Scale parameter of each member, on that scale; positive.  It is the standard deviation of a normal member and
        sigma of a Student t member, whose standard deviation is sigma sqrt(nu / (nu - 2)).
    degrees : array_like, (M,)
        Degrees of freedom nu of each member; positive, inf for a normal member.
    to_units : AffineUnits
        The map of each target from z to its units.
    transforms : sequence of Unchanged or JohnsonTransform, length M, optional
        The increasing function T_m of each member, by default the identity.  Degrees must be inf with any other T_m.

    Raises
    ------
    InvalidInput
        If a number is not finite or not in its range, or the sum of the shares is not 1.
    ShapeMismatch
        If the shapes do not agree.

    References
    ----------
    B. Lakshminarayanan, A. Pritzel, C. Blundell, Simple and scalable predictive uncertainty estimation using deep
    ensembles, NeurIPS 2017, section 2.4: the mixture.  Deviation from the source: quantiles are those of the mixture,
    not of a normal distribution with its mean and variance.

    Examples
    --------
    Two networks predict two rows of one target, in units of 10 around 60:

    >>> import numpy as np
    >>> from sheernet.statistics import AffineUnits, Prediction
    >>> locations = [[[0.0], [1.0]], [[0.5], [1.0]]]
    >>> units = AffineUnits([60.0], [10.0])
    >>> prediction = Prediction([0.5, 0.5], locations, np.full((2, 2, 1), 0.5), [np.inf, np.inf], units)
    >>> prediction
    Prediction(2 rows, 1 target, 2 members)
    >>> prediction.mean()
    array([62.5, 70. ])
    >>> prediction.std().round(3)
    array([5.59, 5.  ])
    >>> lower, upper = prediction.interval(0.9)
    >>> lower.round(2), upper.round(2)
    (array([53.31, 61.78]), array([71.69, 78.22]))
    """

    shares: Array
    locations: Array
    scales: Array
    degrees: Array
    to_units: AffineUnits
    transforms: Sequence[Transform] = ()

    def __post_init__(self) -> None:
        names = ("shares", "locations", "scales", "degrees")
        arrays = {name: as_float(getattr(self, name), name) for name in names}
        transforms = tuple(self.transforms) or (UNCHANGED,) * len(arrays["shares"])
        object.__setattr__(self, "transforms", transforms)
        _require_shapes(arrays, self.to_units.n_targets)
        if len(transforms) != len(arrays["shares"]):
            raise ShapeMismatch(
                f"transforms must have one transform per member, {len(arrays['shares'])}, but {len(transforms)} were "
                "given"
            )
        _require_ranges(arrays)
        for name, array in arrays.items():
            object.__setattr__(self, name, read_only(array))

    def __reduce__(self) -> tuple[type[Prediction], tuple[object, ...]]:
        """Pickle and copy by the constructor, because the arrays would become writable otherwise."""
        parts = (self.shares, self.locations, self.scales, self.degrees, self.to_units)
        return Prediction, (*parts, self.transforms)

    @property
    def _sizes(self) -> tuple[int, ...]:
        return self.locations.shape

    def _of_rows(self, chosen: Rows) -> Prediction:
        return Prediction(
            self.shares,
            self.locations[:, chosen],
            self.scales[:, chosen],
            self.degrees,
            self.to_units,
            self.transforms,
        )

    def mean(self) -> Array:
        """Compute the mean in the units of the targets.

        Returns
        -------
        ndarray, (N,) or (N, K)
            As in scipy.stats.t, inf if a member has at most 1 degree of freedom.
        """
        return self._columns([mean for mean, _ in self._moments])

    def var(self) -> Array:
        """Compute the variance in squared units of the targets.

        sum_m share_m (scale_m^2 nu_m / (nu_m - 2) + (location_m - mean)^2) times the squared unit, for members that are
        not transformed.

        Returns
        -------
        ndarray, (N,) or (N, K)
            As in scipy.stats.t, inf if a member has at most 2 degrees of freedom and nan if it has at most 1.
        """
        return self._columns([variance for _, variance in self._moments])

    def ppf(self, q: npt.ArrayLike) -> Array:
        """Compute quantiles: the values below which a row's target lies with probability q.

        Parameters
        ----------
        q : float or array_like
            Probabilities, broadcast against (N,) or (N, K).  0 and 1 give -inf and inf; numbers outside of [0, 1]
            give nan.

        Returns
        -------
        ndarray
            In the units of the targets; relative error about 1e-12 on the scale z for q of at least 1e-90.
        """
        q = as_float(q, "q")
        return self._quantile(np.where(q > 0.5, 1.0 - q, q), upper=q > 0.5)

    def cdf(self, x: npt.ArrayLike) -> Array:
        """Compute the probability of at most x; x in the units of the targets, broadcast against (N,) or (N, K)."""
        return self._of_z(lambda mixture, z, k: mixture.cdf(z), x)

    def sf(self, x: npt.ArrayLike) -> Array:
        """Compute the probability above x, 1 - cdf(x) without cancellation in the upper tail."""
        return self._of_z(lambda mixture, z, k: mixture.sf(z), x)

    def logpdf(self, x: npt.ArrayLike) -> Array:
        """Compute the logarithm of the density.

        Parameters
        ----------
        x : float or array_like
            In the units of the targets, broadcast against (N,) or (N, K).

        Returns
        -------
        ndarray
            Per unit of the target: logsumexp over members minus log unit.

        Examples
        --------
        >>> from sheernet.statistics import AffineUnits, Prediction
        >>> Prediction([1.0], [[[0.0]]], [[[1.0]]], [np.inf], AffineUnits([60.0], [10.0])).logpdf(460.0)
        array([-803.2215])
        """
        unit = np.log(self.to_units.scale)
        return self._of_z(lambda mixture, z, k: mixture.logpdf(z) - unit[k], x)

    def pdf(self, x: npt.ArrayLike) -> Array:
        """Compute the density, exp(logpdf(x)), per unit of the target."""
        with np.errstate(under="ignore"):
            return np.exp(self.logpdf(x))

    def _drawn(self, index: tuple[Any, ...], rng: Any) -> Array:
        locations = self.locations[index]  # (..., N, K)
        x = rng.standard_normal(locations.shape)
        nu = np.broadcast_to(self.degrees[index[0]], x.shape)
        heavy = np.isfinite(nu)
        x[heavy] /= np.sqrt(rng.chisquare(nu[heavy]) / nu[heavy])
        z = locations + self.scales[index] * x
        for m, transform in enumerate(self.transforms):
            z = np.where(index[0] == m, transform.inverse(z), z)
        values = [self.to_units.to_units(z[..., k], k) for k in range(self.n_targets)]
        return np.stack(values, axis=-1)

    @cached_property
    def _degrees(self) -> Array:
        """Degrees of freedom of the members with a positive share."""
        return self.degrees[self.shares > 0]

    def _mixture(self, k: int) -> Mixture:
        """Return the mixture of target k, without members of share 0."""
        counts = self.shares > 0
        transforms = [self.transforms[m].of_target(k) for m in np.flatnonzero(counts).tolist()]
        return Mixture(
            self._shares, self.locations[counts, :, k], self.scales[counts, :, k], self._degrees,
            transforms,
        )  # fmt: skip

    @cached_property
    def _moments(self) -> list[tuple[Array, Array]]:
        """Mean and variance of each target, (N,) each."""
        mixtures, units = [self._mixture(k) for k in range(self.n_targets)], self.to_units
        return [
            (units.to_units(mixture.mean(), k), units.scale[k] ** 2 * mixture.variance())
            for k, mixture in enumerate(mixtures)
        ]

    def _quantile(self, p: Array, upper: bool | Mask) -> Array:
        """Compute the quantiles, in the units of the targets, of tails of probability p."""
        p, upper = np.broadcast_arrays(p, upper)
        tails, sides = self._by_target(p), self._by_target(upper)  # (..., N, K)
        values = [
            self.to_units.to_units(self._mixture(k).quantile(tails[..., k], sides[..., k]), k)
            for k in range(self.n_targets)
        ]
        return self._columns(values)

    def _of_z(self, function: Callable[[Mixture, Array, int], Array], x: npt.ArrayLike) -> Array:
        """Apply a function of mixture, z and target to each target."""
        y = self._by_target(as_float(x, "x"))  # (..., N, K)
        values = []
        for k in range(self.n_targets):
            z = self.to_units.from_units(y[..., k], k)
            values.append(function(self._mixture(k), z, k))
        return self._columns(values)


def _require_shapes(arrays: dict[str, Array], n_targets: int) -> None:
    """Raise unless the arrays have the shapes (M,), (M, N, K), (M, N, K) and (M,)."""
    shapes = {name: array.shape for name, array in arrays.items()}
    whole = shapes["locations"]
    if len(whole) != 3 or 0 in (whole[0], whole[2]):
        raise ShapeMismatch(
            f"locations must have the shape (members, rows, targets), with a member and a target, but it is {whole}"
        )
    expected = {"shares": whole[:1], "scales": whole, "degrees": whole[:1]}
    for name, shape in expected.items():
        if shapes[name] != shape:
            raise ShapeMismatch(
                f"{name} must have the shape {shape} to agree with locations {whole}, but it is {shapes[name]}"
            )
    if whole[2] != n_targets:
        raise ShapeMismatch(
            f"locations have {counted(whole[2], 'target')}, but to_units has {n_targets}; give units for each target"
        )


def _require_ranges(arrays: dict[str, Array]) -> None:
    """Raise unless shares are probabilities, locations finite, and scales and degrees positive."""
    shares, locations, scales, degrees = arrays.values()
    require_shares(shares)
    allowed = {
        "locations must be finite": (locations, np.isfinite(locations)),
        "scales must be positive and finite": (scales, (scales > 0) & np.isfinite(scales)),
        "degrees must be positive, or inf for a normal member": (degrees, degrees > 0),
    }
    for rule, (array, good) in allowed.items():
        if not good.all():
            raise InvalidInput(f"{rule}, but one is {array[~good].flat[0]:g}")
