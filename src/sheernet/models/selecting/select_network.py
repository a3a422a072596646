"""`select`: choose the size and the decay of a network on left-out rows, and train it on all rows.

table -> prepare -> splits of the training rows -> judged_grid -> Grid -> choice -> fit_prepared -> Selection
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.memory import require_room_for_weights
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import Setting
from sheernet.foundation.time_limits import end_of
from sheernet.models.fitting import Prepared, fit_prepared, prepare
from sheernet.models.fitting.fold_cases import Parts, parts_of
from sheernet.models.fitting.option_errors import refuse_arguments_of_train, refuse_misspelled
from sheernet.models.model import Model
from sheernet.models.selecting.choice_rule import Place
from sheernet.models.selecting.evidence_judge import EvidenceJudge
from sheernet.models.selecting.grid_rows import GridRows, Judged, TimeIsOver
from sheernet.models.selecting.grid_search import judged_grid, places_of
from sheernet.models.selecting.grid_statistics import grid_of, with_left_out_figures
from sheernet.models.selecting.grid_words import Decay, Size, in_short
from sheernet.models.selecting.row_splits import splits_of
from sheernet.models.selecting.selection import (
    Grid,
    Selection,
    edge_notices,
    refused_notice,
    unjudged_notice,
)
from sheernet.settings.fit_settings import FitSettings, names_in, names_of_fit
from sheernet.settings.selection_settings import SelectionSettings
from sheernet.settings.table_settings import TableSettings
from sheernet.statistics.ensemble_candidates import Contest
from sheernet.training.progress import SearchProgress

INSTEAD = {"hidden": "sizes", "decay": "decays"}
"""Arguments of `fit`, each with the corresponding argument of `select`."""
NOT_TAKEN = ("validation", "patience", "max_evaluations", "observers", "keep_path", "reduction")
"""Arguments of `fit` that have no meaning for many fits on parts of the rows."""
SEARCH_SHARE = 0.5
"""Maximum fraction of the time limit for the search; the rest is for training the chosen network on all rows."""


def select(
    table: Any,
    target: Any,
    *,
    sizes: Sequence[int | Sequence[int] | str] | int | str = SelectionSettings.sizes,
    decays: Sequence[float | str] | float | str = SelectionSettings.decays,
    folds: Any = SelectionSettings.folds,
    repeats: int = SelectionSettings.repeats,
    groups: Any = TableSettings.groups,
    starts: int | None = SelectionSettings.starts,
    rule: str = SelectionSettings.rule,
    **options: Any,
) -> Selection:
    """Choose the size and the weight decay of a network by cross-validation, and train it on all rows.

    Each size is fitted with each decay to the rows outside each fold, from several starts.  If the decay is a number,
    the start with the lowest training objective predicts the rows of the fold, as in `fit`; if it is "evidence", the
    mean of several networks with shares predicts them, as in `fit`.  The chosen network is trained on all rows: the
    model equals that of ``fit(table, target, hidden=..., decay=..., starts=..., held_out=0)``.

    Parameters
    ----------
    table, target
        As in `fit`.
    sizes : sequence of int, or of sequences of int
        Hidden units; 0 is a linear model, (8, 4) are two layers, and "auto" is the default model of `fit`: networks of
        several sizes chosen from the data, whatever the other sizes are.  "auto" needs the decay "evidence", without
        which it is not in the default list.
    decays : sequence of float or "evidence"
        Weight decays for losses averaged over the rows; they apply to weights, not to biases, as `decay` in `fit`.
        "evidence" chooses decays from the data.  It is not in the default list if an optimizer, its stopping rules,
        or a cost are given, because it does not use them.
    folds : int or splitter
        Number of folds, which have about the same number of rows (of each class); or an object with a method split(X,
        y, groups), such as a splitter of scikit-learn, which gets encoded inputs, targets, and group numbers of rows.
    repeats : int
        Number of times that the rows are divided into folds.
    groups : str or array_like (N,), optional
        A column, which is then not used as an input, or the group of each row.  All rows of a group are in the same
        fold, and standard errors assume independent groups instead of independent rows.
    starts : int, optional
        Number of starts of each fit; a linear model has one.  By default 5, and for the evidence as in `fit`.
    rule : {"paired", "one_se", "best"}
        "paired" chooses the simplest network whose error is lower than that of "auto", the default model of `fit`, by
        one standard error of the difference on the same rows, and otherwise "auto".  If "auto" is not among the sizes,
        or the lowest error is lower by more than 4.5 standard errors of the difference, it chooses the simplest
        network whose error exceeds the lowest error by at most one standard error of the difference.  "one_se" chooses
        the simplest network whose error exceeds the lowest error by at most the standard error of the lowest error;
        "best" the network with the lowest error.  The simplest network has decays by the evidence, or else the largest
        decay; then the fewest hidden layers, then the fewest weights; "auto" comes after the single sizes.
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
        For each notice of the model, if the search ended before all sizes and decays were evaluated, and if decays of
        some sizes cannot be chosen by the evidence.

    Notes
    -----
    For a regression, the error is the root mean squared error, in the units of a single target or over several scaled
    targets; otherwise it is the mean of the cost, such as the log loss of classes.  The standard error is that of a
    mean over independent rows or groups (`sheernet.statistics.clustered_mean`).  Scales, medians and categories are
    learned from all training rows, as in `fit`.  The error of the chosen network was used to choose it, so it is
    slightly biased downward; rows of `held_out` or `test` do not affect the choice.

    The errors of "evidence" are those of networks with constant noise.  If "evidence" is chosen, the model also has the
    kinds of noise and the transforms of the target that `fit` finds, and the statistics of the folds of `fit`;
    otherwise, the model has the statistics of the folds of the selection.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(40)], "y": [(i / 20 - 1) ** 2 + (-1) ** i / 50 for i in range(40)]}
    >>> selection = sn.select(table, "y", sizes=(0, 2, 4), decays=(1e-1, 1e-2, 1e-3), starts=2)
    >>> selection.hidden, len(selection.rows())
    ((4,), 9)
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
    chosen = chosen.for_networks_of(settings)
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
                "select takes {} instead of {}", Setting(INSTEAD[name]), Setting(name)
            )
        if name in NOT_TAKEN:
            raise InvalidInput("select does not take {}; omit it", Setting(name))
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
    prepared: Prepared, settings: FitSettings, chosen: SelectionSettings, began: float
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
    parts = _parts_of(prepared, chosen)
    splits = splits_of(prepared, chosen, settings.start.seed, parts)
    searched = prepared if parts is None else replace(prepared, training=parts.rows)
    bar = SearchProgress()
    with bar if settings.training.progress else nullcontext() as report_progress:
        rows = GridRows(
            searched, splits, replace(settings, effort=replace(settings.effort, starts=chosen.starts)),
            inf if limit is None else began + SEARCH_SHARE * limit, report_progress,
            bar.trying if settings.training.progress else None, None if parts is None else parts.origin,
        )  # fmt: skip
        sizes = _in_order(rows, chosen.sizes)
        search = _search(rows, sizes, chosen.decays)
    grid, measure = grid_of(rows, sizes, chosen, search.found)
    notices = [
        *unjudged_notice(
            len(search.found) + len(search.refused), len(places_of(sizes, chosen.decays)), search.interrupted
        ),
        *refused_notice(grid, search.refused),
    ]  # fmt: skip
    for notice in notices:
        warn(notice)
    model = _trained(prepared, rows, chosen, grid, end_of(limit, began), search.contest)
    is_network = not isinstance(grid.decays[grid.chosen[1]], str)
    if prepared.evaluation is None and is_network:
        model = with_left_out_figures(model, rows, grid, search.found)
        model = replace(model, settings={**model.settings, **_of_folds(chosen)})
    interrupted = search.interrupted or "interrupted" in model.starts.reasons
    problem = _problem(model, chosen, rows, grid, search.found)
    return Selection(grid, measure, model, problem, (*notices, *edge_notices(grid)), interrupted)


def _parts_of(prepared: Prepared, chosen: SelectionSettings) -> Parts | None:
    """Return the parts of rows of counts, which folds divide; None if groups or a splitter need whole rows."""
    if prepared.groups is not None or chosen.folds_are_made_by_a_splitter:
        return None
    return parts_of(prepared.training, prepared.targets, int(chosen.folds))


def _in_order(rows: GridRows, sizes: Sequence[Size]) -> tuple[Size, ...]:
    """Return the sizes from small to large, "auto" last; raise if the largest is too large for the memory."""
    numbers = [size for size in sizes if not isinstance(size, str)]
    numbers.sort(key=lambda each: (len(each), rows.architecture(each).n_parameters))
    if numbers:
        require_room_for_weights(rows.architecture(numbers[-1]).n_parameters)
    return (*numbers, *(size for size in sizes if isinstance(size, str)))


class Search(NamedTuple):
    """The results that were complete when a search ended."""

    found: dict[Place, Judged]
    refused: dict[Place, InvalidInput]
    """Why decays by the evidence could not be evaluated."""
    contest: Contest
    """The networks with decays by the evidence."""
    interrupted: bool


def _search(rows: GridRows, sizes: Sequence[Size], decays: Sequence[Decay]) -> Search:
    """Search until all sizes and decays are evaluated, or Ctrl-C or the time limit ends the search.

    Raises
    ------
    InvalidInput
        If nothing could be evaluated.
    """
    found: dict[Place, Judged] = {}
    refused: dict[Place, InvalidInput] = {}
    interrupted, by_evidence = False, EvidenceJudge(rows)
    try:
        for place, result in judged_grid(rows, by_evidence, sizes, decays):
            if isinstance(result, Judged):
                found[place] = result
            else:
                refused[place] = result
    except TimeIsOver:
        pass
    except KeyboardInterrupt:
        if not found:
            raise
        interrupted = True
    if not found and len(refused) == len(places_of(sizes, decays)):
        raise next(iter(refused.values()))
    if not found:
        raise InvalidInput(
            "{} ended the search before the first size and decay was evaluated; increase it",
            Setting("time_limit", rows.settings.rules.time_limit),
        )  # fmt: skip
    return Search(found, refused, by_evidence.contest, interrupted)


def _trained(
    prepared: Prepared, rows: GridRows, chosen: SelectionSettings, grid: Grid, ends: float, known: Contest
) -> Model:  # fmt: skip
    """Train the chosen network on all rows; its settings include the settings of the selection."""
    i, j = grid.chosen
    told = replace(
        rows.settings,
        network=replace(rows.settings.network, hidden=grid.sizes[i], decay=grid.decays[j]),
    )
    if not isinstance(grid.decays[j], str):
        told = replace(told, effort=replace(told.effort, starts=rows.n_starts))
    model = fit_prepared(prepared, told, ends, known=known)
    own = {
        "sizes": list(map(in_short, grid.sizes)),
        "decays": list(grid.decays),
        "rule": chosen.rule,
    }
    return replace(model, settings={**model.settings, **own})


def _of_folds(chosen: SelectionSettings) -> dict[str, Any]:
    """Return the settings of the folds, with which the report describes the rows of its metrics."""
    splitter = chosen.folds_are_made_by_a_splitter
    return {
        "folds": f"{chosen.folds!r:.60}" if splitter else int(chosen.folds),
        "repeats": int(chosen.repeats),
    }


def _problem(
    model: Model, chosen: SelectionSettings, rows: GridRows, grid: Grid, found: Iterable[Place]
) -> str:
    """Describe the data, the splits and the number of fits."""
    splits, n_starts = rows.splits, rows.n_starts
    numbers = [i for i, j in found if not isinstance(grid.decays[j], str)]
    fits = len(splits) * sum(n_starts if grid.sizes[i] else 1 for i in numbers)
    if chosen.folds_are_made_by_a_splitter:
        how = f"{counted(len(splits), 'split')} by {type(chosen.folds).__name__}"
    else:
        times = f" x {counted(chosen.repeats, 'repeat')}" if chosen.repeats > 1 else ""
        how = f"{counted(chosen.folds, 'fold')}{times}"
    of_numbers = f", {counted(n_starts, 'start')}, {counted(fits, 'fit')}" if fits else ""
    return (
        f"{listed(model.targets.names, most=4)} in {model.provenance.data}: "
        f"{counted(model.training_fit.rows, 'row')}, {how}{of_numbers}"
    )
