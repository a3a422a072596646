"""How strongly the training rows support each column: the Bayes factor of a network with it to one without it.

Of the networks with a weight decay for each feature, only those with the same cost are comparable.  The cost with the
largest share is chosen, and of its networks the one with the highest evidence is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheernet.models.fitting.preparation import Encoded
from sheernet.models.member import Member
from sheernet.objective.objective import make_objective
from sheernet.statistics.column_evidence import column_support

if TYPE_CHECKING:
    from sheernet.models.model import Model

MOST_WORK = 1e10
"""Maximum of rows x squared parameters x columns for which the factors are computed; above it, this takes minutes."""


@dataclass(frozen=True)
class ColumnRelevance:
    """The support of the training rows for a column.

    Parameters
    ----------
    column : str
        Name of the column.
    log_bayes_factor : float
        Log Bayes factor of the network with the column to the network without it.
    decay : float
        The smallest weight decay of a feature of the column; infinite if the evidence removed the column.
    """

    column: str
    log_bayes_factor: float
    decay: float


def column_relevance(model: Model, rows: Encoded) -> tuple[ColumnRelevance, ...]:
    """Return the support of the training rows for each column, in the order of the model.

    The result is empty if no network has a decay for each feature and a hidden or linear layer of moderate size.

    Parameters
    ----------
    model : Model
        A model whose decays the evidence chose.
    rows : Encoded
        The training rows of the model.
    """
    member = _judged_member(model)
    if member is None:
        return ()
    theta, arch = member.network.theta, member.network.architecture
    columns = tuple(model.inputs.with_slices())
    if len(rows) * theta.size**2 * len(columns) > MOST_WORK:
        return ()
    y = member.network_targets(rows.y)
    found = column_support(
        lambda X: make_objective(
            arch, X, y, weights=rows.weights, cost=member.cost, reduction=model.reduction, decay=member.decay
        ),
        rows.X, theta, [at for _, at in columns], member.outputs_per_target,
    )  # fmt: skip
    return tuple(
        ColumnRelevance(column.name, float(factor), float(found.decays[at].min()))
        for (column, at), factor in zip(columns, found.log_bayes_factors, strict=True)
    )


def _judged_member(model: Model) -> Member | None:
    """The network whose columns are evaluated."""
    by_kind: dict[object, list[Member]] = {}
    for member in model.members:
        if "W1[0]" in member.evidence.get("decay", ()):
            by_kind.setdefault((member.cost, member.transform), []).append(member)
    if not by_kind:
        return None
    comparable = max(by_kind.values(), key=lambda kind: sum(each.share for each in kind))
    return max(comparable, key=lambda each: each.evidence["log_evidence"])
