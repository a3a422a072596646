"""`headline`: a description of a model in plain sentences: its quality, the most important columns, and cautions.

Everything is computed from what a model stores.  Importance is measured on the reference rows of the model:
how much predictions change on average if one column gets the values of other rows (the total effect of Sobol', by
Jansen 1999, Computer Physics Communications 117, 35), times the standard deviation of the column given the others, as
a fraction of its own.  Without that factor, redundant columns would come first, because networks can give them
large and opposite effects.  The ends of a column's range are not used: few rows may be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.columns import CategoryColumn
from sheernet.data.targets import ClassificationFit
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import capitalized, counted, listed, plural_of
from sheernet.foundation.sentences import sentence
from sheernet.models.explaining.decoding import predicted
from sheernet.models.explaining.reference_rows import kept_rows
from sheernet.models.reliability import standard_errors
from sheernet.models.report import cautions, evaluated_rows
from sheernet.models.rows_in import Rows
from sheernet.models.uncertainty import distribution_of
from sheernet.models.verdict import verdict
from sheernet.network.initialize import generator

if TYPE_CHECKING:
    from sheernet.models.model import Model

MOST_NAMED = 3
LEAST = 0.25
"""Minimum change of the predictions, relative to that of the first column, for which another column is named."""
VARIES = 1.2
"""Minimum ratio of standard deviations, between the thirds of rows with low and high values, that is reported."""


def headline(model: Model) -> str:
    """Describe a model in sentences, for a reader who does not know it.

    Parameters
    ----------
    model : Model
        A fitted or loaded model.
    """
    found = [*_quality(model), *_matters(model), *_noise(model), *_careful(model)]
    return sentence(" ".join(["{}."] * len(found)), *found)


def _quality(model: Model) -> Iterator[str]:
    """The type of the model, its quality, and the quality of simpler predictions."""
    fit = model.held_out_fit
    figures = "its error on new rows is not known"
    if fit is not None:
        on = evaluated_rows(model)
        if isinstance(fit, ClassificationFit):
            figures = f"of the {on}, {100 * fit.accuracy:.3g} % are predicted correctly"
        else:
            figures = f"on {on}, it explains {_explained(model)}"
    several = len(model.members) > 1
    arch = model.network.architecture
    one = "one network" if arch.n_layers > 1 else "a linear model"
    what = f"the mean of {len(model.members)} networks" if several else one
    yield f"{capitalized(what)} predicts {listed(model.targets.names, most=MOST_NAMED)}; {figures}"
    if found := verdict(model):
        yield found.removesuffix(".")


def _explained(model: Model) -> str:
    """R^2 of each target in words, with the RMSE."""
    fit, errors = model.held_out_fit, standard_errors(model)
    assert fit is not None
    assert not isinstance(fit, ClassificationFit)
    parts = []
    for name, r2, rmse in zip(model.targets.names, fit.r2, fit.rmse, strict=True):
        part = "an unknown part" if r2 is None else "nothing" if r2 <= 0 else f"{100 * r2:.3g} %"
        more = "" if errors is None else f" (standard error {100 * errors[1]:.2g} %)"
        error = "" if errors is None else f" (standard error {errors[0]:.2g})"
        parts.append(
            f"{part}{more} of the variance of {name}, with a typical error (RMSE) of {rmse:.3g}{error}"
        )
    return listed(parts, most=MOST_NAMED)


def _matters(model: Model) -> Iterator[str]:
    """Name the columns that change the predictions most, each weighted by its variation given the others."""
    kept, names = kept_rows(model), model.inputs.names
    if kept is None or len(names) < 2:
        return
    scale = np.array(getattr(model.targets, "scale", 1.0))
    X, before = kept.rows, predicted(model, kept.rows) / scale  # (B, F), (B, K)
    others = generator(0).permutation(len(X))  # the order of the rows is not random
    changes = np.zeros(len(names))
    for i, (_, place) in enumerate(model.inputs.with_slices()):
        exchanged = X.copy()
        exchanged[:, place] = X[others, place]
        changes[i] = np.sqrt(np.mean((predicted(model, exchanged) / scale - before) ** 2))
    changes *= _own_parts(model)
    order = np.argsort(-changes, kind="stable")[:MOST_NAMED].tolist()
    top = [i for i in order if changes[i] > 0 and changes[i] >= LEAST * changes[order[0]]]
    if not top:
        yield "No column changes the predictions"
        return
    yield (
        f"{listed([names[i] for i in top])} {plural_of(len(top), 'matters', 'matter')} most: what "
        f"{plural_of(len(top), 'it adds', 'each adds')} to the other columns changes the predictions most, from "
        "row to row"
    )


def _own_parts(model: Model) -> Array:
    """Standard deviation of each column given the others, as a fraction of its own, (D,); 1 if not known."""
    places = [place for _, place in model.inputs.with_slices()]
    region = model.region
    assert region is not None
    if not region.has_distances:
        return np.ones(len(places))
    A = region.matrix @ region.matrix.T
    inverse = np.linalg.inv(A)
    parts = [np.trace(np.linalg.inv(inverse[at, at])) / np.trace(A[at, at]) for at in places]
    return np.sqrt(parts)


def _noise(model: Model) -> Iterator[str]:
    """The column of numbers with which the predicted standard deviation of a single target varies most."""
    kept, inputs = kept_rows(model), model.inputs
    varies = any(m.outputs_per_target == 2 or m.transform is not None for m in model.members)
    if not varies or len(model.targets.names) > 1 or kept is None:
        return
    X = kept.rows
    try:
        stds = np.ravel(distribution_of(model, Rows(X, np.zeros(len(X), bool))).std())  # (B,)
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
            f"How sure a prediction is varies, most with {name}: the standard deviation of a new value is about "
            f"{low:.3g} in the third of the rows with the lowest {name}, and {high:.3g} in that with the highest"
        )


def _careful(model: Model) -> Iterator[str]:
    """The first reason not to trust the model; otherwise a caution that applies to every model."""
    first = next(iter(cautions(model)), None)
    if first is not None:
        yield sentence("Be careful: {}", first)
        return
    yield (
        f"Be careful outside of the range of the {counted(model.training_fit.rows, 'training row')}, and do not take "
        "what goes together for cause and effect"
    )
