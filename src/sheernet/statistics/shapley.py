r"""Shapley values of the columns of rows: how much each column moves a prediction away from the mean prediction.

    v(S)   = 1/B sum_b f(x with the columns of S, b with all others)             over background rows b
    phi_j  = sum_{S without j} |S|! (D - |S| - 1)! / D!  (v(S + j) - v(S)),      sum_j phi_j = f(x) - 1/B sum_b f(b)

Lundberg and Lee (2017), NeurIPS 30; the columns outside S come from the background rows regardless of the columns in S
(interventional: Janzing et al. 2020, AISTATS).  For few columns, all coalitions are evaluated.  Otherwise columns are
exchanged one after the other in a random order and in its reverse (antithetic: Mitchell et al. 2022, Journal of Machine
Learning Research 23, 43), with each background row once, so that the sum over the columns stays exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

from sheernet.foundation.arrays import Array, Indices, Mask
from sheernet.network.initialize import generator

MOST_NUMBERS = 1_000_000  # maximum number of values in the rows that are evaluated together
MOST_EXACT = 8
"""Maximum number of columns for which all coalitions are evaluated by default."""


@dataclass(frozen=True, eq=False)
class ShapleyValues:
    """Shapley values of N rows, D blocks of columns and S functions.

    Parameters
    ----------
    values : ndarray, (N, D, S)
        In units of the functions.
    errors : ndarray, (N, D, S)
        Standard errors of the sampling of orders; 0 if all coalitions were evaluated.
    base : ndarray, (S,)
        Mean of each function over the background rows.
    exact : bool
        Whether all coalitions were evaluated.
    """

    values: Array
    errors: Array
    base: Array
    exact: bool


def shapley_values(
    function: Callable[[Array], Array],
    X: Array,
    background: Array,
    blocks: Sequence[Indices],
    *,
    exact: bool | None = None,
    seed: int | None = 0,
) -> ShapleyValues:
    """Compute the Shapley values of rows.

    Parameters
    ----------
    function : callable, (n, F) -> (n, S)
        The functions.
    X : ndarray, (N, F)
        The rows.
    background : ndarray, (B, F)
        Rows from which the columns outside a coalition are taken.
    blocks : sequence of ndarray of int
        Indices of the features of each block; together they contain every feature once.
    exact : bool, optional
        Whether to evaluate all coalitions, which takes N B 2^D rows instead of 2 N B D; by default for up to 8 columns.
    seed : int or None
        Seed of the orders.

    Returns
    -------
    ShapleyValues

    Examples
    --------
    For a sum, the value of each column is its own term less its mean; for a product, both columns have equal values.

    >>> import numpy as np
    >>> from sheernet.statistics import shapley_values
    >>> blocks = [np.array([0]), np.array([1])]
    >>> x, zero = np.array([[2.0, 5.0]]), np.zeros((1, 2))
    >>> shapley_values(lambda X: X[:, :1] + 3 * X[:, 1:], x, zero, blocks).values.ravel().tolist()
    [2.0, 15.0]
    >>> shapley_values(lambda X: X[:, :1] * X[:, 1:], x, zero, blocks).values.ravel().tolist()
    [5.0, 5.0]
    """
    if exact is None:
        exact = len(blocks) <= MOST_EXACT
    base = function(background).mean(axis=0)
    if exact:
        v = _coalitions(function, X, background, blocks)  # (2^D, N, S)
        v -= v[0]  # so that a constant function gives exact zeros
        values = np.einsum("dc,cns->nds", _coalition_weights(len(blocks)), v)
        return ShapleyValues(values, np.zeros_like(values), base, True)
    values, errors = _from_orders(function, X, background, blocks, generator(seed))
    return ShapleyValues(values, errors, base, False)


@dataclass(frozen=True, eq=False)
class Exchanges:
    """Shapley values of a row as linear combinations of sums of a function over R mixed rows.

    Parameters
    ----------
    columns : slice
        The columns whose values these are, n of D.
    own : ndarray of bool, (R, D)
        Which columns of each mixed row come from the row itself.
    background : ndarray of int, (R,)
        Index of the background row that the other columns come from.
    weights : ndarray, (R,)
        Weight of each function value in its sum.
    groups : ndarray of int, (R,)
        The sum that each mixed row belongs to, ascending from 0 to G - 1.
    combination : ndarray, (n, G)
        The matrix from the sums to the values.
    """

    columns: slice
    own: Mask
    background: Indices
    weights: Array
    groups: Indices
    combination: Array


def exchanges(
    n_background: int, n_columns: int, *, exact: bool, fewest: int = 1, seed: int | None = 0
) -> Iterator[Exchanges]:
    """Yield the Shapley values of a row as combinations of function values, for some columns at a time.

    Parameters
    ----------
    n_background : int
        B, the number of background rows.
    n_columns : int
        D, the number of columns.
    exact : bool
        Whether to use all coalitions: B 2^D mixed rows, instead of 4 D for each pair of opposite orders.
    fewest : int
        Minimum number of pairs of orders, each with one background row; the rows are used equally often.
    seed : int or None
        Seed of the orders.

    Examples
    --------
    >>> from sheernet.statistics.shapley import exchanges
    >>> (one,) = exchanges(1, 2, exact=True)
    >>> one.own.tolist()
    [[False, False], [True, False], [False, True], [True, True]]
    >>> one.combination.tolist()
    [[-0.5, 0.5, -0.5, 0.5], [-0.5, -0.5, 0.5, 0.5]]
    """
    if exact:
        coalitions = np.repeat(np.arange(2**n_columns), n_background)
        own = (coalitions[:, None] >> np.arange(n_columns) & 1).astype(np.bool_)
        background = np.tile(np.arange(n_background), 2**n_columns)
        weights = np.full(len(own), 1.0 / n_background)
        yield Exchanges(
            slice(0, n_columns), own, background, weights, coalitions, _coalition_weights(n_columns)
        )
        return
    rng = generator(seed)
    n_pairs = n_background * -(-fewest // n_background)
    orders = np.stack([rng.permutation(n_columns) for _ in range(n_pairs)])
    places = np.argsort(orders, axis=1)  # the place of each column in each order
    places = np.concatenate([places, n_columns - 1 - places])  # (2 pairs, D)
    background = np.tile(np.arange(n_pairs) % n_background, 4)
    signs = np.repeat([-1.0, 1.0], len(places)) / len(places)
    step = max(MOST_NUMBERS // (2 * places.size), 1)
    for first in range(0, n_columns, step):
        columns = range(first, min(first + step, n_columns))
        own = np.concatenate(
            [part for j in columns for part in (places < places[:, [j]], places <= places[:, [j]])]
        )
        n = len(columns)
        yield Exchanges(
            slice(first, first + n),
            own,
            np.tile(background, n),
            np.tile(signs, n),
            np.repeat(np.arange(n), len(signs)),
            np.eye(n),
        )


def _coalitions(
    function: Callable[[Array], Array], X: Array, background: Array, blocks: Sequence[Indices]
) -> Array:
    """Compute v of each coalition, (2^D, N, S); bit j of the index is set if column j belongs to it."""
    found = []
    for coalition in range(2 ** len(blocks)):
        rows = np.tile(background, (len(X), 1))  # row after row of X
        for j, block in enumerate(blocks):
            if coalition >> j & 1:
                rows[:, block] = np.repeat(X[:, block], len(background), axis=0)
        found.append(function(rows).reshape(len(X), len(background), -1).mean(axis=1))
    return np.stack(found)


def _coalition_weights(n_blocks: int) -> Array:
    """Return the weight of v of each coalition in each Shapley value, (D, 2^D)."""
    members = np.arange(2**n_blocks)
    sizes = np.array([int(coalition).bit_count() for coalition in members])
    weights = np.array(
        [factorial(s) * factorial(n_blocks - s - 1) / factorial(n_blocks) for s in range(n_blocks)]
    )
    found = np.zeros((n_blocks, len(members)))
    for j in range(n_blocks):
        without = members[(members >> j & 1) == 0]
        found[j, without] = -weights[sizes[without]]
        found[j, without | 1 << j] = weights[sizes[without]]
    return found


def _from_orders(
    function: Callable[[Array], Array],
    X: Array,
    background: Array,
    blocks: Sequence[Indices],
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Compute means over pairs of opposite orders, one for each background row, and their standard errors."""
    total = squares = np.zeros(0)
    for b in range(len(background)):
        order = rng.permutation(len(blocks))
        # Row n starts from background row n + b, so that each row is combined with each background row once.
        start = background[(np.arange(len(X)) + b) % len(background)]
        gains = 0.5 * (
            _walk(function, X, start, blocks, order)
            + _walk(function, X, start, blocks, order[::-1])
        )
        if b == 0:
            total, squares = np.zeros_like(gains), np.zeros_like(gains)
        total += gains
        squares += gains**2
    n = len(background)
    variances = np.maximum(squares / n - (total / n) ** 2, 0.0) / max(n - 1, 1)
    return total / n, np.sqrt(variances)


def _walk(
    function: Callable[[Array], Array],
    X: Array,
    start: Array,
    blocks: Sequence[Indices],
    order: Indices,
) -> Array:
    """Compute the change of each function as the columns are exchanged in an order, (N, D, S)."""
    n_steps, found = max(MOST_NUMBERS // X.size, 1), [function(start)]
    rows = start.copy()
    for first in range(0, len(order), n_steps):
        steps = []
        for j in order[first : first + n_steps]:
            rows[:, blocks[j]] = X[:, blocks[j]]
            steps.append(rows.copy())
        found.append(function(np.concatenate(steps)))
    path = np.concatenate(found).reshape(len(order) + 1, len(X), -1)
    gains = np.empty((len(X), len(blocks), path.shape[2]))
    gains[:, order] = np.moveaxis(np.diff(path, axis=0), 0, 1)
    return gains
