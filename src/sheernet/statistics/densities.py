"""What a network says of rows: a density of numbers, or probabilities of classes, with the uncertainty of its weights.

    numbers   location f(x), variance noise + g^T C g     C the covariance of the weights, g = df/dtheta at x
              Student t: squared scale exp(s(x)) + g^T C g
    classes   probabilities of the network

C = (beta H)^-1 with the Gauss-Newton matrix H of the objective: Laplace's approximation (MacKay 1992, Neural
Computation 4, 448, eq. 4.10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network.architecture import Architecture
from sheernet.network.propagation import forward, jacobian

ROWS_AT_A_TIME = 4096
NUMBERS_AT_A_TIME = 2**22
"""Entries of the largest Jacobian that is kept in memory."""


@dataclass(frozen=True, eq=False)
class NumberDensities:
    """A normal or Student t density for each row and target.

    Parameters
    ----------
    locations, scales : ndarray, (N, K)
        In the units of the network's targets.
    degrees : float
        Degrees of freedom; infinity for a normal density.
    """

    locations: Array
    scales: Array
    degrees: float = np.inf

    @property
    def means(self) -> Array:
        """Predicted targets, (N, K)."""
        return self.locations

    @property
    def variances(self) -> Array:
        """Variances, (N, K); infinite up to 2 degrees of freedom."""
        excess = 1.0 if np.isinf(self.degrees) else self.degrees / (self.degrees - 2.0)
        return self.scales**2 * excess

    def log(self, y: Array, spread: Array | float = 1.0) -> Array:
        """Log density of the targets of each row, (N,), with all scales multiplied by `spread`.

        Parameters
        ----------
        y : ndarray, (N, K)
            Targets of the network.
        spread : float or ndarray, (K,)
            Factor of the scales.
        """
        from scipy import stats

        scales = self.scales * spread
        if np.isinf(self.degrees):
            return np.asarray(stats.norm.logpdf(y, self.locations, scales).sum(axis=1))
        return np.asarray(stats.t.logpdf(y, self.degrees, self.locations, scales).sum(axis=1))


@dataclass(frozen=True, eq=False)
class ClassDensities:
    """Probabilities of classes for each row.

    Parameters
    ----------
    probabilities : ndarray, (N, K)
        Outputs of the network: of the second of two classes, (N, 1), or of each class.
    """

    probabilities: Array

    @property
    def means(self) -> Array:
        """Predicted outputs, (N, K)."""
        return self.probabilities

    def log(self, y: Array, spread: Array | float = 1.0) -> Array:
        """Log probability of the class of each row, (N,).

        Parameters
        ----------
        y : ndarray, (N, K)
            Targets of the network: 0 or 1.
        spread
            Not used: probabilities have no scale.
        """
        tiny = np.finfo(np.float64).tiny
        if self.probabilities.shape[1] == 1:
            p = np.where(y > 0.5, self.probabilities, 1.0 - self.probabilities)
            return np.asarray(np.log(np.maximum(p[:, 0], tiny)))
        return np.asarray(np.log(np.maximum((self.probabilities * y).sum(axis=1), tiny)))


Densities = NumberDensities | ClassDensities


def output_variances(arch: Architecture, theta: Array, factor: Array, X: Array) -> Array:
    """Variances of the outputs from the uncertainty of the weights, (N, K): |L^T g|^2 with covariance L L^T.

    Parameters
    ----------
    arch : Architecture
        The network.
    theta : ndarray, (P,)
        Its weights.
    factor : ndarray, (P, P)
        Lower triangular L.
    X : ndarray, (N, d_0)
        Inputs.
    """
    variances = np.empty((len(X), arch.n_outputs))
    for rows in _blocks(len(X), arch):
        J = jacobian(arch, theta, forward(arch, theta, X[rows]))  # (n, K, P)
        variances[rows] = np.square(J @ factor).sum(axis=2)
    return variances


def _blocks(n_rows: int, arch: Architecture) -> Iterator[slice]:
    step = max(1, min(ROWS_AT_A_TIME, NUMBERS_AT_A_TIME // (arch.n_parameters * arch.n_outputs)))
    for first in range(0, n_rows, step):
        yield slice(first, first + step)
