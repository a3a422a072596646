"""Train a network on the rows of a holder of shards, and compute the uncertainty of its weights.

holder -> ShardedObjective -> fit_objective (starts share each pass) -> Training -> Member
-> the evidence, if it chooses the decays
-> Gauss-Newton matrix at the optimum: noise, covariance of the weights

A holder (`sheernet.distributed`) keeps the rows of shards in memory, in a packed file, or on workers.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Any

from sheernet.data.targets import Targets
from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.foundation.time_limits import seconds_left
from sheernet.models.fitting.default_effort import with_default_effort
from sheernet.models.fitting.fit_file import FitFile
from sheernet.models.fitting.fitted_member import (
    ended_by,
    evidence_facts,
    may_have_factor,
    member_of,
    with_uncertainty,
)
from sheernet.models.fitting.preparation import Encoded
from sheernet.models.member import Member
from sheernet.models.output_layer import dispersion_of
from sheernet.network.network import Network
from sheernet.objective import SummedObjective
from sheernet.objective.decay import weight_decay
from sheernet.objective.engines.choice import resolve
from sheernet.objective.objective import make_objective
from sheernet.objective.sharded import Holder, ShardedObjective
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.network_settings import DEFAULT_DECAY, EVIDENCE
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.statistics.decay_groups import decay_groups
from sheernet.statistics.evidence_search import EvidenceSearch, maximize_evidence
from sheernet.training import training_checks
from sheernet.training.jobs import Fits
from sheernet.training.objective_fit import fit_objective
from sheernet.training.starts import first_starts
from sheernet.training.training import Training, starts_of

ROWS_OF_DECAY = 10.0
"""The default decay counts as this many rows, or as 1e-4 of all rows if that is less: many rows do not need more."""
FEW_ROWS = 10.0
"""Number of rows per weight below which a network with the default decay may fit noise."""
BETWEEN_ESTIMATES = "auto"
"""The method while the evidence chooses decays: lm for small networks, which needs the fewest passes over the rows."""


@dataclass(frozen=True, eq=False)
class ShardedProblem:
    """A network, its targets and its settings, for training on shards.

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
        As returned by `Inputs.label_groups`.
    together : Encoded, optional
        The training rows, if they are few: with one table, the search for the highest evidence is many times faster.
    """

    network: Network
    targets: Targets
    cost: Any
    settings: FitSettings
    label_groups: Sequence[slice]
    together: Encoded | None = None


@dataclass(frozen=True, eq=False)
class TrainedOnShards:
    """A trained network.

    Parameters
    ----------
    result : Training
        As returned by `train`.
    member : Member
        The network with its noise and the covariance of its weights.
    notices : tuple of str
        Decisions that depend on the size of the problem.
    seconds : float
        Time of one evaluation of the objective and its gradient.
    is_cut : bool
        Whether Ctrl-C was pressed after the training.
    """

    result: Training
    member: Member
    notices: tuple[str, ...]
    seconds: float
    is_cut: bool = False


def default_decay(total_weight: float) -> float:
    """Return the default weight decay for the mean over many rows.

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
        End of the time limit, as a time of `time.monotonic`.
    tell : callable, optional
        Called with a sentence about the speed of evaluations.
    checkpoint : path, optional
        File with the state of the training after each iteration; if it exists, the training continues from it.
    validation : Holder, optional
        The validation rows, whose cost is recorded at each iteration.
    """
    settings, network = problem.settings, problem.network
    objective = _objective(problem, holder)
    began = time.monotonic()
    first = objective.value_and_gradient(network.theta)
    seconds = time.monotonic() - began
    if tell is not None:
        tell(_speed(objective, seconds))
    effort, notice = with_default_effort(objective.n_samples, objective.size, settings.effort)
    rules = replace(settings.rules, cost_tolerance=effort.cost_tolerance or 0.0)
    chosen = replace(settings.start, starts=int(effort.starts or 1))
    points = first_starts(network, chosen.starts, chosen.scheme, chosen.seed)
    file = None
    if checkpoint is not None:
        file = FitFile(checkpoint, _key(problem, rules, first, validation), objective.size)
        if file.is_resumed and tell is not None:
            tell(f"the training continues from {in_quotes(os.fspath(checkpoint))}")
    search = None
    if settings.network.decay_is_chosen:
        search = _searched(problem, objective, points, rules, ends, file)
        objective = objective.replace(decay=search.decays[search.best])
        points = search.thetas[[search.best]]
        if search.interrupted:
            rules = replace(rules, max_iter=0)
        if file is not None and not _is_complete(search, file, problem, ends):
            file = None  # the file stores the search, which is incomplete
    result = _trained(problem, objective, points, rules, ends, file, validation)
    if search is not None and search.interrupted:
        result = ended_by(result, "interrupted")
    member, is_cut = _member(problem, objective, result, search)
    without = (
        "Ctrl-C ended the pass for the uncertainty of the weights: there are no intervals"
        if is_cut
        else ""
    )
    notices = (*filter(None, [notice, without]), *_few_rows(problem, objective))
    return TrainedOnShards(result, member, notices, seconds, is_cut)


def _key(
    problem: ShardedProblem, rules: StoppingRules, first: tuple[float, Array], validation: Holder | None
) -> str:  # fmt: skip
    """Identify a fit by the objective and gradient at the first start, and the settings that determine the iterates."""
    value, gradient = first
    training = problem.settings.training
    options = [(n, getattr(each, "__qualname__", each)) for n, each in training.options.items()]
    others = (
        value, problem.settings.network.decay_is_chosen, training.method, sorted(options),
        rules.gradient_tolerance, rules.cost_tolerance, rules.target, rules.patience,
        None if validation is None else (validation.total_weight, validation.n_samples),
    )  # fmt: skip
    return hashlib.sha256(gradient.tobytes() + repr(others).encode()).hexdigest()


def _few_rows(problem: ShardedProblem, objective: ShardedObjective) -> Iterator[str]:
    """Yield a notice with the advice to choose the decay from the rows, if they are few and no decay was given."""
    n_rows, n_weights = objective.n_samples, objective.size
    if problem.settings.network.decay is None and n_rows < FEW_ROWS * n_weights:
        yield sentence(
            "{} are few for {}: {} chooses the decay from them, and if they fit in memory, the fit of one table "
            "compares several networks",
            counted(n_rows, "training row"), counted(n_weights, "weight"), Setting("decay", EVIDENCE),
        )  # fmt: skip


def _objective(problem: ShardedProblem, holder: Holder) -> ShardedObjective:
    """Return the objective, with the decay that was given or its default."""
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


def _speed(objective: ShardedObjective, seconds: float) -> str:
    rate = objective.n_samples / max(seconds, 1e-9)
    return (
        f"an evaluation of {objective.n_samples} training rows takes {seconds:.3g} s ({rate:.3g} rows a second), "
        f"{objective.holder.describe()}"
    )


def _searched(
    problem: ShardedProblem, objective: ShardedObjective, starts: Array, rules: StoppingRules, ends: float,
    file: FitFile | None,
) -> EvidenceSearch:  # fmt: skip
    """Choose the decays by the evidence; the search for few rows takes seconds, and is not kept in the file."""
    few, training = problem.together, problem.settings.training
    kept: dict[str, Any] = {}
    searched: SummedObjective = objective
    method = BETWEEN_ESTIMATES
    if few is not None:
        method = "bfgs"  # as for a table in memory
        searched = make_objective(
            objective.architecture, few.X, few.y, cost=objective.cost, reduction=objective.reduction,
            weights=few.weights, engine=training.engine, threads=training.threads,
        )  # fmt: skip
    elif file is not None:
        kept = {"fit": file.fit_jobs, "state": file.search, "keep": file.keep_search}
    return maximize_evidence(
        searched, starts, decay_groups(objective.architecture), method=method,
        cost_tolerance=rules.cost_tolerance, time_limit=seconds_left(ends), **kept,
    )  # fmt: skip


def _is_complete(
    search: EvidenceSearch, file: FitFile, problem: ShardedProblem, ends: float
) -> bool:
    """Return whether a search is complete."""
    if problem.together is None:
        return file.search is not None and file.search.is_done
    return not search.interrupted and time.monotonic() < ends


def _trained(
    problem: ShardedProblem, objective: ShardedObjective, starts: Array, rules: StoppingRules, ends: float,
    file: FitFile | None, validation: Holder | None,
) -> Training:  # fmt: skip
    """Minimize the objective, and return the result as `train` does."""
    settings, training = problem.settings, problem.settings.training
    rules = replace(rules, time_limit=seconds_left(ends))
    others = None if validation is None else _without_penalty(objective, validation)

    def fit(points: Sequence[Any], rules: StoppingRules, observers: Sequence[Any]) -> Fits:
        return fit_objective(
            objective, points, training.method, **vars(rules), validation=others,
            observers=(*training.observers, *observers), progress=training.progress, keep_path=training.keep_path,
            check=training.check, **training.options,
        )  # fmt: skip

    def one(point: Array, begun: Any, rules: StoppingRules, observers: Sequence[Any]) -> Fits:
        return fit([point if begun is None else begun], rules, observers)

    began = time.monotonic()
    each = [partial(one, point) for point in starts]
    fits = fit(list(starts), rules, ()) if file is None else file.run_each(each, rules)
    elapsed = time.monotonic() - began if file is None else None
    run = training_checks.with_advice_on_rate(fits[fits.best], training.options)
    chosen = StartSettings(len(starts), settings.start.seed, settings.start.scheme)
    arch = problem.network.architecture
    return Training(
        Network(arch, run.theta), Network(arch, starts[fits.best]), run.objective, run.record,
        run.termination, run.method, resolve(training.engine, arch, objective.cost), objective.decay,
        starts_of(fits, chosen, elapsed), run.state,
        {
            "method": training.method, "options": dict(training.options), "cost": objective.cost.name,
            "reduction": objective.reduction, **vars(chosen), **vars(rules),
        },
    )  # fmt: skip


def _without_penalty(objective: ShardedObjective, holder: Holder) -> ShardedObjective:
    """Return the cost of the rows of another holder."""
    arch, cost = objective.architecture, objective.cost
    return ShardedObjective(arch, cost, holder, reduction=objective.reduction)


def _member(
    problem: ShardedProblem,
    objective: ShardedObjective,
    result: Training,
    search: EvidenceSearch | None,
) -> tuple[Member, bool]:
    """Return the network with its noise and the covariance of its weights, and with facts about the evidence.

    Also return whether Ctrl-C was pressed, in which case the network has no covariance.
    """
    facts: dict[str, Any] = {}
    if search is not None:
        found = search.evidences[search.best]
        facts = evidence_facts(found) | search.facts | {"sizes": {}}
    member = member_of(result, facts)
    dispersion = dispersion_of(problem.targets, problem.cost)
    if dispersion is not None and may_have_factor(objective.size, objective.cost.name):
        try:
            member = with_uncertainty(member, objective, problem.label_groups, dispersion)
        except KeyboardInterrupt:
            return member, True
    return member, False
