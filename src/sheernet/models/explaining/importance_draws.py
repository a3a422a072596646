r"""The variation of measures of importance with the weights of the networks, estimated from draws of the weights.

A draw moves the weights of each network by v = L z, with L L^T the covariance of the weights (Laplace's approximation,
statistics/laplace.py) and z standard normal.  A measured quantity q, such as a prediction or a slope, moves to first
order, by central differences:

    q_r = q(theta) + (q(theta + h v_r) - q(theta - h v_r)) / (2 h)

The predictions of a moved network are linear in the weights, as in Laplace's approximation (Immer et al., AISTATS
2021): otherwise, weights that the data do not determine would distort them.  The standard deviation of a measure I is
the root of sum_m share_m mean_r (I_r - I)^2 over the networks m.  The deviation is from I, not from the mean of the
draws: a column without effect has a measure of 0, and all draws are above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.models.explaining.importance_measures import SLOPE_MEASURES, Explained, SlopeRows
from sheernet.models.explaining.importance_result import Measure
from sheernet.network.initialize import generator
from sheernet.network.network import Network
from sheernet.statistics.laplace import unpacked
from sheernet.statistics.sobol import IndependentColumns, sobol_indices

DRAWS = 16
"""Number of draws; the standard error of their standard deviation is 18 %."""
STEP = 1e-4
STREAM = 3
POINTS, REPLICATES = 128, 4
"""Points of the Sobol' sequences; their error is the same for all draws and cancels in the differences."""
SLOPE_ROWS = 500


class Draws:
    """Draws of the weights of the networks of a model.

    Parameters
    ----------
    explained : Explained
        The model.
    """

    def __init__(self, explained: Explained) -> None:
        self.explained, self.pairs = explained, list(_pairs(explained))

    def quantities(self, compute: Callable[[Explained], Array]) -> Array:
        """Compute a quantity of the model and of each draw, (1 + R, ...)."""
        own = compute(self.explained)
        moved = [(compute(plus) - compute(minus)) / (2 * STEP) for plus, minus in self.pairs]
        return np.stack([own, *(own + each for each in moved)])

    def std(self, measures: Array) -> Array:
        """Compute the standard deviation, (D, K), of measures of the model and of each draw, (1 + R, D, (1 + M) K)."""
        parts = measures.reshape(*measures.shape[:2], -1, self.explained.n_predictions)
        of_networks = parts[:, :, 1:] if parts.shape[2] > 1 else parts  # (1 + R, D, M, K)
        squares = ((of_networks[1:] - of_networks[0]) ** 2).mean(axis=0)
        return np.sqrt(self.explained.mean(squares))


def with_weights(
    found: dict[str, Measure], draws: Draws, columns: IndependentColumns
) -> dict[str, Measure]:
    """Add the standard deviations due to the weights to Sobol' indices and slopes, computed from fewer rows.

    Parameters
    ----------
    found : dict of str to Measure
        The measures.
    draws : Draws
        Draws of the weights of the model.
    columns : IndependentColumns
        The columns of the model, and the encoded rows.
    """

    def predictions(X: Array) -> Array:
        return np.concatenate(draws.quantities(lambda explained: explained.function(X)), axis=1)

    seed = draws.explained.seed
    indices = sobol_indices(predictions, columns, samples=POINTS, replicates=REPLICATES, seed=seed)
    slopes = draws.quantities(SlopeRows(draws.explained, SLOPE_ROWS).slopes_of)  # (1 + R, 4, D, S)
    by_name = {"total": indices.total, "first": indices.first}
    by_draw = {name: np.stack(np.split(each, DRAWS + 1, axis=1)) for name, each in by_name.items()}
    by_draw |= {name: slopes[:, i] for i, name in enumerate(SLOPE_MEASURES)}
    return found | {
        name: replace(found[name], weights=draws.std(each)) for name, each in by_draw.items()
    }


def _pairs(explained: Explained) -> Iterator[tuple[Explained, Explained]]:
    """The models of each draw, with the weights moved by a small step forward and backward."""
    model, rng = explained.model, generator(explained.seed, STREAM)
    factors = [unpacked(member.factor) for member in model.members]
    for _ in range(DRAWS):
        steps = [STEP * (factor @ rng.normal(size=len(factor))) for factor in factors]
        moved = []
        for sign in (1.0, -1.0):
            members = tuple(
                replace(
                    member,
                    network=Network(
                        member.network.architecture, member.network.theta + sign * step
                    ),
                    factor=np.zeros(0),
                )
                for member, step in zip(model.members, steps, strict=True)
            )
            moved.append(replace(explained, model=replace(model, members=members)))
        yield moved[0], moved[1]
