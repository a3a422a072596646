r"""The protocol of an objective (`Objective`), which every engine implements.

    objective(theta) = sum_n w_n loss_n(theta)  +  1/2 sum_p decay_p theta_p^2

The loss belongs to a sample, the cost to the data; the objective is cost + penalty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.network import Architecture, Block
from sheernet.network.activations import AnyArray
from sheernet.objective.costs import Cost
from sheernet.objective.decay import DecayLike
from sheernet.objective.standard_units import Moments, StandardUnits
from sheernet.objective.weighting import Weighting


class SummedObjective(Protocol):
    """The part of an objective that needs only sums over the rows, so that the rows may be in files or on workers.

    It satisfies the laws of `Objective`, too.
    """

    # --- definition ------------------------------------------------------------------------------------

    @property
    def engine(self) -> str:
        """The name of the engine."""

    @property
    def architecture(self) -> Architecture:
        """The network."""

    @property
    def cost(self) -> Cost:
        """The loss of a sample."""

    @property
    def reduction(self) -> str:
        """How the losses of the samples are combined: "mean" or "sum"."""

    @property
    def decay(self) -> Array:
        """Weight decay of each parameter, (P,): the penalty is 1/2 decay_p theta_p^2."""

    @property
    def relative_decay(self) -> float:
        """The median decay / sum_n w_n: the curvature of the penalty relative to the curvature of a row's loss."""

    @property
    def size(self) -> int:
        """P, the length of theta."""

    @property
    def names(self) -> list[str]:
        """The name of each entry of theta."""

    @property
    def blocks(self) -> dict[str, Block]:
        """The position of each named array in theta."""

    @property
    def n_samples(self) -> int:
        """N, the number of rows with positive weight."""

    @property
    def total_weight(self) -> float:
        """The sum of the case weights, sum_n w_n before the reduction."""

    @property
    def moments(self) -> Moments:
        """The moments of inputs and targets."""

    @property
    def standard_units(self) -> StandardUnits:
        """The units of the parameters and of the gradient, (P,) each, and of the value: see `StandardUnits`."""

    # --- evaluation at theta ---------------------------------------------------------------------------

    def value(self, theta: npt.ArrayLike) -> float:
        """Return the objective."""

    def value_and_gradient(self, theta: npt.ArrayLike) -> tuple[float, Array]:
        """Return the objective and its gradient, (P,)."""

    def terms(self, theta: npt.ArrayLike) -> tuple[float, float, float]:
        """Return cost, penalty, and the sum of the absolute terms of both, the scale of the value's rounding noise."""

    def gauss_newton(self, theta: npt.ArrayLike) -> tuple[float, Array, Array]:
        """Return the objective, its gradient, and J^T H J + diag(decay), (P, P)."""

    def gradient_outer_product(self, theta: npt.ArrayLike) -> Array:
        """Return sum_n w_n g_n g_n^T, (P, P), with g_n = d loss_n / d theta; without decay."""

    def hessian_vector(self, theta: npt.ArrayLike, v: npt.ArrayLike) -> Array:
        """Return the exact Hessian times v, (P,); or times each column of v, (P, m), in one pass over the data."""

    @property
    def has_second_derivatives(self) -> bool:
        """Whether all activations have a second derivative, so that `hessian_vector` can be called."""

    def replace(self, *, decay: DecayLike | None = None) -> SummedObjective:
        """Return the same objective with another decay; it shares the data."""

    # --- evaluation for checks -------------------------------------------------------------------------

    @property
    def constants(self) -> Mapping[str, float]:
        """Factors that an incorrect gradient may lack or contain too often, by name."""

    def gradient_magnitude(self, theta: npt.ArrayLike) -> Array:
        """Return the sum of the absolute terms of each gradient entry, (P,): the scale of its rounding noise."""


class Objective(SummedObjective, Protocol):
    """The objective of a network on data; tests/contracts/test_objectives.py checks the laws below for every engine.

    Notes
    -----
    1. theta is float64 and (P,); it is neither stored nor modified.
    2. Returned arrays are new and belong to the caller.
    3. value(t), value_and_gradient(t)[0] and gauss_newton(t)[0] are bitwise equal within one engine.
    4. Evaluations at the same theta are bitwise equal, whatever was evaluated in between.
    5. Residuals are sqrt(w_n) (a - y), followed by sqrt(decay_p) theta_p for decay_p > 0; half the sum of their squares
       is the value and J^T r the gradient, to 1e-12 of the value and of sum |J| |r|.
    6. Overflow gives inf or nan, never an exception.
    7. Engines agree: |df| <= 1e-12 magnitude, |dg_p| <= 1e-12 gradient_magnitude_p.  If a network fits every row,
       a - y is only the rounding noise of a and y, and 32 eps times the terms that they add to g_p are also allowed.
    8. A weight of k equals a row repeated k times; a weight of 0 equals the omission of the row.
    9. Objects are independent of each other.
    10. Each column of hessian_vector(t, V) is bitwise equal to hessian_vector(t, this column of V).
    """

    # --- rows ------------------------------------------------------------------------------------------

    @property
    def weighting(self) -> Weighting:
        """Case weights and reduction."""

    @property
    def weights(self) -> Array:
        """The case weights of all rows, (N_all,), as given."""

    @property
    def rows(self) -> tuple[Array, Array, Array]:
        """Rows with positive weight: inputs (N, d_0), targets (N, K), and w_n (N,) including the reduction."""

    @property
    def inputs(self) -> Array:
        """The inputs of the rows with positive weight, (N, d_0)."""

    # --- evaluation at theta ---------------------------------------------------------------------------

    def residuals_and_jacobian(self, theta: npt.ArrayLike) -> tuple[Array, Array]:
        """Return the residuals (M + D,) and their Jacobian (M + D, P); squared_error only."""

    def replace(
        self, weights: npt.ArrayLike | None = None, decay: DecayLike | None = None
    ) -> Objective:
        """Return the same objective with other case weights or another decay; it shares the data."""

    # --- evaluation for checks and explanations --------------------------------------------------------

    @property
    def complex_is_exact(self) -> bool:
        """Whether `complex_value` is known to be analytic."""

    def complex_value(self, theta: npt.NDArray[np.complex128]) -> complex:
        """Return the objective of a complex theta; its imaginary part at theta + i h v is h times the slope along v."""

    def kinks(self, theta: npt.ArrayLike) -> Array:
        """Return the pre-activations of all units with a kink at 0, such as relu units, for all rows: (m,)."""

    def kink_name(self, index: int) -> str:
        """Return the layer, unit and row of an entry of `kinks`."""

    def value_at_inputs(self, theta: npt.ArrayLike, X: AnyArray) -> complex:
        """Return the objective at other inputs X, (N, d_0), real or complex, for the same targets."""

    def input_gradient(self, theta: npt.ArrayLike, X: Array) -> Array:
        """Return the gradient of `value_at_inputs` with respect to X, (N, d_0)."""
