r"""Backpropagation in plain NumPy, written to be read, and to be changed by the faults.

Each fault of `sheernet.teaching.faults` is this file with one expression changed, so each rule has its own line:

    z_l = a_{l-1} W_l + b_l,  a_l = f_l(z_l),  a_0 = X         skip connections add X S to z_L
    delta_L = w_n d loss_n / d z_L                             from the cost
    delta_l = (delta_{l+1} W_{l+1}^T) * f_l'(z_l)
    d/dW_l  = a_{l-1}^T delta_l,  d/db_l = sum_n delta_l[n],  d/dS = X^T delta_L,  plus decay * theta

The specification of all engines is `sheernet.network.propagation`; a test compares this file with it.  Letters: N
samples, d_l the width of layer l, K = d_L outputs, P parameters.
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.network.activations import LEAKY_SLOPE, Activation, exp, sigmoid, softmax
from sheernet.network.architecture import Architecture
from sheernet.objective.costs import Cost, ResidualCost
from sheernet.objective.location_scale_costs import StudentCost


def gradient(
    arch: Architecture, theta: Array, X: Array, y: Array, w: Array, decay: Array, cost: Cost
) -> Array:
    """Gradient of sum_n w_n loss_n + 1/2 sum_p decay_p theta_p^2.

    Parameters
    ----------
    arch : Architecture
        The network, with activations of sheernet.
    theta : ndarray, (P,)
        Its parameters.
    X, y : ndarray, (N, d_0) and (N, K)
        Inputs and targets, one sample per row.
    w : ndarray, (N,)
        Weight of each sample, including the reduction.
    decay : ndarray, (P,)
        Decay of each parameter.
    cost : Cost
        A cost of sheernet.

    Returns
    -------
    ndarray, (P,)

    Raises
    ------
    InvalidInput
        If the activation or the cost is not from sheernet, so that its derivative is not written here.

    Examples
    --------
    One linear unit, one sample: the derivative with respect to each weight is its input times the residual, 2 - 5.

    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 1), bias=False)
    >>> X, y, one = np.array([[2.0, 1.0]]), np.array([[5.0]]), np.ones(1)
    >>> theta, no_decay = np.array([1.0, 0.0]), np.zeros(2)
    >>> sn.faults.backpropagation.gradient(arch, theta, X, y, one, no_decay, sn.costs.squared_error).tolist()
    [-6.0, -3.0]
    """
    weights = arch.layout.views(theta)
    z, a = forward(arch, weights, X)
    delta_L = w[:, None] * output_delta(arch, cost, z[-1], y)  # (N, K)
    delta = backward(arch, weights, z, delta_L)
    g = np.zeros_like(theta)  # (P,), filled through its views
    blocks = arch.layout.views(g)
    for layer in range(1, arch.n_layers + 1):
        blocks[f"W{layer}"][...] = a[layer - 1].T @ delta[layer]
        if f"b{layer}" in blocks:
            blocks[f"b{layer}"][...] = delta[layer].sum(axis=0)
    if arch.skip:
        blocks["S"][...] = X.T @ delta_L
    return g + decay * theta


def forward(
    arch: Architecture, weights: dict[str, Array], X: Array
) -> tuple[list[Array], list[Array]]:
    """z_l and a_l of all layers, (N, d_l) each; entry 0 of both lists is X."""
    z, a = [X], [X]
    for layer, f in enumerate(arch.activations, start=1):
        z_l = a[-1] @ weights[f"W{layer}"]  # (N, d_l)
        if f"b{layer}" in weights:
            z_l = z_l + weights[f"b{layer}"]
        if layer == arch.n_layers and arch.skip:
            z_l = z_l + X @ weights["S"]
        z.append(z_l)
        a.append(f.value(z_l))
    return z, a


def backward(
    arch: Architecture, weights: dict[str, Array], z: list[Array], delta_L: Array
) -> dict[int, Array]:
    """delta_l of all layers, (N, d_l) each, by layer, from L to 1."""
    delta = {arch.n_layers: delta_L}
    for layer in range(arch.n_layers - 1, 0, -1):
        W = weights[f"W{layer + 1}"]
        f = arch.activations[layer - 1]
        back = delta[layer + 1] @ W.T  # (N, d_l)
        delta[layer] = back * derivative(f, z[layer])
    return delta


def output_delta(arch: Architecture, cost: Cost, z: Array, y: Array) -> Array:
    """d loss_n / d z_nk of the output layer's pre-activations, (N, K).

    With gaussian_nll and student_t there are K / 2 targets: locations come first, then log squared scales.
    """
    if cost.name == "binary_cross_entropy":
        return binary_cross_entropy_delta(z, y)
    if cost.name == "cross_entropy":
        return cross_entropy_delta(z, y)
    if cost.name == "poisson":
        return poisson_delta(z, y)
    if cost.name == "gaussian_nll":
        return normal_delta(z, y)
    if isinstance(cost, StudentCost):
        return student_t_delta(z, y, cost.degrees_of_freedom)
    f = arch.activations[-1]
    r = f.value(z) - y  # (N, K)
    slope = derivative(f, z)
    if cost.name == "squared_error":
        return squared_error_delta(r, slope)
    if isinstance(cost, ResidualCost) and cost.threshold is not None:
        return huber_delta(r, slope, cost.threshold)
    raise InvalidInput(
        f"cost {cost.name!r} is not written out in sheernet.faults; use one of sheernet.costs.ALL"
    )


# --- delta of each cost, without cancellation, as in sheernet.objective.costs ---------------------------


def squared_error_delta(r: Array, slope: Array) -> Array:
    """r f'(z) of r^2 / 2, (N, K)."""
    return r * slope


def huber_delta(r: Array, slope: Array, threshold: float) -> Array:
    """r / sqrt(1 + (r / t)^2) f'(z), (N, K)."""
    root = np.hypot(1.0, r / threshold)  # a square could overflow
    return r / root * slope


def binary_cross_entropy_delta(z: Array, y: Array) -> Array:
    """a - y, (N, K), without cancellation in a difference of two numbers near 1."""
    return (1.0 - y) * sigmoid.value(z) - y * sigmoid.value(-z)


def cross_entropy_delta(z: Array, y: Array) -> Array:
    """p - y, (N, K), without such cancellation."""
    p = softmax.value(z)  # (N, K)
    sum_others = p @ (1.0 - np.eye(p.shape[1]))  # 1 - p_k
    return p * (1.0 - y) - y * sum_others


def poisson_delta(z: Array, y: Array) -> Array:
    """a - y, where a = e^z, (N, K)."""
    a = np.exp(z)  # (N, K)
    return a - y


def normal_delta(z: Array, y: Array) -> Array:
    """u e^(-s/2), where u = (m - y) e^(-s/2), then (1 - u^2) / 2, (N, K): of gaussian_nll."""
    m, s = np.split(z, 2, axis=1)  # (N, K / 2) each
    u = (m - y) * np.exp(-0.5 * s)
    by_mean = u * np.exp(-0.5 * s)
    by_log_variance = 0.5 * (1.0 - u * u)
    return np.hstack([by_mean, by_log_variance])


def student_t_delta(z: Array, y: Array, nu: float) -> Array:
    """W u e^(-s/2), then (1 - W u^2) / 2 = nu (1 - u^2) / (2 (nu + u^2)), where W = (nu + 1) / (nu + u^2), (N, K)."""
    m, s = np.split(z, 2, axis=1)  # (N, K / 2) each
    u = (m - y) * np.exp(-0.5 * s)
    weight = (nu + 1.0) / (nu + u * u)
    by_location = weight * u * np.exp(-0.5 * s)
    by_scale = 0.5 * nu * ((1.0 - u * u) / (nu + u * u))
    return np.hstack([by_location, by_scale])


# --- f' of each activation, without cancellation, as in sheernet.network.activations ---------------------


def derivative(f: Activation, z: Array) -> Array:
    """f'(z), of the shape of z."""
    if f.name not in DERIVATIVES:
        raise InvalidInput(
            f"the derivative of activation {f.name!r} is not written out in sheernet.faults; "
            f"use {listed(list(DERIVATIVES), 'or')}"
        )
    return DERIVATIVES[f.name](z)


def identity_derivative(z: Array) -> Array:
    """1."""
    return np.ones_like(z)


def sigmoid_derivative(z: Array) -> Array:
    """a (1 - a), where 1 - a is sigmoid(-z)."""
    return sigmoid.value(z) * sigmoid.value(-z)


def tanh_derivative(z: Array) -> Array:
    """1 - a^2, where 1 + a is 2 sigmoid(2 z) and 1 - a is 2 sigmoid(-2 z)."""
    return 4.0 * sigmoid.value(2.0 * z) * sigmoid.value(-2.0 * z)


def relu_derivative(z: Array) -> Array:
    """1 if the unit is on, otherwise 0."""
    return np.where(z > 0, 1.0, 0.0)


def leaky_relu_derivative(z: Array) -> Array:
    """1 if the unit is on, otherwise the slope."""
    return np.where(z > 0, 1.0, LEAKY_SLOPE)


def softplus_derivative(z: Array) -> Array:
    """e^z / (1 + e^z), without exponentials of positive numbers."""
    e = np.exp(-np.abs(z))
    return np.where(z > 0, 1.0, e) / (1.0 + e)


def silu_derivative(z: Array) -> Array:
    """s + z s (1 - s), where s = sigmoid(z)."""
    s = sigmoid.value(z)
    return s + z * s * sigmoid.value(-z)


def exp_derivative(z: Array) -> Array:
    """e^z."""
    return exp.value(z)


DERIVATIVES = {
    "identity": identity_derivative,
    "sigmoid": sigmoid_derivative,
    "tanh": tanh_derivative,
    "relu": relu_derivative,
    "leaky_relu": leaky_relu_derivative,
    "softplus": softplus_derivative,
    "silu": silu_derivative,
    "exp": exp_derivative,
}
