"""`Dependence`: how strongly the effect of one column depends on the value of another one, from their joint effect.

The effect of column A from value a1 to a2 if column B has the value b is J(a2, b) - J(a1, b), with the joint effect J.
The chosen values are those for which the effects at two values of b differ most, among values that have rows near them
and are not among the rarest 5 % at each end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array, Mask

TAIL = 0.05
"""Fraction of the rows at each end of a numeric column whose values are not used."""


@dataclass(frozen=True, eq=False)
class Dependence:
    """The effect of one of two columns on one prediction, for two values of the other.

    Parameters
    ----------
    column : {0, 1}
        The column that changes; the other one is held.
    ends : tuple of two int
        Indices of the first and the last value of the change.
    held : tuple of two int
        Indices of the values of the other column, the value with the larger effect first.
    effects, stds : ndarray, (2,)
        Effect of the change for each held value, and its standard deviation.
    difference, difference_std : float
        effects[0] - effects[1], and its standard deviation.
    curves : ndarray, (G, 2)
        The joint effect at each value of the column that changes, with each held value; the curves of two held
        values differ by as much as the predictions do.
    near : ndarray of bool, (G, 2)
        Whether there are rows near these values.
    """

    column: int
    ends: tuple[int, int]
    held: tuple[int, int]
    effects: Array
    stds: Array
    difference: float
    difference_std: float
    curves: Array
    near: Mask


def strongest_dependence(
    joint: Array,
    allowed: Mask,
    near: Mask,
    shares: tuple[Array, Array],
    labels: tuple[bool, bool],
    combined: Callable[[Array, Array], tuple[Array, Array]],
    column: int | None = None,
) -> Dependence | None:
    """Find how the effect of one column depends on the other one.

    Parameters
    ----------
    joint : ndarray, (G1, G2)
        Joint effect on one prediction.
    allowed, near : ndarray of bool, (G1, G2)
        Whether pairs of values may be used, and whether there are rows near them.
    shares : tuple of ndarray, (G1,) and (G2,)
        Fractions of the rows at the values.
    labels : tuple of two bool
        Whether the columns have labels, whose order has no meaning.
    combined : callable, (P, 2, 2) and (P, 2) -> (P,) and (P,)
        Returns P sums of joint effects and their standard deviations, from places and factors.
    column : {0, 1}, optional
        The column that changes; by default the column with the smaller effect.

    Returns
    -------
    Dependence or None
        None if fewer than two values of a column are allowed in combination.
    """
    if column is None:
        spreads = [_spread_of_means(joint if i == 0 else joint.T, shares, i) for i in range(2)]
        column = int(spreads[1] < spreads[0])
    J, N = (joint, near) if column == 0 else (joint.T, near.T)
    found = _largest(J, allowed if column == 0 else allowed.T)
    if found is None:
        return None
    (a1, a2), held = found
    effects = np.array([J[a2, b] - J[a1, b] for b in held])
    if labels[column] and effects[np.argmax(np.abs(effects))] < 0:
        a1, a2, effects = a2, a1, -effects
    if abs(effects[0]) < abs(effects[1]):
        held, effects = held[::-1], effects[::-1]
    places = np.array([[(a2, b), (a1, b)] for b in held])  # (2, 2, 2)
    places = places if column == 0 else places[:, :, ::-1]
    whole = np.concatenate([places[0], places[1]])[None]
    values, stds = combined(places, np.array([[1.0, -1.0], [1.0, -1.0]]))
    difference, difference_std = combined(whole, np.array([[1.0, -1.0, -1.0, 1.0]]))
    return Dependence(
        column, (a1, a2), held, values, stds, float(difference[0]), float(difference_std[0]), J[:, held], N[:, held]
    )  # fmt: skip


def _spread_of_means(joint: Array, shares: tuple[Array, Array], i: int) -> float:
    """The standard deviation, over the rows, of a joint effect, (G, others), averaged over the other column."""
    means = joint @ shares[1 - i]
    return float(np.sqrt(shares[i] @ (means - shares[i] @ means) ** 2))


def _largest(J: Array, allowed: Mask) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The two rows of J whose difference differs most between two of its columns, and these columns."""
    both = allowed[:, None] & allowed[None]  # (G, G, B)
    change = J[None] - J[:, None]  # from the first to the second, (G, G, B)
    top, low = np.where(both, change, -np.inf), np.where(both, change, np.inf)
    reach = top.max(axis=2) - low.min(axis=2)
    reach[both.sum(axis=2) < 2] = -np.inf
    a1, a2 = (int(i) for i in np.unravel_index(int(np.argmax(reach)), reach.shape))
    if not reach[a1, a2] > 0:
        return None
    return (a1, a2), (int(top[a1, a2].argmax()), int(low[a1, a2].argmin()))
