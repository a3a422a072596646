r"""How an experiment is trained: one call of `sheernet.train`, or several with the decays that the evidence chooses.

With regularization "evidence" the decay d_g of each group of weights is estimated again after each part of the run:

    d_g <- gamma_g / (beta |theta_g|^2)        MacKay (1992), Neural Computation 4, 448, eq. 4.7 and 4.8

from a heavy decay on, until no decay changes by more than 1 %.  `sheernet.fit` does the same for many networks at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from sheernet.apps.page.experiment import Experiment
from sheernet.foundation.arrays import Array
from sheernet.network.network import Network
from sheernet.optimizers.driver import Observer
from sheernet.statistics import decay_groups, evidence_at
from sheernet.training.training import Training, train

BEGINNING = 10.0
"""The first decay, of sums over the rows."""
PART = 60  # iterations between two estimates
MOST_PARTS = 60
SETTLED = 0.01  # relative change of all decays
LIGHTEST, HEAVIEST = 1e-6, 1e4  # as fractions of the number of rows
LARGEST_STEP = 2.0  # of the logarithm of a decay
Trainer = Callable[[Observer], Training]


def trainer_of(experiment: Experiment, network: Network, starts: int, resume: Training | None = None) -> Trainer:
    """The run of an experiment from a network, as a function of its observer.

    Parameters
    ----------
    experiment : Experiment
        The data and the settings.
    network : Network
        The network of start 0.
    starts : int
        Number of starts.
    resume : Training, optional
        A run that this one continues.
    """
    if experiment.exercise.regularization == "evidence":
        return partial(_with_evidence, experiment, network)
    return partial(_trained, experiment, network, starts=starts, resume=resume)


def _trained(experiment: Experiment, network: Network, observer: Observer, **changes: Any) -> Training:
    rows, exercise = experiment.prepared.training, experiment.exercise
    how: dict[str, Any] = {
        **experiment.minimized, "seed": exercise.seed, "scheme": exercise.scheme,
        "max_iter": exercise.max_iter, "gradient_tolerance": exercise.gradient_tolerance,
        "patience": exercise.patience, **exercise.options, **changes,
    }  # fmt: skip
    return train(
        network, rows.X, rows.y, weights=rows.weights, method=exercise.method,
        validation=experiment.validation, observers=[observer], **how,
    )  # fmt: skip


def _with_evidence(experiment: Experiment, network: Network, observer: Observer) -> Training:
    """Train and estimate the decays in turn."""
    groups = decay_groups(experiment.architecture)
    n = len(experiment.prepared.training)
    scale = 1.0 if experiment.exercise.reduction == "sum" else 1.0 / n
    decays = dict.fromkeys(groups, min(BEGINNING, 0.3 * n) * scale)
    left = experiment.exercise.max_iter
    training = None
    for _ in range(MOST_PARTS):
        decay = _vector(experiment, groups, decays)
        begin = network if training is None else training.network
        training = _trained(
            experiment, begin, observer, starts=1, decay=decay, max_iter=min(PART, left), patience=None
        )
        left -= int(training.record.iteration[-1])
        if training.termination.reason == "interrupted" or left <= 0:
            break
        better = _estimated(experiment, training, groups, decays, n * scale)
        change = max(abs(np.log(better[name] / decays[name])) for name in groups)
        if change < SETTLED and training.termination.reason != "max_iterations":
            break
        decays = better
    assert training is not None
    return replace(training, initial=network)


def _vector(experiment: Experiment, groups: Any, decays: dict[str, float]) -> Array:
    decay = np.zeros(experiment.architecture.n_parameters)  # (P,)
    for name, group in groups.items():
        decay[group] = decays[name]
    return decay


def _estimated(
    experiment: Experiment, training: Training, groups: Any, decays: dict[str, float], rows: float
) -> dict[str, float]:
    """The estimated decays, at most e^2 times larger or smaller; ten times larger ones if the matrix is singular."""
    objective = experiment.objective_of(experiment.prepared.training, decay=training.decay)
    try:
        better: Any = evidence_at(objective, training.network.theta, groups).better_decay
    except np.linalg.LinAlgError:
        better = {name: 10.0 * each for name, each in decays.items()}
    step = np.exp(LARGEST_STEP)
    return {
        name: float(np.clip(np.clip(better[name], decays[name] / step, decays[name] * step),
                            LIGHTEST * rows, HEAVIEST * rows))
        for name in groups
    }  # fmt: skip


def names_of_evidence() -> Sequence[str]:
    """The settings that have no effect if the evidence chooses the decays."""
    return ("starts", "patience")
