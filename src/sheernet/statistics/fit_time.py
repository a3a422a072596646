"""The expected time of a fit: the measured time of one evaluation times the usual number of evaluations.

    one network       starts x iterations x (gradient, or for lm Gauss-Newton matrix and its factor)
    networks chosen   for each size and grouping: starts x (re-estimations x (60 iterations + evidence) + 2 optima),
                      most of it for the best starts only, + the same without each fold if rows are few, else two
                      optima; then two hidden layers, two kinds of noise, and the members on all rows

The usual numbers are measured by benchmarks/fit_times.py.  The times of the networks of a search are computed from the
times of one size, in proportion to rows x weights, and rows x weights squared for the matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.network.architecture import Architecture
from sheernet.network.network import Network
from sheernet.objective.objective import Objective
from sheernet.statistics.decay_groups import decay_groups
from sheernet.statistics.ensemble import (
    ALWAYS_TRIED,
    CLASS_SIZES,
    KINDS,
    MOST_MEMBERS,
    MOST_WEIGHTS,
    ROWS_PER_WEIGHT,
    SIZES,
)
from sheernet.statistics.ensemble_candidates import (
    KEPT,
    MOST_OF_MANY_ROWS,
    Contest,
    fit_method,
)
from sheernet.statistics.evidence_search import (
    FINAL_ITERATIONS,
    FIRST_ROUND,
    ITERATIONS,
    iterations,
    starts_continued,
)
from sheernet.statistics.evidence_time import FACTORED
from sheernet.statistics.folds import MOST_ROWS_TO_JUDGE_BY, MOST_ROWS_TO_SEARCH
from sheernet.statistics.noise_models import CONSTANT
from sheernet.training.evaluation_time import seconds_over_rows

UPDATED = 2e9
"""P squared per second of an update of the inverse Hessian by bfgs, and of its product with the gradient."""
EVALUATIONS = 1.1
"""Mean number of evaluations in one iteration."""
USUAL_ITERATIONS = {"lm": 150, "hybrid": 300, "bfgs": 600, "lbfgs": 800}
"""Usual number of iterations of a start by each method; for other methods, the maximum number is used."""
WITH_TOLERANCE = 100
"""Usual number of iterations of a start that stops by a cost tolerance."""
RE_ESTIMATIONS = 20
"""Usual number of re-estimations of the decays of a start in a search."""
OF_OPTIMA = 0.75
"""Usual fraction of the maximum number of iterations that a fit to an optimum takes."""
SIZES_TRIED = 3
LEADER = 2
"""Position, from 1, of the size that is tried with other kinds of noise."""
MEMBER_ITERATIONS = 300
"""Usual number of iterations of a member on all rows, if the search used a sample."""
LONG = 20.0
"""Minimum seconds of a fit whose expected time is reported."""
SLOW = 1e-9
"""Seconds per row and weight for a value and its gradient, on a slow processor."""


@dataclass(frozen=True)
class EvaluationTimes:
    """Measured seconds of one evaluation over all rows, on one thread.

    Parameters
    ----------
    size : int
        Number of weights, P.
    gradient : float
        Time of the value and the gradient.
    matrix : float
        Time of the Gauss-Newton matrix; 0 if it is not needed.
    """

    size: int
    gradient: float
    matrix: float = 0.0

    @property
    def factor(self) -> float:
        """Time of the factorization of a P x P matrix."""
        return float(self.size) ** 3 / FACTORED

    def iteration(self, method: str) -> float:
        """Return the time of an iteration of a method."""
        if method == "lm":
            return self.matrix + EVALUATIONS * self.factor
        update = self.size**2 / UPDATED if method in ("bfgs", "hybrid") else 0.0
        return EVALUATIONS * self.gradient + update

    def with_size(self, size: int) -> EvaluationTimes:
        """Return the times of a network with another number of weights."""
        ratio = size / self.size
        return EvaluationTimes(size, self.gradient * ratio, self.matrix * ratio**2)

    def with_rows(self, fraction: float) -> EvaluationTimes:
        """Return the times over a fraction of the rows."""
        return replace(self, gradient=self.gradient * fraction, matrix=self.matrix * fraction)


def evaluation_times(
    of_rows: Callable[[slice], Objective], n_rows: int, theta: Array, with_matrix: bool
) -> EvaluationTimes:
    """Measure evaluations on some of the rows.

    Parameters
    ----------
    of_rows : callable
        Makes the objective of some rows.
    n_rows : int
        Number of all rows.
    theta : ndarray, (P,)
        Any weights.
    with_matrix : bool
        Whether the Gauss-Newton matrix is measured.
    """
    gradient = seconds_over_rows(lambda part: part.value_and_gradient(theta), of_rows, n_rows)
    if not with_matrix:
        return EvaluationTimes(theta.size, gradient)
    matrix = seconds_over_rows(lambda part: part.gauss_newton(theta), of_rows, n_rows)
    return EvaluationTimes(theta.size, gradient, matrix)


def usual_iterations(method: str, max_iter: int, cost_tolerance: float) -> int:
    """Return the usual number of iterations of a start.

    Examples
    --------
    >>> from sheernet.statistics.fit_time import usual_iterations
    >>> usual_iterations("lm", 1000, 0.0), usual_iterations("lm", 20, 0.0), usual_iterations("gd", 1000, 0.0)
    (150, 20, 1000)
    """
    usual = WITH_TOLERANCE if cost_tolerance > 0 else USUAL_ITERATIONS.get(method, max_iter)
    return min(usual, max_iter)


def seconds_of_search(contest: Contest, hidden: tuple[int, ...] | None, threads: int) -> float:
    """Estimate the time to choose networks, their decays and their shares, and to train the members.

    Parameters
    ----------
    contest : Contest
        The rows.
    hidden : tuple of int, optional
        Units of each hidden layer; chosen from the data if not given.
    threads : int
        Threads that share the work.
    """
    return _seconds(contest, hidden, _times_of(contest, _middle(contest, hidden)), threads)


def search_is_short(contest: Contest, hidden: tuple[int, ...] | None) -> bool:
    """Return whether a search takes less than `LONG` even at `SLOW` seconds per row and weight; nothing is measured."""
    network = _middle(contest, hidden)
    gradient = SLOW * len(contest.X) * network.n_parameters
    slow = EvaluationTimes(
        network.n_parameters, gradient, gradient * network.n_parameters * network.n_outputs
    )
    return _seconds(contest, hidden, slow, 1) < LONG


def _seconds(
    contest: Contest, hidden: tuple[int, ...] | None, times: EvaluationTimes, threads: int
) -> float:
    """Estimate the time of a search and of the training of its members from the times of any network."""
    seconds = sum(
        _seconds_of_candidates(contest, times.with_size(network.n_parameters), network, threads)
        for network in _networks_tried(contest, hidden)
    )
    if not contest.is_sampled:  # the members are at their optima already
        return seconds
    members = MOST_OF_MANY_ROWS if len(contest.X) > MOST_ROWS_TO_JUDGE_BY else MOST_MEMBERS
    largest = times.with_size(_by_size(contest, hidden)[-1].n_parameters)
    return seconds + members * MEMBER_ITERATIONS * largest.iteration("bfgs") / threads


def _middle(contest: Contest, hidden: tuple[int, ...] | None) -> Architecture:
    """Return the network of the median size; of two, the smaller one."""
    networks = _by_size(contest, hidden)
    return networks[(len(networks) - 1) // 2]


def _by_size(contest: Contest, hidden: tuple[int, ...] | None) -> list[Architecture]:
    """Return the networks with constant noise, the smallest first."""
    networks = _networks_tried(contest, hidden)
    constant = [each for each in networks if each.n_outputs == contest.y.shape[1]]
    return sorted(constant, key=lambda each: each.n_parameters)


def _times_of(contest: Contest, network: Architecture) -> EvaluationTimes:
    """Return times over all rows, measured on at most `MOST_ROWS_TO_JUDGE_BY` of them."""
    noise = None if contest.cost != CONSTANT.cost else CONSTANT
    alone = replace(contest, where={**contest.where, "threads": 1})
    theta = Network.random(network, contest.seed, contest.scheme).theta
    some = min(len(contest.X), MOST_ROWS_TO_JUDGE_BY)
    times = evaluation_times(
        lambda rows: alone.objective(network, noise, rows), some, theta, with_matrix=True
    )
    return times.with_rows(len(contest.X) / some)


def _networks_tried(contest: Contest, hidden: tuple[int, ...] | None) -> Iterator[Architecture]:
    """Yield the networks that are usually tried, once for each grouping of decays and for each kind of noise."""
    classes = contest.cost != CONSTANT.cost
    noise = None if classes else CONSTANT
    groupings = 2 if contest.X.shape[1] > 1 else 1
    yield from groupings * [contest.architecture((), noise)]
    sizes: list[tuple[int, ...]] = [(units,) for units in (CLASS_SIZES if classes else SIZES)]
    if hidden is not None:
        sizes = [hidden] if hidden else []
    leader: tuple[int, ...] = ()
    n_rows = min(len(contest.X), MOST_ROWS_TO_SEARCH)
    for number, size in enumerate(sizes[:SIZES_TRIED], start=1):
        network, is_first = contest.architecture(size, noise), number <= ALWAYS_TRIED
        too_large = not is_first and ROWS_PER_WEIGHT * network.n_parameters > n_rows
        if hidden is None and (network.n_parameters > MOST_WEIGHTS or too_large):
            break
        yield from (groupings if is_first else 1) * [network]
        leader = size if number <= LEADER else leader
    if hidden is None and leader:
        deep = contest.architecture(2 * leader, noise)
        if deep.n_parameters <= min(MOST_WEIGHTS, n_rows / ROWS_PER_WEIGHT):
            yield deep
    for kind in () if classes else KINDS:
        yield contest.architecture(leader, kind)


def _iterations(method: str, updates: int, fits: int, network: Architecture) -> float:
    """Return the iterations between re-estimations, and of fits to optima."""
    optima = fits * OF_OPTIMA * FINAL_ITERATIONS if network.n_layers > 1 else 0.0
    return iterations(method, int(updates * ITERATIONS + optima))


def _seconds_of_starts(
    n: int, n_last: int, times: EvaluationTimes, network: Architecture, threads: int
) -> float:
    """Estimate the time to choose the decays of n starts, of which `n_last` are continued after the first round."""
    evidence, last = times.matrix / threads + times.factor, fit_method(network.n_parameters)
    first = last if network.n_layers == 1 else "bfgs"
    seconds = 0.0
    for starts, method, updates, fits in (
        (n, first, FIRST_ROUND, 0), (n_last, last, RE_ESTIMATIONS - FIRST_ROUND, 2)
    ):  # fmt: skip
        work = _iterations(method, updates, fits, network) * times.iteration(method) / threads
        seconds += starts * (work + updates * evidence)
    return seconds


def _seconds_of_candidates(
    contest: Contest, times: EvaluationTimes, network: Architecture, threads: int
) -> float:
    """Estimate the time of the search and of the folds of one network; `times` refer to all rows."""
    n_rows, folds = len(contest.X), contest.folds
    searched = min(n_rows, MOST_ROWS_TO_SEARCH)  # by each start
    starts = contest.n_starts(searched, network.n_parameters, network.sizes[1:-1])
    last = starts_continued(starts)
    search = _seconds_of_starts(starts, last, times.with_rows(searched / n_rows), network, threads)
    used = np.count_nonzero(folds.fold_of_row >= -1) - len(folds.judged) // folds.n_folds
    fold = times.with_rows(used / n_rows)
    fits = (KEPT if network.n_layers > 1 else 1) * folds.n_folds
    of_folds, method = fits * fold.matrix / threads, fit_method(network.n_parameters)
    noise = None if contest.cost != CONSTANT.cost else CONSTANT
    if contest.decays_remember(decay_groups(network, by_input=True), noise):
        of_folds += _seconds_of_starts(fits, fits, fold, network, threads)
    else:
        of_folds += (
            fits
            * OF_OPTIMA
            * iterations(method, contest.fold_iterations)
            * fold.iteration(method)
            / threads
        )
    return search + of_folds
