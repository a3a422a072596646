"""Train a network on the rows that a holder of shards holds, and find its uncertainty.

holder -> ShardedObjective -> fit_objective (starts one after the other) -> Training -> Member
-> the evidence, if it chooses the decays
-> Gauss-Newton matrix at the optimum: noise, covariance of the weights
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from sheernet.data.targets import Targets
from sheernet.foundation.arrays import Array
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import counted
from sheernet.models.fitting.default_effort import with_default_effort
from sheernet.models.fitting.fitted_member import may_have_factor, member_of, uncertainty_or_none
from sheernet.models.member import Member
from sheernet.models.output_layer import dispersion_of
from sheernet.network.network import Network
from sheernet.objective.decay import weight_decay
from sheernet.objective.engines.choice import resolve
from sheernet.objective.sharded import Holder, ShardedObjective
from sheernet.optimizers import Termination
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.network_settings import DEFAULT_DECAY, EVIDENCE
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.statistics.evidence_search import EvidenceSearch, maximize_evidence
from sheernet.statistics.groups import decay_groups
from sheernet.training import training_checks
from sheernet.training.checkpoint_file import CheckpointFile, load_checkpoint
from sheernet.training.objective_fit import fit_objective
from sheernet.training.starts import first_starts
from sheernet.training.training import Training, starts_of

ROWS_OF_DECAY = 10.0
"""The default decay counts as this many rows, or as 1e-4 of them if that is less: many rows need no more."""
FEW_ROWS = 10.0
"""Rows for each weight below which the default decay may let a network learn noise."""
BETWEEN_ESTIMATES = "auto"
"""The method while the evidence chooses decays: lm for small networks, which needs the fewest passes over the rows."""


@dataclass(frozen=True, eq=False)
class ShardedProblem:
    """What is trained on shards.

    Parameters
    ----------
    network : Network
        The network of start 0.
    targets : NumberTargets or ClassTarget
        The columns that are predicted.
    cost : str or Cost
        The cost.
    settings : FitSettings
        The settings of the fit.
    label_groups : sequence of slice
        As from `Inputs.label_groups`.
    """

    network: Network
    targets: Targets
    cost: Any
    settings: FitSettings
    label_groups: Sequence[slice]


@dataclass(frozen=True, eq=False)
class TrainedOnShards:
    """A trained network.

    Parameters
    ----------
    result : Training
        As from `train`.
    member : Member
        The network with its noise and the covariance of its weights.
    notices : tuple of str
        What was decided by the size of the problem.
    seconds : float
        Of one evaluation of the objective and its gradient.
    """

    result: Training
    member: Member
    notices: tuple[str, ...]
    seconds: float


def default_decay(total_weight: float) -> float:
    """The weight decay of the mean over many rows, if it is not given.

    Examples
    --------
    >>> from sheernet.models.fitting.sharded_training import default_decay
    >>> default_decay(1e4), default_decay(1e8)
    (0.0001, 1e-07)
    """
    return min(DEFAULT_DECAY, ROWS_OF_DECAY / total_weight)


def train_on_shards(
    problem: ShardedProblem, holder: Holder, ends: float = inf,
    tell: Callable[[str], object] | None = None, checkpoint: str | os.PathLike[str] | None = None,
    validation: Holder | None = None,
) -> TrainedOnShards:  # fmt: skip
    """Train a network on all shards.

    Parameters
    ----------
    problem : ShardedProblem
        The network and its settings.
    holder : Holder
        The training rows.
    ends : float
        When the time limit ends, as a time of `time.monotonic`.
    tell : callable, optional
        Called with a sentence about the speed of evaluations.
    checkpoint : path, optional
        File with the state of the single start after each iteration; if it exists, the start goes on from it.
    validation : Holder, optional
        The validation rows, whose cost is recorded at each iteration.
    """
    settings, network = problem.settings, problem.network
    objective = _objective(problem, holder)
    seconds = _seconds_of_evaluation(objective, network.theta)
    if tell is not None:
        tell(_speed(objective, seconds))
    effort, notice = with_default_effort(objective.n_samples, objective.size, settings.effort)
    rules = replace(settings.rules, cost_tolerance=effort.cost_tolerance or 0.0)
    count = 1 if checkpoint is not None else int(effort.starts or 1)
    points: Sequence[Any] = list(
        first_starts(network, count, settings.start.scheme, settings.start.seed)
    )
    observers: Sequence[Any] = ()
    if checkpoint is not None:
        by_validation = rules.patience is not None
        points, observers = _resumed(checkpoint, objective, points, tell, by_validation)
    search = None
    if settings.network.decay_is_chosen:
        search = _searched(objective, np.stack(list(map(_theta, points))), rules, ends)
        objective = objective.replace(decay=search.decays[search.best])
        points = [search.thetas[search.best]]
        if search.interrupted:
            rules = replace(rules, max_iter=0)
    result = _trained(problem, objective, points, rules, ends, observers, validation)
    if search is not None and search.interrupted:
        starts = replace(result.starts, reasons=("interrupted",))
        result = replace(result, termination=Termination("interrupted"), starts=starts)
    member = _member(problem, objective, result, search)
    notices = (*filter(None, [notice]), *_few_rows(problem, objective))
    return TrainedOnShards(result, member, notices, seconds)


def _few_rows(problem: ShardedProblem, objective: ShardedObjective) -> Iterator[str]:
    """A notice that the decay should follow from the rows, if they are few and it was not given."""
    n_rows, n_weights = objective.n_samples, objective.size
    if problem.settings.network.decay is None and n_rows < FEW_ROWS * n_weights:
        yield sentence(
            "{} are few for {}: {} chooses the decay from them, and if they fit in memory, the fit of one table "
            "compares several networks",
            counted(n_rows, "training row"), counted(n_weights, "weight"), Setting("decay", EVIDENCE),
        )  # fmt: skip


def _resumed(
    path: str | os.PathLike[str], objective: ShardedObjective, points: Sequence[Any],
    tell: Callable[[str], object] | None, by_validation: bool,
) -> tuple[Sequence[Any], Sequence[Any]]:  # fmt: skip
    """Where the start begins, and the observer that writes its state."""
    if not Path(path).exists():
        return points, [CheckpointFile(path, by_validation=by_validation)]
    state = load_checkpoint(path, objective)
    if tell is not None:
        tell(f"the training goes on from {os.fspath(path)!r}")
    return [state], [CheckpointFile(path, state, by_validation=by_validation)]


def _objective(problem: ShardedProblem, holder: Holder) -> ShardedObjective:
    """The objective, with the decay that was given or its default."""
    of_network, arch = problem.settings.network, problem.network.architecture
    decay = of_network.decay
    if of_network.decay_is_chosen:
        decay = 0.0
    elif decay is None:
        is_mean = of_network.reduction == "mean"
        decay = default_decay(holder.total_weight) if is_mean else DEFAULT_DECAY
    if isinstance(decay, (int, float)):
        decay = weight_decay(arch, float(decay))
    return ShardedObjective(arch, problem.cost, holder, decay, of_network.reduction)


def _seconds_of_evaluation(objective: ShardedObjective, theta: Array) -> float:
    """The time of one evaluation; it has also read every row once."""
    began = time.monotonic()
    objective.value_and_gradient(theta)
    return time.monotonic() - began


def _speed(objective: ShardedObjective, seconds: float) -> str:
    rate = objective.n_samples / max(seconds, 1e-9)
    return (
        f"an evaluation of {objective.n_samples} training rows takes {seconds:.3g} s ({rate:.3g} rows a second), "
        f"{objective.holder.describe()}"
    )


def _searched(
    objective: ShardedObjective, starts: Array, rules: StoppingRules, ends: float
) -> EvidenceSearch:
    """The decays that the evidence chooses."""
    return maximize_evidence(
        objective, starts, decay_groups(objective.architecture), method=BETWEEN_ESTIMATES,
        cost_tolerance=rules.cost_tolerance, time_limit=_left(ends),
    )  # fmt: skip


def _left(ends: float) -> float | None:
    return None if ends == inf else max(ends - time.monotonic(), 0.0)


def _trained(
    problem: ShardedProblem, objective: ShardedObjective, starts: Sequence[Any], rules: StoppingRules, ends: float,
    observers: Sequence[Any], validation: Holder | None = None,
) -> Training:  # fmt: skip
    """Minimize the objective, and return what `train` would return."""
    settings, training = problem.settings, problem.settings.training
    rules = replace(rules, time_limit=_left(ends))
    began = time.monotonic()
    fits = fit_objective(
        objective, starts, training.method, **vars(rules), observers=(*training.observers, *observers),
        validation=None if validation is None else _without_penalty(objective, validation),
        progress=training.progress, keep_path=training.keep_path, check=training.check, **training.options,
    )  # fmt: skip
    run = training_checks.with_advice_on_rate(fits[fits.best], training.options)
    chosen = StartSettings(len(starts), settings.start.seed, settings.start.scheme)
    arch = problem.network.architecture
    return Training(
        Network(arch, run.theta), Network(arch, _theta(starts[fits.best])), run.objective, run.record,
        run.termination, run.method, resolve(training.engine, arch, objective.cost), objective.decay,
        starts_of(fits, chosen, time.monotonic() - began), run.state,
        {
            "method": training.method, "options": dict(training.options), "cost": objective.cost.name,
            "reduction": objective.reduction, **vars(chosen), **vars(rules),
        },
    )  # fmt: skip


def _without_penalty(objective: ShardedObjective, holder: Holder) -> ShardedObjective:
    """The cost of the rows of another holder."""
    arch, cost = objective.architecture, objective.cost
    return ShardedObjective(arch, cost, holder, reduction=objective.reduction)


def _theta(start: Any) -> Any:
    """The weights of a start, which may be a checkpoint."""
    return start.state.theta if hasattr(start, "state") else start


def _member(
    problem: ShardedProblem,
    objective: ShardedObjective,
    result: Training,
    search: EvidenceSearch | None,
) -> Member:
    """The network with its noise and the covariance of its weights, and how the evidence chose its decays."""
    noise_variance, factor = None, np.zeros(0)
    dispersion = dispersion_of(problem.targets, problem.cost)
    if dispersion is not None and may_have_factor(objective.size, objective.cost.name):
        noise_variance, factor = uncertainty_or_none(
            objective, result.network.theta, problem.label_groups, dispersion
        )
    return member_of(result, noise_variance, factor, {} if search is None else _facts(search))


def _facts(search: EvidenceSearch) -> dict[str, Any]:
    """Facts about the evidence, as a member keeps them."""
    found = search.evidences[search.best]
    return {
        "log_evidence": found.log_evidence,
        "noise_variance": found.noise_variance,
        "effective_parameters": found.effective_parameters,
        "decay": dict(found.decay),
        "effective": dict(found.effective),
        "starts": [each.log_evidence for each in search.evidences],
        "updates": search.updates,
        "settled": search.settled,
        "sizes": {},
    }
