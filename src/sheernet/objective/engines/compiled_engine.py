"""The compiled engine: the reference engine's objective in C++ (native/), many times as fast.

Everything that training, checking and explaining evaluate at a real theta is a method of the extension's own class,
called without any Python in between.  What is there for teaching and for checks alone is answered by a reference engine
over a copy of the data, made when it is first needed: values of a complex theta or of other inputs, pre-activations
near a kink, and the rows themselves.

Inputs and targets are kept once, packed; `replace` shares them.  A number of threads changes no bit of a result.
SHEERNET_INSTRUCTION_SET, read when an engine is made, chooses among the instruction sets that the machine has: for
tests, and to see whether a difference between two machines comes from theirs.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, extremes
from sheernet.foundation.errors import EngineUnavailable, InvalidInput
from sheernet.network import native
from sheernet.network.activations import AnyArray
from sheernet.network.architecture import Architecture
from sheernet.network.prediction import instruction_set, native_plan, why_not_native
from sheernet.objective import costs
from sheernet.objective.costs import Cost
from sheernet.objective.decay import DecayLike
from sheernet.objective.engines.description import Description
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.objective.weighting import Weighting

_Base: Any = native.NATIVE.Objective if native.NATIVE is not None else object


def why_not(architecture: Architecture, cost: Cost) -> str | None:
    """Why the compiled engine cannot evaluate a network, in a sentence; None where it can.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.objective.engines.compiled_engine import why_not
    >>> why_not(sn.Architecture((2, 3, 1)), sn.costs.squared_error) in (None, sn.engines.native.WHY_NOT)
    True
    """
    reason = why_not_native(architecture)
    if reason is None and not _is_ours(cost):
        return f"cost {cost.name!r} is one of your own, which the reference engine evaluates"
    return reason


def _is_ours(cost: Cost) -> bool:
    """Whether a cost is one of sheernet's, and not a user's of the same name."""
    try:
        return bool(costs.get(cost.name) == cost)
    except InvalidInput:
        return False


def default_threads() -> int:
    """The processors that this process may use, and no more than OMP_NUM_THREADS, which joblib sets for its workers."""
    usable = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    asked = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()  # "2,1": 2, and 1 in each
    return min(usable, int(asked)) if asked.isdecimal() and int(asked) > 0 else usable


class CompiledEngine(Description, _Base):  # type: ignore[misc]
    """An objective of theta, evaluated by the extension.  Made by `sheernet.make_objective`.

    Parameters
    ----------
    architecture : Architecture
        The network, of sheernet's own activations.
    cost : Cost
        The loss of a sample, one of sheernet's own.
    data : Data
        All the rows, packed, those of weight 0 included; shared by every engine that `replace` makes.
    weighting : Weighting
        Case weights and reduction.
    decay : ndarray, (P,)
        Penalty 1/2 decay_p theta_p^2 of each parameter.
    threads : int
        How many may evaluate at a time.
    used : Data, optional
        The rows of positive weight, where they are packed already.
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
        w = weighting.sample_weights
        if extremes(w)[0] > 0:
            used = data
        else:  # 0 * inf is nan: rows of weight 0 are left out
            kept = w > 0
            w = w[kept]
            if used is None:
                X, y = native.NATIVE.unpack(data, architecture.n_inputs, architecture.n_outputs)
                used = native.NATIVE.pack(X[kept], y[kept])
        super().__init__(
            native_plan(architecture), native.NATIVE.COSTS.index(cost.name.partition("(")[0]),
            getattr(cost, "threshold", None) or 1.0, used, np.ascontiguousarray(w), decay, threads, instruction_set(),
        )  # fmt: skip
        self.architecture, self.cost, self.weighting, self.decay = (
            architecture,
            cost,
            weighting,
            decay,
        )
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
        """Pack inputs (N, d_0) and targets (N, K), and make the engine."""
        data = native.NATIVE.pack(X, y)
        return cls(architecture, cost, data, weighting, decay, threads or default_threads())

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy or a pickle packs its data anew; it is evaluated by what the other process finds itself on."""
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
        """The same objective with other case weights or another decay, over the same packed data."""
        weighting, vector = self._replaced(weights, decay)
        used = self._used if weights is None else None
        return CompiledEngine(
            self.architecture, self.cost, self._all, weighting, vector, self.threads, used
        )

    def residuals_and_jacobian(self, theta: npt.ArrayLike) -> tuple[Array, Array]:
        """Residuals (M + D,) and their Jacobian (M + D, P); squared_error only."""
        self._require_residuals()
        return super().residuals_and_jacobian(theta)

    # --- what the reference engine answers ---------------------------------------------------------

    @cached_property
    def _reference(self) -> ReferenceEngine:
        """The same objective in NumPy, over a copy of the data."""
        X, y = self._unpacked()
        return ReferenceEngine(self.architecture, self.cost, X, y, self.weighting, self.decay)

    def _unpacked(self) -> tuple[Array, Array]:
        """Copies of all inputs and targets, (N_all, d_0) and (N_all, K)."""
        arch = self.architecture
        return native.NATIVE.unpack(self._all, arch.n_inputs, arch.n_outputs)

    @property
    def rows(self) -> tuple[Array, Array, Array]:
        """Inputs (N, d_0), targets (N, K) and weights (N,) of the rows of positive weight."""
        return self._reference.rows

    @property
    def inputs(self) -> Array:
        """The inputs of the rows of positive weight, (N, d_0)."""
        return self._reference.inputs

    complex_is_exact = True  # its activations are sheernet's own

    def complex_value(self, theta: npt.NDArray[np.complex128]) -> complex:
        """The objective of a complex theta."""
        return self._reference.complex_value(theta)

    def value_at_inputs(self, theta: npt.ArrayLike, X: AnyArray) -> complex:
        """The objective with other inputs X, (N, d_0), for the same targets."""
        return self._reference.value_at_inputs(theta, X)

    def kinks(self, theta: npt.ArrayLike) -> Array:
        """Pre-activations of all units with a kink at 0, of all rows: (m,)."""
        return self._reference.kinks(theta)

    def kink_name(self, index: int) -> str:
        """The layer, unit and row of an entry of `kinks`."""
        return self._reference.kink_name(index)


def _unpickled(*given: Any) -> CompiledEngine:
    if native.NATIVE is None:
        raise EngineUnavailable(
            f"this objective was pickled where the compiled engine is; here {native.WHY_NOT}"
        )
    return CompiledEngine.of(*given)
