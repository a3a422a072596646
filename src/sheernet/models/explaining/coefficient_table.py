r"""The weights of a member with standard errors.

Without hidden layers they are the coefficients of a regression in the units of the columns, with test
statistics, p values and intervals.  With hidden layers they are the weights themselves, on the scale of the network,
with standard errors and the fraction of each weight that the data determine.  They have no p values: a weight of 0 is
not a hypothesis about a column, because the hidden units can be permuted and their signs changed.  For the same reason
nothing here combines the weights of several members.

The coefficients are a linear map of the weights:

    z_k = b_k + sum_f w_fk x~_f,    x~_f = (x_f - shift_f) / scale_f,    y_k = shift_k + scale_k z_k

    slope of a number, date or time    scale_k w_fk / scale_f
    label against the first label      scale_k (w_fk - w_rk), r the first label of the column (treatment contrasts)
    intercept                          shift_k + scale_k (b_k - sum_f w_fk shift_f / scale_f + sum_r w_rk)

An output with limits has coefficients of its link g(u_k) = z_k, u_k = (y_k - shift_k) / scale_k, which are not scaled:
its logarithm (of y_k itself if shift_k is 0), its logit, its inverse hyperbolic tangent, or the inverse of softplus.

Because the map is linear, standard errors follow from the covariance of the weights without approximation.  Classes
have unscaled logits: of the second of two classes, or of each class against the first.  The logarithm of a
squared scale is in squared units of the target, so 2 log scale_k is added to its intercept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import compress, product
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.data.columns.column_types import Column
from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.foundation.arrays import Array, Mask
from sheernet.foundation.pandas_import import frame_of
from sheernet.models.explaining.member_statistics import NetworkFigures, is_cross_entropy
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


INTERCEPT = "(intercept)"
LINKS = {
    "sigmoid": "logit of ",
    "tanh": "artanh of ",
    "softplus": "inverse softplus of ",
    "exp": "log of ",
}
"""The quantity that is linear in the columns, by output activation."""
UNITS = {"date": "per day", "time": "per hour", "boolean": "true"}
"""Suffixes of the names of terms, by kind of column."""


@dataclass(frozen=True, eq=False)
class LinearTerms:
    """The coefficients of R terms as T theta + offsets.

    Parameters
    ----------
    outputs, names : tuple of str, length R
        The output of each coefficient, and its term.
    output_indices : ndarray of int, (R,)
        Index of the output of the network; the coefficient has the noise of this output.
    combinations : ndarray, (R, P)
        T.
    offsets : ndarray, (R,)
    references : mapping of str to str
        The label of each category column with which the other labels are compared.
    """

    outputs: tuple[str, ...]
    names: tuple[str, ...]
    output_indices: Array
    combinations: Array
    offsets: Array
    references: dict[str, str]


def linear_terms(model: Model, member: Member) -> LinearTerms:
    """The terms of a member without hidden layers, output by output.

    Parameters
    ----------
    model : Model
        The model; its encoders of the columns are used.
    member : Member
        One of its members.
    """
    names, of_features = _terms_of(model.inputs)  # (n, d_0 + 1), the last column for the bias
    layout = member.network.architecture.layout
    n_outputs = member.network.architecture.n_outputs
    places = layout.block("W1").view(np.arange(layout.size))  # (d_0, K)
    biases = [block for block in layout.blocks if block.is_bias]
    maps = np.zeros((n_outputs, len(names), layout.size))
    for k in range(n_outputs):
        maps[k][:, places[:, k]] = of_features[:, :-1]
        if biases:
            maps[k][:, biases[0].start + k] = of_features[:, -1]
    outputs, indices, scales, shifts = _outputs_of(model, member)
    if isinstance(model.targets, ClassTarget) and n_outputs > 1:
        maps = maps - maps[0]
    combinations = [scale * maps[k] for k, scale in zip(indices, scales, strict=True)]
    offsets = np.outer(shifts, np.arange(len(names)) == 0)
    T = np.concatenate(combinations)
    kept = T.any(axis=1) | (offsets.ravel() != 0)  # without biases, there may be no intercept
    own_outputs, own_names = zip(*compress(product(outputs, names), kept), strict=True)
    return LinearTerms(
        own_outputs,
        own_names,
        np.repeat(indices, len(names))[kept],
        T[kept],
        offsets.ravel()[kept],
        {
            column.name: column.categories[0]
            for column in model.inputs.columns
            if isinstance(column, CategoryColumn) and len(column.categories) > 1
        },
    )


def _outputs_of(
    model: Model, member: Member
) -> tuple[tuple[str, ...], list[int], list[float], list[float]]:
    """Names, indices, scales and shifts of the outputs that have coefficients."""
    targets = model.targets
    if isinstance(targets, ClassTarget):
        first, *others = targets.classes
        names = tuple(f"log odds of {targets.name}={label} against {first}" for label in others)
        indices = [0] if targets.n_outputs == 1 else list(range(1, len(targets.classes)))
        return names, indices, [1.0] * len(names), [0.0] * len(names)
    if targets.output in LINKS:
        links = [_link(targets, k) for k in range(len(targets.names))]
        names, offsets = zip(*links, strict=True)
        return names, list(range(len(links))), [1.0] * len(links), list(offsets)
    scales, shifts = list(targets.scale), list(targets.shift)
    if member.outputs_per_target == 2:
        shifts += [2.0 * float(np.log(scale)) for scale in scales]
        scales += [1.0] * len(scales)
    return model.names_of_outputs(member), list(range(len(scales))), scales, shifts


def _link(targets: NumberTargets, k: int) -> tuple[str, float]:
    """The output of a coefficient of a target with limits, and the amount that is added to the intercept."""
    shift, scale = targets.shift[k], targets.scale[k]
    text = f"({targets.names[k]} - {shift:.6g})" if shift else targets.names[k]
    if targets.output == "exp" and not shift:  # log y = log scale + z
        return LINKS["exp"] + text, float(np.log(scale))
    return LINKS[targets.output] + text + (f" / {scale:.6g}" if scale != 1.0 else ""), 0.0


def _terms_of(inputs: Inputs) -> tuple[tuple[str, ...], Array]:
    """The names of the terms, the intercept first, and each as a combination of weights and bias, (n, d_0 + 1)."""
    names = [INTERCEPT]
    intercept = np.zeros(inputs.n_features + 1)
    intercept[-1] = 1.0
    rows = [intercept]
    for column, where in inputs.with_slices():
        if isinstance(column, CategoryColumn):
            intercept[where.start] = 1.0
        elif column.has_trend:
            intercept[where.start] = -column.shift / column.scale
        for name, part in _terms_of_column(column):
            names.append(name)
            row = np.zeros(inputs.n_features + 1)
            row[where] = part
            rows.append(row)
    return tuple(names), np.stack(rows)


def _terms_of_column(column: Column) -> Iterator[tuple[str, Array]]:
    """The names of the terms of a column, and each as a combination of the weights of its features."""
    unit = np.eye(len(column.features))
    n_labels = len(column.categories) if isinstance(column, CategoryColumn) else 0
    yield from zip(column.features[1:n_labels], unit[1:n_labels] - unit[0], strict=False)
    for k, feature in enumerate(column.features[n_labels:], n_labels):
        if k == 0 and not isinstance(column, CategoryColumn) and column.has_trend:
            kind = UNITS.get(column.kind)
            yield f"{feature} ({kind})" if kind else feature, unit[0] / column.scale
        else:
            yield feature, unit[k]


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
    def drawn(self) -> Mask:
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
