"""Weight decay by the evidence: fit, re-estimate the decay of each group, and repeat, from many starts.

Each start begins with a heavy decay, under which the network is nearly constant, and the decay of each group falls as
far as the data support it.  From a light decay, the same loop ends at worse optima; from a decay that is too heavy, the
network is switched off for ever.  With 16 tanh units and a decay for each input, 4 starts each (log evidence, the best
and the worst of them; decays of sums over the rows):

    begun at                    9            30           90           900
    baseball, 304 rows         -249  -302   -270  -279   -259  -262   -257  -272
    a sine and a product, 2500 rows
                               -1134 -1147  -1134 -1147  -1133 -2987  -2987 -3002  (switched off in part)

Decays of sums are those of the prior, which does not depend on the number of rows.  Therefore the starts begin with
several decays of this order, and the evidence chooses.

Between two re-estimations the optimizer needs not converge: 60 iterations of bfgs each take a third of the time of 200,
to ends that predict rows of folds as well.  At the end all starts are fitted to their optima, at which the evidence is
defined, and once more from their initial weights: if that optimum is lower, the search goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, log
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.objective import SummedObjective
from sheernet.statistics.evidence import Evidence, evidence_at, require_likelihood
from sheernet.statistics.groups import SCALE, Groups
from sheernet.training.jobs import Fits, Job, Status, fit_jobs

BEGINNINGS = (10.0, 30.0, 3.0, 100.0, 1.0, 0.3)
"""Decays of sums over the rows that starts begin from in turn; the last two find waves in few rows with much noise."""
HEAVIEST_BEGINNING = (
    0.3  # as a fraction of the number of rows: few rows cannot hold weights against more
)
LIGHTEST, HEAVIEST = 1e-6, 1e4  # decays as fractions of the number of rows
HEAVIEST_OF_LINES = (
    1e6  # without hidden layers, weights that are switched off slow no optimizer down
)
LARGEST_STEP = 2.0  # of the logarithm of a decay in one re-estimation
ITERATIONS = 60  # of the optimizer between two re-estimations
FINAL_ITERATIONS = 1000  # at the end, so that the evidence is that of an optimum
SWITCHED_OFF = 1e-2  # effective parameters of a group below which its decay may go on growing: no output changes
MORE_DECAY = 10.0  # where the Gauss-Newton matrix is singular
LEAST_OF_SCALES = (
    1.0  # sums over rows; with less, the scale of rows that are fitted exactly would go to 0
)
LOWER = 1e-3  # as a fraction of the objective, by which another optimum must be lower
FALLS = -0.1  # a step below which a group is about to be switched on, such as one that began with too heavy a decay


@dataclass(frozen=True, eq=False)
class EvidenceSearch:
    """Where starts ended; those whose Gauss-Newton matrix is singular in the end are left out.

    Parameters
    ----------
    begun : ndarray, (n, P)
        Initial weights of each start.
    thetas : ndarray, (n, P)
        Weights at its end.
    decays : ndarray, (n, P)
        Weight decay of each start, in the objective's own reduction.
    evidences : tuple of Evidence
        The evidence of each start.
    updates : int
        Number of re-estimations.
    settled : bool
        Whether the decays of the best start had settled.
    interrupted : bool
        Whether Ctrl-C ended the search.
    """

    begun: Array
    thetas: Array
    decays: Array
    evidences: tuple[Evidence, ...]
    updates: int
    settled: bool
    interrupted: bool

    @property
    def best(self) -> int:
        """The start with the highest log evidence."""
        return int(np.argmax([e.log_evidence for e in self.evidences]))


def maximize_evidence(
    objective: SummedObjective,
    thetas: Array,
    groups: Groups,
    *,
    method: str = "bfgs",
    beginnings: Sequence[float] = BEGINNINGS,
    tolerance: float = 1e-2,
    cost_tolerance: float = 0.0,
    max_updates: int = 100,
    decays: Array | None = None,
    weights: Sequence[Array] | None = None,
    time_limit: float | None = None,
    report_progress: Callable[[Status], object] | None = None,
) -> EvidenceSearch:
    """Choose the weight decay of each group by the evidence.

    Parameters
    ----------
    objective : SummedObjective
        Its own decay is not used.
    thetas : ndarray, (n, P)
        Initial weights of each start.
    groups : mapping of str to ndarray of int
        As from `decay_groups`.
    method : str
        The optimizer between re-estimations.
    beginnings : sequence of float
        Decays of sums over the rows that the starts begin from in turn, at most 0.3 times the number of rows.
    tolerance : float
        The search ends when no decay of any start changes by more than this, relatively.
    cost_tolerance : float
        As in `fit_jobs`, of the fits between re-estimations and at the end.
    max_updates : int
        Maximum number of re-estimations.
    decays : ndarray, (n, P), optional
        Decays that the starts begin from instead.
    weights : sequence of ndarray, (N,), length n, optional
        Case weights of each start, instead of those of the objective.
    time_limit : float, optional
        Time limit in seconds, checked in the fits and between re-estimations.  Once it is spent, the evidence of a
        single start is computed, the one with the lowest objective.
    report_progress : callable, optional
        As in `fit_jobs`.

    Returns
    -------
    EvidenceSearch

    Raises
    ------
    InvalidInput
        If the cost is not a likelihood.
    numpy.linalg.LinAlgError
        If the Gauss-Newton matrix is singular at the end of every start.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.statistics import decay_groups, maximize_evidence
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 3))
    >>> y = X[:, 0] + 0.5 * rng.normal(size=200)
    >>> arch = sn.Architecture((3, 1))
    >>> objective = sn.make_objective(arch, X, y)
    >>> search = maximize_evidence(objective, np.zeros((1, 4)), decay_groups(arch))
    >>> round(search.evidences[0].noise_variance ** 0.5, 1)
    0.5
    """
    require_likelihood(objective)
    ends = inf if time_limit is None else time.monotonic() + time_limit
    fit = partial(
        fit_jobs, objective, method=method, report_progress=report_progress, cost_tolerance=cost_tolerance
    )  # fmt: skip
    ascent = _Ascent(objective, thetas, groups, beginnings, fit, ends)
    if decays is not None:
        ascent.decays[:] = decays
    if weights is not None:
        ascent.weights = weights
    ascent.re_estimate(tolerance, max_updates)
    if ascent.fit_to_optima():
        ascent.re_estimate(tolerance, max_updates)
        ascent.fit_to_optima()
    return ascent.found(tolerance)


class _Ascent:
    """The starts on their way to the highest evidence."""

    def __init__(
        self, objective: SummedObjective, thetas: Array, groups: Groups, beginnings: Sequence[float],
        fit: Callable[..., Fits], ends: float = inf,
    ) -> None:  # fmt: skip
        self.objective, self.groups, self.fit = objective, groups, fit
        self.ends = ends  # of the monotonic clock
        self.weights: Sequence[Array] | None = None  # of each start, if they differ
        self.rows = objective.total_weight
        # a decay of one row's worth each
        self.unit = self.rows if objective.reduction == "sum" else 1.0
        self.begun = np.array(thetas, dtype=np.float64)  # (n, P)
        self.thetas = self.begun.copy()  # (n, P)
        self.decays = np.zeros_like(self.thetas)
        for start, decay in enumerate(self.decays):
            for group in groups.values():
                fraction = min(beginnings[start % len(beginnings)] / self.rows, HEAVIEST_BEGINNING)
                decay[group] = fraction * self.unit
        self.changes = np.full(len(self.thetas), inf)  # (n,), the last change of a logarithm
        self.heaviest = HEAVIEST if objective.architecture.n_layers > 1 else HEAVIEST_OF_LINES
        self.updates, self.interrupted, self.is_cut = 0, False, False
        self.objectives = np.full(len(self.thetas), inf)  # (n,), of the last fits

    @property
    def ended(self) -> bool:
        """Whether Ctrl-C or the time limit ended the search."""
        return self.interrupted or self.is_cut or time.monotonic() >= self.ends

    def re_estimate(self, tolerance: float, max_updates: int) -> None:
        """Fit and re-estimate in turn until the decays settle."""
        while self.updates < max_updates and (self.changes > tolerance).any():
            active = np.flatnonzero(self.changes > tolerance)
            fits = self._fits(self.thetas, active, ITERATIONS)
            for start, run in zip(active, fits, strict=False):
                self.thetas[start], self.objectives[start] = run.theta, run.objective
            for k in active.tolist():
                if self.ended:
                    return
                self.changes[k] = self._update(k)
            self.updates += 1
            if self.ended:
                return

    def fit_to_optima(self) -> bool:
        """Fit all starts to their optima, at which the evidence holds; whether one found a lower one than it was at.

        Under a heavy decay all weights into a layer can fall to 0.  That is a saddle, which no later decay makes the
        optimizer leave.  Therefore each start is also fitted from its initial weights.
        """
        if self.ended:
            return False
        everything = np.arange(len(self.thetas))
        here = self._fits(self.thetas, everything, FINAL_ITERATIONS)
        self.thetas[: len(here)] = [run.theta for run in here]
        self.objectives[: len(here)] = here.objectives
        if self.ended or self.objective.architecture.n_layers == 1 or self.weights is not None:
            return False  # there is one optimum, or the decays are those of an earlier search
        again = self._fits(self.begun, everything, FINAL_ITERATIONS)
        if self.ended:
            return False
        margin = LOWER * np.maximum(np.abs(here.objectives), self.unit)
        lower = np.flatnonzero(again.objectives < here.objectives - margin)
        for k in lower.tolist():
            self.thetas[k], self.changes[k] = again[k].theta, inf
        return lower.size > 0

    def found(self, tolerance: float) -> EvidenceSearch:
        """Where the starts are; once the time is over, only the one with the lowest objective."""
        found: dict[int, Evidence] = {}
        for k in np.argsort(self.objectives, kind="stable").tolist():
            if found and (self.is_cut or time.monotonic() >= self.ends):
                break
            if evidence := _evidence_or_none(self._objective(k), self.thetas[k], self.groups):
                found[k] = evidence
        found = dict(sorted(found.items()))
        if not found:
            raise np.linalg.LinAlgError("the Gauss-Newton matrix of every start is singular")
        kept = list(found)
        evidences = tuple(found.values())
        best = kept[int(np.argmax([e.log_evidence for e in evidences]))]
        settled = bool(self.changes[best] <= tolerance)
        return EvidenceSearch(
            self.begun[kept], self.thetas[kept], self.decays[kept], evidences, self.updates, settled, self.interrupted
        )  # fmt: skip

    def _fits(self, thetas: Array, active: Any, max_iter: int) -> Fits:
        """The fits of some starts with their decays; fewer if Ctrl-C or the time limit ended them."""
        left = None if self.ends == inf else max(self.ends - time.monotonic(), 0.0)
        own = self.weights
        jobs = [
            Job(thetas[k], decay=self.decays[k], weights=None if own is None else own[k])
            for k in active
        ]
        fits = self.fit(jobs, max_iter=max_iter, time_limit=left)
        self.interrupted = "interrupted" in fits.reasons
        self.is_cut = "time_limit" in fits.reasons
        return fits

    def _objective(self, k: int) -> SummedObjective:
        """The objective of a start, with its decays and case weights."""
        own = {} if self.weights is None else {"weights": self.weights[k]}
        return self.objective.replace(decay=self.decays[k], **own)

    def _update(self, k: int) -> float:
        """Re-estimate the decays of a start in place, and return the largest change of a logarithm that matters."""
        decay = self.decays[k]
        evidence = _evidence_or_none(self._objective(k), self.thetas[k], self.groups)
        if evidence is None:
            decay *= MORE_DECAY
            return log(MORE_DECAY)
        largest = 0.0
        for name, group in self.groups.items():
            old = decay[group[0]]
            least = (LEAST_OF_SCALES / self.rows if SCALE in name else LIGHTEST) * self.unit
            new = min(max(evidence.better_decay[name], least), self.heaviest * self.unit)
            step = min(max(log(new / old), -LARGEST_STEP), LARGEST_STEP)
            decay[group] = old * np.exp(step)
            if evidence.effective[name] > SWITCHED_OFF or step < FALLS:
                largest = max(largest, abs(step))
        return largest


def _evidence_or_none(objective: SummedObjective, theta: Array, groups: Groups) -> Evidence | None:
    """The evidence; None if the Gauss-Newton matrix is singular, or if numbers overflow."""
    try:
        evidence = evidence_at(objective, theta, groups)
    except np.linalg.LinAlgError:
        return None
    numbers = [evidence.log_evidence, *evidence.better_decay.values()]
    return evidence if np.isfinite(numbers).all() else None
