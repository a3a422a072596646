"""Diagnose a network by its weights, in sentences: inputs without effect, and dependent inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.columns import CategoryColumn
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.message_text import capitalized, listed, plural_of
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.endings import outcome
from sheernet.models.explaining.member_statistics import (
    NetworkFigures,
    is_cross_entropy,
    total_weight,
)
from sheernet.models.member import Member
from sheernet.models.output_layer import dispersion_of
from sheernet.statistics.laplace import unpacked, variances_of

if TYPE_CHECKING:
    from sheernet.models.model import Model

OFF = 0.1
"""Number of effective parameters below which a feature counts as unused, for any number of weights: hidden units can
be copies of each other, which together have the effective parameters of one."""
INFLATED = 10.0
"""Variance inflation factor above which inputs count as collinear (Kutner et al. 2005, Applied Linear Statistical
Models, 10.5)."""
MOST_NAMES, MOST_SEPARATING = 12, 3
LARGE_LOGIT = 100.0
"""Standard error of a logit, for a step of a standard deviation or a label, above which classes are separated."""
EXACT = 1e-16
"""Noise variance, in squared units of the scaled target, below which residuals are rounding errors."""
TRUSTED = 0.1
"""Distance from the optimum, in standard errors, below which it is not reported."""

NOT_SHOWN = "given the other columns, these rows do not show an effect, which does not show that there is none"
"""What weights that the decay draws to 0 mean."""


def cautions(model: Model, chosen: int, has_rows: bool) -> tuple[str, ...]:
    """Reasons not to trust the coefficients of a member, in sentences.

    Parameters
    ----------
    model : Model
        The model.
    chosen : int
        The index of the member.
    has_rows : bool
        Whether the caller gave the table of the fit.
    """
    member = model.members[chosen]
    meaningless = (*_separated(model, member), *_exact(member))
    return meaningless or (*_unknown(model, member, has_rows), *_off_optimum(member))


def diagnosis(model: Model, figures: Sequence[NetworkFigures], chosen: int) -> tuple[str, ...]:
    """Sentences about all members, and about the inputs of the chosen member.

    Parameters
    ----------
    model : Model
        The model.
    figures : sequence of NetworkFigures
        Statistics of each member.
    chosen : int
        The index of the member whose coefficients are shown.
    """
    member, several = model.members[chosen], len(model.members) > 1
    return (
        *_effective(member, figures[chosen], several),
        *_switched_off(model),
        *_collinear(model, member),
    )


def _effective(member: Member, figures: NetworkFigures, several: bool) -> Iterator[str]:
    """The number of parameters that the data determine, if the decay determines others."""
    if figures.effective is None or not member.decay.any():
        return
    size = member.network.theta.size
    of = f"{size} parameters{' of the network with these coefficients' * several}"
    rest = "hardly limits the network" if figures.effective > 0.9 * size else "determines the rest"
    yield f"the data determine {figures.effective:.1f} of {of}; the weight decay {rest}"


def _switched_off(model: Model) -> Iterator[str]:
    """Columns whose weights the decay draws to 0, with the number of members in which it does."""
    by_members: dict[tuple[int, ...], list[str]] = {}
    off = [_columns_off(model, member) for member in model.members]
    for name in model.inputs.names:
        members = tuple(k for k, names in enumerate(off) if name in names)
        if members:
            by_members.setdefault(members, []).append(name)
    parts = []
    for members, names in sorted(by_members.items(), key=lambda item: -len(item[0])):
        columns = listed(names, most=MOST_NAMES)
        if len(members) == len(model.members):
            parts.append(
                f"{columns} (the model does not use {plural_of(len(names), 'it', 'them')})"
            )
            continue
        share = 100 * sum(model.members[k].share for k in members)
        of = f"{len(members)} of {len(model.members)} networks"
        parts.append(f"{columns} in {of} ({share:.0f} % of the prediction)")
    if parts:
        yield f"the decay draws the weights of columns to 0: {'; '.join(parts)}. {capitalized(NOT_SHOWN)}"


def _columns_off(model: Model, member: Member) -> set[str]:
    """The columns none of whose features has effective parameters, if each feature has a decay of its own."""
    used = np.full(member.network.architecture.n_inputs, np.nan)
    for name, value in member.evidence.get("effective", {}).items():
        feature = name.rpartition("[")[2].removesuffix("]")
        if feature.isdigit():  # otherwise a group of hidden weights or biases
            used[int(feature)] = np.nansum([used[int(feature)], value])
    return {
        column.name for column, where in model.inputs.with_slices() if (used[where] < OFF).all()
    }


def _collinear(model: Model, member: Member) -> Iterator[str]:
    """Numbers whose slopes have large variances because of other inputs, without hidden layers and without decay."""
    W = total_weight(model)
    arch = member.network.architecture
    if (
        arch.n_layers > 1 or member.decay.any() or not member.factor.size or W is None
        or member.noise_variance is None or model.inputs.scaling != "standardize"
    ):  # fmt: skip
        return
    unit = variances_of(member.factor) / member.noise_variance
    first = arch.layout.block("W1").view(np.arange(arch.n_parameters))[:, 0]  # of the first output
    factors = {
        column.name: W * unit[first[where.start]]
        for column, where in model.inputs.with_slices()
        if not isinstance(column, CategoryColumn)
        and column.kind in ("number", "date")
        and column.has_trend
    }
    large = {name: value for name, value in factors.items() if value > INFLATED}
    if large:
        ordered = sorted(large, key=lambda name: -large[name])
        shown = [
            f"{name} ({large[name]:{'.0f' if large[name] < 1e6 else '.3g'}})" for name in ordered
        ]
        yield (
            f"collinear inputs: the variance of {plural_of(len(shown), 'this slope', 'these slopes')} is so many times "
            f"as large as without the other inputs (variance inflation factor): {listed(shown, most=MOST_NAMES)}; "
            "such a slope alone is not informative"
        )


def _separated(model: Model, member: Member) -> Iterator[str]:
    """Features by which the training rows separate classes, so that a weight without decay has no finite optimum."""
    arch = member.network.architecture
    if arch.n_layers > 1 or member.decay.any() or not is_cross_entropy(member.cost):
        return
    if not member.factor.size:
        return
    L = unpacked(member.factor)[arch.layout.block("W1").slice]
    L = L.reshape(arch.n_inputs, arch.n_outputs, -1)
    names = [
        name
        for column, where in model.inputs.with_slices()
        for name, error in zip(
            column.features,
            _logit_errors(L[where], len(getattr(column, "categories", ()))),
            strict=True,
        )
        if error > LARGE_LOGIT
    ]
    if names:
        by = "" if len(names) > MOST_SEPARATING else f" by {listed(names)}"
        yield sentence(
            "the training rows separate classes{}: without decay their log odds have no finite optimum, and such "
            "estimates, standard errors and p values have no meaning; fit with a {}, such as {}",
            by, Setting("decay"), Setting("decay", 0.001),
        )  # fmt: skip


def _exact(member: Member) -> Iterator[str]:
    """Whether the residuals are rounding errors, as in R's warning about an essentially perfect fit."""
    if member.noise_variance is not None and member.noise_variance < EXACT:
        yield (
            "the network fits the training rows exactly up to rounding: standard errors, p values, AIC and BIC have "
            "no meaning"
        )


def _logit_errors(L: Array, n_labels: int) -> Array:
    """The largest standard error of the weights of each feature, (n,); of labels, the first, the median against others.

    The median is large for a label that separates classes, but not for the other labels, although all differ from it.
    """
    found = np.asarray(np.linalg.norm(L, axis=2).max(axis=1))
    labels = L[:n_labels]
    errors = [np.sort(np.linalg.norm(labels - one, axis=2).max(axis=1)) for one in labels]
    found[:n_labels] = [row[len(row) // 2] for row in errors]  # the first is 0, of the label itself
    return found


def _unknown(model: Model, member: Member, has_rows: bool) -> Iterator[str]:
    """The reason why there are no standard errors."""
    if member.factor.size:
        return
    kind = member.cost.partition("(")[0]
    if kind == "huber":
        yield "no standard errors: the cost huber is not a likelihood"
        return
    if dispersion_of(model.targets, member.cost) is None:
        what = "counts of targets of different scales" if kind == "poisson" else "numbers"
        way: str = ""
        if kind == "binary_cross_entropy":
            way = sentence(
                "; if they are shares of successes, write a row for the successes and one for the failures of each, "
                "with these as classes, and the counts as {}",
                Setting("weights"),
            )
        yield sentence(
            "no standard errors: the cost {} does not determine the variance of {}{}",
            kind,
            what,
            way,
        )
        return
    causes = (
        "no standard errors: the network is large, fits every row, or has units that are copies of each other or "
        "inputs that determine each other up to rounding, without decay"
    )
    without = "; give the table of the fit too, to compute them, or to see which inputs"
    yield causes if has_rows else causes + without


def dependent_inputs(model: Model, X: Array) -> list[list[str]]:
    """Groups of inputs that determine each other in rows: one of each group could be computed from the others.

    Parameters
    ----------
    model : Model
        The model; its inputs are examined.
    X : ndarray, (N, d_0)
        Encoded rows.
    """
    kept, names = [], []
    for column, where in model.inputs.with_slices():
        # The first label is determined by the others.
        first = where.start + isinstance(column, CategoryColumn)
        kept += list(range(first, where.stop))
        names += [column.name] * (where.stop - first)
    A = np.column_stack([X[:, kept], np.ones(len(X))])
    A = A / np.maximum(np.linalg.norm(A, axis=0), 1e-300)
    return [
        sorted({names[i] for i in group if i < len(names)}, key=names.index)
        for group in _dependent_columns(A)
    ]


def _dependent_columns(A: Array) -> list[Indices]:
    """For each column that is a linear combination of earlier columns: these columns and the column."""
    basis: list[int] = []
    groups = []
    for j in range(A.shape[1] - 1, -1, -1):  # the constant is the first column
        if basis:
            weights = np.linalg.lstsq(A[:, basis], A[:, j], rcond=None)[0]
            if np.linalg.norm(A[:, j] - A[:, basis] @ weights) < 1e-8:
                parts = np.array(basis)[np.abs(weights) > 1e-6]
                groups.append(np.sort(np.append(parts, j)))
                continue
        basis.append(j)
    return groups[::-1]


def _off_optimum(member: Member) -> Iterator[str]:
    """How far the weights may be from the optimum: d = H^-1 g changes no combination of them by more than this."""
    left = member.change_left
    if left is not None and left > TRUSTED and member.termination.reason != "validation_patience":
        yield (
            f"training ended: {outcome(member)}; the weights may be off the optimum by up to {left:.2g} of their "
            "standard errors"
        )
