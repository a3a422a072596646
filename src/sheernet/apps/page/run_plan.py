r"""Train an experiment by `sheernet.train`, in parts if the run is long, or with decays determined by the evidence.

With regularization "evidence", the decay d_g of each group of weights is estimated again after each part of the run:

    d_g <- gamma_g / (beta |theta_g|^2)        MacKay (1992), Neural Computation 4, 448, eq. 4.7 and 4.8

starting from a large decay, until no decay changes by more than 1 %.  `sheernet.fit` does the same for many
networks at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sheernet.apps.page.experiment import Experiment
from sheernet.foundation.arrays import Array
from sheernet.network.network import Network
from sheernet.objective.objective import Objective, make_objective
from sheernet.optimizers.driver import Observer
from sheernet.optimizers.record import COLUMNS, Record
from sheernet.statistics import decay_groups, evidence_at
from sheernet.statistics.decay_groups import Groups
from sheernet.training.training import Training, train

RESUMED = 5000
"""Maximum number of iterations of a part of a run; the optimizer keeps a row of the record per iteration."""
MOST_ROWS = 4000
"""Maximum number of rows in the record of the completed parts of a run."""
BEGINNING = 10.0
"""Initial decay, for losses summed over the rows."""
PART = 60  # iterations between two estimates of the decays
MOST_PARTS = 60
SETTLED = 0.01  # relative change of all decays
LIGHTEST, HEAVIEST = 1e-6, 1e4  # as fractions of the number of rows
LARGEST_STEP = 2.0  # maximum change of the logarithm of a decay
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
    rows, exercise = experiment.prepared.training, experiment.exercise
    how = arguments_of(experiment)
    run: Callable[..., Training] = train_with_evidence
    if exercise.regularization != "evidence":
        how["validation"] = experiment.validation
        if starts > 1:
            run, how["starts"] = train, starts
        else:
            run, how["resume"] = train_in_parts, resume
    return lambda observer: run(network, rows.X, rows.y, observers=[observer], **how)


def arguments_of(experiment: Experiment) -> dict[str, Any]:
    """Return the arguments of `train`, or of `train_with_evidence`, without the network, the rows and the starts."""
    exercise = experiment.exercise
    how: dict[str, Any] = {
        "method": exercise.method, "cost": experiment.cost, "reduction": exercise.reduction,
        "max_iter": exercise.max_iter, "gradient_tolerance": exercise.gradient_tolerance,
        "seed": exercise.seed, **exercise.options,
    }  # fmt: skip
    if exercise.regularization == "evidence":
        return how
    return how | {
        "scheme": exercise.scheme,
        "decay": experiment.decay,
        "patience": exercise.patience,
    }


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


def train_with_evidence(
    network: Network, X: Array, y: Array, *, cost: str, reduction: str, max_iter: int, **how: Any
) -> Training:
    """Train a network and estimate its decays alternately.

    Parameters
    ----------
    network : Network
        The initial network.
    X, y : ndarray, (N, d_0) and (N, K)
        Inputs and targets.
    cost, reduction, max_iter
        As in `sheernet.train`; `max_iter` limits the total number of iterations of all parts.
    **how
        Other arguments of `sheernet.train`.

    Returns
    -------
    Training
        The last part of the run; `Training.decay` contains the decays.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.apps.page.run_plan import train_with_evidence
    >>> net = sn.Network.random(sn.Architecture((1, 2, 1)), seed=0)
    >>> x = [[i / 10] for i in range(20)]
    >>> noisy = [[i / 5 + (-1) ** i / 10] for i in range(20)]
    >>> found = train_with_evidence(net, x, noisy, cost="squared_error", reduction="mean", max_iter=500)
    >>> len(set(found.decay[found.decay > 0].tolist()))
    3
    """
    groups = decay_groups(network.architecture)
    n = len(X)
    scale = 1.0 if reduction == "sum" else 1.0 / n
    decays = dict.fromkeys(groups, min(BEGINNING, 0.3 * n) * scale)
    here, left = network, max_iter
    for _ in range(MOST_PARTS):
        decay = _vector(network, groups, decays)
        training = train(
            here, X, y, cost=cost, reduction=reduction, decay=decay, max_iter=min(PART, left), **how
        )
        here, left = training.network, left - int(training.record.iteration[-1])
        if training.termination.reason == "interrupted" or left <= 0:
            break
        objective = make_objective(
            network.architecture, X, y, cost=cost, reduction=reduction, decay=decay
        )
        better = _estimated(objective, here.theta, groups, decays, n * scale)
        change = max(abs(np.log(better[name] / decays[name])) for name in groups)
        if change < SETTLED and training.termination.reason != "max_iterations":
            break
        decays = better
    return replace(training, initial=network)


def _vector(network: Network, groups: Groups, decays: dict[str, float]) -> Array:
    decay = np.zeros(network.theta.size)  # (P,)
    for name, group in groups.items():
        decay[group] = decays[name]
    return decay


def _estimated(
    objective: Objective, theta: Array, groups: Groups, decays: dict[str, float], rows: float
) -> dict[str, float]:
    """Estimate the decays, which change at most by a factor of e^2; increase them tenfold if the matrix is singular."""
    try:
        better: Any = evidence_at(objective, theta, groups).better_decay
    except np.linalg.LinAlgError:
        better = {name: 10.0 * each for name, each in decays.items()}
    step = float(np.exp(LARGEST_STEP))
    found = {
        name: np.clip(better[name], decays[name] / step, decays[name] * step) for name in groups
    }
    return {
        name: float(np.clip(each, LIGHTEST * rows, HEAVIEST * rows)) for name, each in found.items()
    }
