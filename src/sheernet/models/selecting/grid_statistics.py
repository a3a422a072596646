"""Statistics of a grid search: errors in the units of the target, and statistics of the model on left-out rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from sheernet.data.targets import NumberTargets, Targets
from sheernet.foundation.arrays import Array
from sheernet.foundation.plain_data import plain
from sheernet.models.baselines import LINEAR, constant_prediction
from sheernet.models.fitting.assembly import Evaluation, cases_of, errors_of_figures, of_whole_rows
from sheernet.models.fitting.simple_predictions import frequencies
from sheernet.models.model import FoldOutputs, Model
from sheernet.models.selecting.choice_rule import (
    ALLOWED,
    CLEARLY,
    Place,
    lowest_place,
    near_reference,
)
from sheernet.models.selecting.grid_rows import GridRows, Judged
from sheernet.models.selecting.grid_words import Size
from sheernet.models.selecting.selection import Grid
from sheernet.settings.network_settings import AUTO, EVIDENCE
from sheernet.settings.selection_settings import SelectionSettings


def grid_of(
    rows: GridRows, sizes: tuple[Size, ...], chosen: SelectionSettings, found: Mapping[Place, Judged]
) -> tuple[Grid, str]:  # fmt: skip
    """Compute the errors of the evaluated sizes and decays, and their differences from the reference of the rule.

    Parameters
    ----------
    rows : GridRows
        The rows of the search and their splits.
    sizes : tuple of tuple of int, or "auto"
        Sizes from small to large.
    chosen : SelectionSettings
        Decays and rule.
    found : mapping
        Results of the search, by the indices of size and decay.

    Returns
    -------
    Grid
    str
        Name of the error measure.
    """
    shape = len(sizes), len(chosen.decays)
    losses, deviations, behind = (np.full(shape, np.nan) for _ in range(3))
    for place, judged in found.items():
        losses[place], deviations[place] = rows.mean(judged.losses)
    reference, allowed = lowest_place(losses), ALLOWED
    if AUTO in sizes and chosen.rule == "paired":
        default = sizes.index(AUTO), chosen.decays.index(EVIDENCE)
        if default in found and _behind(rows, found[default], found[reference]) <= CLEARLY:
            reference, allowed = default, -ALLOWED
    for place, judged in found.items():
        behind[place] = _behind(rows, judged, found[reference])
    near = near_reference(chosen.rule, losses, deviations, behind, reference, allowed)
    measure, errors, deviations = _as_errors(rows.prepared.targets, rows.cost, losses, deviations)
    weights = tuple(
        None if isinstance(size, str) else rows.architecture(size).n_parameters for size in sizes
    )
    return Grid(
        sizes, chosen.decays, errors, deviations, behind, weights, near, reference, chosen.rule
    ), measure


def _behind(rows: GridRows, judged: Judged, reference: Judged) -> float:
    """Return the difference of the mean losses, in standard errors of the difference on the same rows."""
    with np.errstate(invalid="ignore"):
        difference, error = rows.mean(judged.losses - reference.losses)
    return difference / error if error > 0 else 0.0 if difference <= 0 else inf


def _as_errors(
    targets: Targets, cost: Any, losses: Array, deviations: Array
) -> tuple[str, Array, Array]:
    """Convert mean losses to errors: squared errors to the root mean squared error, in the units of a single target.

    The standard error of the root is the standard error of the mean square divided by twice the root.
    """
    if cost.name in ("binary_cross_entropy", "cross_entropy"):
        return "log loss", losses, deviations
    if cost.name != "squared_error" or not isinstance(targets, NumberTargets):
        return f"mean {cost.name}", losses, deviations
    unit = targets.scale[0] if targets.n_outputs == 1 else 1.0
    roots = np.sqrt(2.0 * losses / targets.n_outputs)  # the loss is half the sum of the squares
    with np.errstate(invalid="ignore", divide="ignore"):
        of_roots = np.where(roots > 0, deviations / (targets.n_outputs * roots), 0.0)
    measure = "RMSE" if targets.n_outputs == 1 else "RMSE of scaled targets"
    return measure, unit * roots, unit * np.where(np.isnan(deviations), np.nan, of_roots)


def with_left_out_figures(
    model: Model, rows: GridRows, grid: Grid, found: Mapping[Place, Judged]
) -> Model:
    """Return a model with the statistics of the chosen size and decay on the left-out rows as its evaluation in folds.

    Parameters
    ----------
    model : Model
        The chosen network.
    rows, found
        As in `grid_of`.
    grid : Grid
        The errors and the choice.

    Returns
    -------
    Model
        It includes statistics of the linear model, if it was evaluated, and of a constant, for comparison.
    """
    # If a row has several predictions, the first one is used.
    left_out, first = np.unique(rows.left_out, return_index=True)
    prepared, targets = rows.prepared, rows.prepared.targets
    training = prepared.training.take(left_out)
    outputs = {"": found[grid.chosen].outputs()[first]}
    if (line := _lowest_linear(grid)) is not None:
        outputs[LINEAR] = found[line].outputs()[first]
    outputs[constant_prediction(targets)] = _constant(rows)[first]
    fits = {
        name: targets.judge(each, training.truth, training.weights, frequencies(prepared))
        for name, each in outputs.items()
    }
    origin = left_out if rows.origin is None else rows.origin[left_out]
    n_rows = len(np.unique(origin))
    of_rows = Evaluation(
        of_whole_rows(fits.pop(""), n_rows, training),
        errors=errors_of_figures(prepared, training, outputs[""]),
        groups=training.groups,
        cases=cases_of(training.weights, n_rows),
    )
    return replace(
        model, held_out_fit=of_rows.fit, evaluation="folds", comparisons=fits,
        fold_outputs=FoldOutputs(origin, outputs[""]), settings={**model.settings, **plain(of_rows.settings)},
    )  # fmt: skip


def _lowest_linear(grid: Grid) -> tuple[int, int] | None:
    """Return the indices of the lowest error of the linear model; None if the linear model was not evaluated."""
    if () not in grid.sizes:
        return None
    i = grid.sizes.index(())
    errors = np.where(np.isfinite(grid.errors[i]), grid.errors[i], np.inf)
    return (i, int(np.argmin(errors))) if np.isfinite(errors).any() else None


def _constant(rows: GridRows) -> Array:
    """Predict the left-out rows by the mean of the fitted rows, (M, K)."""
    parts = []
    for split in rows.splits:
        mean = np.average(rows.training.y[split.fitted], axis=0, weights=rows.weights[split.fitted])
        parts.append(np.tile(mean, (len(split.left_out), 1)))
    return np.concatenate(parts)
