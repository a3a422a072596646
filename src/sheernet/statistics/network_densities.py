"""Predictive densities of a network for numeric targets, and probabilities of classes, with uncertain weights.

    numbers   location f(x), variance noise + g^T C g     C the covariance of the weights, g = df/dtheta at x,
                                                          f'(z) dz/dtheta with an output activation f
              Student t: squared scale exp(s(x)) + g^T C g
              transformed targets: normal on their scale, with the mean of the noise alone
    classes   probabilities of the network, proportional to p^(1/T) at a temperature T

C = (beta H)^-1 with the Gauss-Newton matrix H of the objective: Laplace's approximation (MacKay 1992, Neural
Computation 4, 448, eq. 4.10).  The density of an output with limits, such as exp, extends beyond them.

The mean of a transformed normal distribution grows with its variance.  Predictions use the variance of the noise only,
and the uncertainty of the weights widens the density around the same mean.  Otherwise predictions far from the data
would grow without limit, or even decrease if unbiased (log-normal regression: Bradu and Mundlak 1970, JASA 65, 198).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network import activations
from sheernet.network.network import Network
from sheernet.objective.costs import derivative
from sheernet.statistics.laplace import output_variances
from sheernet.statistics.noise_models import NoiseKind
from sheernet.statistics.target_transforms import UNCHANGED, Transform

TINY = np.finfo(np.float64).tiny
"""The smallest probability whose logarithm is used."""


@dataclass(frozen=True, eq=False)
class NumberDensities:
    """A normal or Student t density for each row and target, or one that is normal after a transform.

    Parameters
    ----------
    means : ndarray, (N, K)
        Predicted targets.
    scales : ndarray, (N, K)
        Scale of the density of the transformed targets.
    degrees : float
        Degrees of freedom; infinity for a normal density.
    transform : Unchanged or JohnsonTransform
        Transform after which the density is normal.
    """

    means: Array
    scales: Array
    degrees: float = np.inf
    transform: Transform = UNCHANGED

    def variances(self, spread: float = 1.0) -> Array:
        """Compute the variances, (N, K), with scales multiplied by `spread`; infinite up to 2 degrees of freedom."""
        if self.degrees <= 2.0:
            return np.full_like(self.scales, np.inf)
        excess = 1.0 if np.isinf(self.degrees) else self.degrees / (self.degrees - 2.0)
        return self.transform.variances(self.means, (spread * self.scales) ** 2 * excess)

    def locations(self, spread: Array | float = 1.0) -> Array:
        """Compute the centers of the densities of the transformed targets, (N, K)."""
        return self.transform.locations(self.means, (self.scales * spread) ** 2)

    def log(self, y: Array, spread: Array | float = 1.0) -> Array:
        """Compute the log density of the targets of each row, (N,), with all scales multiplied by `spread`.

        Parameters
        ----------
        y : ndarray, (N, K)
            Targets of the network.
        spread : float or ndarray, (K,)
            Factor of the scales.
        """
        from scipy.special import gammaln  # not scipy.stats, whose import takes half a second

        scales, k = self.scales * spread, self.degrees
        with np.errstate(over="ignore"):  # the log density of a target that is far away is -inf
            z2 = ((self.transform.forward(y) - self.locations(spread)) / scales) ** 2  # (N, K)
        if np.isinf(k):
            standard = -0.5 * (z2 + np.log(2.0 * np.pi))
        else:
            constant = gammaln((k + 1.0) / 2.0) - gammaln(k / 2.0) - 0.5 * np.log(k * np.pi)
            standard = constant - (k + 1.0) / 2.0 * np.log1p(z2 / k)
        return np.asarray((standard - np.log(scales) + self.transform.log_jacobian(y)).sum(axis=1))


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

    def log(self, y: Array, spread: float = 1.0) -> Array:
        """Compute the log probability of the class of each row, (N,).

        Parameters
        ----------
        y : ndarray, (N, K)
            Targets of the network: 0 or 1.
        spread : float
            The temperature.
        """
        p = self.tempered(spread).probabilities
        of_true = np.where(y > 0.5, p, 1.0 - p)[:, 0] if p.shape[1] == 1 else (p * y).sum(axis=1)
        return np.asarray(np.log(np.maximum(of_true, TINY)))

    def tempered(self, temperature: float) -> ClassDensities:
        """Return the probabilities for pre-activations z_L / temperature: proportional to p^(1 / temperature)."""
        if temperature == 1.0:
            return self
        p = self.probabilities
        of_two = p.shape[1] == 1
        logs = np.log(np.maximum(np.hstack([1.0 - p, p]) if of_two else p, TINY)) / temperature
        powers = np.exp(logs - logs.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        return ClassDensities(shares[:, 1:] if of_two else shares)


Densities = NumberDensities | ClassDensities


def predictive_densities(
    network: Network, X: Array, noise: NoiseKind | None, noise_variance: float | None, factor: Array
) -> Densities:
    """Compute the densities of new rows from a network at its optimum.

    Parameters
    ----------
    network : Network
        The network.
    X : ndarray, (N, d_0)
        Inputs of the new rows.
    noise : NoiseKind or None
        Kind of noise of the outputs; None for classes.
    noise_variance : float or None
        Variance of constant noise.
    factor : ndarray, (P(P+1)/2,)
        As returned by `covariance_factor`; with shape (0,) the weights are treated as known.
    """
    outputs = network.predict(X)
    if noise is None:
        return ClassDensities(outputs)
    variances = np.zeros_like(outputs)  # (N, outputs of the network)
    if factor.size:
        of_sums = output_variances(network.architecture, network.theta, factor, X)
        with np.errstate(over="ignore", invalid="ignore"):  # rows far away
            variances = of_sums * _slopes(network, X) ** 2
    n = outputs.shape[1] // noise.outputs_per_target
    with np.errstate(over="ignore"):  # rows far away
        squares = noise_variances(outputs, noise.outputs_per_target, noise_variance)
        means = noise.transform.means(outputs[:, :n], squares)
        scales = np.sqrt(squares + variances[:, :n])
    return NumberDensities(means, scales, noise.degrees, noise.transform)


def noise_variances(outputs: Array, per_target: int, noise_variance: float | None) -> Array | float:
    """Return the squared scales of the noise of each row and target, (N, K), or one for all.

    Parameters
    ----------
    outputs : ndarray, (N, outputs of the network)
        With two per target, the second half are the logarithms of the squared scales.
    per_target : int
        Outputs of the network for each target.
    noise_variance : float or None
        Variance of constant noise.
    """
    if per_target == 1:
        assert noise_variance is not None
        return noise_variance
    return np.exp(outputs[:, outputs.shape[1] // 2 :])


def _slopes(network: Network, X: Array) -> Array | float:
    """Return f'(z_L) of the output layer, (N, outputs of the network), the factor of a small change of z_L."""
    output = network.architecture.activations[-1]
    if output == activations.identity:
        return 1.0
    sums = Network(replace(network.architecture, output="identity"), network.theta).predict(X)
    return derivative(output)(sums)
