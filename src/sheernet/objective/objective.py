r"""The objective of a training: what an optimizer sees, and the function that makes one from data.

    objective(theta) = sum_n w_n loss_n(theta)  +  1/2 sum_p decay_p theta_p^2

Loss is of one sample, cost of the data, objective is cost + penalty.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_matrix, read_only, same_length
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.network.architecture import Architecture
from sheernet.network.network import as_inputs
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.decay import DecayLike, as_decay
from sheernet.objective.engines import resolve
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.objective.weighting import Weighting


class Objective(Protocol):
    """What every engine offers; the laws that it keeps are run by tests/contracts/test_objectives.py.

    Notes
    -----
    1. theta is float64 and (P,); it is neither kept nor written.
    2. Returned arrays are fresh and belong to the caller.
    3. value(t) is value_and_gradient(t)[0], and gauss_newton(t)[0], bit for bit in one engine.
    4. Same theta, same bits, whatever ran between.
    5. Residuals are sqrt(w_n) (a - y), followed by sqrt(decay_p) theta_p for decay_p > 0; half their squares are the
       value and J^T r the gradient, to 1e-12 of the value and of sum |J| |r|.
    6. Overflow gives inf or nan, never an exception.
    7. Engines agree: |df| <= 1e-12 magnitude, |dg_p| <= 1e-12 gradient_magnitude_p.  Where a network fits every row,
       a - y is itself the rounding noise of a and y, and 32 eps times the terms that they bring to g_p are allowed too.
    8. A weight of k equals a row repeated k times; a weight of 0 equals the row left out.
    9. Objects are independent of each other.
    """

    @property
    def engine(self) -> str:
        """The engine's name."""

    @property
    def cost(self) -> Cost:
        """The loss of a sample."""

    @property
    def reduction(self) -> str:
        """How losses are put together: mean or sum."""

    @property
    def weights(self) -> Array:
        """Case weights of all rows, as they were given."""

    @property
    def decay(self) -> Array:
        """Weight decay of each parameter, (P,)."""

    @property
    def size(self) -> int:
        """P, the length of theta."""

    @property
    def names(self) -> list[str]:
        """The name of each entry of theta."""

    @property
    def n_samples(self) -> int:
        """N, the number of rows with positive weight."""

    def value(self, theta: npt.ArrayLike) -> float:
        """The objective."""

    def value_and_gradient(self, theta: npt.ArrayLike) -> tuple[float, Array]:
        """The objective and its gradient, (P,)."""

    def terms(self, theta: npt.ArrayLike) -> tuple[float, float, float]:
        """Cost, penalty, and the sum of the absolute terms of both."""

    def residuals_and_jacobian(self, theta: npt.ArrayLike) -> tuple[Array, Array]:
        """Residuals (M + D,) and their Jacobian (M + D, P); squared_error only."""

    def gauss_newton(self, theta: npt.ArrayLike) -> tuple[float, Array, Array]:
        """The objective, its gradient, and J^T H J + diag(decay), (P, P)."""

    def hessian_vector(self, theta: npt.ArrayLike, v: npt.ArrayLike) -> Array:
        """The exact Hessian times v, (P,)."""

    def replace(
        self, weights: npt.ArrayLike | None = None, decay: DecayLike | None = None
    ) -> Objective:
        """The same with other case weights or another decay, sharing the data."""


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
        Inputs, a sample a row.
    y : array_like, (N, K) or (N,)
        Targets.
    cost : str or Cost, optional
        "squared_error", "huber", "binary_cross_entropy", "cross_entropy" or "poisson".  By default the one that
        belongs to the output activation: softmax cross_entropy, exp poisson, all others squared_error.
    reduction : {"mean", "sum"}
        Whether the losses of the samples are averaged or added up.
    decay : float, array_like (P,), or mapping
        Weight decay; see `sheernet.objective.decay.as_decay`.
    weights : array_like, (N,), optional
        Case weights: a weight of k counts as k equal rows.
    engine : {"auto", "reference", "compiled"}
        What evaluates it.
    threads : int, optional
        Threads of the compiled engine.  The reference engine uses those of NumPy's BLAS, which `train` limits.

    Returns
    -------
    Objective
        Holds copies of the data.

    Raises
    ------
    InvalidInput
        When data are not finite numbers, targets are outside the cost's domain, or cost and output do not go together.
    ShapeMismatch
        When X, y and weights do not fit each other or the network.
    EngineUnavailable
        When the engine that was asked for is not there.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> arch = sn.Architecture((2, 1), bias=False)
    >>> objective = sn.make_objective(arch, [[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0], reduction="sum", decay=0.5)
    >>> objective.value_and_gradient(np.array([3.0, 2.0]))  # 1/2 (3 - 1)^2 + 0.5/2 (3^2 + 2^2)
    (5.25, array([3.5, 1. ]))
    """
    if threads is not None and (
        isinstance(threads, bool) or not isinstance(threads, int) or threads < 1
    ):
        raise InvalidInput(
            f"threads must be a whole number of at least 1, or None, but {threads!r} was given"
        )
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
    if runs == "compiled":
        from sheernet.objective.engines.compiled_engine import CompiledEngine

        return CompiledEngine.of(
            architecture, cost_object, inputs, targets, weighting, vector, threads
        )
    return ReferenceEngine(
        architecture, cost_object, read_only(inputs), read_only(targets), weighting, vector
    )


def as_targets(architecture: Architecture, y: Any, cost: Cost) -> Array:
    """y as a finite matrix with a column for each output, inside the cost's domain, or a sentence."""
    targets = as_matrix(y, "y")
    if targets.shape[1] != architecture.n_outputs:
        columns = "1 column" if targets.shape[1] == 1 else f"{targets.shape[1]} columns"
        last = next(b for b in architecture.layout.blocks if b.name == f"W{architecture.n_layers}")
        outputs = "1 output" if architecture.n_outputs == 1 else f"{architecture.n_outputs} outputs"
        raise ShapeMismatch(
            f"y has {columns} but the network has {outputs} ({last.name} is {last.shape})"
        )
    cost.check_targets(targets)
    return targets
