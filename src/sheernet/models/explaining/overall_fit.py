r"""Test all terms of a regression without decay against a constant: R^2 and F, or the likelihood ratio.

    R^2_adj = 1 - (1 - R^2) (N - 1) / (N - p)
    F       = (R^2 / (p - 1)) / ((1 - R^2) / (N - p))         on p - 1 and N - p degrees of freedom
    LR      = 2 (log L - log L_0)                             chi squared with p - q degrees of freedom
    pseudo R^2 = 1 - log L / log L_0                          McFadden

p is the number of parameters that the data determine, and q the number of parameters of the constant model.  L_0 is the
likelihood of the constant model, that is, of the frequencies of the classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.targets import ClassificationFit, ClassTarget, RegressionFit
from sheernet.models.explaining.member_statistics import NetworkFigures
from sheernet.models.member import Member

if TYPE_CHECKING:
    from sheernet.models.model import Model


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
    if not plain or member.decay.any() or figures.criteria is None or figures.effective is None:
        return ()
    if isinstance(model.targets, ClassTarget):
        return _of_classes(model, figures)
    is_linear = member.cost == "squared_error" and model.targets.output == "identity"
    return _of_numbers(model, member, figures) if is_linear else ()


def _of_numbers(model: Model, member: Member, figures: NetworkFigures) -> tuple[OverallFit, ...]:
    from scipy import stats

    assert figures.criteria is not None
    assert figures.effective is not None
    assert isinstance(model.training_fit, RegressionFit)
    N, p = figures.criteria.rows, figures.effective / member.n_locations
    found = []
    for name, r2 in zip(model.targets.names, model.training_fit.r2, strict=True):
        if r2 is None or r2 >= 1.0 or round(p) < 2 or p >= N:
            continue
        F = (r2 / (p - 1)) / ((1 - r2) / (N - p))
        adjusted = 1 - (1 - r2) * (N - 1) / (N - p)
        chance = float(stats.f.sf(F, p - 1, N - p))
        found.append(OverallFit(name, r2, adjusted, F, (p - 1, N - p), chance))
    return tuple(found)


def _of_classes(model: Model, figures: NetworkFigures) -> tuple[OverallFit, ...]:
    from scipy import stats

    assert figures.criteria is not None
    assert figures.effective is not None
    assert isinstance(model.training_fit, ClassificationFit)
    shares = model.training_fit.shares[model.training_fit.shares > 0]
    constant = figures.criteria.rows * float(shares @ np.log(shares))
    likelihood = figures.criteria.log_likelihood
    free = figures.effective - (len(model.training_fit.shares) - 1)
    if constant == 0.0 or round(free) < 1:
        return ()
    ratio = 2.0 * (likelihood - constant)
    chance = float(stats.chi2.sf(ratio, free))
    name = model.targets.names[0]
    return (OverallFit(name, 1.0 - likelihood / constant, None, ratio, (free,), chance),)
