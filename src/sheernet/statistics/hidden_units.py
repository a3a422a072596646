"""`examine_units`: find redundant hidden units, which are duplicates, units without effect, and saturated units.

    duplicate    its weights and bias equal those of another unit, or their negatives if f(-z) = c - f(z)
    silent       sd of its activation times norm of the weights out of it is below 1/1000 of the largest of its layer
    saturated    its activation is nearly constant in at least 95 % of the rows: at one value, or at two like a switch

The standard deviation of an activation and the rows in which it is constant are computed from rows if rows are given.
Otherwise the former is bounded by min(|w| times the largest slope, half the range), for inputs of standard deviation 1,
and a unit counts as saturated if its bias exceeds three times the norm of its weights by more than the bound below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array, Mask
from sheernet.network import propagation
from sheernet.network.activations import RANGES
from sheernet.network.architecture import Architecture

ODD = ("tanh", "sigmoid", "identity")
"""Activations with f(-z) = c - f(z): a unit with opposite weights is the same unit up to a constant."""
FLAT = {"tanh": 3.0, "sigmoid": 5.3}
"""Pre-activations beyond which the slope is below 1 % of the largest slope."""
LARGEST_SLOPE = {"sigmoid": 0.25, "silu": 1.1}  # 1 for the others
ALIKE = 0.01
"""Maximum difference of the weights of duplicates, relative to their norm."""
SILENT = 1e-3
MOST_ROWS_SATURATED = 0.95
MOST_UNITS = 500  # maximum number of units of a layer: more pairs take a long time


@dataclass(frozen=True)
class UnitFinding:
    """A finding about units of a layer.

    Parameters
    ----------
    kind : {"duplicate", "silent", "constant", "switch", "inactive"}
        "inactive" units are relu units that are 0 in all rows.
    layer : int
        The hidden layer, from 1.
    units : tuple of int
        Indices of the units, from 0; for "duplicate", the units that are the same.
    """

    kind: str
    layer: int
    units: tuple[int, ...]


def examine_units(
    architecture: Architecture, theta: Array, X: Array | None = None
) -> tuple[UnitFinding, ...]:
    """Find redundant hidden units.

    Parameters
    ----------
    architecture : Architecture
        The network.
    theta : ndarray, (P,)
        Weights of the network.
    X : ndarray, (N, d_0), optional
        Rows; without them, inputs are taken to have mean 0 and standard deviation 1.

    Returns
    -------
    tuple of UnitFinding
        Layer by layer; a unit that is silent or constant is in no other finding.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.statistics.hidden_units import examine_units
    >>> arrays = {"W1": [[1.0, 1.0, 2.0]], "b1": [0.5, 0.5, 0.0], "W2": [[1.0], [2.0], [0.0]], "b2": [0.0]}
    >>> net = sn.Network.from_weights(sn.Architecture((1, 3, 1)), arrays)
    >>> for finding in examine_units(net.architecture, net.theta):
    ...     print(finding)
    UnitFinding(kind='silent', layer=1, units=(2,))
    UnitFinding(kind='duplicate', layer=1, units=(0, 1))
    """
    passes = None if X is None else propagation.forward(architecture, theta, X)
    arrays = architecture.layout.by_layer(theta)
    found: list[UnitFinding] = []
    for layer in range(1, architecture.n_layers):
        weights = arrays.W[layer]  # (d_{l-1}, d_l)
        bias = arrays.b.get(layer, np.zeros(weights.shape[1]))
        name = architecture.activations[layer - 1].name
        if passes is None:
            spread, states = _from_weights(name, weights, bias)
        else:
            spread, states = _from_rows(
                name, passes.pre_activations[layer], passes.activations[layer]
            )
        effect = spread * np.linalg.norm(arrays.W[layer + 1], axis=1)
        silent = effect <= SILENT * effect.max()
        found += _by_state(layer, {**states, "silent": silent})
        idle = silent | np.logical_or.reduce([states["constant"], states["inactive"]])
        incoming = np.vstack([weights, bias])
        found += _duplicates(layer, incoming, idle, name in ODD)
    return tuple(found)


def _from_weights(name: str, weights: Array, bias: Array) -> tuple[Array, Mapping[str, Mask]]:
    """Bound the standard deviation of each activation, and find saturated units, if inputs are standardized."""
    norms = np.linalg.norm(weights, axis=0)
    low, high = RANGES.get(name, (-np.inf, np.inf))
    spread = np.minimum(norms * LARGEST_SLOPE.get(name, 1.0), 0.5 * (high - low))
    constant = np.abs(bias) - 3.0 * norms > FLAT.get(name, np.inf)
    none = np.zeros(len(norms), dtype=np.bool_)
    return spread, {"constant": constant, "switch": none, "inactive": none}


def _from_rows(name: str, z: Array, a: Array) -> tuple[Array, Mapping[str, Mask]]:
    """Compute the standard deviation of each activation over rows, and find the units that are saturated in them."""
    # Fractions of the rows.
    low, high = ((sign * z > FLAT.get(name, np.inf)).mean(axis=0) for sign in (-1.0, 1.0))
    constant = np.maximum(low, high) >= MOST_ROWS_SATURATED
    switch = (low + high >= MOST_ROWS_SATURATED) & ~constant
    inactive = (z <= 0).all(axis=0) & (name == "relu")
    return a.std(axis=0), {"constant": constant, "switch": switch, "inactive": inactive}


def _by_state(layer: int, states: Mapping[str, Mask]) -> Iterator[UnitFinding]:
    """Yield a finding for each state of some units, with each unit in the first state that applies."""
    told = np.zeros(len(states["silent"]), dtype=np.bool_)
    for kind in ("inactive", "constant", "silent", "switch"):
        units = np.flatnonzero(states[kind] & ~told)
        told[units] = True
        if units.size:
            yield UnitFinding(kind, layer, tuple(units.tolist()))


def _duplicates(layer: int, incoming: Array, idle: Mask, odd: bool) -> Iterator[UnitFinding]:
    """Yield groups of units with the same weights and bias."""
    left = np.flatnonzero(~idle)[:MOST_UNITS].tolist()
    while left:
        first, *others = left
        rest, own = incoming[:, others], incoming[:, [first]]
        size = np.maximum(np.linalg.norm(rest, axis=0), np.linalg.norm(own))
        distance = np.linalg.norm(rest - own, axis=0)
        if odd:
            distance = np.minimum(distance, np.linalg.norm(rest + own, axis=0))
        same = [unit for unit, near in zip(others, distance <= ALIKE * size, strict=True) if near]
        if same:
            yield UnitFinding("duplicate", layer, (first, *same))
        left = [unit for unit in others if unit not in same]
