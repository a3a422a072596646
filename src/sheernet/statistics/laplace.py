"""Covariance of the weights of a network at its optimum, by Laplace's approximation: (beta H)^-1."""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.objective.engines.threads import blas_threads
from sheernet.objective.objective import Objective


def covariance_factor(objective: Objective, theta: Array) -> tuple[float | None, Array]:
    """Noise variance, and the lower triangular factor of the covariance of the weights."""
    from scipy.linalg import lapack

    total = float(objective.weights.sum())
    scale = total if objective.reduction == "mean" else 1.0
    _, _, matrix = objective.gauss_newton(theta)
    cost, _, _ = objective.terms(theta)
    with blas_threads(1):
        upper, info = lapack.dpotrf(scale * matrix[::-1, ::-1], lower=0)
        if info == 0:
            inverse, info = lapack.dtrtri(upper, lower=0)
    if info != 0:
        raise np.linalg.LinAlgError("the Gauss-Newton matrix is not positive definite")
    factor = np.triu(inverse)[::-1, ::-1]
    variance = None
    if objective.cost.name == "squared_error":
        gamma = theta.size - scale * float(objective.decay @ np.square(factor).sum(axis=1))
        residuals = total * objective.constants["K"]
        variance = 2.0 * scale * cost / max(residuals - gamma, 1e-3)
        factor = factor * np.sqrt(variance)
    return variance, factor
