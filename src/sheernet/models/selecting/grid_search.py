"""Evaluate each size and decay of a grid on left-out rows (`judged_grid`), with many fits per call of the engine.

    for each size, for each number as a decay:
        splits x starts -> fits without the left-out rows -> per split, the start with the lowest training objective
                        -> losses of the left-out rows

Decays by the evidence are evaluated by `EvidenceJudge`.

The start with the lowest training objective is used, not the mean of the starts, because the final network is selected
in the same way: a mean of several networks predicts better than each network, so its error would not be the error of
the result.  The results of a size and a decay are complete or absent: if Ctrl-C or the time limit ends the search,
unfinished results are discarded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.time_limits import seconds_left
from sheernet.models.fitting.left_out_fits import weights_without_rows
from sheernet.models.selecting.choice_rule import Place
from sheernet.models.selecting.evidence_judge import EvidenceJudge
from sheernet.models.selecting.grid_rows import GridRows, Judged, TimeIsOver
from sheernet.models.selecting.grid_words import Decay, Size, decay_in_words, in_words
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.network.prediction import predict
from sheernet.network.propagation import forward
from sheernet.objective.decay import weight_decay
from sheernet.objective.objective import Objective, make_objective
from sheernet.training.starts import first_starts

SPLITS_OF_A_CALL = 50
"""Maximum number of splits whose fits are jobs of one call; limited because each split has a copy of its rows."""
COST_TOLERANCE = 1e-5
"""Default cost tolerance of fits without the left-out rows; smaller changes of the objective barely affect errors."""


def judged_grid(
    rows: GridRows, by_evidence: EvidenceJudge, sizes: Sequence[Size], decays: Sequence[Decay]
) -> Iterator[tuple[Place, Judged | InvalidInput]]:
    """Evaluate sizes and decays; yield the place and the result of each pair as soon as it is complete.

    Parameters
    ----------
    rows : GridRows
        The rows.
    by_evidence : EvidenceJudge
        Evaluates sizes with decays by the evidence on these rows.
    sizes, decays : sequence
        Units of each hidden layer of each size, or "auto"; weight decays for means over the rows, or "evidence".

    Yields
    ------
    Place
    Judged or InvalidInput
        The evaluation; or the reason why decays of the size cannot be chosen by the evidence.

    Raises
    ------
    TimeIsOver
        If the time limit ends the search.
    KeyboardInterrupt
        If Ctrl-C is pressed.
    """
    places = places_of(sizes, decays)
    for number, (i, j) in enumerate(places, start=1):
        size, decay = sizes[i], decays[j]
        if rows.report_trying is not None:
            rows.report_trying(
                f"{in_words(size)}, {decay_in_words(decay)} ({number} of {len(places)})"
            )
        found: Judged | InvalidInput
        if isinstance(size, str) or isinstance(decay, str):
            try:
                found = by_evidence.judged(size)
            except InvalidInput as error:
                found = error
        else:
            found = _judged(rows, size, decay)
        yield (i, j), found


def places_of(sizes: Sequence[Size], decays: Sequence[Decay]) -> list[Place]:
    """Return the places of a grid from simple to large networks: all pairs, except "auto" with a number.

    Examples
    --------
    >>> from sheernet.models.selecting.grid_search import places_of
    >>> places_of([(4,), "auto"], ["evidence", 0.1])
    [(0, 0), (1, 0), (0, 1)]
    """
    return [
        (i, j)
        for j, decay in enumerate(decays)
        for i, size in enumerate(sizes)
        if isinstance(decay, str) or not isinstance(size, str)
    ]


def _judged(rows: GridRows, widths: tuple[int, ...], decay: float) -> Judged:
    """Evaluate a size and a number as its decay, `SPLITS_OF_A_CALL` splits at a time."""
    arch, start, training = rows.architecture(widths), rows.settings.start, rows.settings.training
    network = Network.random(arch, start.seed, start.scheme)
    # The optimum of a network without hidden layers is unique.
    starts = first_starts(network, rows.n_starts if widths else 1, start.scheme, start.seed)
    objective = make_objective(
        arch, rows.training.X, rows.training.y, weights=rows.weights, cost=rows.cost, engine=training.engine,
        threads=training.threads,
    )  # fmt: skip
    vector = weight_decay(arch, decay)
    losses, kept = [], []
    for first in range(0, len(rows.splits), SPLITS_OF_A_CALL):
        splits = rows.splits[first : first + SPLITS_OF_A_CALL]
        weights = [split.weights(rows.weights) for split in splits]
        thetas = _fitted(rows, objective, starts, vector, weights)
        kept += thetas
        for split, theta in zip(splits, thetas, strict=True):
            losses.append(
                _losses(
                    objective,
                    theta,
                    rows.training.X[split.left_out],
                    rows.training.y[split.left_out],
                )
            )
    return Judged(np.concatenate(losses), partial(_outputs, rows, arch, kept))


def _outputs(rows: GridRows, arch: Architecture, thetas: list[Array]) -> Array:
    """Compute the outputs for the rows `GridRows.left_out` by the networks that were fitted without them, (M, K)."""
    return np.concatenate(
        [
            predict(arch, theta, rows.training.X[split.left_out])
            for split, theta in zip(rows.splits, thetas, strict=True)
        ]
    )


def _fitted(
    rows: GridRows, objective: Objective, starts: Array, decay: Array, weights: list[Array]
) -> list[Array]:
    """Return the best weights of each split."""
    left = seconds_left(rows.ends)
    if left == 0:
        raise TimeIsOver
    tolerance = rows.settings.effort.cost_tolerance
    rules = replace(
        rows.settings.rules, time_limit=left, cost_tolerance=COST_TOLERANCE if tolerance is None else tolerance
    )  # fmt: skip
    thetas = weights_without_rows(
        objective, starts, decay, weights, rows.settings.training, rules, rows.report_progress
    )
    if thetas is None:
        raise TimeIsOver
    return thetas


def _losses(objective: Objective, theta: Array, X: Array, y: Array) -> Array:
    """Return the loss of each row, (N,)."""
    arch = objective.architecture
    with np.errstate(all="ignore"):  # extreme inputs may overflow
        z = forward(arch, theta, X).pre_activations[-1]
        return np.asarray(objective.cost.loss(arch.activations[-1], z, y), dtype=np.float64)
