"""`Model.summary`: what a fitted model is, in the terms of R's `summary`.

A summary has the networks with their shares, effective parameters, noise and likelihood; the coefficients of one of
them with standard errors; the final objectives of the starts; and a diagnosis of the weights.  Everything comes from
the model.  The table of the fit gives the standard errors that a model does not store, and the inputs that determine
each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.models.explaining.coefficient_table import CoefficientTable, coefficient_table
from sheernet.models.explaining.given_table import GivenTable, given_table
from sheernet.models.explaining.headline import headline
from sheernet.models.explaining.member_statistics import (
    NetworkFigures,
    OverallFit,
    network_figures,
    overall_fits,
    total_weight,
)
from sheernet.models.explaining.network_diagnosis import cautions, dependent_inputs, diagnosis
from sheernet.models.explaining.summary_text import as_html, as_text
from sheernet.models.fitting.preparation import Encoded
from sheernet.models.member import Member, member_index
from sheernet.models.output_layer import dispersion_of
from sheernet.objective.objective import make_objective
from sheernet.statistics.laplace import change_left, noise_and_factor
from sheernet.statistics.redundant_weights import redundant_directions

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.model import Model

MOST_WEIGHTS = 3000
"""Maximum number of weights for which the covariance is computed: its matrix has that many rows and columns."""
MOST_GROUPS = 3  # maximum number of groups of dependent inputs to list; more are counted
NEAR = 1.0
"""A start has reached the best log evidence if its own differs from the best by at most this."""


@dataclass(frozen=True, eq=False)
class NetworkLine:
    """One network of a summary.

    Parameters
    ----------
    share : float
        Weight in the prediction.
    architecture, cost : str
        The layers with the hidden activations, such as "3-8-1 tanh", and the cost that it minimized.
    n_parameters : int
        P, the number of weights and biases.
    has_decay : bool
        Whether a weight has decay.
    figures : NetworkFigures
        Effective parameters, noise, likelihood.
    starts, reached : int
        Number of starts, and of starts that ended near the best one.
    starts_in_words : str
        Description of the results of the starts.
    """

    share: float
    architecture: str
    cost: str
    n_parameters: int
    has_decay: bool
    figures: NetworkFigures
    starts: int
    reached: int
    starts_in_words: str


@dataclass(frozen=True, eq=False)
class Summary:
    """A summary of a model, from `Model.summary`; `print` shows it as text, a notebook as tables.

    Parameters
    ----------
    title : str
        The targets, the inputs, and the training rows.
    headline : str
        The type and the quality of the model, the most important columns, and cautions.
    networks : tuple of NetworkLine
        Each network of the model.
    chosen : int
        Index of the network whose coefficients are shown.
    coefficients : CoefficientTable
        The coefficients, or weights, of this network.
    overall : tuple of OverallFit
        A joint test of all terms for each target, for a network without hidden layers and without decay.
    cautions : tuple of str
        Reasons not to trust the coefficients.
    diagnosis : tuple of str
        A diagnosis of the network from its weights, in sentences.
    """

    title: str
    headline: str
    networks: tuple[NetworkLine, ...]
    chosen: int
    coefficients: CoefficientTable
    overall: tuple[OverallFit, ...]
    cautions: tuple[str, ...]
    diagnosis: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the coefficients as a DataFrame, one row for each."""
        return self.coefficients.to_frame()

    def to_dict(self) -> dict[str, Any]:
        """The summary as data, for JSON."""
        return {
            "title": self.title,
            "headline": str(self.headline),
            "networks": [_network_data(line) for line in self.networks],
            "network": self.chosen,
            "coefficients": self.coefficients.columns(),
            "degrees_of_freedom": self.coefficients.degrees,
            "references": self.coefficients.references,
            "overall": [vars(test) for test in self.overall],
            "cautions": list(self.cautions),
            "diagnosis": list(self.diagnosis),
        }

    def text(self, spell: Callable[[Setting], str] = str) -> str:
        """The summary as text; `spell` writes the arguments in its advice."""
        return as_text(self, spell)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return as_html(self)


def _network_data(line: NetworkLine) -> dict[str, Any]:
    criteria = line.figures.criteria
    return {
        "share": line.share, "architecture": line.architecture, "cost": line.cost,
        "parameters": line.n_parameters, "effective_parameters": line.figures.effective,
        "noise": list(line.figures.noise),
        "log_likelihood": criteria and criteria.log_likelihood,
        "aic": criteria and criteria.aic, "bic": criteria and criteria.bic,
        "why_no_criteria": line.figures.why_no_criteria,
        "starts": line.starts, "starts_near_best": line.reached,
    }  # fmt: skip


def summarize(model: Model, table: Any = None, member: int | None = None) -> Summary:
    """Summarize a model; see `Model.summary`."""
    chosen = member_index(model.members, member)
    given = None if table is None else given_table(model, table)
    training = None
    if given is not None and given.is_of_fit and given.has_weights:
        training = given.with_targets("training")
    aliases: Array | None = None
    notes: tuple[str, ...] = ()
    told = model
    if training is not None and not model.members[chosen].factor.size:
        known, aliases = _with_factor(model, model.members[chosen], training)
        members = (*model.members[:chosen], known, *model.members[chosen + 1 :])
        model = replace(model, members=members)
        notes = tuple(_dependencies(model, training))
        told = told if notes else model
    figures = tuple(
        network_figures(model, each, aliases if k == chosen else None)
        for k, each in enumerate(model.members)
    )
    return Summary(
        _title(model),
        headline(model, None if training is None else training.X),
        tuple(map(_line, model.members, figures)),
        chosen,
        coefficient_table(model, model.members[chosen], figures[chosen], aliases),
        overall_fits(model, model.members[chosen], figures[chosen]),
        notes or cautions(model, chosen, training is not None),
        (*_about_rows(given), *diagnosis(told, figures, chosen)),
    )


def _with_factor(model: Model, member: Member, rows: Encoded) -> tuple[Member, Array | None]:
    """The member with the covariance of its weights, and directions of the weights that the rows do not determine.

    Only a network without hidden layers has such directions: with hidden layers, the member is not changed.
    """
    dispersion = dispersion_of(model.targets, member.cost, rows.truth)
    if member.network.theta.size > MOST_WEIGHTS or dispersion is None:
        return member, None
    theta = member.network.theta
    objective = make_objective(
        member.network.architecture, rows.X, member.network_targets(rows.y), weights=rows.weights,
        cost=member.cost, reduction=model.reduction, decay=member.decay,
    )  # fmt: skip
    known = redundant_directions(objective.architecture, model.inputs.label_groups, member.decay)
    singular = known
    if member.network.architecture.n_layers == 1:
        singular = _null_space(objective.gauss_newton(theta)[2])
    try:
        noise_variance, factor = noise_and_factor(objective, theta, singular, dispersion)
    except (ValueError, np.linalg.LinAlgError):  # the cost is not a likelihood, or a perfect fit
        return member, None
    left = change_left(objective, theta, factor, noise_variance or dispersion)
    member = replace(member, noise_variance=noise_variance, factor=factor, change_left=left)
    return member, singular


def _null_space(matrix: Array) -> Array:
    """An orthonormal basis of the directions along which a positive semidefinite matrix is 0 up to rounding."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors[:, values <= values[-1] * len(values) * 1e-14])


def _dependencies(model: Model, rows: Encoded) -> list[str]:
    """A sentence for each group of inputs that determine each other; for many groups, one sentence for all."""
    groups = dependent_inputs(model, rows.X)
    if len(groups) > MOST_GROUPS:
        parameters = counted(model.inputs.n_features + 1, "parameter")
        text = (
            f"{len(groups)} of the inputs are determined by the others in the training rows ({parameters} of each "
            f"output, {counted(len(rows), 'row')}): omit some inputs, or fit with a decay"
        )
        return [text]
    return [
        f"{listed(group)} determine each other in the training rows: omit one of them"
        if len(group) > 1
        else f"{group[0]} is constant or determined by its own parts in the training rows: omit it"
        for group in groups
    ]


def _title(model: Model) -> str:
    """The targets, the inputs, and the training rows."""
    targets = listed(model.targets.names, most=4)
    rows = counted(model.training_fit.rows, "training row")
    held_out = model.held_out_fit
    if held_out is not None and model.evaluation == "held out":
        rows += f" ({held_out.rows} more were held out)"
    weights, total = model.settings.get("weights"), total_weight(model)
    if weights is not None:
        rows += f", weighted by {weights}"
        rows += f": they count as {total:.6g}" if total is not None else ""
    columns = counted(len(model.inputs.names), "column")
    return f"{targets} from {columns} of {model.provenance.data}; {rows}"


def _line(member: Member, figures: NetworkFigures) -> NetworkLine:
    starts, reached, words = ends_of_starts(member)
    arch = member.network.architecture
    hidden = dict.fromkeys(activation.name for activation in arch.activations[:-1])
    layers = " ".join(("-".join(map(str, arch.sizes)), *hidden))  # the output follows from the cost
    return NetworkLine(
        member.share, layers, member.cost, member.network.theta.size,
        bool(member.decay.any()), figures, starts, reached, words,
    )  # fmt: skip


def ends_of_starts(member: Member) -> tuple[int, int, str]:
    """The number of starts, the number that reached the best, and a description of the results."""
    logs = np.asarray(member.evidence.get("starts", ()), dtype=np.float64)
    if not logs.size:
        return len(member.starts), member.starts.within(), str(member.starts)
    reached = int(np.count_nonzero(logs >= np.fmax.reduce(logs) - NEAR))
    text = f"{counted(len(logs), 'start')}: log evidence {np.fmax.reduce(logs):.1f}"
    if len(logs) > 1:
        text = (
            f"{counted(len(logs), 'start')}: {reached} ended within {NEAR:g} of the best log evidence; "
            f"{np.fmax.reduce(logs):.1f} (best), {np.median(logs):.1f} (median), {np.fmin.reduce(logs):.1f} (worst)"
        )
    return len(logs), reached, text


def _about_rows(given: GivenTable | None) -> Iterator[str]:
    """Why the given rows do not change the summary, if they are not the training rows with their weights."""
    if given is None:
        return
    if not given.is_of_fit:
        yield (
            f"the rows of {given.table.source} are not those of the fit, or in another order: all statistics are "
            "those of the fit"
        )
    elif not given.has_weights:
        yield (
            f"{given.table.source} does not have the case weights {in_quotes(given.model.settings.get('weights'))} of "
            "the fit: all statistics are those of the fit"
        )
