r"""The covariance of a network's weights at an optimum (Laplace's approximation), and the variance of its outputs.

    H = J^T B J + D                         Gauss-Newton matrix of sums over the rows, (P, P)
    cov theta = noise_variance H^-1 = L L^T, L lower triangular
    var z_L[n, k] = |L^T g|^2,  g = d z_L[n, k] / d theta

D is the weight decay, B the second derivative of the loss with respect to the outputs.  The output activation is not
differentiated: for the identity, as in regression, z_L is the output.  For classes and counts the noise variance is 1.

MacKay (1992), Neural Computation 4, 448, eq. 2.6 and 2.8.  L is stored packed: its lower triangle, row by row.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network import propagation
from sheernet.network.architecture import Architecture
from sheernet.network.prediction import instruction_set, native_plan, why_not_native
from sheernet.objective import SummedObjective
from sheernet.objective.engines.threads import blas_threads
from sheernet.statistics.evidence import noise_variance_at, require_likelihood, scale_of_sums

BLOCK = 2**20
"""Maximum number of entries of the Jacobian of a block of rows: 8 MiB."""

LARGEST_INFLATION = 1e12
"""Maximum variance of a weight relative to that with all other weights known; above it, H is numerically singular."""


FLOOR = 1e-11
"""Relative increase of the diagonal of H that makes H nonsingular in spite of rounding.  A direction that only this
increase determines counts as a parameter that the data determine."""


def covariance_factor(
    objective: SummedObjective,
    theta: Array,
    noise_variance: float = 1.0,
    redundant: Array | None = None,
    floor: float = 0.0,
) -> Array:
    """Compute the factor of the covariance of the weights of a network at an optimum.

    Parameters
    ----------
    objective : SummedObjective
        Objective of the training rows, with a cost that is a likelihood.
    theta : ndarray, (P,)
        Weights at an optimum of the objective.
    noise_variance : float
        Variance of the noise, in squared units of the objective's targets; 1 for classes and counts.
    redundant : ndarray, (P, m), optional
        As returned by `redundant_directions`: H is singular along them, and is replaced by H + c N N^T with the mean c
        of its diagonal.  The variance of outputs, which do not change along them, does not depend on c.
    floor : float
        Relative increase of the diagonal of H, such as `FLOOR`.

    Returns
    -------
    ndarray, (P(P+1)/2,)
        The lower triangle of L, row by row; L has a positive diagonal, and L L^T = noise_variance H^-1.

    Raises
    ------
    InvalidInput
        If the cost is not a likelihood.
    numpy.linalg.LinAlgError
        If the Gauss-Newton matrix is singular: more parameters need a decay.

    Examples
    --------
    The standard error of a mean of 4 values, with a noise variance of 1.

    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.statistics.laplace import covariance_factor
    >>> objective = sn.make_objective(sn.Architecture((1, 1)), np.zeros(4), [1.0, 2.0, 3.0, 6.0], decay={"W1": 1.0})
    >>> covariance_factor(objective, np.array([0.0, 3.0])).round(12).tolist()
    [0.5, 0.0, 0.5]
    """
    from scipy.linalg import lapack

    require_likelihood(objective)
    with np.errstate(over="ignore"):  # decays of weights that an exact fit does not need
        matrix = scale_of_sums(objective) * objective.gauss_newton(theta)[2]  # (P, P)
    if not np.isfinite(matrix).all():
        raise np.linalg.LinAlgError("the Gauss-Newton matrix is not finite")
    if redundant is not None:
        matrix += matrix.trace() / theta.size * (redundant @ redundant.T)
    matrix[np.diag_indices(theta.size)] *= 1.0 + floor
    with blas_threads(1):
        # H = U U^T with U upper triangular, so that L = U^-T is lower: Cholesky of H with its order reversed
        reversed_factor, info = lapack.dpotrf(matrix[::-1, ::-1], lower=1, clean=1)
        if info == 0:
            inverse, info = lapack.dtrtri(reversed_factor, lower=1)
    # H_pp (H^-1)_pp is 1 for weights that are independent, and unbounded if H is singular up to rounding
    inflation = (
        np.diag(matrix)[::-1] * (inverse**2).sum(axis=0) if info == 0 else np.array([np.inf])
    )
    if not inflation.max() <= LARGEST_INFLATION:
        raise np.linalg.LinAlgError("the Gauss-Newton matrix is not positive definite")
    factor = np.sqrt(noise_variance) * inverse.T[::-1, ::-1]
    return factor[np.tril_indices(theta.size)]


def noise_and_factor(
    objective: SummedObjective,
    theta: Array,
    redundant: Array | None = None,
    dispersion: float = 1.0,
    floor: float = 0.0,
    least_noise: float = 0.0,
) -> tuple[float | None, Array]:
    """Compute the noise variance of a network at an optimum, and the factor of the covariance of its weights.

    Parameters
    ----------
    objective, theta, redundant, floor
        As for `covariance_factor`.
    dispersion : float
        Factor of the covariance, if the cost is not squared_error.
    least_noise : float
        Lower bound of the noise variance.

    Returns
    -------
    noise_variance : float or None
        As returned by `noise_variance_at` for the cost squared_error; None for classes and counts.
    factor : ndarray, (P(P+1)/2,)
        As returned by `covariance_factor`, times the square root of the noise variance or of the dispersion.

    Raises
    ------
    InvalidInput, numpy.linalg.LinAlgError
        As for `covariance_factor`; also if the network fits every row exactly, so that the noise variance is 0.
    """
    factor = covariance_factor(objective, theta, redundant=redundant, floor=floor)
    if objective.cost.name != "squared_error":
        return None, np.sqrt(dispersion) * factor
    noise_variance = noise_variance_at(
        objective, theta, variances_of(factor), 0 if redundant is None else redundant.shape[1]
    )
    noise_variance = max(noise_variance, least_noise)
    if not 0.0 < noise_variance < np.inf:
        raise np.linalg.LinAlgError(f"the noise variance is {noise_variance:g}")
    return noise_variance, np.sqrt(noise_variance) * factor


def change_left(
    objective: SummedObjective, theta: Array, factor: Array, noise_variance: float = 1.0
) -> float:
    """Bound the change of an output by a step to the minimum, in standard deviations of the output by the weights.

    The step d = -H^-1 g to the minimum of the quadratic model changes an output of gradient j by j^T d = (L^T j)^T
    L^-1 d, so by at most |L^-1 d| = |L^T g| / noise_variance times its standard deviation |L^T j|, for any row.  If H
    omits a large part of the Hessian, the minimum of the objective can be several such steps away.

    Parameters
    ----------
    objective, theta
        As for `covariance_factor`; theta need not be an optimum.
    factor : ndarray, (P(P+1)/2,)
        As returned by `covariance_factor` at theta.
    noise_variance : float
        The variance of the noise, or the dispersion, that the factor contains.

    Examples
    --------
    The mean of 4 values is 3, with a standard error of 0.5.

    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.statistics.laplace import change_left, covariance_factor
    >>> objective = sn.make_objective(sn.Architecture((1, 1)), np.zeros(4), [1.0, 2.0, 3.0, 6.0], decay={"W1": 1.0})
    >>> theta = np.array([0.0, 2.0])
    >>> change_left(objective, theta, covariance_factor(objective, theta))
    2.0
    """
    gradient = scale_of_sums(objective) * objective.value_and_gradient(theta)[1]
    return float(np.linalg.norm(gradient @ unpacked(factor))) / noise_variance


def variances_of(factor: Array) -> Array:
    """Return the variances of the weights, (P,): the diagonal of L L^T, from the packed L."""
    rows = np.arange(_order(factor))
    begins = rows * (rows + 1) // 2  # of the rows of the triangle
    return np.asarray(np.add.reduceat(factor**2, begins))


def determined_fractions(factor: Array, decay: Array, unit: float) -> Array:
    """Return the fraction of each weight that the rows determine, (P,): 1 - alpha_p variance_p / unit.

    Their sum, less the number of redundant directions, is gamma, the number of effective parameters.

    Parameters
    ----------
    factor : ndarray, (P(P+1)/2,)
        As returned by `noise_and_factor`.
    decay : ndarray, (P,)
        Weight decay for losses summed over the rows.
    unit : float
        The noise variance or the dispersion by which the covariance was multiplied.
    """
    return 1.0 - decay * variances_of(factor) / unit


def unpacked(factor: Array) -> Array:
    """Return L as a matrix, (P, P), from its lower triangle, row by row."""
    n = _order(factor)
    triangle = np.zeros((n, n))
    triangle[np.tri(n, dtype=np.bool_)] = factor
    return triangle


def _order(factor: Array) -> int:
    """P, because P^2 < P (P + 1) < (P + 1)^2."""
    return int(np.sqrt(2 * factor.size))


def output_variances(arch: Architecture, theta: Array, factor: Array, X: Array) -> Array:
    """Compute the variance of the outputs of a network due to the uncertainty of its weights.

    Parameters
    ----------
    arch : Architecture
        The network.
    theta : ndarray, (P,)
        Its weights.
    factor : ndarray, (P(P+1)/2,)
        As returned by `covariance_factor`.
    X : ndarray, (N, d_0)
        Encoded rows.

    Returns
    -------
    ndarray, (N, outputs of the network)
        |L^T g|^2 of each output before its activation, in squared units of the network's own targets, without noise.

    Notes
    -----
    The variances are computed like predictions (`network.prediction`): in C++ if possible, a block of rows at a time.
    """
    if why_not_native(arch) is None:
        return native_plan(arch).output_variances(theta, factor, X, instruction_set())
    return _reference_variances(arch, theta, factor, X)


def _reference_variances(arch: Architecture, theta: Array, factor: Array, X: Array) -> Array:
    """Compute `output_variances` in NumPy, in blocks of rows whose Jacobian takes 8 MiB."""
    triangle = unpacked(factor)
    variances = np.empty((len(X), arch.n_outputs))
    step = max(BLOCK // (arch.n_outputs * theta.size), 1)
    with blas_threads(1), np.errstate(all="ignore"):  # rows far away overflow to inf
        for first in range(0, len(X), step):
            rows = X[first : first + step]
            g = propagation.jacobian(arch, theta, propagation.forward(arch, theta, rows))
            variances[first : first + step] = ((g @ triangle) ** 2).sum(axis=2)  # g (n, K, P)
    return variances
