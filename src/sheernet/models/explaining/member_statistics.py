r"""Effective parameters, noise, likelihood, AIC and BIC of a member, from the information in the model.

    gamma = P - m - W sum_p d_p C_pp / noise variance

C is the covariance of the weights, W the total weight of the training rows (1 if the losses were summed), d the decay,
and m the number of directions without decay that change no output (`statistics.redundant_weights`).  For a cost without
noise variance, the noise variance in this formula is the dispersion (`output_layer.dispersion_of`), usually 1.

`overall_fits` tests all terms of a regression without decay against a constant: R^2 and F, or the likelihood ratio.

    R^2_adj = 1 - (1 - R^2) (N - 1) / (N - p)
    F       = (R^2 / (p - 1)) / ((1 - R^2) / (N - p))         on p - 1 and N - p degrees of freedom
    LR      = 2 (log L - log L_0)                             chi squared with p - q degrees of freedom
    pseudo R^2 = 1 - log L / log L_0                          McFadden

p is the number of parameters that the data determine, and q the number of parameters of the constant model.  L_0 is the
likelihood of the constant model, that is, of the frequencies of the classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.targets import ClassificationFit, ClassTarget, NumberTargets, RegressionFit
from sheernet.foundation.arrays import Array
from sheernet.models.member import Member
from sheernet.models.output_layer import dispersion_of
from sheernet.statistics.information_criteria import InformationCriteria, log_likelihood
from sheernet.statistics.laplace import determined_fractions
from sheernet.statistics.redundant_weights import redundant_directions

if TYPE_CHECKING:
    from sheernet.models.model import Model


@dataclass(frozen=True, eq=False)
class NetworkFigures:
    """Effective parameters, noise and likelihood of a member.

    Parameters
    ----------
    determined : ndarray, (P,)
        Fraction of each weight that the data determine, from 0 (only its decay) to 1; nan if it is not known, or if
        only differences of weights are determined.
    effective : float or None
        Effective parameters, gamma.
    residuals : float or None
        M, rows times targets, where a row of weight k counts k times; None if the total weight of the rows is unknown.
    noise : tuple of float
        Standard deviation of the noise of each target, in its units; empty if it is not constant, or not known.
    criteria : InformationCriteria or None
        Likelihood in the units of the targets.
    why_no_criteria : str
        The reason, as a sentence; "" if there are criteria.
    """

    determined: Array
    effective: float | None
    residuals: float | None
    noise: tuple[float, ...]
    criteria: InformationCriteria | None
    why_no_criteria: str

    @property
    def degrees(self) -> float | None:
        """Residual degrees of freedom, M - gamma."""
        if self.residuals is None or self.effective is None:
            return None
        return self.residuals - self.effective


def is_cross_entropy(cost: str) -> bool:
    """Whether a cost is the negative log-likelihood of classes."""
    return cost.endswith("cross_entropy")


def total_weight(model: Model) -> float | None:
    """W, the number of training rows, or the sum of their weights; None if the model does not store it."""
    if model.settings.get("weights") is None:
        return float(model.training_fit.rows)
    known = model.settings.get("training_weight")
    return None if known is None else float(known)


def network_figures(
    model: Model, member: Member, undetermined: Array | None = None
) -> NetworkFigures:
    """Compute the effective parameters, the noise and the likelihood of a member.

    Parameters
    ----------
    model : Model
        The model.
    member : Member
        One of its members.
    undetermined : ndarray, (P, m), optional
        Directions of the weights that the training rows do not determine; by default those that no rows can determine.
    """
    W = total_weight(model)
    determined, effective = _determined(model, member, W, undetermined)
    n_targets = model.targets.n_outputs
    is_classes = isinstance(model.targets, ClassTarget)
    residuals = None if W is None else W * (1 if is_classes else n_targets)
    noise: tuple[float, ...] = ()
    free = np.inf if residuals is None or effective is None else residuals - effective
    known = member.noise_variance is not None and member.transform is None and free > 0.5
    if isinstance(model.targets, NumberTargets) and known:
        noise = tuple(_noise(model, member, W, effective) * np.array(model.targets.scale))
    criteria, why = _criteria(model, member, W, effective)
    return NetworkFigures(determined, effective, residuals, noise, criteria, why)


def _determined(
    model: Model, member: Member, W: float | None, undetermined: Array | None
) -> tuple[Array, float | None]:
    """The fraction of each weight that the data determine, and the sum of the fractions, gamma."""
    size = member.network.theta.size
    penalty = W if model.reduction == "mean" else 1.0
    if not member.factor.size or penalty is None:
        return np.full(size, np.nan), member.evidence.get("effective_parameters")
    redundant = undetermined
    if redundant is None:
        redundant = redundant_directions(
            member.network.architecture, model.inputs.label_groups, member.decay
        )
    unit = member.noise_variance or dispersion_of(model.targets, member.cost) or 1.0
    shares = determined_fractions(member.factor, penalty * member.decay, unit)
    effective = float(shares.sum()) - redundant.shape[1]
    return np.where((redundant != 0).any(axis=1), np.nan, shares), effective


def _noise(model: Model, member: Member, W: float | None, effective: float | None) -> Array:
    """The standard deviation of the noise of each target, (K,), on the scale of the network.

    A network fits one variance to all targets.  Without hidden layers, each output has separate weights, so that each
    target has its own variance, as in separate regressions: its squared residuals, divided by N - gamma / K.
    """
    assert member.noise_variance is not None
    n_targets, fit = model.targets.n_outputs, model.training_fit
    pooled = np.full(n_targets, member.noise_variance**0.5)
    separate = member.network.architecture.n_layers == 1 and len(model.members) == 1
    if n_targets == 1 or not separate or W is None or effective is None:
        return pooled
    assert isinstance(fit, RegressionFit)
    assert isinstance(model.targets, NumberTargets)
    free = max(W - effective / n_targets, 1e-3)
    return np.array(fit.rmse) / np.array(model.targets.scale) * np.sqrt(W / free)


def _criteria(
    model: Model, member: Member, W: float | None, effective: float | None
) -> tuple[InformationCriteria | None, str]:
    """AIC and BIC, or None and the reason."""
    kind = member.cost.partition("(")[0]
    why = _no_likelihood(model, kind)
    if why:
        return None, f"the cost {kind} {why}, so there is no AIC or BIC"
    if member.transform is not None:
        return None, "the network's targets are transformed, so there is no AIC or BIC to compare"
    if W is None:
        return None, (
            "the sum of the weights of the training rows is not known, because an earlier version made the model; "
            "fit it again for AIC and BIC"
        )
    if effective is None:
        return None, "the effective parameters are not known, so there is no AIC or BIC"
    if member.termination.reason == "validation_patience":
        return None, "training was stopped early, before an optimum, so there is no AIC or BIC"
    if isinstance(model.targets, NumberTargets) and effective > W * member.n_locations - 0.5:
        return None, (
            "there are as many effective parameters as values of the target, so there is no AIC or BIC"
        )
    likelihood = log_likelihood(member.cost, _loss(model, member, W), W * member.n_locations)
    if likelihood is None:
        return None, "the network fits every training row, so there is no AIC or BIC"
    parameters = effective
    if isinstance(model.targets, NumberTargets):
        likelihood -= W * float(np.log(model.targets.scale).sum())
        parameters += kind == "squared_error"  # the noise variance
    return InformationCriteria(likelihood, W, parameters), ""


def _no_likelihood(model: Model, kind: str) -> str:
    """The reason why a kind of cost has no known likelihood; "" if it has one."""
    if kind == "huber":
        return "is not a likelihood"
    is_classes = isinstance(model.targets, ClassTarget)
    if is_classes and not is_cross_entropy(kind):
        return "is not a likelihood of classes"
    if is_cross_entropy(kind) and not is_classes:
        return "is not a likelihood of numbers"
    return "omits a term of the counts" if kind == "poisson" else ""


def _loss(model: Model, member: Member, W: float) -> float:
    """The sum of the losses of the training rows, from the final objective of the training."""
    theta = member.network.theta
    objective = float(member.starts.objectives[member.starts.best])
    mean = objective - 0.5 * float(member.decay @ theta**2)
    return mean * (W if model.reduction == "mean" else 1.0)


@dataclass(frozen=True)
class OverallFit:
    """A joint test of all terms except the intercept.

    Parameters
    ----------
    output : str
        The target.
    r2 : float
        R^2, or McFadden's pseudo R^2 for classes.
    adjusted_r2 : float or None
        Adjusted R^2; None for classes.
    statistic : float
        F, or the likelihood ratio for classes.
    degrees : tuple of float
        Degrees of freedom: two for F, one for the likelihood ratio.
    p_value : float
    """

    output: str
    r2: float
    adjusted_r2: float | None
    statistic: float
    degrees: tuple[float, ...]
    p_value: float


def overall_fits(model: Model, member: Member, figures: NetworkFigures) -> tuple[OverallFit, ...]:
    """The tests of a single network without hidden layers, with biases and without decay and limits; otherwise none."""
    arch = member.network.architecture
    plain = len(model.members) == 1 and arch.n_layers == 1 and all(arch.bias) and not arch.skip  # type: ignore[arg-type]
    criteria, effective = figures.criteria, figures.effective
    if not plain or member.decay.any() or criteria is None or effective is None:
        return ()
    fit, names = model.training_fit, model.targets.names
    if isinstance(fit, ClassificationFit):
        return tuple(_of_classes(names[0], fit, criteria, effective))
    is_linear = member.cost == "squared_error" and model.targets.output == "identity"
    p = effective / member.n_locations
    return tuple(_of_numbers(names, fit, criteria.rows, p)) if is_linear else ()


def _of_numbers(
    names: Sequence[str], fit: RegressionFit, N: float, p: float
) -> Iterator[OverallFit]:
    from scipy import stats

    for name, r2 in zip(names, fit.r2, strict=True):
        if r2 is None or r2 >= 1.0 or round(p) < 2 or p >= N:
            continue
        F = (r2 / (p - 1)) / ((1 - r2) / (N - p))
        adjusted = 1 - (1 - r2) * (N - 1) / (N - p)
        yield OverallFit(name, r2, adjusted, F, (p - 1, N - p), float(stats.f.sf(F, p - 1, N - p)))


def _of_classes(
    name: str, fit: ClassificationFit, criteria: InformationCriteria, effective: float
) -> Iterator[OverallFit]:
    from scipy import stats

    shares = fit.shares[fit.shares > 0]
    constant = criteria.rows * float(shares @ np.log(shares))
    free = effective - (len(fit.shares) - 1)
    if constant == 0.0 or round(free) < 1:
        return
    ratio = 2.0 * (criteria.log_likelihood - constant)
    chance = float(stats.chi2.sf(ratio, free))
    r2 = 1.0 - criteria.log_likelihood / constant
    yield OverallFit(name, r2, None, ratio, (free,), chance)
