"""Train with the weight decay that the evidence chooses (`decay="evidence"`)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.fitting.preparation import Encoded
from sheernet.network.network import Network
from sheernet.objective.objective import make_objective
from sheernet.optimizers import Termination
from sheernet.settings.fit_settings import FitSettings
from sheernet.settings.training_settings import EffortSettings
from sheernet.statistics import EvidenceSearch, decay_groups, maximize_evidence
from sheernet.training.progress import Progress
from sheernet.training.starts import first_starts
from sheernet.training.training import Training, train

MOST_WEIGHTS = 2000
"""Largest network: the evidence inverts a P x P matrix in each update."""


def train_by_evidence(
    network: Network,
    rows: Encoded,
    where: Mapping[str, Any],
    settings: FitSettings,
    effort: EffortSettings,
) -> tuple[Training, dict[str, Any]]:
    """Choose the weight decay by the evidence from many starts, then train the best start to the optimum.

    Parameters
    ----------
    network : Network
        Start 0.
    rows : Encoded
        The training rows.
    where : mapping
        Arguments of `make_objective`: cost, reduction, engine, threads.
    settings, effort : FitSettings, EffortSettings
        Those of the fit.

    Returns
    -------
    Training
        From the best start on, with its decay; `Training.starts` is about that start.
    dict
        Facts about the evidence, as a model keeps them.

    Raises
    ------
    InvalidInput
        If the network is too large for the evidence, or the cost is not a likelihood.
    """
    _refuse_large(network)
    began = time.monotonic()
    arch, limit = network.architecture, settings.rules.time_limit
    objective = make_objective(arch, rows.X, rows.y, weights=rows.weights, **where)
    thetas = first_starts(network, effort.starts or 1, settings.start.scheme, settings.start.seed)
    bar = (
        Progress(len(thetas), settings.rules.max_iter)
        if settings.training.progress
        else nullcontext()
    )
    with bar as report_progress:
        search = maximize_evidence(
            objective, thetas, decay_groups(arch), time_limit=limit, report_progress=report_progress
        )
    rules = settings.rules
    if search.interrupted:
        rules = replace(rules, max_iter=0)
    elif limit is not None:
        rules = replace(rules, time_limit=max(limit - (time.monotonic() - began), 0.0))
    best, training = search.best, settings.training
    result = train(
        Network(arch, search.thetas[best]), rows.X, rows.y, weights=rows.weights, method=training.method,
        **{**where, "decay": search.decays[best]},
        **{**vars(settings.start), **vars(rules), "cost_tolerance": effort.cost_tolerance or 0.0, "starts": 1},
        observers=training.observers, keep_path=training.keep_path, check=training.check, **training.options,
    )  # fmt: skip
    given = {**vars(settings.rules), **vars(effort), "starts": len(thetas)}
    result = replace(result, settings={**result.settings, **given})
    if search.interrupted:
        starts = replace(result.starts, reasons=("interrupted",))
        result = replace(result, termination=Termination("interrupted"), starts=starts)
    return result, facts_about(search)


def facts_about(search: EvidenceSearch) -> dict[str, Any]:
    """What a model keeps of a search: of the best start, and the log evidence of every start."""
    best = search.evidences[search.best]
    return {
        "log_evidence": best.log_evidence,
        "noise_variance": best.noise_variance,
        "effective_parameters": best.effective_parameters,
        "decay": dict(best.decay),
        "effective": dict(best.effective),
        "starts": [evidence.log_evidence for evidence in search.evidences],
        "updates": search.updates,
        "settled": search.settled,
        "sizes": {},
    }


def _refuse_large(network: Network) -> None:
    if network.theta.size > MOST_WEIGHTS:
        raise InvalidInput(
            sentence(
                "{} takes networks of up to {} weights, but this one has {}; use fewer hidden units, or give {} as a "
                "number",
                Setting("decay", "evidence"), MOST_WEIGHTS, network.theta.size, Setting("decay"),
            )
        )  # fmt: skip
