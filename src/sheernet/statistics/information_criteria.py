r"""The log-likelihood of the training rows, AIC and BIC of a network at an optimum, from its total loss.

    AIC = 2 k - 2 log L,    BIC = k log N - 2 log L

k counts the effective parameters (all that the data determine if there is no decay) and, for the cost squared_error,
the noise variance, as R's `AIC` does; statsmodels' OLS does not count the noise variance.  log L is maximized over the
noise variance.

    squared_error                 -M/2 (log(2 pi 2 E / M) + 1)
    gaussian_nll                  -E - M/2 log(2 pi)
    student_t                     -E + M (log Gamma((nu + 1)/2) - log Gamma(nu/2) - log(nu pi)/2)
    cross-entropies               -E

E is the total loss and M the number of residuals, a row of weight k counted k times.

Akaike (1974), IEEE Trans. Automatic Control 19, 716; Schwarz (1978), Annals of Statistics 6, 461; with effective
parameters: Hastie, Tibshirani and Friedman (2009), The Elements of Statistical Learning, 7.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log, pi

from sheernet.objective import costs
from sheernet.objective.location_scale_costs import StudentCost


@dataclass(frozen=True)
class InformationCriteria:
    """A log-likelihood with its information criteria.

    Parameters
    ----------
    log_likelihood : float
        Log-likelihood of all rows.
    rows : float
        N, the number of rows, a row of weight k counted k times.
    parameters : float
        k, the number of parameters.

    Examples
    --------
    >>> from sheernet.statistics.information_criteria import InformationCriteria
    >>> found = InformationCriteria(log_likelihood=-10.0, rows=100.0, parameters=3.0)
    >>> found.aic, round(found.bic, 3)
    (26.0, 33.816)
    """

    log_likelihood: float
    rows: float
    parameters: float

    @property
    def aic(self) -> float:
        """Akaike's criterion; lower is better."""
        return 2.0 * self.parameters - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion; lower is better."""
        return log(self.rows) * self.parameters - 2.0 * self.log_likelihood


def log_likelihood(cost: str, loss: float, n_residuals: float) -> float | None:
    """Compute the log-likelihood of the rows in the units of the network's own targets.

    Parameters
    ----------
    cost : str
        Name of the cost.
    loss : float
        E, the sum of the losses over the rows, without decay.
    n_residuals : float
        M, rows times targets.

    Returns
    -------
    float or None
        None if the cost is not a likelihood (huber) or leaves out a term that depends on the targets (poisson), or if
        the network fits all rows exactly.

    Examples
    --------
    >>> from sheernet.statistics.information_criteria import log_likelihood
    >>> log_likelihood("cross_entropy", 12.0, 40.0), log_likelihood("huber", 12.0, 40.0)
    (-12.0, None)
    """
    kind = cost.partition("(")[0]
    if kind in ("binary_cross_entropy", "cross_entropy"):
        return -loss
    if kind == "squared_error":
        if not loss > 0.0:
            return None
        return -0.5 * n_residuals * (log(4.0 * pi * loss / n_residuals) + 1.0)
    if kind == "gaussian_nll":
        return -loss - 0.5 * n_residuals * log(2.0 * pi)
    known = costs.get(cost) if kind == "student_t" else None
    if isinstance(known, StudentCost):
        nu = known.degrees_of_freedom
        constant = lgamma(0.5 * (nu + 1.0)) - lgamma(0.5 * nu) - 0.5 * log(nu * pi)
        return -loss + n_residuals * constant
    return None
