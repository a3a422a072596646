"""`fit_shards`: from files that need not fit in memory to a model.

    files -> shards -> learning pass -> columns, recipes of encoded rows      sheernet.data.shards
          -> holder: in memory, streamed from a packed file, on workers        sheernet.distributed
          -> one network trained on sums over the shards                       sharded_training.py
          -> metrics on the held-out rows -> Model                             sharded_model.py

A single network with given settings is trained: settings that need all rows in memory (folds) are
refused before anything is read.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from math import inf
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from sheernet.data.shards import EncodedShard, LearnedShards, Shards, learn_shards, shards
from sheernet.data.shards.dask_partitions import is_dask_frame
from sheernet.data.shards.usable_rows import EVALUATION, TRAINING, VALIDATION
from sheernet.derivatives import GradientReport, check_gradient
from sheernet.foundation.atomic_files import require_parent
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import as_flag, as_share
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.fitting.answer_fit import refuse_large
from sheernet.models.fitting.fit_plan import cost_of, network_of
from sheernet.models.fitting.sharded_metrics import Mapper
from sheernet.models.fitting.sharded_model import (
    ShardedFit,
    ShardedRows,
    first_rows,
    model_of_shards,
    rows_together,
)
from sheernet.models.fitting.sharded_other_rows import OtherRows, other_rows
from sheernet.models.fitting.sharded_training import (
    ShardedProblem,
    TrainedOnShards,
    train_on_shards,
)
from sheernet.models.fitting.thread_mapper import Pace, TellingMapper, ThreadMapper
from sheernet.models.output_layer import (
    limit_notices,
    require_output,
    scaling_of_targets,
    with_output,
)
from sheernet.objective.objective import make_objective
from sheernet.objective.sharded import Holder
from sheernet.objective.sharded.shard_threads import as_threads
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.network_settings import EVIDENCE
from sheernet.settings.shard_settings import ShardSettings
from sheernet.settings.table_settings import TableSettings

HELD_OUT = 0.1
"""Default fraction of held-out rows: of many rows, this fraction determines the error accurately enough."""
ROWS_CHECKED = 200
"""Maximum number of rows of the gradient check, as for rows in memory."""
MOST_OF_JUDGING = 0.5
"""Maximum fraction of the time left when the training starts that is kept for evaluating the model."""
WORK_OF_THREADS = 2e6
"""Training rows x weights from which threads are started: the start takes 0.3 ms, an evaluation of this size 0.8 ms."""
BYTES_TOGETHER = 2**23
"""Size of encoded training rows up to which the search for the highest evidence holds them in one table."""
MAGIC = "*?["
"""Characters that mark a pattern of files."""

Tell = Callable[[str], object]


def is_sharded(table: Any) -> bool:
    """Return whether a table is given in parts: shards, a Dask DataFrame, a list of paths, a folder, or "a/*.parquet".

    A single file is read into memory.  "." does not count as a folder, because an empty path becomes ".".

    Examples
    --------
    >>> from sheernet.models.fitting.sharded_fit import is_sharded
    >>> is_sharded("data/*.parquet"), is_sharded("data.parquet"), is_sharded([1.0, 2.0])
    (True, False, False)
    """
    if isinstance(table, Shards) or is_dask_frame(table):
        return True
    if isinstance(table, (str, os.PathLike)):
        path = Path(table)
        is_pattern = any(mark in str(path) for mark in MAGIC)
        is_folder = path.is_dir() and path != Path()
        return is_folder or (is_pattern and not path.exists())
    if not isinstance(table, (list, tuple)) or not table:
        return False
    if not all(isinstance(each, os.PathLike) or _may_be_name(each) for each in table):
        return False
    return any(isinstance(each, os.PathLike) or Path(each).is_file() for each in table)


def _may_be_name(each: object) -> bool:
    """Return whether a value may be the name of a file, not a cell of a column."""
    return isinstance(each, str) and bool(Path(each).suffix)


def fit_shards(
    source: Any, target: Any, settings: FitSettings, how: ShardSettings, ends: float = inf, tell: Tell | None = None,
) -> ShardedFit:  # fmt: skip
    """Fit a network to the rows of files.

    Parameters
    ----------
    source : Shards, path, pattern or list of paths
        The files.
    target : str or sequence of str, optional
        The columns to predict; by default those of the shards.
    settings : FitSettings
        The settings of `fit`.
    how : ShardSettings
        Where the rows are held.
    ends : float
        End of the time limit, as a time of `time.monotonic`.
    tell : callable, optional
        Called with sentences about the work done and its speed.

    Returns
    -------
    ShardedFit

    Raises
    ------
    InvalidInput
        If a setting needs the rows in memory, a file cannot be read, or the cost does not belong to the task; in this
        case nothing is trained.
    """
    given, settings = settings, settings_of_shards(settings)
    if how.checkpoint is not None:
        require_parent(how.checkpoint)
        _refuse_path(settings)
    began, limit = time.monotonic(), settings.rules.time_limit
    data = source if isinstance(source, Shards) else shards(source)
    names = data.target if target is None else _names(target)
    if not names:
        raise InvalidInput("{} is missing; name the column to predict", Setting("target"))
    mapper = _mapper(how, settings)
    mapper = mapper if tell is None else TellingMapper(mapper, tell)
    rows = _learned(data, names, settings, mapper)
    seconds = time.monotonic() - began
    _say_learned(rows, seconds, tell)
    for notice in rows.notices:
        warn(notice)
    problem = _problem(rows, settings)
    if settings.network.decay_is_chosen and _are_few(rows):
        problem = replace(problem, together=rows_together(rows))
    check = _checked_gradient(rows, problem)
    with (
        _holder(rows, problem, how, TRAINING, tell) as holder,
        _holder_of_validation(rows, problem, how) as validation,
    ):
        kept = holder.describe()
        trained = train_on_shards(
            problem, holder, _end_of_training(ends, seconds), tell, how.checkpoint, validation
        )
        notices = (*trained.notices, *getattr(holder, "notices", ()))
    for notice in notices:
        warn(notice)
    rows = replace(rows, notices=(*rows.notices, *notices))
    described = _described(problem, data, kept, trained) | {"time_limit": limit}
    return model_of_shards(rows, trained, check, settings, described, _origins(given))


def _end_of_training(ends: float, seconds: float) -> float:
    """Return the end of the training; the time after it is for the evaluation, about as long as the learning pass."""
    if ends == inf:
        return inf
    return ends - min(seconds, MOST_OF_JUDGING * max(ends - time.monotonic(), 0.0))


def settings_of_shards(settings: FitSettings) -> FitSettings:
    """Return the settings of a fit of shards: a single network, and a smaller fraction of held-out rows.

    Raises
    ------
    InvalidInput
        If a setting needs the rows in memory.
    """
    settings.rules.require_validation(settings.table.validation)
    if settings.network.decay_is_cross_validated:
        advice = sentence("use {}, or a number", Setting("decay", EVIDENCE))
        raise _needs_rows(Setting("decay", settings.network.decay), advice)
    if settings.table.groups is not None:
        raise _needs_rows(Setting("groups"), "give the rows of some groups as a test table")
    weights = settings.table.weights
    if weights is not None and not isinstance(weights, str):
        raise InvalidInput("{} of shards must be the name of a column", Setting("weights"))
    table = settings.rows
    if settings.table.held_out is None:
        table = replace(table, held_out=None if table.test is not None else HELD_OUT)
    _require_shares(table)
    return replace(settings, table=table, one_network=True)


def _require_shares(table: TableSettings) -> None:
    """Raise unless a fraction of validation rows leaves rows to train on."""
    if not isinstance(table.validation, Real):
        return
    share = as_share("validation", table.validation, example=HELD_OUT)
    if not 0 < share < 1 - (table.held_out or 0.0):
        raise InvalidInput(
            "{} must be above 0 and together with {} below 1; use a fraction such as {}",
            Setting("validation", table.validation), Setting("held_out", table.held_out or 0.0), HELD_OUT,
        )  # fmt: skip


def _refuse_path(settings: FitSettings) -> None:
    """Raise if all iterates are requested, which a checkpoint does not contain."""
    if as_flag("keep_path", settings.training.keep_path):
        raise InvalidInput(
            "{} contains the last iterate only, so {} is not possible; omit one of them",
            Setting("checkpoint"), Setting("keep_path", True),
        )  # fmt: skip


def _needs_rows(setting: Setting, advice: str) -> InvalidInput:
    return InvalidInput(
        "{} is not possible with data in shards, whose rows are never in memory together; {}", setting, advice
    )  # fmt: skip


def _names(target: Any) -> str | Sequence[str]:
    """Return the names of the targets, which must be columns of the files."""
    if isinstance(target, str):
        return target
    if isinstance(target, (list, tuple)) and target and all(isinstance(t, str) for t in target):
        return list(target)
    raise InvalidInput(
        "{} of data in shards must be the name of a column, or names, but {} was given",
        Setting("target"), type(target).__name__,
    )  # fmt: skip


def _mapper(how: ShardSettings, settings: FitSettings) -> Mapper:
    """Return the mapper that calls a function for each shard: on threads of this process, or on the workers."""
    if how.client is None:
        return ThreadMapper(as_threads(settings.training.threads))
    from sheernet.distributed.dask_mapper import dask_mapper

    return dask_mapper(how.client)


def _learned(
    data: Shards, names: str | Sequence[str], settings: FitSettings, mapper: Mapper
) -> ShardedRows:
    """Learn how the columns are encoded."""
    table, seed = settings.table, settings.start.seed
    require_output(table.output_activation)
    learned = learn_shards(
        data, names, table, seed=int(np.random.default_rng().integers(2**32)) if seed is None else seed,
        target_scaling=scaling_of_targets(table.scaling, table.output_activation), mapper=mapper,
    )  # fmt: skip
    targets = with_output(learned.targets, table.output_activation)
    recorded: dict[str, Any] = {
        **vars(table),
        "inputs": None if table.inputs is None else list(learned.roles.inputs),
        "weights": learned.weights,
    }
    if learned.weights is not None:
        recorded["training_weight"] = learned.training_weight
    notices = [*learned.notices, *limit_notices(targets, table.scaling)]
    others = _others(table, learned, mapper)
    for role, found in others.items():
        recorded[role] = found.name
        notices += found.notices
    validation, test = others.get("validation"), others.get("test")
    n_validation = learned.n_validation if validation is None else validation.n_rows
    if n_validation:
        recorded["validation_rows"] = n_validation
    return ShardedRows(
        learned.inputs, targets, learned.sources, learned.n_training,
        learned.n_evaluation if test is None else test.n_rows, data.source,
        ", ".join(sorted({shard.form for shard in data.shards})), learned.read_as, tuple(notices), recorded, mapper,
        n_validation, {_PART_OF[role]: found.sources for role, found in others.items()},
    )  # fmt: skip


_PART_OF = {"validation": VALIDATION, "test": EVALUATION}
"""The part of the rows that a setting names."""


def _others(table: TableSettings, learned: LearnedShards, mapper: Mapper) -> dict[str, OtherRows]:
    """Return the second data sets that are given, by the setting."""
    given = {"validation": table.validation, "test": table.test}
    return {
        role: other_rows(each, role, learned, mapper)
        for role, each in given.items()
        if each is not None and not isinstance(each, Real)
    }


def _say_learned(rows: ShardedRows, seconds: float, tell: Tell | None) -> None:
    if tell is not None:
        n_rows = sum(source.n_rows for source in rows.sources)
        rate = n_rows / max(seconds, 1e-9)
        tell(
            f"{n_rows} rows of {rows.name} were read and their columns learned in {seconds:.3g} s ({rate:.3g} rows a "
            "second)"
        )


def _problem(rows: ShardedRows, settings: FitSettings) -> ShardedProblem:
    """Return the network and the cost."""
    cost = cost_of(settings.network.cost, rows.targets)
    network = network_of(rows.inputs.n_features, rows.targets, settings)
    if settings.network.decay_is_chosen:
        refuse_large(network.architecture)
    return ShardedProblem(network, rows.targets, cost, settings, rows.inputs.label_groups)


def _are_few(rows: ShardedRows) -> bool:
    """Return whether the training rows are few enough for one table; this depends only on the data set."""
    n_numbers = rows.n_training * (rows.inputs.n_features + rows.targets.n_outputs)
    return 8 * n_numbers <= BYTES_TOGETHER


def _checked_gradient(rows: ShardedRows, problem: ShardedProblem) -> dict[str, Any]:
    """Check the gradient at the initial weights on the first rows."""
    some = first_rows(rows, ROWS_CHECKED)
    of_network = problem.settings.network
    objective = make_objective(
        problem.network.architecture, some.X, some.y, weights=some.weights, cost=problem.cost,
        reduction=of_network.reduction, engine=problem.settings.training.engine, threads=1,
    )  # fmt: skip
    report: GradientReport = check_gradient(objective, problem.network.theta)
    verdict = report.to_dict()
    return {key: verdict[key] for key in ("verdict", "criterion", "norm_ratio", "method")}


def _holder(
    rows: ShardedRows, problem: ShardedProblem, how: ShardSettings, part: str, tell: Tell | None
) -> AbstractContextManager[Holder]:  # fmt: skip
    """Return the holder of the rows of a part: workers, or this machine."""
    arch, training = problem.network.architecture, problem.settings.training
    whole = rows.others.get(part, rows.sources)
    sources = [each.only(part) if isinstance(each, EncodedShard) else each for each in whole]
    if how.client is not None:
        from sheernet.distributed.dask_holder import DaskHolder

        return DaskHolder(
            how.client, sources, arch, problem.cost, part=part, engine=training.engine
        )
    from sheernet.distributed import StreamingHolder

    memory = how.memory_limit
    pace = None if tell is None else Pace(tell, "packed")
    read = list(itertools.accumulate(source.n_rows for source in whole))
    return StreamingHolder(
        sources, arch, problem.cost, part=part, folder=how.folder, memory=None if memory is None else int(memory),
        threads=_threads(rows, problem), engine=training.engine,
        report_progress=None if pace is None else lambda done, count: pace(done, count, read[done - 1]),
    )  # fmt: skip


def _threads(rows: ShardedRows, problem: ShardedProblem) -> int | None:
    """Return the threads of an evaluation; results are bitwise equal for any number."""
    is_small = rows.n_training * problem.network.theta.size < WORK_OF_THREADS
    return 1 if is_small else problem.settings.training.threads


def _holder_of_validation(
    rows: ShardedRows, problem: ShardedProblem, how: ShardSettings
) -> AbstractContextManager[Holder | None]:
    """Return the holder of the validation rows, if there are any."""
    if not rows.n_validation:
        return nullcontext()
    return _holder(rows, problem, how, VALIDATION, None)


def _described(
    problem: ShardedProblem, data: Shards, kept: str, trained: TrainedOnShards
) -> dict[str, Any]:
    """Return the settings of the network and of the shards, as the model keeps them."""
    of_network = problem.settings.network
    decay = of_network.decay
    files = len({shard.path for shard in data.shards if shard.path})
    return {
        "hidden": of_network.widths,
        "activation": getattr(of_network.activation, "name", of_network.activation),
        "bias": of_network.bias,
        "decay": float(trained.result.decay.max()) if decay is None else decay,
        "shards": {"shards": len(data.shards), "files": files, "held": kept},
    }


def _origins(settings: FitSettings) -> dict[str, str]:
    """Return whether each setting was given or has its default value, which may depend on the rows."""
    effort = settings.effort
    depend = {
        "starts": effort.starts, "cost_tolerance": effort.cost_tolerance, "cost": settings.network.cost,
        "decay": settings.network.decay,
    }  # fmt: skip
    origins = settings.origins() | {
        name: "default" if value is None else "given" for name, value in depend.items()
    }
    if settings.network.hidden_units_are_chosen:
        origins["hidden"] = "default"
    return origins
