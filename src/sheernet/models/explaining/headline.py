"""`headline`: a description of a model in plain sentences: its quality, the most important columns, and cautions.

Everything is computed from what a model stores, or from the rows of its fit.  Columns have the order of
`Model.effects`, by the size of their effect: each row changes a column by little and keeps the others.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.columns import CategoryColumn
from sheernet.data.targets import ClassificationFit, RegressionFit
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import capitalized, counted, listed, plural_of
from sheernet.foundation.sentences import sentence
from sheernet.models.explaining.effects import compute_effects, relative_size
from sheernet.models.explaining.importance import CORRELATED
from sheernet.models.explaining.reference_rows import kept_rows
from sheernet.models.reliability import standard_errors
from sheernet.models.report import cautions, evaluated_rows
from sheernet.models.rows_in import Rows
from sheernet.models.uncertainty import distribution_of
from sheernet.models.verdict import verdict

if TYPE_CHECKING:
    from sheernet.models.model import Model

MOST_NAMED = 5
LEAST = 0.5
"""Minimum size of an effect, relative to the largest one, for which its column is named."""
ASSOCIATIONS = "Effects are associations in these rows, not causes"
MOST_TARGETS, MOST_TOGETHER = 3, 6
VARIES = 1.2
"""Minimum ratio of standard deviations, between the thirds of rows with low and high values, that is reported."""


def headline(model: Model, X: Array | None = None) -> str:
    """Describe a model in sentences, for a reader who does not know it.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.
    X : ndarray, (N, F), optional
        Encoded training rows; by default the reference rows of the model.
    """
    found = [*_quality(model), *_matters(model, X), *_noise(model), *_careful(model)]
    return sentence(" ".join(["{}."] * len(found)), *found)


def _quality(model: Model) -> Iterator[str]:
    """The type of the model, its quality, and the quality of other predictions."""
    fit = model.held_out_fit
    figures = "its error on new rows is not known"
    if fit is not None:
        on = evaluated_rows(model)
        if isinstance(fit, ClassificationFit):
            figures = f"of the {on}, {100 * fit.accuracy:.3g} % are predicted correctly"
        else:
            figures = f"on {on}, it explains {_explained(model, fit)}"
    several = len(model.members) > 1
    arch = model.network.architecture
    one = "one network" if arch.n_layers > 1 else "a linear model"
    what = f"the mean of {len(model.members)} networks" if several else one
    yield f"{capitalized(what)} predicts {listed(model.targets.names, most=MOST_TARGETS)}; {figures}"
    if found := verdict(model):
        yield found.removesuffix(".")


def _explained(model: Model, fit: RegressionFit) -> str:
    """R^2 of each target in words, with the RMSE."""
    parts, errors = [], standard_errors(model)
    for name, r2, rmse in zip(model.targets.names, fit.r2, fit.rmse, strict=True):
        part = "an unknown part" if r2 is None else "nothing" if r2 <= 0 else f"{100 * r2:.3g} %"
        more = "" if errors is None else f" (standard error {100 * errors[1]:.2g} %)"
        error = "" if errors is None else f" (standard error {errors[0]:.2g})"
        parts.append(
            f"{part}{more} of the variance of {name}, with a typical error (RMSE) of {rmse:.3g}{error}"
        )
    return listed(parts, most=MOST_TARGETS)


def _matters(model: Model, given: Array | None) -> Iterator[str]:
    """Name the columns with the largest effects, and those of them that are hard to separate from other columns.

    The sizes from reference rows are close to those from training rows, but not their order, so the columns are then in
    the order of the table.
    """
    kept = kept_rows(model)
    X = kept.rows if given is None and kept is not None else given
    if len(model.inputs.names) < 2 or X is None:
        return
    found = compute_effects(model, X, pairs=0)
    sizes = {curve.title: relative_size(curve, found.deviations) for curve in found.curves}
    largest = max(sizes.values())
    if not largest > 0:
        yield "No column changes the predictions"
        return
    top = [found[name] for name in sizes if sizes[name] >= LEAST * largest][:MOST_NAMED]
    order = ""
    if given is None and len(top) > 1:
        top.sort(key=lambda effect: model.inputs.names.index(effect.name))
        order = " (in the order of the table)"
    has = plural_of(len(top), "has the largest effect", "have the largest effects")
    joint = [effect.title for effect in top if all(map(effect.is_joint, found.shown))]
    how = f", {listed(joint)} mostly in combination with others" if joint else ""
    named = listed([effect.title for effect in top])
    yield f"{named}{order} {has} on the prediction, at equal values of the other columns{how}"
    yield from _hard_to_separate(model, {effect.name for effect in top})


def _hard_to_separate(model: Model, named: Container[str]) -> Iterator[str]:
    """The named columns of numbers that are strongly correlated with other columns, and these other columns."""
    region, columns = model.region, list(model.inputs.with_slices())
    if region is None or not region.has_distances:
        return
    numbers = [
        (each.name, at.start) for each, at in columns if not isinstance(each, CategoryColumn)
    ]
    places = [place for _, place in numbers]
    A = (region.matrix @ region.matrix.T)[np.ix_(places, places)]
    r = A / np.sqrt(np.outer(A.diagonal(), A.diagonal()))
    pairs = np.argwhere(np.abs(np.triu(r, 1)) > CORRELATED).tolist()
    kept = [pair for pair in pairs if any(numbers[i][0] in named for i in pair)]
    together = [numbers[i][0] for i in sorted({i for pair in kept for i in pair})]
    if together:
        yield (
            f"{listed(together, most=MOST_TOGETHER)} go together (correlations above {CORRELATED:g}), so their "
            "effects are hard to separate"
        )


def _noise(model: Model) -> Iterator[str]:
    """The column of numbers with which the predicted standard deviation of a single target varies most."""
    kept, inputs = kept_rows(model), model.inputs
    varies = any(m.outputs_per_target == 2 or m.transform is not None for m in model.members)
    if not varies or len(model.targets.names) > 1 or kept is None:
        return
    X = kept.rows
    try:
        stds = np.ravel(distribution_of(model, Rows.complete(X)).std())  # (B,)
    except InvalidInput:  # the covariance of a network is not known
        return
    found = {}
    for column, place in inputs.with_slices():
        if not isinstance(column, CategoryColumn):
            x = column.values_of(X[:, place])
            low, high = np.quantile(x, (1 / 3, 2 / 3))
            found[column.name] = np.median(stds[x <= low]), np.median(stds[x >= high])
    name = max(found, key=lambda name: abs(np.log(found[name][0] / found[name][1])), default="")
    if name and max(found[name]) >= VARIES * min(found[name]):
        low, high = found[name]
        yield (
            f"Predictions are least sure at {'low' if low > high else 'high'} {name}: the standard deviation of a new "
            f"value is about {low:.3g} in the third of the rows with the lowest {name}, and {high:.3g} in that with "
            "the highest"
        )


def _careful(model: Model) -> Iterator[str]:
    """The first reason not to trust the model; otherwise a caution that applies to every model."""
    first = next(iter(cautions(model)), None)
    if first is not None:
        yield sentence("Be careful: {}", first)
    else:
        rows = counted(model.training_fit.rows, "training row")
        yield f"Be careful outside of the range of the {rows}"
    yield ASSOCIATIONS
