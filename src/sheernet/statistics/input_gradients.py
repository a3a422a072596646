r"""Derivatives of the outputs of a network with respect to its inputs, and deviations of predictions due to a column.

    d z_L / dx = (d z_L / d z_1) W_1^T + S^T,      d a_L / dx = f_L'(z_L) d z_L / dx
    softmax:  d a_k / dx = a_k (d z_k / dx - sum_j a_j d z_j / dx)

with z and a as in `sheernet.network.propagation`.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network.network import Network
from sheernet.network.propagation import deltas_of_outputs, forward


def input_gradients(network: Network, X: Array) -> Array:
    """Compute the derivatives of all outputs with respect to all inputs.

    Parameters
    ----------
    network : Network
        The network.
    X : ndarray, (N, d_0)
        Inputs.

    Returns
    -------
    ndarray, (N, K, d_0)
        d a_L[n, k] / d X[n, i].

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.statistics import input_gradients
    >>> net = sn.Network(sn.Architecture((2, 1), output="sigmoid", bias=False), [4.0, -8.0])
    >>> input_gradients(net, np.zeros((1, 2))).tolist()  # sigmoid'(0) = 1/4
    [[[1.0, -2.0]]]
    """
    arch = network.architecture
    W, _, S = arch.layout.by_layer(network.theta)
    passes = forward(arch, network.theta, X)
    gradients = deltas_of_outputs(arch, network.theta, passes)[1] @ W[1].T  # (N, K, d_0)
    if S is not None:
        gradients = gradients + S.T
    slope = arch.activations[-1].derivative
    if slope is not None:
        return gradients * slope(passes.pre_activations[-1])[:, :, None]
    shares = passes.activations[-1][:, :, None]  # of a softmax
    return shares * (gradients - (shares * gradients).sum(axis=1, keepdims=True))


def feature_covariance(features: Array, weights: Array) -> Array:
    """Compute the covariance, (n, n), of the features of a column over rows.

    Parameters
    ----------
    features : ndarray, (N, n)
        The features of the rows.
    weights : ndarray, (N,)
        Case weights of the rows.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.input_gradients import feature_covariance
    >>> feature_covariance(np.array([[-2.0], [2.0]]), np.ones(2)).tolist()
    [[4.0]]
    """
    shares = weights / weights.sum()
    centered = features - shares @ features
    return (centered * shares[:, None]).T @ centered


def local_deviations(gradients: Array, covariance: Array) -> Array:
    r"""Compute the standard deviation of each row's prediction due to the variation of a column, to first order.

        sqrt(g^T C g),  C the covariance of the features of the column; |g| times its standard deviation for one feature

    Parameters
    ----------
    gradients : ndarray, (N, K, n)
        Derivatives of the predictions with respect to the n features of the column.
    covariance : ndarray, (n, n)
        The covariance of these features, as `feature_covariance` computes it.

    Returns
    -------
    ndarray, (N, K)
        In units of the predictions.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.statistics.input_gradients import local_deviations
    >>> local_deviations(np.array([[[3.0]]]), np.array([[4.0]])).tolist()
    [[6.0]]
    """
    variances = np.einsum("nki,ij,nkj->nk", gradients, covariance, gradients)
    return np.sqrt(np.maximum(variances, 0.0))
