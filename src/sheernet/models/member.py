"""`Member`: one network of a model, with its share, noise, uncertainty, and the history of its fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array, all_finite, as_float, read_only
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.scalars import is_whole
from sheernet.foundation.sentences import Setting
from sheernet.network.activations import identity
from sheernet.network.network import Network
from sheernet.objective import costs
from sheernet.objective.decay import as_decay
from sheernet.optimizers import Record, Termination
from sheernet.statistics.network_densities import noise_variances
from sheernet.statistics.noise_models import SKEWED_COSTS
from sheernet.statistics.target_transforms import JohnsonTransform
from sheernet.training.starts import Starts


@dataclass(frozen=True, eq=False, kw_only=True)
class Member:
    """One network of a model and its share in the prediction.

    Parameters
    ----------
    network : Network
        The network.
    share : float
        Weight in the prediction; the shares of a model add up to 1.
    cost : str
        The minimized cost.
    decay : ndarray, (P,)
        Weight decay of the parameters.
    record, termination, starts : Record, Termination, Starts
        Record of the best start, its termination, and the final objectives of all starts.
    noise_variance : float, optional
        Variance of the noise in squared units of the network's own targets, which are scaled; None for classes and
        counts, and if it is not known.
    factor : ndarray, (P(P+1)/2,) or (0,)
        The lower triangle, row by row, of L with L L^T = covariance of theta, by Laplace's approximation; empty if it
        is not known.
    change_left : float, optional
        Largest change of a prediction by the next step of Newton's method, in its standard deviations by the weights
        (`sheernet.statistics.laplace.change_left`); None if the factor is not known.
    evidence : mapping
        If the evidence chose the decay: log evidence of the kept start and of all starts, noise variance, effective
        parameters, decay of each group; otherwise empty.
    transform : JohnsonTransform, optional
        If the network was fitted to transformed targets, the transform from the scaled targets: predictions are the
        means of noise that is normal after the transform.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If the decay, the noise variance, the factor or the transform is invalid or has the wrong size.
    """

    network: Network
    share: float
    cost: str
    decay: Array
    record: Record
    termination: Termination
    starts: Starts
    noise_variance: float | None = None
    factor: Array = field(default_factory=lambda: np.zeros(0))
    change_left: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    transform: JohnsonTransform | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "decay", as_decay(self.decay, self.network.architecture))
        noise = self.noise_variance
        if noise is not None and not (noise > 0 and isfinite(noise)):
            raise InvalidInput(
                f"noise_variance of a member must be finite and positive, or None, but {noise!r} was given"
            )
        factor = as_float(self.factor, "factor")
        _require_factor(factor, self.network.theta.size)
        object.__setattr__(self, "factor", read_only(factor))
        if self.transform is not None:
            self._require_transform(self.transform)

    @property
    def outputs_per_target(self) -> int:
        """Outputs of the network for each target: 2 if it predicts a location and a scale, otherwise 1."""
        known = costs.ALL.get(self.cost.partition("(")[0])
        return 1 if known is None else costs.outputs_per_target(known)

    @property
    def n_locations(self) -> int:
        """Number of outputs that enter the prediction of a model, K."""
        return self.network.architecture.n_outputs // self.outputs_per_target

    def location(self, X: Array) -> Array:
        """Return the outputs that enter the prediction of a model, (N, K): locations, without scales.

        Parameters
        ----------
        X : ndarray, (N, d_0)
            Encoded rows; there may be none.
        """
        if not len(X):  # such as the rows in the gaps between the values of a column with one value
            return np.zeros((0, self.n_locations))
        outputs = self.network.predict(X)
        locations = outputs[:, : self.n_locations]
        if self.transform is None:
            return locations
        return self.transform.means(locations, self._noise_variances(outputs))

    def location_slopes(self, outputs: Array) -> Array:
        """Derivative of the locations with respect to the outputs, for a member with a transform, (N, K, outputs).

        Parameters
        ----------
        outputs : ndarray, (N, outputs of the network)
            Its outputs.
        """
        assert self.transform is not None
        n_rows, n_outputs = outputs.shape
        K = self.n_locations
        by_location, by_log_variance = self.transform.slopes(
            outputs[:, :K], self._noise_variances(outputs)
        )
        slopes, each = np.zeros((n_rows, K, n_outputs)), np.arange(K)
        slopes[:, each, each] = by_location
        if n_outputs > K:
            slopes[:, each, K + each] = by_log_variance
        return slopes

    def network_targets(self, y: Array) -> Array:
        """Transform the scaled targets to the targets of the network, (N, K)."""
        return y if self.transform is None else self.transform.forward(y)

    def tempered(self, temperature: float) -> Member:
        """Divide the parameters of the output layer, and so the sums into the outputs, by a temperature.

        The decay and the covariance are converted to the divided weights, so that the penalty and the effective
        parameters do not change.

        Parameters
        ----------
        temperature : float
            Positive, as returned by `best_ensemble` for classes.
        """
        arch = self.network.architecture
        units = np.ones(arch.n_parameters)  # theta of this member in units of theta of the result
        for block in arch.layout.blocks:
            if block.layer == arch.n_layers:
                units[block.slice] = temperature
        factor = (
            self.factor / units[np.tril_indices(units.size)[0]] if self.factor.size else self.factor
        )
        return replace(
            self, network=Network(arch, self.network.theta / units), decay=self.decay * units**2, factor=factor,
            evidence={**self.evidence, "temperature": temperature},
        )  # fmt: skip

    def _noise_variances(self, outputs: Array) -> Array | float:
        return noise_variances(outputs, self.outputs_per_target, self.noise_variance)

    def _require_transform(self, transform: JohnsonTransform) -> None:
        """Require a transform of each target, and normal noise of a network with linear outputs."""
        if len(transform.center) != self.n_locations:
            raise ShapeMismatch(
                f"transform of a member is for {counted(len(transform.center), 'target')}, but its network has "
                f"{self.n_locations}"
            )
        is_linear = self.network.architecture.activations[-1] == identity
        known = self.outputs_per_target == 2 or self.noise_variance is not None
        if self.cost not in SKEWED_COSTS or not is_linear or not known:
            raise InvalidInput(
                f"a member with a transform needs a linear output, the cost {' or '.join(SKEWED_COSTS)}, and its noise "
                "variance if that is constant"
            )


def member_index(members: Sequence[Member], member: int | None) -> int:
    """Return the index of the chosen member; by default the member with the largest share, the first on ties.

    Raises
    ------
    InvalidInput
        If the member does not exist.
    """
    if member is None:
        return max(range(len(members)), key=lambda k: members[k].share)
    if is_whole(member) and 0 <= member < len(members):
        return int(member)
    raise InvalidInput(
        "{} must be a whole number from 0 to {}, the index in model.members, but {!r} was given",
        Setting("member"), len(members) - 1, member,
    )  # fmt: skip


def mean_location(members: Sequence[Member], X: Array) -> Array:
    """Return the mean of the locations of members, weighted by their shares, (N, K).

    Parameters
    ----------
    members : sequence of Member
        At least one.
    X : ndarray, (N, d_0)
        Encoded rows.
    """
    mean = np.zeros((len(X), members[0].n_locations))  # (N, K)
    for member in members:
        mean += member.share * member.location(X)
    return mean


def _require_factor(factor: Array, n_parameters: int) -> None:
    """Require the packed lower triangle of a nonsingular matrix, or an empty array."""
    n_entries = n_parameters * (n_parameters + 1) // 2
    if factor.shape not in ((0,), (n_entries,)):
        raise ShapeMismatch(
            f"factor of a member has shape {factor.shape}, but a network with {n_parameters} parameters needs "
            f"({n_entries},), or (0,) if its covariance is not known"
        )
    if not all_finite(factor):
        raise InvalidInput("factor of a member must be finite")
    diagonal = np.cumsum(np.arange(1, n_parameters + 1)) - 1
    if factor.size and factor[diagonal].min() <= 0:
        raise InvalidInput(
            f"the diagonal of the factor of a member must be positive, but has {factor[diagonal].min():g}"
        )
