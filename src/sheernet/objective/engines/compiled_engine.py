"""The compiled engine (`CompiledEngine`): the objective of the reference engine in C++ (native/), many times as fast.

All functions that training, checks and explanations evaluate at a real theta are methods of the extension's class,
called without Python code in between.  Functions needed only for teaching and checks are delegated to a reference
engine over a copy of the data, created on first use: values at a complex theta or at other inputs, pre-activations near
a kink, and the rows themselves.

Inputs and targets are stored once, packed; `replace` shares them.  Results do not depend on the number of threads.
SHEERNET_INSTRUCTION_SET, read when an engine is created, selects an instruction set of the machine: for tests, and to
determine whether a difference between two machines is caused by their instruction sets.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import EngineUnavailable, InvalidInput
from sheernet.foundation.processors import usable_processors
from sheernet.network import Architecture, compiled_extension
from sheernet.network.activations import AnyArray
from sheernet.network.prediction import instruction_set, native_plan, why_not_native
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.decay import DecayLike
from sheernet.objective.engines.description import Description
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.objective.weighting import Weighting

_Base: Any = (
    compiled_extension.NATIVE.Objective if compiled_extension.NATIVE is not None else object
)


def why_not(architecture: Architecture, cost: Cost) -> str | None:
    """Return the reason why the compiled engine cannot evaluate an objective, or None if it can.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.objective.engines.compiled_engine import why_not
    >>> why_not(sn.Architecture((2, 3, 1)), sn.costs.squared_error) in (None, sn.engines.native.WHY_NOT)
    True
    """
    reason = why_not_native(architecture)
    if reason is None and not _is_built_in(cost):
        return f"cost {cost.name!r} is user-defined, so the reference engine evaluates it"
    return reason


def _is_built_in(cost: Cost) -> bool:
    """Whether a cost is built in, and not a user-defined cost of the same name."""
    try:
        return bool(costs.get(cost.name) == cost)
    except InvalidInput:
        return False


def _parameter(cost: Cost) -> float:
    """Return the parameter of a cost, such as the threshold of huber, or 1 if it has none."""
    return float(
        getattr(cost, "degrees_of_freedom", None) or getattr(cost, "threshold", None) or 1.0
    )


def default_threads() -> int:
    """Return the number of usable processors, at most OMP_NUM_THREADS, which joblib sets for its workers."""
    usable = usable_processors()
    # "2,1" means 2 threads, and 1 within each.
    limit = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return min(usable, int(limit)) if limit.isdecimal() and int(limit) > 0 else usable


class CompiledEngine(Description, _Base):  # type: ignore[misc]
    """An objective evaluated by the extension.  Created by `sheernet.make_objective`.

    Parameters
    ----------
    architecture : Architecture
        The network, with built-in activations only.
    cost : Cost
        The loss of a sample, a built-in cost.
    data : Data
        All rows, packed, including those with weight 0; shared with the objectives that `replace` returns.
    weighting : Weighting
        Case weights and reduction.
    decay : ndarray, (P,)
        Penalty 1/2 decay_p theta_p^2 of each parameter.
    threads : int
        Number of threads of an evaluation.
    used : Data, optional
        The rows with positive weight, if already packed.
    """

    engine = "compiled"

    def __init__(
        self,
        architecture: Architecture,
        cost: Cost,
        data: Any,
        weighting: Weighting,
        decay: Array,
        threads: int,
        used: Any = None,
    ) -> None:
        w = weighting.positive
        if w.size == data.n_samples:
            used = data
        elif used is None:  # rows with weight 0 are omitted, because 0 * inf is nan
            kept = weighting.sample_weights > 0
            X, y = compiled_extension.NATIVE.unpack(data)
            used = compiled_extension.NATIVE.pack(X[kept], y[kept])
        super().__init__(
            native_plan(architecture), compiled_extension.NATIVE.COSTS.index(cost.name.partition("(")[0]),
            _parameter(cost), used, np.ascontiguousarray(w), decay, threads, instruction_set(),
        )  # fmt: skip
        self.architecture, self.cost = architecture, cost
        self.weighting, self.decay = weighting, decay
        self.threads, self._all, self._used = threads, data, used

    @classmethod
    def of(
        cls,
        architecture: Architecture,
        cost: Cost,
        X: Array,
        y: Array,
        weighting: Weighting,
        decay: Array,
        threads: int | None,
    ) -> CompiledEngine:
        """Pack inputs (N, d_0) and targets (N, K), and create the engine."""
        data = compiled_extension.NATIVE.pack(X, y)
        return cls(architecture, cost, data, weighting, decay, threads or default_threads())

    def __reduce__(self) -> tuple[Any, ...]:
        """Make copies and pickles pack their data again, with the instruction set of the process that loads them."""
        X, y = self._unpacked()
        given = (self.architecture, self.cost, X, y, self.weighting, self.decay, self.threads)
        return _unpickled, given

    @property
    def n_samples(self) -> int:
        """N, the number of rows with positive weight."""
        return int(self._used.n_samples)

    def replace(
        self, weights: npt.ArrayLike | None = None, decay: DecayLike | None = None
    ) -> CompiledEngine:
        """Return the same objective with other case weights or another decay, over the same packed data."""
        weighting, vector = self._replaced(weights, decay)
        used = self._used if weights is None else None
        return CompiledEngine(
            self.architecture, self.cost, self._all, weighting, vector, self.threads, used
        )

    def residuals_and_jacobian(self, theta: npt.ArrayLike) -> tuple[Array, Array]:
        """Return the residuals (M + D,) and their Jacobian (M + D, P); squared_error only."""
        self._require_residuals()
        return super().residuals_and_jacobian(theta)

    # --- delegated to the reference engine ---------------------------------------------------------

    @cached_property
    def _reference(self) -> ReferenceEngine:
        """The same objective in NumPy, over a copy of the data."""
        X, y = self._unpacked()
        return ReferenceEngine(self.architecture, self.cost, X, y, self.weighting, self.decay)

    def _unpacked(self) -> tuple[Array, Array]:
        """Return copies of all inputs and targets, (N_all, d_0) and (N_all, K)."""
        return compiled_extension.NATIVE.unpack(self._all)

    @property
    def rows(self) -> tuple[Array, Array, Array]:
        """Rows with positive weight: inputs (N, d_0), targets (N, K), and w_n (N,) including the reduction."""
        return self._reference.rows

    @property
    def inputs(self) -> Array:
        """The inputs of the rows with positive weight, (N, d_0)."""
        return self._reference.inputs

    complex_is_exact = True  # built-in activations are analytic
    has_second_derivatives = True

    def complex_value(self, theta: npt.NDArray[np.complex128]) -> complex:
        """Return the objective of a complex theta."""
        return self._reference.complex_value(theta)

    def value_at_inputs(self, theta: npt.ArrayLike, X: AnyArray) -> complex:
        """Return the objective at other inputs X, (N, d_0), for the same targets."""
        return self._reference.value_at_inputs(theta, X)

    def kinks(self, theta: npt.ArrayLike) -> Array:
        """Return the pre-activations of all units with a kink at 0, for all rows: (m,)."""
        return self._reference.kinks(theta)

    def kink_name(self, index: int) -> str:
        """Return the layer, unit and row of an entry of `kinks`."""
        return self._reference.kink_name(index)


def _unpickled(*given: Any) -> CompiledEngine:
    if compiled_extension.NATIVE is None:
        raise EngineUnavailable(
            f"this objective was pickled with the compiled engine, but {compiled_extension.WHY_NOT}"
        )
    return CompiledEngine.of(*given)
