"""What an objective says of itself, the same words for every engine."""

from __future__ import annotations

from typing import Protocol

import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.network.architecture import Architecture, Block
from sheernet.objective.costs import Cost, squared_error
from sheernet.objective.decay import DecayLike, as_decay
from sheernet.objective.weighting import Weighting


class Defined(Protocol):
    """What defines an objective beside its data."""

    @property
    def engine(self) -> str:
        """The engine's name."""

    @property
    def architecture(self) -> Architecture:
        """The network."""

    @property
    def cost(self) -> Cost:
        """The loss of a sample."""

    @property
    def weighting(self) -> Weighting:
        """Case weights and reduction."""

    @property
    def decay(self) -> Array:
        """Penalty 1/2 decay_p theta_p^2 of each parameter, (P,)."""

    @property
    def n_samples(self) -> int:
        """N, the number of rows with positive weight."""


class Description:
    """The facts of an objective that do not depend on how it is evaluated: a part that engines inherit."""

    @property
    def size(self: Defined) -> int:
        """P."""
        return self.architecture.n_parameters

    @property
    def names(self: Defined) -> list[str]:
        """The name of each entry of theta."""
        return list(self.architecture.layout.names)

    @property
    def blocks(self: Defined) -> dict[str, Block]:
        """The place of each named array in theta."""
        return {block.name: block for block in self.architecture.layout.blocks}

    @property
    def constants(self: Defined) -> dict[str, float]:
        """Numbers that a wrong gradient may lack or have too often."""
        return {"N": self.n_samples, "K": self.architecture.n_outputs}

    @property
    def weights(self: Defined) -> Array:
        """The case weights of all rows, (N_all,), as they were given."""
        return self.weighting.case_weights

    @property
    def reduction(self: Defined) -> str:
        """How losses are put together: mean or sum."""
        return self.weighting.reduction

    def __repr__(self: Defined) -> str:
        return f"<{self.engine} objective: {self.cost.name} of {self.architecture}, {self.n_samples} rows>"

    def _replaced(
        self: Defined, weights: npt.ArrayLike | None, decay: DecayLike | None
    ) -> tuple[Weighting, Array]:
        """Weighting and decay (P,), with those in their places that are not None."""
        weighting = self.weighting if weights is None else self.weighting.replace(weights)
        return weighting, self.decay if decay is None else as_decay(decay, self.architecture)

    def _require_residuals(self: Defined) -> None:
        """Refuse, in a sentence, a cost that is not half a sum of squares."""
        if self.cost.name != squared_error.name:
            raise InvalidInput(
                f"residuals_and_jacobian needs cost 'squared_error', but the cost is {self.cost.name!r}; "
                "use gauss_newton"
            )
