"""`select`: choose the size and the decay of a network on left-out rows, and train it on all rows.

table -> prepare -> splits of the training rows -> judged_grid -> Grid -> choice -> fit_prepared -> Selection
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from sheernet.foundation.call_forms import called_as
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.memory import require_room_for_weights
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.fitting import Prepared, fit_prepared, prepare
from sheernet.models.fitting.fit_plan import cost_of
from sheernet.models.fitting.option_errors import refuse_arguments_of_train, refuse_misspelled
from sheernet.models.fitting.time_left import end_of
from sheernet.models.model import Model
from sheernet.models.selecting.choice_rule import Place
from sheernet.models.selecting.grid_search import GridRows, Judged, TimeIsOver, judged_grid
from sheernet.models.selecting.grid_statistics import grid_of, with_left_out_figures
from sheernet.models.selecting.row_splits import Split, splits_of
from sheernet.models.selecting.selection import Grid, Selection, edge_notices, unjudged_notice
from sheernet.objective import costs
from sheernet.settings.fit_settings import FitSettings, names_in, names_of_fit
from sheernet.settings.selection_settings import SelectionSettings
from sheernet.settings.table_settings import TableSettings
from sheernet.training.progress import SearchProgress

INSTEAD = {
    "hidden": "sizes", "size": "sizes", "hidden_layer_sizes": "sizes", "decay": "decays", "alpha": "decays",
    "alphas": "decays", "cv": "folds", "nfolds": "folds", "n_splits": "folds", "k": "folds",
}  # fmt: skip
"""Arguments of `fit` and of other packages, each with the corresponding argument of `select`."""
NOT_TAKEN = ("validation", "patience", "max_evaluations", "observers", "keep_path", "reduction")
"""Arguments of `fit` that have no meaning for many fits on parts of the rows."""
SEARCH_SHARE = 0.5
"""Maximum fraction of the time limit for the search; the rest is for training the chosen network on all rows."""


@called_as("sn.select(table, target='NAME')")
def select(
    table: Any,
    target: Any,
    *,
    sizes: Sequence[int | Sequence[int]] | int = SelectionSettings.sizes,
    decays: Sequence[float] | float = SelectionSettings.decays,
    folds: Any = SelectionSettings.folds,
    repeats: int = SelectionSettings.repeats,
    groups: Any = TableSettings.groups,
    starts: int = SelectionSettings.starts,
    rule: str = SelectionSettings.rule,
    **options: Any,
) -> Selection:
    """Choose the size and the weight decay of a network by cross-validation, and train it on all rows.

    Each size is fitted with each decay to the rows outside each fold, from several starts.  The start with the lowest
    training objective, as in `fit`, predicts the rows of the fold.  The chosen network is trained on all rows: it
    equals that of ``fit(table, target, hidden=..., decay=..., starts=...)``, with the statistics of the folds.

    Parameters
    ----------
    table, target
        As in `fit`.
    sizes : sequence of int, or of sequences of int
        Hidden units; 0 is a linear model, (8, 4) are two layers.
    decays : sequence of float
        Weight decays for losses averaged over the rows; they apply to weights, not to biases, as `decay` in `fit`.
    folds : int or splitter
        Number of folds, which have about the same number of rows (of each class); or an object with a method split(X,
        y, groups), such as a splitter of scikit-learn, which gets encoded inputs, targets, and group numbers of rows.
    repeats : int
        Number of times that the rows are divided into folds.
    groups : str or array_like (N,), optional
        A column, which is then not used as an input, or the group of each row.  All rows of a group are in the same
        fold, and standard errors assume independent groups instead of independent rows.
    starts : int
        Number of starts of each fit; a linear model has one.
    rule : {"paired", "one_se", "best"}
        "paired" chooses the simplest network whose error exceeds the lowest error by at most one standard error of the
        difference on the same rows; "one_se" the simplest network whose error exceeds the lowest error by at most the
        standard error of the lowest error; "best" the network with the lowest error.  The simplest network has the
        largest decay, then the fewest hidden layers, then the fewest weights.
    **options
        Arguments of `fit`, such as `weights`, `missing`, `cost`, `activation`, `method`, `seed`, `threads`,
        `time_limit` and `progress`; not `hidden`, `decay`, `validation`, `patience`, `max_evaluations`, `observers`,
        `keep_path` and `reduction`.  No rows are held out unless `held_out` or `test` is given.  `cost_tolerance` is
        1e-5 in the folds if it is not given.  The search takes at most half of `time_limit`.

    Returns
    -------
    Selection
        If Ctrl-C or the time limit ends the search, the choice is among the sizes and decays evaluated before.

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        If the table or an argument is invalid, in which case nothing is fitted; or if the time limit ends the search
        before the first size and decay is evaluated.
    KeyboardInterrupt
        If Ctrl-C is pressed before the first size and decay is evaluated.

    Warns
    -----
    SheernetWarning
        For each notice of the model, and if the search ended before all sizes and decays were evaluated.

    Notes
    -----
    For a regression, the error is the root mean squared error, in the units of a single target or over several scaled
    targets; otherwise it is the mean of the cost, such as the log loss of classes.  The standard error is that of a
    mean over independent rows or groups (`sheernet.statistics.clustered_mean`).  Scales, medians and categories are
    learned from all training rows, as in `fit`.  The error of the chosen network was used to choose it, so it is
    slightly biased downward; rows of `held_out` or `test` do not affect the choice.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [(i / 20 - 1) ** 2 + (-1) ** i / 50 for i in range(40)]}
    >>> selection = sn.select(table, "y", sizes=(0, 2, 4), decays=(1e-1, 1e-2, 1e-3), starts=2)
    >>> selection.hidden, len(selection.rows())
    ((2,), 9)
    >>> selection.model.predict({"x": [1.0]}).shape
    (1,)
    """
    began = time.monotonic()
    chosen = SelectionSettings(sizes, decays, folds, repeats, starts, rule)
    return select_table(table, target, chosen, {**options, "groups": groups}, began)


def select_table(
    table: Any, target: Any, chosen: SelectionSettings, options: Mapping[str, Any], began: float
) -> Selection:
    """Do what `select` does, with the settings in an object.

    Parameters
    ----------
    table, target
        As in `select`.
    chosen : SelectionSettings
        The grid, the folds and the rule.
    options : mapping
        Arguments of `fit`.
    began : float
        When the time limit begins, as a value of `time.monotonic`.
    """
    settings = settings_of_selection(options)
    prepared = prepare(table, target, settings.rows, settings.start.seed)
    return select_prepared(prepared, settings, chosen, began)


def settings_of_selection(given: Mapping[str, Any]) -> FitSettings:
    """Return the settings of the fits; raise if an argument is not allowed in a selection.

    Parameters
    ----------
    given : mapping
        Arguments of `fit`, except the table and the target.
    """
    for name in given:
        if name in INSTEAD:
            raise InvalidInput(
                sentence("select takes {} instead of {}", Setting(INSTEAD[name]), Setting(name))
            )
        if name in NOT_TAKEN:
            raise InvalidInput(sentence("select does not take {}; omit it", Setting(name)))
    known = names_of_fit()
    others = [name for name in given if name not in known]
    refuse_misspelled(others, given.get("method", "auto"), names_in(SelectionSettings))
    settings = FitSettings.of(given)
    refuse_arguments_of_train(settings.training.options)
    rows = settings.table
    if rows.held_out is None and rows.test is None:
        rows = replace(rows, held_out=0.0)
    return replace(settings, table=rows, one_network=True)


def select_prepared(
    prepared: Prepared,
    settings: FitSettings,
    chosen: SelectionSettings,
    began: float,
) -> Selection:
    """Choose a network for prepared rows, and train it.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    settings : FitSettings
        As returned by `settings_of_selection`.
    chosen : SelectionSettings
        The grid, the folds and the rule.
    began : float
        As in `select_table`.
    """
    limit = settings.rules.time_limit
    splits = splits_of(prepared, chosen, settings.start.seed)
    bar = SearchProgress()
    with bar if settings.training.progress else nullcontext() as report_progress:
        rows = _grid_rows(prepared, settings, chosen, splits)
        rows = replace(
            rows, report_progress=report_progress, report_trying=bar.trying if settings.training.progress else None,
            ends=inf if limit is None else began + SEARCH_SHARE * limit,
        )  # fmt: skip
        sizes = tuple(
            sorted(chosen.sizes, key=lambda each: (len(each), rows.architecture(each).n_parameters))
        )
        require_room_for_weights(rows.architecture(sizes[-1]).n_parameters)
        found, interrupted = _search(rows, sizes, chosen.decays)
    if not found:
        raise InvalidInput(
            sentence(
                "{} ended the search before the first size and decay was evaluated; increase it",
                Setting("time_limit", limit),
            )
        )  # fmt: skip
    grid, measure = grid_of(prepared, rows, sizes, chosen, found)
    cut = unjudged_notice(grid, interrupted)
    for notice in cut:
        warn(notice)
    model = _trained(prepared, settings, chosen, grid, began)
    interrupted = interrupted or "interrupted" in model.starts.reasons
    if prepared.evaluation is None:
        model = with_left_out_figures(model, prepared, rows, grid, found)
    problem = _problem(model, chosen, rows, sizes, found)
    return Selection(grid, measure, model, problem, (*cut, *edge_notices(grid)), interrupted)


def _grid_rows(
    prepared: Prepared, settings: FitSettings, chosen: SelectionSettings, splits: Sequence[Split]
) -> GridRows:
    training, targets, groups = prepared.training, prepared.targets, prepared.groups
    n = len(training)
    return GridRows(
        training.X, training.y, np.ones(n) if training.weights is None else training.weights, splits,
        np.arange(n) if groups is None else groups, costs.get(cost_of(settings.network.cost, targets)),
        targets.output, settings, chosen.starts,
    )  # fmt: skip


def _search(
    rows: GridRows, sizes: Sequence[tuple[int, ...]], decays: Sequence[float]
) -> tuple[dict[Place, Judged], bool]:
    """Return the results that were complete when the search ended, and whether Ctrl-C ended it."""
    found: dict[Place, Judged] = {}
    try:
        for i, j, judged in judged_grid(rows, sizes, decays):
            found[i, j] = judged
    except TimeIsOver:
        pass
    except KeyboardInterrupt:
        if not found:
            raise
        return found, True
    return found, False


def _trained(
    prepared: Prepared, settings: FitSettings, chosen: SelectionSettings, grid: Grid, began: float
) -> Model:
    """Train the chosen network on all rows; its settings include the settings of the selection."""
    i, j = grid.chosen
    told = replace(
        settings,
        network=replace(settings.network, hidden=grid.sizes[i], decay=grid.decays[j]),
        effort=replace(settings.effort, starts=chosen.starts),
    )
    model = fit_prepared(prepared, told, end_of(settings.rules.time_limit, began))
    own = {
        "sizes": ["-".join(map(str, each)) or "0" for each in grid.sizes],
        "decays": list(grid.decays),
        "folds": f"{chosen.folds!r:.60}"
        if chosen.folds_are_made_by_a_splitter
        else int(chosen.folds),
        "repeats": int(chosen.repeats),
        "rule": chosen.rule,
    }
    return replace(model, settings={**model.settings, **own})


def _problem(
    model: Model, chosen: SelectionSettings, rows: GridRows, sizes: Sequence[tuple[int, ...]], found: Iterable[Place]
) -> str:  # fmt: skip
    """Describe the data, the splits and the number of fits."""
    splits, n_starts = rows.splits, rows.n_starts
    fits = len(splits) * sum(n_starts if sizes[i] else 1 for i, _ in found)
    if chosen.folds_are_made_by_a_splitter:
        how = f"{counted(len(splits), 'split')} by {type(chosen.folds).__name__}"
    else:
        times = f" x {counted(chosen.repeats, 'repeat')}" if chosen.repeats > 1 else ""
        how = f"{counted(chosen.folds, 'fold')}{times}"
    return (
        f"{listed(model.targets.names, most=4)} in {model.provenance.data}: "
        f"{counted(model.training_fit.rows, 'row')}, {how}, {counted(n_starts, 'start')}, {counted(fits, 'fit')}"
    )
