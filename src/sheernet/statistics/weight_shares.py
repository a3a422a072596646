r"""Importance of inputs from the weights of a network alone: connection weights (Olden) and Garson's algorithm.

    Olden     C_ik = sum_h W1_ih W2_hk  (+ S_ik with skip connections); of several hidden layers the product of all
    Garson    G_i  = 1/H sum_h |W1_ih| / sum_j |W1_jh|

Olden, Joy and Death (2004), Ecological Modelling 178, 389-397; Garson (1991), AI Expert 6(4), 46-51, as written by Goh
(1995), Artificial Intelligence in Engineering 9, 143-151, appendix, and Olden and Jackson (2002), Ecological Modelling
154, 135-150.  In Goh's formula, |W1_ih W2_h| / sum_j |W1_jh W2_h|, the weight of a unit in the output cancels: Garson's
algorithm ignores how much a unit contributes.  A unit without weights from inputs is left out.  R's
NeuralNetTools uses the same two formulas.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.network.network import Network


def connection_weights(network: Network) -> Array:
    """Compute Olden's connection weights.

    Parameters
    ----------
    network : Network
        A network with any number of hidden layers.

    Returns
    -------
    ndarray, (d_0, K)
        They have the sign of the direction in which an output changes.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.statistics import connection_weights
    >>> arch = sn.Architecture((2, 2, 1), bias=False)
    >>> connection_weights(sn.Network(arch, [1.0, -3.0, 2.0, 4.0, 0.5, -1.0])).ravel().tolist()
    [3.5, -3.0]
    """
    W, _, S = network.architecture.layout.by_layer(network.theta)
    product: Array = np.linalg.multi_dot([*W.values(), np.eye(network.architecture.n_outputs)])
    return product if S is None else product + S


def unit_products(network: Network) -> Array:
    """Compute the terms of Olden's connection weights: the contribution of each hidden unit.

    Parameters
    ----------
    network : Network
        With one hidden layer.

    Returns
    -------
    ndarray, (d_0, H, K)
        W1_ih W2_hk.

    Raises
    ------
    InvalidInput
        If there is not exactly one hidden layer.
    """
    _require_one_hidden_layer(network, "a table by hidden unit")
    W = network.architecture.layout.by_layer(network.theta).W
    return W[1][:, :, None] * W[2][None, :, :]


def garson_shares(network: Network) -> Array:
    """Compute the relative importance of each input by Garson's algorithm.

    Parameters
    ----------
    network : Network
        With one hidden layer and without skip connections.

    Returns
    -------
    ndarray, (d_0,)
        Shares that add up to 1, the same for all outputs.  All are 0 if no input has a nonzero weight.

    Raises
    ------
    InvalidInput
        If there is not exactly one hidden layer, or there are skip connections.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.statistics import garson_shares
    >>> arch = sn.Architecture((2, 2, 1), bias=False)
    >>> garson_shares(sn.Network(arch, [1.0, -3.0, 3.0, 1.0, 0.5, -1.0])).tolist()
    [0.5, 0.5]
    """
    _require_one_hidden_layer(network, "Garson's algorithm")
    if network.architecture.skip:
        raise InvalidInput(
            "Garson's algorithm is not defined for a network with skip connections; use connection_weights"
        )
    sizes = np.abs(network["W1"])  # (d_0, H)
    totals = sizes.sum(axis=0)
    connected = totals > 0
    if not connected.any():
        return np.zeros(len(sizes))
    return (sizes[:, connected] / totals[connected]).mean(axis=1)


def _require_one_hidden_layer(network: Network, noun: str) -> None:
    n_hidden = network.architecture.n_layers - 1
    if n_hidden != 1:
        raise InvalidInput(
            f"{noun} needs a network with one hidden layer, but this one has "
            f"{counted(n_hidden, 'hidden layer')}; use connection_weights"
        )
