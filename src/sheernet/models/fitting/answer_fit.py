"""`fit_answer`: the default fit, which chooses networks and their settings from the data, and is evaluated on folds.

The number of networks, their sizes, decays, noise and shares are chosen from the data:

Prepared -> Contest -> best_ensemble -> members, each trained to its optimum on all rows -> Model
-> metrics of the held-out rows: the ensemble, the linear model, boosted trees, a constant
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np

from sheernet.data.targets import ClassTarget
from sheernet.derivatives import GradientReport
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.foundation.time_limits import end_of, seconds_left
from sheernet.models.fitting.assembly import (
    Evaluation,
    assemble,
    cases_of,
    errors_of_figures,
    of_whole_rows,
)
from sheernet.models.fitting.boosted_trees import boosted_trees
from sheernet.models.fitting.default_effort import effort_for
from sheernet.models.fitting.fitted_member import ended_by, evidence_facts, fitted_member
from sheernet.models.fitting.fold_cases import FoldCases, fold_cases
from sheernet.models.fitting.preparation import Encoded, Prepared
from sheernet.models.fitting.simple_predictions import comparisons_on, contest_of, judged
from sheernet.models.member import Member
from sheernet.models.model import FoldOutputs, Model
from sheernet.network.architecture import Architecture
from sheernet.optimizers import Termination
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.network_settings import DEFAULT_DECAY
from sheernet.statistics.ensemble import Ensemble, best_ensemble, mean_and_deviation
from sheernet.statistics.ensemble_candidates import METHOD, Candidate, Contest
from sheernet.statistics.network_densities import Densities, predictive_densities
from sheernet.statistics.stacking import mixture_log_density
from sheernet.statistics.target_transforms import JohnsonTransform
from sheernet.training.progress import SearchProgress
from sheernet.training.training import Training, train

Keep = Callable[[Callable[[], Model]], object]
MOST_WEIGHTS = 2000
"""Maximum number of weights of a network of given size: each re-estimation of the decays inverts a P x P matrix."""
MOST_ITERATIONS = 10_000
"""Maximum number of iterations of a member on all rows: nearly all reach the gradient tolerance before."""
MOST_SCORES = 2000
"""Maximum number of rows whose errors a model keeps for conformal intervals."""
ENDS_OF_MEMBERS = {
    "max_iterations": "The iteration limit was reached before a tolerance.",
    "cost_tolerance": "The last iteration hardly changed the objective.",
    "plateau": "The gradient is small, but this may not be a minimum: in some direction the objective curves downward "
    "or hardly changes, for example because units are equal or saturated.",
}
"""Reasons without the advice of `TERMINATIONS`: `max_iter` or `decay`, if given, would train a single network."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """Predictions of rows, and the log density of their targets."""

    outputs: Array  # (N, K)
    log_densities: Array  # (N,), on the scale of the network
    deviations: Array  # (N, K), standard deviations on the same scale; empty for classes


def fit_answer(
    prepared: Prepared, settings: FitSettings, check: GradientReport, described: Mapping[str, Any],
    keep: Keep | None = None, known: Contest | None = None,
) -> Model:  # fmt: skip
    """Find the best prediction by an ensemble of small networks.

    Parameters
    ----------
    prepared : Prepared
        The rows.
    settings : FitSettings
        The settings of the fit, with a decay that the evidence chooses.
    check : GradientReport
        The gradient check.
    described : mapping
        Settings of the network, as the model keeps them.
    keep : callable, optional
        Called from time to time with a function that makes the model of the best networks so far.
    known : Contest, optional
        Networks of the same rows and settings that are not fitted again.

    Returns
    -------
    Model
        The model; its metrics are those of `prepared.evaluation`, or of folds of the training rows if there is none.
    """
    of_network, limit = settings.network, settings.rules.time_limit
    ends = end_of(limit)
    cases = fold_cases(prepared.training, prepared.targets, settings.start.seed, prepared.groups)
    contest = contest_of(prepared, settings, ends, cases)
    bar = SearchProgress()
    with bar if settings.training.progress else nullcontext() as report_progress:
        if settings.training.progress:
            contest = replace(contest, report_progress=report_progress, report_trying=bar.trying)
        if known is not None:
            contest.take_networks_of(known)
        made = partial(_model_of, prepared, settings, check, described, contest, cases)
        ensemble = best_ensemble(
            contest, isinstance(prepared.targets, ClassTarget),
            None if of_network.hidden_units_are_chosen else of_network.widths,
            None if keep is None else lambda best: keep(lambda: made(best())),
        )  # fmt: skip
    unseen = None if prepared.evaluation is None else prepared.evaluation.X
    try:
        of_trees = boosted_trees(contest, unseen)
    except KeyboardInterrupt:
        of_trees, ensemble = None, replace(ensemble, cut="interrupted")
    return made(ensemble, of_trees)


def _model_of(
    prepared: Prepared, settings: FitSettings, check: GradientReport, described: Mapping[str, Any],
    contest: Contest, cases: FoldCases, ensemble: Ensemble, of_trees: Array | None = None,
) -> Model:  # fmt: skip
    """Train the members of an ensemble to their optima, unless the search was interrupted, and return its model."""
    trained = _all_trained(prepared, contest, settings, ensemble)
    members = tuple(
        _member(prepared, contest, each, result, float(share), ensemble)
        for each, result, share in zip(ensemble.members, trained, ensemble.shares, strict=True)
    )
    if isinstance(prepared.targets, ClassTarget):  # the temperature is part of the networks
        members = tuple(member.tempered(ensemble.spread) for member in members)
        ensemble = replace(ensemble, spread=1.0)
    leading = int(np.argmax(ensemble.shares))
    evaluation = _evaluation(prepared, contest, cases, of_trees, ensemble, members)
    prepared = replace(prepared, notices=(*prepared.notices, *_notices_of_skew(prepared, members)))
    return assemble(
        prepared, trained[leading], check, described, settings.origins(), members, evaluation
    )


def _notices_of_skew(prepared: Prepared, members: tuple[Member, ...]) -> Iterator[str]:
    """Yield a notice about networks of transformed targets."""
    transformed = sum(member.transform is not None for member in members)
    names = prepared.targets.output_names
    verbs, them, their = (
        ("is skewed or has", "it", "its")
        if len(names) == 1
        else ("are skewed or have", "them", "their")
    )
    if transformed:
        yield sentence(
            "{} {} heavy tails, so {} of {} fit a logarithm-like transform of {}, arsinh, and predict the mean in {} "
            "own units; {} prevents this",
            listed(list(map(in_quotes, names))), verbs, transformed, counted(len(members), "network"), them, their,
            Setting("target_transform", "none"),
        )  # fmt: skip


def refuse_large(architecture: Architecture) -> None:
    """Raise if a network has more weights than are allowed if the data choose decays."""
    if architecture.n_parameters > MOST_WEIGHTS:
        is_linear = architecture.n_layers == 1
        raise InvalidInput(
            "the data choose the decay of networks of up to {} weights, but this one has {}; {}, or give {}",
            MOST_WEIGHTS, architecture.n_parameters,
            sentence("name fewer columns in {}", Setting("inputs")) if is_linear else "use fewer hidden units",
            Setting("decay", DEFAULT_DECAY),
        )  # fmt: skip


def _all_trained(
    prepared: Prepared, contest: Contest, settings: FitSettings, ensemble: Ensemble
) -> list[Training]:
    """Train the members one after the other; after Ctrl-C, the other members keep their weights.

    The member with the largest share is trained last, because the report shows its termination.
    """
    found: dict[int, Training] = {}
    cut = ensemble.cut
    for k in np.argsort(ensemble.shares, kind="stable").tolist():
        ends = contest.ends_of_fits
        found[k] = _trained(
            prepared, contest, ensemble.members[k], settings, cut, seconds_left(ends)
        )
        cut = cut or ("interrupted" if found[k].termination.reason == "interrupted" else "")
    return [found[k] for k in range(len(found))]


def _trained(
    prepared: Prepared, contest: Contest, candidate: Candidate, settings: FitSettings, cut: str,
    time_limit: float | None,
) -> Training:  # fmt: skip
    """Train a candidate to its optimum on all rows, with its decay in means over the rows."""
    rows, noise = _rows_of(prepared, candidate), candidate.noise
    usual = effort_for(len(rows), candidate.network.theta.size)
    rules = replace(
        settings.rules, time_limit=time_limit, cost_tolerance=usual.cost_tolerance or 0.0,
        max_iter=0 if cut == "interrupted" else MOST_ITERATIONS,
    )  # fmt: skip
    try:
        result = train(
            candidate.network, rows.X, rows.y, weights=rows.weights, method=METHOD,
            cost=contest.cost if noise is None else noise.cost, reduction="mean",
            decay=candidate.decay / contest.weights.sum(), **contest.where,
            **{**vars(settings.start), **vars(rules), "starts": 1},
        )  # fmt: skip
    except KeyboardInterrupt:  # before its first point
        if cut == "interrupted":
            raise
        return _trained(prepared, contest, candidate, settings, "interrupted", time_limit)
    if cut:
        result = ended_by(result, cut)
    elif result.termination.reason in ENDS_OF_MEMBERS:
        reason = result.termination.reason
        result = replace(result, termination=Termination(reason, ENDS_OF_MEMBERS[reason]))
    as_given = {"method": settings.training.method, "starts": settings.effort.starts}
    return replace(result, settings={**result.settings, **as_given, "options": {}})


def _rows_of(prepared: Prepared, candidate: Candidate) -> Encoded:
    """Return the training rows with the targets of the network of a candidate."""
    rows, noise = prepared.training, candidate.noise
    return rows if noise is None else replace(rows, y=noise.transform.forward(rows.y))


def _member(
    prepared: Prepared, contest: Contest, candidate: Candidate, result: Training, share: float,
    ensemble: Ensemble,
) -> Member:  # fmt: skip
    minimized = {"cost": result.settings["cost"], "reduction": "mean", **contest.where}
    found = candidate.evidence
    evidence = evidence_facts(found, float(contest.weights.sum())) | {
        **candidate.search_facts,
        "sizes": {size: each.log_density for size, each in ensemble.tried.items()},
        "log_evidences": {size: each.log_evidence for size, each in ensemble.tried.items()},
    }
    groups = prepared.inputs.label_groups
    member = fitted_member(
        result, _rows_of(prepared, candidate), minimized, evidence, share, groups
    )
    if candidate.noise is None or not isinstance(candidate.noise.transform, JohnsonTransform):
        return member
    noise_variance = member.noise_variance or found.noise_variance
    return replace(member, noise_variance=noise_variance, transform=candidate.noise.transform)


def _evaluation(
    prepared: Prepared, contest: Contest, cases: FoldCases, of_trees: Array | None, ensemble: Ensemble,
    members: tuple[Member, ...],
) -> Evaluation:  # fmt: skip
    """Return the metrics of the ensemble and of other predictions on the same rows."""
    if prepared.evaluation is None:
        rows, of_folds = cases.rows.take(contest.folds.judged), ensemble.line.densities
        own = Predicted(ensemble.means, ensemble.log_densities, ensemble.deviations)
        origin = cases.origin[contest.folds.judged]
        fold_outputs = FoldOutputs(origin, own.outputs)
        whole = prepared.training.take(np.unique(origin))
    else:
        rows, of_folds, fold_outputs = prepared.evaluation, None, None
        whole = rows
        densities = list(map(_densities, ensemble.members, members, repeat(rows.X)))
        own = _mixture(ensemble, densities, rows.y)
    scores, weights = np.zeros((0, 0)), None
    if own.deviations.size:
        every = -(-len(rows) // MOST_SCORES)  # the order of the rows is unrelated to their errors
        scores = (np.abs(rows.y - own.outputs) / own.deviations)[::every]
        weights = None if rows.weights is None else rows.weights[::every]
    fit = judged(prepared, rows, own.outputs, own.log_densities)
    comparisons = comparisons_on(prepared, contest, rows, own.outputs, of_folds, of_trees)
    return Evaluation(
        of_whole_rows(fit, len(whole), rows), comparisons,
        "folds" if prepared.evaluation is None else "", ensemble.spread, scores, weights, fold_outputs,
        errors_of_figures(prepared, rows, own.outputs), rows.groups, cases_of(rows.weights, len(whole)),
    )  # fmt: skip


def _densities(candidate: Candidate, member: Member, X: Array) -> Densities:
    """Return the densities that a member predicts for rows; without a factor, its weights are taken as exact."""
    noise_variance = member.noise_variance or candidate.evidence.noise_variance
    return predictive_densities(member.network, X, candidate.noise, noise_variance, member.factor)


def _mixture(ensemble: Ensemble, densities: list[Densities], y: Array) -> Predicted:
    """Return the prediction of the ensemble for rows that were not used to fit its members."""
    logs = np.stack([each.log(y, ensemble.spread) for each in densities], axis=1)
    mean, deviation = mean_and_deviation(densities, ensemble.shares, ensemble.spread)
    return Predicted(mean, mixture_log_density(logs, ensemble.shares), deviation)
