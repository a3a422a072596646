"""Train an experiment by `sheernet.train`, in parts if the run is long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sheernet.apps.page.experiment import Experiment
from sheernet.foundation.arrays import Array
from sheernet.network.network import Network
from sheernet.optimizers.driver import Observer
from sheernet.optimizers.record import COLUMNS, Record
from sheernet.training.training import Training, train

RESUMED = 5000
"""Maximum number of iterations of a part of a run; the optimizer keeps a row of the record per iteration."""
MOST_ROWS = 4000
"""Maximum number of rows in the record of the completed parts of a run."""
Trainer = Callable[[Observer], Training]


def trainer_of(
    experiment: Experiment, network: Network, starts: int, resume: Training | None = None
) -> Trainer:
    """Return the run of an experiment from a network, as a function of its observer.

    Parameters
    ----------
    experiment : Experiment
        The data and the settings.
    network : Network
        The network of start 0.
    starts : int
        Number of starts.
    resume : Training, optional
        An earlier run to continue.
    """
    rows = experiment.prepared.training
    how = {**arguments_of(experiment), "validation": experiment.validation}
    run: Callable[..., Training] = train
    if starts > 1:
        how["starts"] = starts
    else:
        run, how["resume"] = train_in_parts, resume
    return lambda observer: run(network, rows.X, rows.y, observers=[observer], **how)


def arguments_of(experiment: Experiment) -> dict[str, Any]:
    """Return the arguments of `train` without the network, the rows and the starts."""
    exercise = experiment.exercise
    return {
        **experiment.minimized, "method": exercise.method, "max_iter": exercise.max_iter,
        "gradient_tolerance": exercise.gradient_tolerance, "patience": exercise.patience, "seed": exercise.seed,
        "scheme": exercise.scheme, **exercise.options,
    }  # fmt: skip


def train_in_parts(
    network: Network, X: Array, y: Array, *, max_iter: int, resume: Training | None, **how: Any
) -> Training:
    """Train as `sheernet.train` does with one start, and keep only some rows of the record of a long run.

    Each part resumes the previous part, so the iterates are bitwise equal to those of a single run.

    Parameters
    ----------
    network, X, y
        As in `sheernet.train`.
    max_iter, resume, **how
        Arguments of `sheernet.train`.
    """
    training, left = resume, max_iter
    while True:
        part = min(left, RESUMED)
        training = train(network, X, y, max_iter=part, resume=training, **how)
        left -= part
        is_cut = training.termination.reason == "max_iterations" and training.state is not None
        if not is_cut or left <= 0:
            return training
        training = replace(training, record=_thinned(training.record))


def _thinned(record: Record) -> Record:
    """Return some rows of a record, including the first and the last."""
    n = len(record)
    if n <= MOST_ROWS:
        return record
    some = np.unique(np.append(np.arange(0, n, -(-n // MOST_ROWS)), n - 1))
    return Record(**{name: record[name][some] for name in COLUMNS})
