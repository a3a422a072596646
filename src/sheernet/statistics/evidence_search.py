"""`maximize_evidence`: choose the weight decay of each group by repeated fits and re-estimations, from many starts.

Each start begins with a large decay, with which the network is nearly constant, and the decay of each group decreases
as far as the data support it.  From a small decay, the same loop converges to worse optima; from a decay that is too
large, all weights stay at 0.  The following are log evidences of the best and of the worst of 4 starts, with 16 tanh
units and a decay for each input; the decays are for losses summed over the rows:

    initial decay               9            30           90           900
    baseball, 304 rows         -249  -302   -270  -279   -259  -262   -257  -272
    a sine and a product, 2500 rows
                               -1134 -1147  -1134 -1147  -1133 -2987  -2987 -3002  (some weights at 0)

For losses summed over rows, the decay corresponds to the prior and does not depend on the number of rows.  Therefore
the starts begin with several decays of this order of magnitude, and the evidence selects the best start.

Between two re-estimations the optimizer need not converge: 60 iterations of bfgs take a third of the time of 200
iterations, and the final networks predict held-out folds equally well; so do 4 iterations of lm, which take less time
for up to some 250 weights.  The first round is by bfgs, because lm converges to saddle points where all weights into a
layer are 0.  After it, half of the starts are continued.  In the end, these are fitted to their optima, at which the
evidence is defined, and once more from their initial weights: if the latter optimum is lower, the search continues from
it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, log
from typing import Annotated, Any, cast

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.foundation.time_limits import end_of, seconds_left
from sheernet.objective import Objective, SummedObjective
from sheernet.optimizers import get
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.statistics.decay_groups import SCALE, Groups
from sheernet.statistics.evidence import Evidence, evidence_at, require_likelihood
from sheernet.training.jobs import Fits, Job, Status, fit_jobs

BEGINNINGS = (10.0, 30.0, 3.0, 100.0, 1.0, 0.3)
"""Initial decays of the starts in turn, for losses summed over rows; the last two detect waves in few, noisy rows."""
HEAVIEST_BEGINNING = (
    0.3  # as a fraction of the number of rows: with a larger decay, few rows leave all weights at 0
)
LIGHTEST, HEAVIEST = 1e-6, 1e4  # bounds of decays, as fractions of the number of rows
HEAVIEST_OF_LINES = 1e6  # without hidden layers, weights at 0 do not slow the optimizer down
LARGEST_STEP = 2.0  # maximum change of the logarithm of a decay in one re-estimation
ITERATIONS = 60  # of the optimizer between two re-estimations
FINAL_ITERATIONS = 1000  # of the fits to optima, at which the evidence is defined
ITERATIONS_PER_LM = 15  # iterations of bfgs that lower an objective about as much as one of lm
FIRST_ROUND = 6  # re-estimations of all starts; the half with the highest evidences is continued
FEWEST_CONTINUED = 2
DROPPED = -inf  # in place of the last change of a decay, for a start that is not continued
SWITCHED_OFF = 1e-2  # effective parameters of a group below which its growing decay no longer changes an output
MORE_DECAY = 10.0  # factor of all decays if the Gauss-Newton matrix is singular
LEAST_OF_SCALES = 1.0  # for losses summed over rows; with less, the scale of rows that are fitted exactly would go to 0
LOWER = 1e-3  # minimum decrease to another optimum, as a fraction of the objective
STAGES_OF_ROUND, STAGES = 3, 6
"""Stages of a round and of a search: re-estimations, fits from the current and from the initial weights.  The second
round is omitted unless the last fits found a lower optimum."""
FALLS = -0.1  # step of log decay below which weights at 0 are about to grow, as after too large an initial decay


@dataclass(frozen=True, eq=False)
class EvidenceSearch:
    """The final state of the starts.

    Starts that were not continued after the first round, or whose final Gauss-Newton matrix is singular, are omitted.

    Parameters
    ----------
    begun : ndarray, (n, P)
        Initial weights of each start.
    thetas : ndarray, (n, P)
        Final weights of each start.
    decays : ndarray, (n, P)
        Weight decay of each start, in the objective's own reduction.
    evidences : tuple of Evidence
        The evidence of each start.
    updates : int
        Number of re-estimations.
    settled : bool
        Whether the decays of the best start had settled.
    interrupted : bool
        Whether Ctrl-C stopped the search.
    starts : tuple of int
        Indices of these starts among the given starts.
    """

    begun: Array
    thetas: Array
    decays: Array
    evidences: tuple[Evidence, ...]
    updates: int
    settled: bool
    interrupted: bool
    starts: tuple[int, ...]

    @property
    def best(self) -> int:
        """The start with the highest log evidence."""
        return int(np.argmax([e.log_evidence for e in self.evidences]))

    @property
    def facts(self) -> dict[str, Any]:
        """Facts about the search, as a member stores them."""
        starts = [e.log_evidence for e in self.evidences]
        return {"starts": starts, "updates": self.updates, "settled": self.settled}


def maximize_evidence(
    objective: SummedObjective,
    thetas: Array,
    groups: Groups,
    *,
    method: str = "bfgs",
    beginnings: Sequence[float] = BEGINNINGS,
    decays: Array | None = None,
    weights: Sequence[Array] | None = None,
    tolerance: float = 1e-2,
    cost_tolerance: float = 0.0,
    max_updates: int = 100,
    time_limit: float | None = None,
    report_progress: Callable[[Status], object] | None = None,
    fit: Callable[..., Fits] | None = None,
    state: SearchState | None = None,
    keep: Callable[[SearchState], object] | None = None,
) -> EvidenceSearch:
    """Choose the weight decay of each group by the evidence.

    After the first round of re-estimations, only the half of the starts with the highest evidences is continued, unless
    each start has case weights of its own.

    Parameters
    ----------
    objective : SummedObjective
        The objective; its own decay is not used.
    thetas : ndarray, (n, P)
        Initial weights of each start.
    groups : mapping of str to ndarray of int
        As returned by `decay_groups`.
    method : str
        The optimizer between re-estimations.
    beginnings : sequence of float
        Initial decays of the starts in turn, for losses summed over the rows; at most 0.3 times the number of rows.
    decays : ndarray, (n, P), optional
        Initial decays of the starts, in the objective's own reduction; used if they are smaller than `beginnings`.
    weights : sequence of ndarray, (N,), optional
        Case weights of each start, such as 0 for the rows of a fold, if the rows are in memory; by default the weights
        of the objective.
    tolerance : float
        The search stops when no decay of any start changes by more than this relative amount.
    cost_tolerance : float
        As in `fit_jobs`, for the fits between re-estimations and at the end.
    max_updates : int
        Maximum number of re-estimations.
    time_limit : float, optional
        Time limit in seconds, checked in the fits and between re-estimations.  When it is reached, the evidence is
        computed only for the start with the lowest objective.
    report_progress : callable, optional
        As in `fit_jobs`.
    fit : callable, optional
        A function with the interface of `fit_jobs` that runs the fits in its place.
    state : SearchState, optional
        State of an earlier search with the same arguments, from which this search continues; the result is bitwise
        equal to the result of an uninterrupted search.
    keep : callable, optional
        Called with the state after each re-estimation, and after each series of fits to the optima.

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
    ends = end_of(time_limit)
    run = partial(
        fit or fit_jobs, objective, report_progress=report_progress, cost_tolerance=cost_tolerance,
        gradient_tolerance=of_one_row(objective),
    )  # fmt: skip
    ascent = _Ascent(objective, thetas, groups, beginnings, method, run, ends, weights)
    if decays is not None:
        np.minimum(ascent.decays, decays, out=ascent.decays)
    if state is not None:
        ascent.go_on_from(state)
    ascent.run(tolerance, max_updates, keep or (lambda state: None))
    return ascent.found(tolerance)


def _left_out(method: str) -> dict[str, Any]:
    """Return the options of a method that fits of a search do without.

    If rounding hides every decrease, a smaller gradient does not change the evidence noticeably.  Renewals of bfgs
    change the optima that single starts reach; docs/accuracy.md was measured without them.
    """
    known = ("polish",) if method == "auto" else get(method).options
    return {option: False for option in ("polish", "renew") if option in known}


def iterations(method: str, number: int) -> int:
    """Return the number of iterations of a method that lower an objective as much as a number of bfgs's."""
    return number // ITERATIONS_PER_LM if method == "lm" else number


def starts_continued(n: int) -> int:
    """Return how many of n starts are continued after the first round."""
    return min(n, max((n + 1) // 2, FEWEST_CONTINUED))


def of_one_row(objective: SummedObjective) -> float:
    """Return the gradient tolerance of fits of a search: that of a mean, for the losses of one row.

    At the saddle point where all weights into a layer are 0, the weights that remain are that small.  With the default
    for a sum over all rows, a fit would end there, whatever its decay.
    """
    unit = objective.total_weight if objective.reduction == "sum" else 1.0
    return StoppingRules().gradient_tolerance / unit


@dataclass(frozen=True, eq=False)
class SearchState:
    """The state that determines the rest of a search.

    Parameters
    ----------
    stage : int
        Number of completed stages: re-estimations, fits from the current and from the initial weights, twice.
    updates : int
        Number of re-estimations.
    thetas, decays : ndarray, (n, P)
        Weights and weight decay of each start.
    changes, objectives : ndarray, (n,)
        The last change of the logarithm of a decay, and the objective of the last fit, of each start.  The change of
        a start that is not continued is -inf.
    log_evidences : ndarray, (n,)
        The log evidence of each start in its last re-estimation.
    """

    stage: int
    updates: int
    thetas: Annotated[Array, "n", "P"]
    decays: Annotated[Array, "n", "P"]
    changes: Annotated[Array, "n"]
    objectives: Annotated[Array, "n"]
    log_evidences: Annotated[Array, "n"]

    @property
    def is_done(self) -> bool:
        """Whether the search has nothing left to do."""
        return self.stage >= STAGES


class _Ascent:
    """The state of the starts during the search for the highest evidence."""

    def __init__(
        self, objective: SummedObjective, thetas: Array, groups: Groups, beginnings: Sequence[float],
        method: str, fit: Callable[..., Fits], ends: float = inf, weights: Sequence[Array] | None = None,
    ) -> None:  # fmt: skip
        self.groups, self.method, self.fit, self.weights = groups, method, fit, weights
        self.ends = ends  # of the monotonic clock
        self.begun = np.array(thetas, dtype=np.float64)  # (n, P)
        self.of_start = [objective] * len(self.begun)
        if weights is not None:
            in_memory = cast("Objective", objective)
            self.of_start = [in_memory.replace(weights=each) for each in weights]
        self.rows = np.array([each.total_weight for each in self.of_start])  # (n,)
        # factor from decays as fractions of the number of rows to the objective's own reduction
        self.unit = self.rows if objective.reduction == "sum" else np.ones(len(self.begun))
        self.thetas = self.begun.copy()  # (n, P)
        self.decays = np.zeros_like(self.thetas)
        for start, decay in enumerate(self.decays):
            for group in groups.values():
                heavy = beginnings[start % len(beginnings)] / self.rows[start]
                decay[group] = min(max(heavy, LIGHTEST), HEAVIEST_BEGINNING) * self.unit[start]
        self.changes = np.full(len(self.thetas), inf)  # (n,), the last change of a logarithm
        self.has_hidden_layers = objective.architecture.n_layers > 1
        self.heaviest = HEAVIEST if self.has_hidden_layers else HEAVIEST_OF_LINES
        self.updates, self.interrupted, self.is_cut = 0, False, False
        self.objectives = np.full(len(self.thetas), inf)  # (n,), of the last fits
        self.log_evidences = np.full(len(self.thetas), -inf)  # (n,), of the last re-estimations
        self.stage = 0

    def go_on_from(self, state: SearchState) -> None:
        """Continue an earlier search of the same starts and groups."""
        if state.thetas.shape != self.thetas.shape or not all(
            (state.decays[:, group] > 0).all() for group in self.groups.values()
        ):
            raise InvalidInput(
                "the search for the decays began with other starts or groups of weights than now, with {}; "
                "give the same, or another file",
                Setting("starts", len(self.thetas)),
            )
        self.stage, self.updates = state.stage, state.updates
        for name in ("thetas", "decays", "changes", "objectives", "log_evidences"):
            setattr(self, name, getattr(state, name).copy())

    def run(
        self, tolerance: float, max_updates: int, keep: Callable[[SearchState], object]
    ) -> None:
        """Run the stages until all are done or the search is stopped; `keep` receives the state after each stage."""
        while self.stage < STAGES:
            if self.stage % STAGES_OF_ROUND == 0:
                self.re_estimate(tolerance, max_updates, keep)
            elif self.stage % STAGES_OF_ROUND == 1:
                self.fit_here()
            elif not self.fit_from_the_beginning() and not self.ended:
                self.stage = STAGES - 1
            if self.ended:
                return
            self.stage += 1
            keep(self.state)

    @property
    def state(self) -> SearchState:
        """The state that determines the rest of the search."""
        arrays = (self.thetas, self.decays, self.changes, self.objectives, self.log_evidences)
        return SearchState(self.stage, self.updates, *(each.copy() for each in arrays))

    @property
    def ended(self) -> bool:
        """Whether Ctrl-C or the time limit stopped the search."""
        return self.interrupted or self.is_cut or time.monotonic() >= self.ends

    def re_estimate(
        self, tolerance: float, max_updates: int, keep: Callable[[SearchState], object]
    ) -> None:
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
            if self.updates == FIRST_ROUND and self.weights is None:
                order = np.argsort(-self.log_evidences, kind="stable")
                self.changes[order[starts_continued(len(order)) :]] = DROPPED
            keep(self.state)

    @property
    def running(self) -> Any:
        """The starts that were not dropped."""
        return np.flatnonzero(self.changes > DROPPED)

    def fit_here(self) -> None:
        """Fit all starts from their current weights to their optima, at which the evidence is defined."""
        here = self._fits(self.thetas, self.running, FINAL_ITERATIONS)
        for k, run in zip(self.running, here, strict=False):
            self.thetas[k], self.objectives[k] = run.theta, run.objective

    def fit_from_the_beginning(self) -> bool:
        """Fit all starts again from their initial weights; return whether a start found a lower optimum than before.

        With a large decay, all weights into a layer can go to 0.  This is a saddle point, which the optimizer does not
        leave with any later decay.
        """
        if not self.has_hidden_layers:  # one optimum
            return False
        again = self._fits(self.begun, self.running, FINAL_ITERATIONS)
        if self.ended:
            return False
        margins = LOWER * np.maximum(np.abs(self.objectives), self.unit)
        found_lower = False
        for k, run in zip(self.running, again, strict=True):
            if run.objective + margins[k] < self.objectives[k]:
                self.thetas[k], self.changes[k], found_lower = run.theta, inf, True
        return found_lower

    def found(self, tolerance: float) -> EvidenceSearch:
        """Return the state of the starts; after the time limit, only the start with the lowest objective."""
        found: dict[int, Evidence] = {}
        for k in np.argsort(self.objectives, kind="stable").tolist():
            if self.changes[k] == DROPPED:
                continue
            if found and (self.is_cut or time.monotonic() >= self.ends):
                break
            objective = self.of_start[k].replace(decay=self.decays[k])
            if evidence := _evidence_or_none(objective, self.thetas[k], self.groups):
                found[k] = evidence
        found = dict(sorted(found.items()))
        if not found:
            raise np.linalg.LinAlgError("the Gauss-Newton matrix of every start is singular")
        kept = list(found)
        evidences = tuple(found.values())
        best = kept[int(np.argmax([e.log_evidence for e in evidences]))]
        settled = bool(self.changes[best] <= tolerance)
        return EvidenceSearch(
            self.begun[kept], self.thetas[kept], self.decays[kept], evidences, self.updates, settled, self.interrupted,
            tuple(kept),
        )  # fmt: skip

    def _fits(self, thetas: Array, active: Any, max_iter: int) -> Fits:
        """Return the fits of some starts with their decays; fewer if Ctrl-C or the time limit stopped them."""
        weights = self.weights
        jobs = [
            Job(thetas[k], self.decays[k], None if weights is None else weights[k]) for k in active
        ]
        method = self.method
        if method == "lm" and self.updates < FIRST_ROUND and self.has_hidden_layers:
            method = "bfgs"
        if self.has_hidden_layers:
            max_iter = iterations(method, max_iter)
        fits = self.fit(
            jobs, method=method, max_iter=max_iter, time_limit=seconds_left(self.ends), **_left_out(method)
        )  # fmt: skip
        self.interrupted = "interrupted" in fits.reasons
        self.is_cut = "time_limit" in fits.reasons
        return fits

    def _update(self, start: int) -> float:
        """Re-estimate the decays of a start in place, and return the largest relevant change of the log of a decay."""
        decay, rows, unit = self.decays[start], self.rows[start], self.unit[start]
        objective = self.of_start[start].replace(decay=decay)
        evidence = _evidence_or_none(objective, self.thetas[start], self.groups)
        self.log_evidences[start] = -inf if evidence is None else evidence.log_evidence
        if evidence is None:
            decay *= MORE_DECAY
            return log(MORE_DECAY)
        largest = 0.0
        for name, group in self.groups.items():
            old = decay[group[0]]
            least = (LEAST_OF_SCALES / rows if SCALE in name else LIGHTEST) * unit
            new = min(max(evidence.better_decay[name], least), self.heaviest * unit)
            step = min(max(log(new / old), -LARGEST_STEP), LARGEST_STEP)
            decay[group] = old * np.exp(step)
            if evidence.effective[name] > SWITCHED_OFF or step < FALLS:
                largest = max(largest, abs(step))
        return largest


def _evidence_or_none(objective: SummedObjective, theta: Array, groups: Groups) -> Evidence | None:
    """Return the evidence; None if the Gauss-Newton matrix is singular, or if numbers overflow."""
    try:
        evidence = evidence_at(objective, theta, groups)
    except np.linalg.LinAlgError:
        return None
    numbers = [evidence.log_evidence, *evidence.better_decay.values()]
    return evidence if np.isfinite(numbers).all() else None
