"""Construction of the objective of a network on data (`make_objective`)."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_matrix, read_only, same_length
from sheernet.foundation.errors import ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.processors import MOST_THREADS
from sheernet.foundation.scalars import as_whole
from sheernet.network import Architecture
from sheernet.network.architecture import require_architecture
from sheernet.network.network import as_inputs
from sheernet.objective import costs
from sheernet.objective.costs import Cost, SoftmaxCost
from sheernet.objective.decay import DecayLike, as_decay
from sheernet.objective.engines.choice import resolve
from sheernet.objective.engines.compiled_engine import CompiledEngine
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.objective.objective_protocol import Objective
from sheernet.objective.weighting import Weighting

__all__ = ["Objective", "make_objective"]


def make_objective(
    architecture: Architecture,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    cost: str | Cost | None = None,
    reduction: str = "mean",
    decay: DecayLike = 0.0,
    weights: npt.ArrayLike | None = None,
    engine: str = "auto",
    threads: int | None = None,
) -> Objective:
    """Make the objective of a network on data.

    Parameters
    ----------
    architecture : Architecture
        The network.
    X : array_like, (N, d_0)
        Inputs, one sample per row.
    y : array_like, (N, K) or (N,)
        Targets; K is the number of outputs, or half this number for the costs "gaussian_nll" and "student_t".
    cost : str or Cost, optional
        "squared_error", "huber", "binary_cross_entropy", "cross_entropy", "poisson", "gaussian_nll" or "student_t".
        The default depends on the output activation: cross_entropy for softmax, poisson for exp, squared_error for
        all others.
    reduction : {"mean", "sum"}
        Whether the losses of the samples are averaged or summed.  The cost of the notebook and of the videos' parts 1
        to 6 is a sum.  With N rows, the sum, its gradient, and the decay with the same minimum are N times as large.
    decay : float, array_like (P,), or mapping
        Weight decay; see `sheernet.objective.decay.as_decay`.
    weights : array_like, (N,), optional
        Case weights: a weight of k counts as k equal rows.
    engine : {"auto", "reference", "compiled"}
        The engine that evaluates the objective; "auto" selects the compiled engine if possible.
    threads : int, optional
        Threads of the compiled engine, 1 to 1024; by default one per processor that this process may use, at most
        OMP_NUM_THREADS.  The reference engine uses the threads of NumPy's BLAS, which `train` limits.

    Returns
    -------
    Objective
        Contains copies of the data.

    Raises
    ------
    InvalidInput
        If data are not finite numbers, targets are outside the domain of the cost, or the cost is not defined for the
        output activation.
    ShapeMismatch
        If X, y and weights do not match each other or the network.
    EngineUnavailable
        If the requested engine is not available or cannot evaluate the network.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 1), bias=False)
    >>> objective = sn.make_objective(arch, [[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0], reduction="sum", decay=0.5)
    >>> objective.value_and_gradient(np.array([3.0, 2.0]))  # 1/2 (3 - 1)^2 + 0.5/2 (3^2 + 2^2)
    (5.25, array([3.5, 1. ]))
    """
    require_architecture("make_objective", architecture)
    if threads is not None:
        threads = as_whole("threads", threads, 1, or_none=True, most=MOST_THREADS)
    cost_object = costs.get(
        costs.default_for(architecture.activations[-1]) if cost is None else cost
    )
    costs.require_pair(cost_object, architecture.activations[-1])
    runs = resolve(engine, architecture, cost_object)
    inputs = as_inputs(architecture, X)
    targets = as_targets(architecture, y, cost_object)
    n_rows = same_length(["X", "y"], [inputs, targets])
    weighting = Weighting.of(weights, n_rows, reduction)
    vector = as_decay(decay, architecture)
    return objective_of(
        architecture, cost_object, inputs, targets, weighting, vector, runs, threads
    )


def objective_of(
    architecture: Architecture,
    cost: Cost,
    X: Array,
    y: Array,
    weighting: Weighting,
    decay: Array,
    runs: str,
    threads: int | None,
) -> Objective:
    """The objective of checked arguments, on the engine that `resolve` chose; it contains copies of X and y."""
    if runs == "compiled":
        return CompiledEngine.of(architecture, cost, X, y, weighting, decay, threads)
    return ReferenceEngine(architecture, cost, read_only(X), read_only(y), weighting, decay)


def as_targets(architecture: Architecture, y: Any, cost: Cost) -> Array:
    """Convert y to a finite matrix with one column per target, within the domain of the cost; raise otherwise."""
    n_targets = costs.targets_of(cost, architecture.n_outputs)
    targets = as_matrix(y, "y")
    if targets.shape[1] != n_targets:
        last = architecture.layout.block(f"W{architecture.n_layers}")
        each = costs.outputs_per_target(cost)
        raise ShapeMismatch(
            f"y has {counted(targets.shape[1], 'column')} but the network has "
            f"{counted(architecture.n_outputs, 'output')} ({last.name} is {last.shape})"
            + ("" if each == 1 else f", {each} for each target with cost {cost.name!r}")
        )
    cost.check_targets(targets)
    return cost.normalized(targets) if isinstance(cost, SoftmaxCost) else targets
