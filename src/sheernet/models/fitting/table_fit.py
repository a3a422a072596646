"""`fit`: from a table to a model in one call.

    table -> prepare (preparation.py) -> Prepared -> fit_prepared -> Model
             roles, encoders learned from the         encoded         network, record, evaluation
             training rows; test and validation rows  rows

Several fits on the same rows (`sheernet.models.comparing`) share one `Prepared`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

from sheernet.derivatives import GradientReport, check_gradient
from sheernet.derivatives.check.gradient_check import seconds_of_entries
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import as_flag
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.time_limits import end_of
from sheernet.models.fitting.answer_fit import Keep, fit_answer
from sheernet.models.fitting.assembly import assemble
from sheernet.models.fitting.autosave import best_point_for
from sheernet.models.fitting.count_dispersion import notices_of_overdispersion
from sheernet.models.fitting.cross_validated_decay import choose_decay
from sheernet.models.fitting.default_effort import effort_for
from sheernet.models.fitting.fit_plan import FitPlan, plan_of
from sheernet.models.fitting.fitted_member import fitted_member
from sheernet.models.fitting.held_out_costs import keeps_iterates, with_held_out_costs
from sheernet.models.fitting.option_errors import refuse_arguments_of_train, refuse_misspelled
from sheernet.models.fitting.preparation import Prepared, prepare
from sheernet.models.fitting.row_groups import require_use
from sheernet.models.fitting.sharded_fit import fit_shards, is_sharded
from sheernet.models.fitting.simple_predictions import comparisons_of_one_network
from sheernet.models.fitting.time_left import TableClock, settings_in_time
from sheernet.models.fitting.time_of_one_network import (
    require_time_for_iteration,
    seconds_of_uncertainty,
)
from sheernet.models.model import Model
from sheernet.models.output_layer import dispersion_of
from sheernet.objective import costs
from sheernet.objective.decay import DecayLike
from sheernet.optimizers.driver import Observer
from sheernet.optimizers.option_checks import check_observers
from sheernet.settings.fit_settings import FitSettings, names_in
from sheernet.settings.network_settings import NetworkSettings
from sheernet.settings.shard_settings import ShardSettings
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import TableSettings
from sheernet.settings.training_settings import EffortSettings, TrainingSettings
from sheernet.statistics.ensemble_candidates import Contest
from sheernet.training.progress import print_line
from sheernet.training.training import Training, train

ROWS_CHECKED, WORK_CHECKED = 200, 2e7
"""Maximum number of rows, and of rows x weights, of the gradient check; more rows only make it slower."""
_UNCERTAINTY_LEFT_OUT = sentence(
    "the time limit leaves no time to compute how uncertain the weights are, so the model has no standard "
    "deviations; increase {}",
    Setting("time_limit"),
)
SHARE_OF_CHECK = 0.02
"""Maximum fraction of the time left that a check of the gradient entry by entry may take."""


def fit(
    table: Any,
    target: Any = None,
    *,
    inputs: Sequence[str] | None = TableSettings.inputs,
    drop: Sequence[str] = TableSettings.drop,
    weights: Any = TableSettings.weights,
    groups: Any = TableSettings.groups,
    task: str = TableSettings.task,
    scaling: str = TableSettings.scaling,
    output_activation: str | None = TableSettings.output_activation,
    categories: Sequence[str] = TableSettings.categories,
    rare: float = TableSettings.rare,
    unseen: str = TableSettings.unseen,
    missing: str = TableSettings.missing,
    cycles: str = TableSettings.cycles,
    held_out: float | None = TableSettings.held_out,
    validation: Any = TableSettings.validation,
    test: Any = TableSettings.test,
    hidden: int | str | Sequence[int] = NetworkSettings.hidden,
    activation: str = NetworkSettings.activation,
    bias: bool = NetworkSettings.bias,
    decay: DecayLike | str = NetworkSettings.decay,
    target_transform: str = NetworkSettings.target_transform,
    cost: str | costs.Cost | None = NetworkSettings.cost,
    reduction: str = NetworkSettings.reduction,
    method: str = TrainingSettings.method,
    starts: int | None = EffortSettings.starts,
    seed: int | None = StartSettings.seed,
    scheme: str = StartSettings.scheme,
    max_iter: int = StoppingRules.max_iter,
    gradient_tolerance: float = StoppingRules.gradient_tolerance,
    cost_tolerance: float | None = EffortSettings.cost_tolerance,
    max_evaluations: int | None = StoppingRules.max_evaluations,
    time_limit: float | None = StoppingRules.time_limit,
    patience: int | None = StoppingRules.patience,
    engine: str = TrainingSettings.engine,
    threads: int | None = TrainingSettings.threads,
    observers: Sequence[Observer] = TrainingSettings.observers,
    progress: bool = TrainingSettings.progress,
    keep_path: bool = TrainingSettings.keep_path,
    check: bool = TrainingSettings.check,
    client: Any = ShardSettings.client,
    memory_limit: int | str | None = ShardSettings.memory_limit,
    folder: Any = ShardSettings.folder,
    checkpoint: Any = ShardSettings.checkpoint,
    **options: Any,
) -> Model:
    """Fit networks to the columns of a table, or to arrays X and y.

    Numbers are scaled, and categories become an input for each of their labels.  Numeric targets are predicted by a
    linear output, or by one with limits, with the mean squared error; targets of text or booleans by probabilities,
    with the cross-entropy.

    By default several networks are fitted.  Their sizes, weight decay, noise and shares in the prediction are chosen
    from the data, by the evidence (MacKay 1992, Neural Computation 4, 448) and by folds, and the metrics of the report
    are those of rows that were held out in folds.  A single network is trained if `decay` is given as a number, "cv",
    an array or a mapping, or if a setting of the training of one network is given: `method` and its options,
    `max_iter`, `gradient_tolerance`, `cost_tolerance`, `max_evaluations`, `validation`, `patience`, `cost`,
    `reduction`, `observers`, `keep_path` or `check`.

    Rows that do not fit in memory are fitted in shards, if `table` is several files: one network, by sums over the
    shards.  See "Large data" in the documentation.

    Parameters
    ----------
    table : path, DataFrame, mapping of columns, Table, array_like (N, d) or (N,), Shards, or list of paths
        See `read_table`; `shards`, a list of paths, a folder, and a pattern such as ``data/*.parquet`` are several
        files, and a DataFrame of Dask is divided into its partitions.
        The columns of an array are called x1 to xd, and all of them are inputs.
    target : str, sequence of str, array_like (N,) or (N, K), Series, or columns
        The column, or columns, to predict; or their values, if the table does not have them.  Values are matched with
        the rows by position.  An array is called y, or y1 to yK ("target" if the table has a column y); a Series keeps
        its name.  For a table with named columns, a list of str is taken as names if all are columns, or if it does
        not have one str for each row; otherwise it is taken as labels.  Only `shards` with targets need no target.
    inputs : sequence of str, optional
        The columns to predict from; by default all others, except those that carry no information (the model's
        `notices` name them).
    drop : sequence of str
        Columns to omit.
    weights : str or array_like (N,), optional
        The column of case weights, or their values, matched with the rows by position: a weight of k counts as k equal
        rows.  Whole-number weights of classes are counts, and folds divide such rows.  If each target is the mean of
        several values, and the weights are the numbers of these values, divide the weights by their mean.  Values of
        weights become a column with the name of their Series, or "weights", which is not an input.
    groups : str or array_like (N,), optional
        A column, such as patients, which is then not an input, or the group of each row.  All rows of a group are in
        the same fold, and are held out together, so that the metrics are those of new groups; `held_out` is then a
        fraction of the groups.  Rows of one group depend on each other: if they are divided among folds, the metrics
        are those of new rows of known groups.
    task : {"auto", "regression", "classification"}
        By default numbers are regression, text and booleans classification.
    scaling : {"standardize", "minmax", "robust", "rms", "maxabs", "maximum", "none"}
        Scaling of numeric inputs and targets, see `sheernet.preprocessing.Scaler`.
    output_activation : {"identity", "sigmoid", "tanh", "softplus", "exp"}, optional
        Activation of the output layer for numeric targets; "identity" if not given.  The others limit predictions and
        intervals to the range 0 to 1 or -1 to 1, or to values above 0.  "standardize" and "rms" do not scale a target
        with two limits, and divide a target with a single limit by its root mean square; with another rule, the limits
        are scaled, too.  The noise is then constant.
    categories : sequence of str
        Numeric columns whose values are labels, such as codes.
    rare : float
        Labels in a smaller fraction of the training rows than this, or in a single row, share one input.
    unseen : {"auto", "rare", "refuse"}
        What to do in predictions about a label that does not occur in the training rows: treat it as rare, or give its
        row no prediction.  "auto" treats it as rare if the column has rare labels, whose effect was then learned.
    missing : {"impute", "drop", "refuse"}
        What to do about missing values of inputs: replace them by the median or the most frequent value (by the mean,
        if training rows in shards have no missing value), with an indicator as a further input if more than 5 % of the
        column are missing; leave out their rows; or raise an error.  Targets are never filled: rows without one are
        left out, unless missing values raise an error.
    cycles : {"auto", "none"}
        "auto" adds smooth cycles of dates as inputs: hour of day, weekday and season, if the training rows span nearly
        two days, four weeks or two years.
    held_out : float, optional
        Fraction of rows that are held out for evaluation, about the same of each class; none if there are fewer than
        20 rows or if `test` is given.  If not given, it is 0 if the decay is "evidence", because the rows are
        then evaluated in folds, and 0.25 otherwise.
    validation : path, DataFrame, mapping of columns, Table, tuple (X, y), or float, optional
        Rows whose cost is recorded at each iteration; if `patience` is set, it determines when to stop.  For data in
        shards also several files, as for `table`, or a fraction of the rows.
    test : path, DataFrame, mapping of columns, Table, or tuple (X, y), optional
        Rows to evaluate on, instead of held-out rows.  For data in shards also several files, as for `table`.
    hidden : int, sequence of int, or "auto"
        Units of the hidden layer, or of each hidden layer; 0 or () is a linear model.  "auto" chooses the sizes of the
        networks from the data if the decay is "evidence", and is 10 otherwise.
    activation : str
        Activation of the hidden layers.
    bias : bool
        Whether units have biases.  Without biases, "rms" replaces "standardize", so that a row of zeros gives
        the output 0: a linear model passes through the origin.
    decay : float, "evidence", "cv", array_like (P,), or mapping, optional
        Weight decay.  A number applies to weights and not to biases; "evidence" chooses a decay for each group of
        weights from the data (`sheernet.statistics`); "cv" trains one network with the decay, of 13 values from 1e-5 to
        10 (times the total weight of the rows if `reduction` is "sum"), that has the lowest mean cost in folds of the
        training rows, by up to 3 starts in each and in at most half of `time_limit`; otherwise as in `make_objective`.
        If not given, it is "evidence", or 1e-4 if a setting of the training of one network is given.  The choice of
        "cv" does not use `validation`, `patience`, `max_evaluations` and `observers`.
    target_transform : {"auto", "none"}
        If "auto" and the decay is "evidence", networks are also fitted to arsinh((y - center) / width) of
        numeric targets whose noise around a linear model is skewed or has heavy tails, and get shares in the prediction
        like the other networks.  Their predictions are means in the units of y.
    starts : int, optional
        Number of starts of each network.  If not given, it depends on training rows x weights: for a single network 10
        up to 1e6, 3 up to 1e7, and 1 above; for each of several networks 3 to 6, and 2 more for nearly
        linear targets.
    cost_tolerance : float, optional
        A start stops when the relative change of the objective in one iteration is at most this; 0 disables this
        rule.  If not given, it is 0 up to training rows x weights of 1e7, and 1e-7 above.  A notice says so for a large
        problem.
    seed : int
        Seed of the initial weights and of the choice of held-out rows.
    cost : str or Cost, optional
        The cost to minimize; if not given, squared_error for regression and the cross-entropy for classification.
    method, reduction, scheme, engine, threads, observers, progress, keep_path, check
        As in `train`.
    max_iter, gradient_tolerance, max_evaluations, time_limit, patience
        As in `train`.
    client : dask.distributed.Client, optional
        For data in shards: the client of the workers that hold them; by default, this machine holds them.
    memory_limit : int or str, optional
        For data in shards: size of the rows in memory, in bytes or as "2GB"; by default a quarter of the machine's
        memory.  More rows are read from a packed file at each evaluation.
    folder : path, optional
        For data in shards: folder of the packed file, which is removed at the end.
    checkpoint : path, optional
        For data in shards: file with the state of the training after each iteration.  If it exists, the training
        continues from it, with a result bitwise equal to that of an uninterrupted training.
    **options
        Options of the method, such as `learning_rate`.

    Returns
    -------
    Model

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        If the table or an argument is invalid, or X and y do not have the same number of rows; in this case nothing is
        trained.

    Warns
    -----
    SheernetWarning
        For each of the model's notices: columns and rows that are left out, and other decisions about the table.

    Examples
    --------
    >>> import sheernet as sn
    >>> table = {"x": [i / 10 for i in range(16)], "y": [i / 10 + (-1) ** i / 10 for i in range(16)]}
    >>> model = sn.fit(table, target="y")
    >>> model.training_fit.rows, model.evaluation, model.held_out_fit.rows
    (16, 'folds', 16)

    One network with 2 hidden units, evaluated on held-out rows, from arrays:

    >>> X, y = [[i / 10, 1 - i / 40] for i in range(40)], [3.0 - i / 20 + (-1) ** i / 10 for i in range(40)]
    >>> one = sn.fit(X, y, hidden=2, decay=1e-4, starts=1)
    >>> len(one.members), one.training_fit.rows, one.held_out_fit.rows
    (1, 30, 10)
    """
    given = dict(locals())
    began = time.monotonic()
    for name in ("table", "target"):
        del given[name]
    of_shards = ShardSettings(**{name: given.pop(name) for name in names_in(ShardSettings)})
    refuse_misspelled(given.pop("options"), method)
    settings = FitSettings.of({**given, **options})
    ends = end_of(time_limit, began)
    if is_sharded(table):
        tell = print_line if as_flag("progress", progress) else None
        return fit_shards(table, target, settings, of_shards, ends, tell).model
    of_shards.refuse()
    if target is None:
        raise InvalidInput(
            "{} is missing; name the column to predict, or give its values", Setting("target")
        )
    prepared = prepare(
        table, target, settings.rows, settings.start.seed, TableClock(ends), settings.has_folds
    )
    return fit_prepared(prepared, settings, ends)


def fit_prepared(
    prepared: Prepared, settings: FitSettings, ends: float | None = None, keep: Keep | None = None,
    known: Contest | None = None,
) -> Model:  # fmt: skip
    """Train a network on prepared rows and evaluate it.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    settings : FitSettings
        The settings of `fit`; `prepare` has already used `settings.table`.
    ends : float, optional
        End of the time limit, as a time of `time.monotonic`; by default the limit starts with this call.
    keep, known : callable and Contest, optional
        As for `fit_answer`.

    Returns
    -------
    Model

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a setting is invalid, or one evaluation takes longer than the time limit leaves; in this case nothing is
        trained.

    Warns
    -----
    SheernetWarning
        If a large problem gets fewer starts or a larger tolerance; the model's notices include it.
    """
    limit = settings.rules.time_limit
    if ends is None:
        ends = end_of(limit, time.monotonic())
    model = _fitted(prepared, settings, ends, keep, known)
    return replace(model, settings={**model.settings, "time_limit": limit})


def _fitted(
    prepared: Prepared, settings: FitSettings, ends: float, keep: Keep | None,
    known: Contest | None,
) -> Model:  # fmt: skip
    """Fit until the time `ends`."""
    settings = settings_in_time(settings, ends)
    refuse_arguments_of_train(settings.training.options)
    require_use(prepared.groups, settings)
    plan = plan_of(prepared, settings)
    require_time_for_iteration(plan, ends)
    if settings.network.decay_is_cross_validated:
        return _fit_with_chosen_decay(plan, ends, keep)
    gradient_report = _checked_gradient(plan, ends)
    if not settings.chooses:
        return _one_network(plan, ends, gradient_report, keep)
    settings = settings_in_time(settings, ends)
    return fit_answer(prepared, settings, gradient_report, _described(settings), keep, known)


def _one_network(
    plan: FitPlan, ends: float, gradient_report: GradientReport, keep: Keep | None
) -> Model:
    """Train a single network with the given settings, and evaluate it."""
    prepared, settings = plan.prepared, plan.settings
    rows, validation, of_training = prepared.training, prepared.validation, settings.training
    kept = seconds_of_uncertainty(plan, ends)
    prepared = prepared.noticed(
        filter(None, (plan.notice, _UNCERTAINTY_LEFT_OUT if kept is None else ""))
    )
    rules = settings_in_time(settings, ends - (kept or 0.0)).rules
    follows_held_out = keeps_iterates(prepared, settings, plan.network.theta.size)
    check_observers(of_training.observers)
    observers = [*of_training.observers]
    if keep is not None:
        observers.append(best_point_for(keep, plan, gradient_report, _described(settings)))
    result = train(
        plan.network, rows.X, rows.y, weights=rows.weights, method=of_training.method, **plan.minimized,
        **{**vars(settings.start), **vars(rules), **vars(plan.effort)},
        validation=None if validation is None else (validation.X, validation.y, validation.weights),
        observers=observers, progress=of_training.progress, check=of_training.check,
        keep_path=as_flag("keep_path", of_training.keep_path) or follows_held_out, **of_training.options,
    )  # fmt: skip
    if follows_held_out and prepared.evaluation is not None:
        result = with_held_out_costs(
            result, prepared.evaluation, len(rows), plan.minimized, of_training.keep_path
        )
    groups = prepared.inputs.label_groups
    known = None if kept is None else rows
    dispersion = dispersion_of(prepared.targets, plan.cost, rows.truth)
    members = [
        fitted_member(result, known, plan.minimized, label_groups=groups, dispersion=dispersion)
    ]
    prepared = prepared.noticed(notices_of_overdispersion(members[0], prepared.targets, rows))
    return assemble(
        prepared, result, gradient_report, _described(settings), _origins(settings, prepared, result), members,
        comparisons=comparisons_of_one_network(prepared, settings, members, ends),
    )  # fmt: skip


def _fit_with_chosen_decay(plan: FitPlan, ends: float, keep: Keep | None) -> Model:
    """Fit with the decay that cross-validation chooses, in the time that is left."""
    settings = settings_in_time(plan.settings, ends)
    choice = choose_decay(plan.prepared, settings, plan.network, plan.cost)
    told = replace(settings, network=replace(settings.network, decay=choice.decay))
    prepared = plan.prepared.noticed(choice.notices())
    plan = replace(plan, prepared=prepared, settings=told)
    model = _one_network(plan, ends, _checked_gradient(plan, ends), keep)
    asked = {"decay": settings.decay, "decay_choice": str(choice)}
    return replace(model, settings={**model.settings, **asked})


def _described(settings: FitSettings) -> dict[str, Any]:
    """Return the settings of the network, as the model keeps them."""
    of_network = settings.network
    chosen = {"target_transform": of_network.target_transform} if settings.chooses else {}
    return {
        "hidden": of_network.hidden if settings.chooses else of_network.widths,
        "activation": getattr(of_network.activation, "name", of_network.activation),
        "bias": of_network.bias, "decay": settings.decay, **chosen,
    }  # fmt: skip


def _origins(settings: FitSettings, prepared: Prepared, result: Training) -> dict[str, str]:
    """Return whether each setting was given or has its default value, which may depend on the problem."""
    usual = effort_for(len(prepared.training), result.network.theta.size)
    depend = {
        "starts": result.settings["starts"] == usual.starts,
        "cost_tolerance": result.settings["cost_tolerance"] == usual.cost_tolerance,
        "hidden": settings.network.widths == NetworkSettings().widths,
        "cost": result.settings["cost"] == prepared.targets.default_cost,
    }
    return settings.origins() | {
        name: "default" if is_default else "given" for name, is_default in depend.items()
    }


def _checked_gradient(plan: FitPlan, ends: float) -> GradientReport:
    """Check the gradient of the objective at the initial weights on some of the rows.

    With a time limit, it is checked along a few directions if a check entry by entry would take too much of the time.
    """
    theta = plan.network.theta
    most = min(ROWS_CHECKED, max(int(WORK_CHECKED / theta.size), 1))
    objective = plan.objective(slice(0, most))
    if ends < inf:
        left, began = ends - time.monotonic(), time.monotonic()
        objective.value(theta)
        seconds = seconds_of_entries(theta.size, time.monotonic() - began)
        if seconds > SHARE_OF_CHECK * left:
            return check_gradient(objective, theta, extent="directions")
    return check_gradient(objective, theta)
