r"""The coefficients of a network without hidden layers, in the units of the columns, as a linear map of its weights.

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
from dataclasses import dataclass
from itertools import compress, product
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.data.columns.column_types import Column
from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.foundation.arrays import Array
from sheernet.models.member import Member

if TYPE_CHECKING:
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
        dict(_references(model.inputs)),
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
    if isinstance(column, CategoryColumn):
        yield from zip(column.features[1:], unit[1:] - unit[0], strict=True)
        return
    for k, feature in enumerate(column.features):
        if k == 0 and column.has_trend:
            kind = UNITS.get(column.kind)
            yield f"{feature} ({kind})" if kind else feature, unit[0] / column.scale
        else:
            yield feature, unit[k]


def _references(inputs: Inputs) -> Iterator[tuple[str, str]]:
    for column in inputs.columns:
        if isinstance(column, CategoryColumn) and len(column.features) > 1:
            yield column.name, column.features[0][len(column.name) + 1 :]
