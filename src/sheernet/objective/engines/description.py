"""Properties of an objective that do not depend on the engine (`Description`), or on where the rows are."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.network import Block
from sheernet.objective.costs import squared_error
from sheernet.objective.decay import DecayLike, as_decay
from sheernet.objective.engines.used_rows import moments_of
from sheernet.objective.objective_protocol import Objective, SummedObjective
from sheernet.objective.standard_units import Moments, StandardUnits
from sheernet.objective.weighting import Weighting


class SummedDescription:
    """The part of a `SummedObjective` that all objectives of a network inherit."""

    @property
    def size(self: SummedObjective) -> int:
        """P, the length of theta."""
        return self.architecture.n_parameters

    @property
    def names(self: SummedObjective) -> list[str]:
        """The name of each entry of theta."""
        return list(self.architecture.layout.names)

    @property
    def blocks(self: SummedObjective) -> dict[str, Block]:
        """The position of each named array in theta."""
        return {block.name: block for block in self.architecture.layout.blocks}

    @property
    def constants(self: SummedObjective) -> dict[str, float]:
        """Factors that an incorrect gradient may lack or contain too often, by name."""
        return {"N": self.n_samples, "K": self.architecture.n_outputs}

    @cached_property
    def standard_units(self: SummedObjective) -> StandardUnits:
        """The units of the parameters, of the gradient and of the value: see `sheernet.objective.standard_units`."""
        total = 1.0 if self.reduction == "mean" else self.total_weight
        return StandardUnits.of(self.architecture, self.cost, self.moments, total)


class Description(SummedDescription):
    """The part of an `Objective` that both engines inherit."""

    @property
    def relative_decay(self: Objective) -> float:
        """The median decay / sum_n w_n: the curvature of the penalty relative to the curvature of a row's loss."""
        return float(np.sort(self.decay)[self.size // 2] / self.weighting.positive.sum())

    @property
    def weights(self: Objective) -> Array:
        """The case weights of all rows, (N_all,), as given."""
        return self.weighting.case_weights

    @property
    def total_weight(self: Objective) -> float:
        """The sum of the case weights."""
        return float(self.weights.sum())

    @property
    def reduction(self: Objective) -> str:
        """How the losses of the samples are combined: "mean" or "sum"."""
        return self.weighting.reduction

    @property
    def moments(self: Objective) -> Moments:
        """The moments of inputs and targets."""
        return moments_of(self)

    def __repr__(self: Objective) -> str:
        rows = counted(self.n_samples, "row")
        return f"<{self.engine} objective: {self.cost.name} of {self.architecture}, {rows}>"

    def _replaced(
        self: Objective, weights: npt.ArrayLike | None, decay: DecayLike | None
    ) -> tuple[Weighting, Array]:
        """Return weighting and decay (P,), each replaced unless the argument is None."""
        weighting = self.weighting if weights is None else self.weighting.replace(weights)
        return weighting, self.decay if decay is None else as_decay(decay, self.architecture)

    def _require_residuals(self: Objective) -> None:
        """Raise unless the cost is half a sum of squares."""
        if self.cost.name != squared_error.name:
            raise InvalidInput(
                f"residuals_and_jacobian needs cost 'squared_error', but the cost is {self.cost.name!r}; "
                "use gauss_newton"
            )
