"""The rows of an engine as vectors of numbers (`stored`), which can be evaluated in place, such as in a mapped file.

The compiled engine stores its packed numbers, the reference engine its tables.  Results of an engine of
`evaluated_in_place` and of the stored engine are bitwise equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network import Architecture, compiled_extension
from sheernet.objective.costs import Cost
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.objective.engines.used_rows import packed_rows_of
from sheernet.objective.objective_protocol import Objective
from sheernet.objective.weighting import Weighting

ALIGNMENT = 64
"""Bytes to which each stored vector must be aligned."""


class StoredRows(NamedTuple):
    """The storage of the rows of an engine: which vectors there are."""

    engine: str
    n_samples: int  # rows with positive weight
    has_weights: bool  # whether the case weights are stored, because not all are 1


def stored(objective: Objective) -> tuple[StoredRows, list[Array]]:
    """Copy inputs, targets and, unless all are 1, case weights of the rows with positive weight into vectors."""
    weights = objective.weights[objective.weights > 0]  # (N,)
    if objective.engine == "compiled":
        vectors = list(compiled_extension.NATIVE.packed(packed_rows_of(objective)))
    else:
        vectors = [table.ravel() for table in objective.rows[:2]]
    has_weights = bool(np.any(weights != 1.0))
    rows = StoredRows(objective.engine, objective.n_samples, has_weights)
    return rows, [*vectors, weights] if has_weights else vectors


def evaluated_in_place(
    rows: StoredRows,
    vectors: Sequence[Array],
    architecture: Architecture,
    cost: Cost,
    threads: int = 1,
) -> Objective:
    """Return the engine of stored rows, with reduction "sum" and without decay.

    Parameters
    ----------
    rows : StoredRows
        As returned by `stored`.
    vectors : sequence of ndarray
        The stored vectors, aligned to `ALIGNMENT` bytes; they are not copied, but kept as long as the engine.
    architecture, cost : Architecture and Cost
        Architecture and cost of the engine that was stored.
    threads : int
        Threads of an evaluation.
    """
    weights = np.asarray(vectors[2]) if rows.has_weights else np.ones(rows.n_samples)
    weighting, decay = Weighting(weights, "sum"), np.zeros(architecture.n_parameters)
    if rows.engine == "compiled":
        from sheernet.objective.engines.compiled_engine import CompiledEngine

        data = compiled_extension.NATIVE.packed_in_place(*vectors[:2], rows.n_samples)
        return CompiledEngine(architecture, cost, data, weighting, decay, threads)
    return ReferenceEngine(architecture, cost, *_tables(rows, vectors), weighting, decay)


def _tables(rows: StoredRows, vectors: Sequence[Array]) -> tuple[Array, Array]:
    """Return the inputs and the targets that the reference engine stored."""
    return vectors[0].reshape(rows.n_samples, -1), vectors[1].reshape(rows.n_samples, -1)
