"""The weights of a member with standard errors.

Without hidden layers they are the coefficients of a regression in the units of the columns (`linear_terms`), with test
statistics, p values and intervals.  With hidden layers they are the weights themselves, on the scale of the network,
with standard errors and the fraction of each weight that the data determine.  They have no p values: a weight of 0 is
not a hypothesis about a column, because the hidden units can be permuted and their signs changed.  For the same reason
nothing here combines the weights of several members.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.foundation.arrays import Array
from sheernet.models.explaining.linear_terms import linear_terms
from sheernet.models.explaining.member_statistics import NetworkFigures, is_cross_entropy
from sheernet.models.explaining.result_formats import frame_of
from sheernet.models.member import Member
from sheernet.statistics.coefficient_statistics import (
    CoefficientStatistics,
    coefficient_statistics,
    std_errors_of,
)
from sheernet.statistics.laplace import variances_of

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.model import Model


@dataclass(frozen=True, eq=False)
class CoefficientTable:
    """R coefficients of a network.

    Parameters
    ----------
    is_linear : bool
        Whether the network has no hidden layer, so that these are coefficients in the units of the columns.
    outputs, names : tuple of str, length R
        The output of a coefficient ("" with hidden layers), and its term or weight.
    figures : CoefficientStatistics
        Estimates and standard errors; if `is_linear`, also statistics, p values and intervals, except of those `drawn`.
    determined : ndarray, (R,)
        Fraction of each coefficient or weight that the data determine, from 0 to 1; the decay determines the rest.
    degrees : float
        Degrees of freedom of the t statistics; infinity for z statistics.
    references : mapping of str to str
        The label of each category column with which the other labels are compared.
    """

    is_linear: bool
    outputs: tuple[str, ...]
    names: tuple[str, ...]
    figures: CoefficientStatistics
    determined: Array
    degrees: float = np.inf
    references: dict[str, str] = field(default_factory=dict)

    @property
    def drawn(self) -> npt.NDArray[np.bool_]:
        """Which coefficients of a linear network the decay draws to 0, so that their statistics are not known, (R,)."""
        return self.is_linear & (self.determined < DRAWN)

    @property
    def has_std_errors(self) -> bool:
        """Whether a standard error is known."""
        return bool(np.isfinite(self.figures.std_errors).any())

    def columns(self) -> dict[str, Any]:
        """The columns of the table, by name."""
        found = self.figures
        if not self.is_linear:
            return {
                "weight": list(self.names), "estimate": found.estimates, "std_error": found.std_errors,
                "determined": self.determined,
            }  # fmt: skip
        return {
            "output": list(self.outputs), "term": list(self.names), "estimate": found.estimates,
            "std_error": found.std_errors, "statistic": found.statistics, "p_value": found.p_values,
            "lower": found.lower, "upper": found.upper, "determined": self.determined,
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """The table as a DataFrame, one row per coefficient."""
        return frame_of(self.columns())


DRAWN = 0.1
"""Fraction that the data determine below which a coefficient counts as drawn to 0: its decay then sets its standard
error, which would be read as a proof that there is no effect."""
UNSEEN = 1e-6
"""Maximum component of a combination of weights, relative to its norm, in directions that the rows do not determine."""


def coefficient_table(
    model: Model, member: Member, figures: NetworkFigures, undetermined: Array | None = None
) -> CoefficientTable:
    """The coefficients of a member.

    Parameters
    ----------
    model : Model
        The model.
    member : Member
        One of its members.
    figures : NetworkFigures
        As returned by `network_figures`.
    undetermined : ndarray, (P, m), optional
        An orthonormal basis of directions that the training rows do not determine: coefficients that change along them
        are nan.
    """
    arch, theta = member.network.architecture, member.network.theta
    if arch.n_layers == 1 and not arch.skip and member.transform is None:
        return _linear(model, member, figures, undetermined)
    outputs = model.names_of_outputs(member)
    names = [arch.layout.describe(i, model.inputs.features, outputs) for i in range(theta.size)]
    errors = np.full(theta.size, np.nan)
    if member.factor.size:
        errors = np.where(
            np.isnan(figures.determined), np.nan, np.sqrt(variances_of(member.factor))
        )
    none = np.full(theta.size, np.nan)
    found = CoefficientStatistics(theta, errors, none, none, none, none)
    return CoefficientTable(False, ("",) * theta.size, tuple(names), found, figures.determined)


def _linear(
    model: Model, member: Member, figures: NetworkFigures, undetermined: Array | None
) -> CoefficientTable:
    terms = linear_terms(model, member)
    T = terms.combinations
    estimates = T @ member.network.theta + terms.offsets
    errors = std_errors_of(T, member.factor)
    if undetermined is not None:
        changes = np.linalg.norm(T @ undetermined, axis=1) > UNSEEN * np.linalg.norm(T, axis=1)
        estimates, errors = (np.where(changes, np.nan, values) for values in (estimates, errors))
    if isinstance(model.targets, ClassTarget) and not is_cross_entropy(member.cost):
        errors = np.full(len(estimates), np.nan)  # squared errors of labels are not normal noise
    degrees = np.inf
    if isinstance(model.targets, NumberTargets) and member.noise_variance is not None:
        degrees = np.nan
        if figures.noise and figures.degrees is not None:
            # The noise of each target is estimated from its own residuals if `figures.noise` has an entry for each.
            pooled = np.array(model.targets.scale) * member.noise_variance**0.5
            each = np.array(figures.noise) / pooled  # (K,)
            errors = errors * each[terms.output_indices]
            degrees = figures.degrees / (1 if np.ptp(each) == 0 else len(each))
    shares = np.where(np.isnan(estimates), np.nan, _determined(T, member, figures.determined))
    found = coefficient_statistics(estimates, np.where(shares < DRAWN, np.nan, errors), degrees)
    return CoefficientTable(
        True, terms.outputs, terms.names, found, shares, degrees, terms.references
    )


def _determined(T: Array, member: Member, of_weights: Array) -> Array:
    """The fraction of combinations of weights, (R, P), that the data determine: 1 - variance / variance by decay."""
    if not member.factor.size:
        return np.full(len(T), np.nan)
    shrunk = np.where(np.isnan(of_weights), 0.0, np.clip(1.0 - of_weights, 0.0, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        of_decay = np.where(T != 0, T**2 * variances_of(member.factor) / shrunk, 0.0).sum(axis=1)
        return 1.0 - std_errors_of(T, member.factor) ** 2 / of_decay
