"""`Contest`: fit candidates (networks of one size, with decays chosen by the evidence) and judge them on folds.

A candidate is judged (evaluated) on the rows of folds, by networks that were fitted without these rows:

    rows -> search: decays by the evidence, from several starts, the best of which are continued -> the best two optima
         -> folds:  the same without each fold, from the start of each optimum -> densities of the rows of the folds

Up to `MOST_ROWS_TO_SEARCH` rows, the search uses all rows, and the search without a fold starts from the initial
weights, because the optimum of all rows depends on the fold.  For more rows, the search uses a sample of the rows
outside the judged folds, and the network without the fold starts from the result of the search, with its decays.
Decays refer to losses summed over rows, so that they do not depend on the number of rows.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.time_limits import end_of, seconds_left
from sheernet.network.architecture import Architecture
from sheernet.network.initialize import generator
from sheernet.network.network import Network
from sheernet.objective.objective import Objective, make_objective
from sheernet.statistics.decay_groups import Groups, decay_groups
from sheernet.statistics.evidence import Evidence
from sheernet.statistics.evidence_search import (
    BEGINNINGS,
    EvidenceSearch,
    iterations,
    maximize_evidence,
    of_one_row,
)
from sheernet.statistics.evidence_time import seconds_of_evidence
from sheernet.statistics.folds import FOLD_STREAM, MOST_ROWS_TO_SEARCH, Folds
from sheernet.statistics.laplace import noise_and_factor
from sheernet.statistics.network_densities import ClassDensities, Densities, predictive_densities
from sheernet.statistics.noise_models import CONSTANT, NoiseKind
from sheernet.statistics.row_space import RowSpace
from sheernet.statistics.spread_starts import light_beginnings, spread, variance_left_by_line
from sheernet.training.jobs import Job, Status, fit_jobs
from sheernet.training.starts import first_starts

METHOD = "bfgs"
"""Method of networks with many weights, and of the members."""
MOST_WEIGHTS_OF_LM = 250
"""Maximum number of weights of a network that lm fits in less time than bfgs."""
FOLD_ITERATIONS = 1000
"""Maximum number of iterations of the fit of a fold; of all folds together, if the fits start near the optimum of a
sample and bfgs renews its matrix.

There, 200 iterations lower the objective as much as 1000 without renewals (449 weights, 5000 rows)."""
FOLD_TOLERANCE = 0.1
"""As `TOLERANCE`, for the decays that are chosen again without each fold."""
ROWS_PER_DECAY = 100
"""Minimum number of rows per decay for which the decays of numeric targets are not chosen again without each fold.

With more rows, a fold hardly affects the decays.  With a decay for each of 15 inputs, linear models of 60 targets of
pure noise had R^2 up to 0.08 in the folds, and those of random labels a log loss of 0.57 to 0.65, below log 2."""
TOLERANCE = 0.03
MOST_UPDATES, MOST_UPDATES_OF_FOLD = 40, 20
WORK_OF_ALL_STARTS = 1e6  # maximum of rows x weights, summed over all starts of a search
MOST_STARTS, FEWEST_STARTS = 6, 3
_LEAST_TIME = 1.0
"""Seconds for a linear model whose evaluations are short, also behind the deadline: it mostly takes far less."""
LM_STEPS = 10  # minimum number of evaluations of the Gauss-Newton matrix for the decay of a linear model, by lm
KEPT = 2
MOST_OF_MANY_ROWS = 3
"""Maximum number of members of a model if the rows are so many that an evaluation of the evidence takes a long time."""
SAME = 0.05
"""Maximum difference of the log evidences of optima that count as the same."""
SHORTEST = 1.0
"""Minimum seconds for the search and the folds of the first network, regardless of the time limit."""
MUCH_WORSE = 20.0
"""Maximum difference of log evidence from the best optimum: worse optima may have units with all weights at 0."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A network with decays chosen by the evidence, and its predictive densities for rows to which it was not fitted.

    Parameters
    ----------
    network : Network
        The network of the search, at an optimum of its rows, or of a fold: the one with the lowest objective over all
        rows.  So a network that is not trained any further is as good as those that the folds judge.
    by_input : bool
        Whether the weights out of each input have their own decay.
    noise : NoiseKind or None
        Kind of noise; None for classes.
    decay : ndarray, (P,)
        Weight decay for losses summed over the rows.
    evidence : Evidence
        Evidence computed on the rows of the search.
    search_facts : mapping
        Log evidence of all starts, number of re-estimations, and whether the decays had settled.
    densities : NumberDensities or ClassDensities
        Densities of the judged rows, in the order of `Folds.judged`.
    log_densities : ndarray, (number of judged rows,)
        Log density of their targets.
    """

    network: Network
    by_input: bool
    noise: NoiseKind | None
    decay: Array
    evidence: Evidence
    search_facts: dict[str, Any]
    densities: Densities
    log_densities: Array

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        return self.network.architecture.sizes[1:-1]


@dataclass(frozen=True, eq=False)
class Contest:
    """The rows that candidates are fitted to and judged (evaluated) on, and the settings that all candidates share.

    Parameters
    ----------
    X, y : ndarray, (N, d_0) and (N, K)
        Inputs and targets of the network.
    weights : ndarray, (N,)
        Case weights.
    folds : Folds
        The folds of the judged rows.
    cost : str or None
        Cost of networks for classes; networks for numeric targets have the cost of their noise.
    activation, output : str or Activation
        Activations of the hidden layers and of the outputs.
    bias : bool
        Whether units have biases.
    transforms : bool
        Whether networks for transformed targets are tried if the targets are skewed.
    seed, scheme : int or None, str
        Seed and scheme of the initial weights.
    starts : int, optional
        Number of starts; by default 3 to 6, depending on rows x weights, and 2 more if targets are nearly linear.
    where : mapping
        Engine and threads, as in `make_objective`.
    ends : float
        Deadline, as a time of `time.monotonic`.
    report_progress : callable, optional
        As in `fit_jobs`.
    report_trying : callable, optional
        Called with a description of the networks that are tried next.
    """

    X: Array
    y: Array
    weights: Array
    folds: Folds
    cost: str | None = None
    activation: Any = "tanh"
    output: Any = "identity"
    bias: bool = True
    transforms: bool = True
    seed: int | None = 0
    scheme: str = "glorot"
    starts: int | None = None
    where: dict[str, Any] = field(default_factory=dict)
    ends: float = inf
    report_progress: Callable[[Status], object] | None = None
    report_trying: Callable[[str], object] | None = None
    _cuts: list[str] = field(default_factory=list)
    _uncut: list[float] = field(default_factory=list)
    _known: dict[tuple[Any, ...], list[Candidate]] = field(default_factory=dict, init=False)

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed in a search or in the fits of folds."""
        return "interrupted" in self._cuts

    @property
    def tried(self) -> list[Candidate]:
        """All networks that were tried."""
        return [each for found in self._known.values() for each in found]

    def note_interrupt(self) -> None:
        """Record that Ctrl-C was pressed, so that no further network is tried."""
        self._cuts.append("interrupted")

    @property
    def left_out(self) -> bool:
        """Whether networks were omitted because they did not fit into the time limit."""
        return "time_limit" in self._cuts

    @property
    def ended(self) -> bool:
        """Whether Ctrl-C or the time limit stopped a search."""
        return bool(self._cuts) or time.monotonic() >= self.ends_of_fits

    @property
    def seconds_of_evidence(self) -> float:
        """The longest time of an evaluation of the evidence over all rows, among networks tried so far; 0 if short."""
        return max(self._uncut, default=0.0)

    @property
    def ends_of_fits(self) -> float:
        """Deadline of searches and fits; it leaves time for the uncertainty of members, which cannot be cut short."""
        return self.ends - MOST_OF_MANY_ROWS * self.seconds_of_evidence

    def take_networks_of(self, other: Contest) -> None:
        """Take over the networks of a contest of the same rows with the same settings, if it has the same folds."""
        if not other.ended and np.array_equal(self.folds.fold_of_row, other.folds.fold_of_row):
            self._known.update(other._known)

    def architecture(self, hidden: tuple[int, ...], noise: NoiseKind | None) -> Architecture:
        """Return the architecture of networks of a size."""
        per_target = 1 if noise is None else noise.outputs_per_target
        sizes = (self.X.shape[1], *hidden, self.y.shape[1] * per_target)
        return Architecture(sizes, hidden=self.activation, output=self.output, bias=self.bias)

    def objective(self, arch: Architecture, noise: NoiseKind | None, rows: Any = None) -> Objective:
        """Return the objective of some rows, by default of all, with losses summed over the rows."""
        rows = slice(None) if rows is None else rows
        cost = self.cost if noise is None else noise.cost
        y = self.y[rows] if noise is None else noise.transform.forward(self.y[rows])
        return make_objective(
            arch, self.X[rows], y, weights=self.weights[rows], cost=cost, reduction="sum", **self.where
        )  # fmt: skip

    @property
    def is_sampled(self) -> bool:
        """Whether the search uses only a sample of the rows."""
        return len(self.X) > MOST_ROWS_TO_SEARCH

    @property
    def fold_iterations(self) -> int:
        """Maximum number of iterations of the fit of a fold."""
        return FOLD_ITERATIONS // (self.folds.n_folds if self.is_sampled else 1)

    def candidates(
        self, hidden: tuple[int, ...], by_input: bool, noise: NoiseKind | None, keep: int = KEPT,
        required: bool = False,
    ) -> list[Candidate]:  # fmt: skip
        """Fit and judge networks of a size, and return the best first; after Ctrl-C, those that were judged before.

        Networks that take longer than the time limit are omitted; if they are `required`, fits are cut short instead.
        The contest keeps the networks, so that several searches of the same rows fit them once.
        """
        asked = hidden, by_input, noise, keep
        if asked in self._known:
            return self._known[asked]
        found = self._known[asked] = []
        try:
            for candidate in self._candidates(hidden, by_input, noise, keep, required):
                found.append(candidate)  # noqa: PERF402 - those before Ctrl-C are kept
        except np.linalg.LinAlgError:  # the Gauss-Newton matrix of every start is singular
            pass
        except _TimeIsOver:
            self._cuts.append("time_limit")
        except KeyboardInterrupt:  # between two fits, or before the first point of one
            self.note_interrupt()
        return found

    def _candidates(
        self, hidden: tuple[int, ...], by_input: bool, noise: NoiseKind | None, keep: int, required: bool
    ) -> Iterator[Candidate]:  # fmt: skip
        if self.report_trying is not None:
            self.report_trying(_in_words(hidden, by_input, noise))
        arch = self.architecture(hidden, noise)
        per_target = 1 if noise is None else noise.outputs_per_target
        groups = decay_groups(arch, by_input, per_target)
        everything = self.objective(arch, noise)
        objective, rows = everything, slice(None)
        if self.is_sampled:
            rows = self._sample()
            objective = self.objective(arch, noise, rows)
        network = Network.random(arch, self.seed, self.scheme)
        ends, of_search = self._times(everything, noise, network.theta, required)
        starts, beginnings, n_plain = self._starts(network, objective, noise, rows)
        search = maximize_evidence(
            objective, starts, groups, method=fit_method(objective.size), beginnings=beginnings, tolerance=TOLERANCE,
            max_updates=MOST_UPDATES, report_progress=self.report_progress, time_limit=of_search,
        )  # fmt: skip
        if search.interrupted:
            raise KeyboardInterrupt
        for k in _distinct(search, keep, n_plain):
            try:
                if required and ends < inf:
                    ends = max(ends, time.monotonic() + SHORTEST)
                densities, thetas = self._judged(
                    everything, groups, search, k, noise, ends, required
                )
            except np.linalg.LinAlgError:  # without a fold, the network fits some rows exactly
                continue
            value = everything.replace(decay=search.decays[k]).value
            network = Network(arch, min([search.thetas[k], *thetas], key=value))
            yield Candidate(
                network, by_input, noise, search.decays[k], search.evidences[k], search.facts, densities,
                densities.log(self.y[self.folds.judged]),
            )  # fmt: skip
            required = False  # one network is enough

    def _times(
        self, objective: Objective, noise: NoiseKind | None, theta: Array, required: bool
    ) -> tuple[float, float | None]:
        """Return the deadline for networks of a size, and the seconds for their search: half of the time left.

        The time of work that cannot be cut short is subtracted first: the evidence, and the uncertainty of each fold.
        """
        if self.ends == inf:
            return inf, None
        # The evidence uses this module; it is imported first, so that its import is not timed.
        importlib.import_module("scipy.linalg.lapack")
        arch = objective.architecture
        uncut = 1 + (self.folds.n_folds if noise else 0)
        one = seconds_of_evidence(objective, lambda rows: self.objective(arch, noise, rows), theta)
        now = time.monotonic()
        ends = min(self.ends - MOST_OF_MANY_ROWS * one, self.ends_of_fits)
        if required:  # the network may be the only member
            ends = max(self.ends - one, now + SHORTEST)
        if uncut * one > ends - now:
            if required:
                self._uncut.append(one)
            raise _TimeIsOver
        self._uncut.append(one)
        return ends, (ends - now - uncut * one) / 2

    def n_starts(self, n_rows: int, n_weights: int, hidden: tuple[int, ...]) -> int:
        """Return the number of starts of a search over some rows."""
        if not hidden:
            return 1  # a network without hidden layers has one optimum, or very rarely several
        if self.starts is not None:
            return self.starts
        affordable = int(WORK_OF_ALL_STARTS / (n_rows * n_weights))
        return min(max(affordable, FEWEST_STARTS), MOST_STARTS)

    def _starts(
        self, network: Network, objective: Objective, noise: NoiseKind | None, rows: Any
    ) -> tuple[Array, list[float], int]:
        """Return the starts of a search over some rows, their initial decays, and how many are not spread.

        Decays are proportional to the noise variance only if the cost is the squared error; other costs are
        likelihoods without a separate noise variance.
        """
        arch = network.architecture
        light: tuple[float, ...] = ()
        n_starts = self.n_starts(objective.n_samples, objective.size, arch.sizes[1:-1])
        if arch.n_layers > 1 and noise is not None and noise.cost == CONSTANT.cost:
            X, y = self.X[rows], noise.transform.forward(self.y[rows])
            light = light_beginnings(variance_left_by_line(X, y, self.weights[rows], self.bias))
        if self.starts is None:
            n_starts += len(light)
        light = light[: n_starts - 1]
        n_plain = n_starts - len(light)
        starts = first_starts(network, n_starts, self.scheme, self.seed)
        for theta in starts[n_plain:]:
            spread(arch, theta, self.X[rows])
        plain = [BEGINNINGS[k % len(BEGINNINGS)] for k in range(n_plain)]
        return starts, [*plain, *light], n_plain

    def _sample(self) -> Any:
        """Return a sample of the rows outside the judged folds."""
        outside = np.flatnonzero(self.folds.fold_of_row < 0)
        order = generator(self.seed, stream=FOLD_STREAM - 1).permutation(len(outside))
        return np.sort(outside[order[:MOST_ROWS_TO_SEARCH]])

    def decays_remember(self, groups: Groups, noise: NoiseKind | None) -> bool:
        """Return whether decays chosen from all rows contain information about the targets of a fold."""
        few = noise is None or len(self.X) < ROWS_PER_DECAY * len(groups)
        return few and not self.is_sampled

    def _judged(
        self, objective: Objective, groups: Groups, search: EvidenceSearch, k: int, noise: NoiseKind | None,
        ends: float = inf, required: bool = False,
    ) -> tuple[Densities, Sequence[Array]]:  # fmt: skip
        """Return the densities of the judged rows from networks that were not fitted to them, and their weights."""
        weights = list(self.folds.training_weights(self.weights))
        found: tuple[Sequence[Array], Sequence[Array]] | None = None
        if self.decays_remember(groups, noise):
            found = self._searched_again(objective, groups, search, k, weights, ends, required)
        if found is None:
            begin, decay = (search.thetas if self.is_sampled else search.begun)[k], search.decays[k]
            jobs = [Job(begin, decay=decay, weights=of_fold) for of_fold in weights]
            found = self._fits_of_folds(objective, jobs, ends, required), [decay] * len(jobs)
        parts = []
        rounding = float(np.square(np.finfo(np.float64).eps * self.y).mean())
        for fold, (of_fold, theta, decay) in enumerate(zip(weights, *found, strict=True)):
            without = objective.replace(weights=of_fold, decay=decay)
            uncertainty: tuple[float | None, Array] = (None, np.zeros(0))
            if noise:  # rows that are fitted exactly, such as equal ones, are fitted up to rounding
                uncertainty = noise_and_factor(without, theta, least_noise=rounding)
            network = Network(objective.architecture, theta)
            X = self.X[self.folds.rows_of(fold)]
            parts.append(predictive_densities(network, X, noise, *uncertainty))
        order = np.argsort(
            np.concatenate([self.folds.rows_of(fold) for fold in range(self.folds.n_folds)])
        )
        return _joined(parts, order), found[0]

    def _searched_again(
        self, objective: Objective, groups: Groups, search: EvidenceSearch, k: int, weights: list[Array],
        ends: float, required: bool,
    ) -> tuple[Sequence[Array], Sequence[Array]] | None:  # fmt: skip
        """Search weights and decays for each fold, (folds, P) each, with the rows outside the fold only.

        Return None if the networks are `required` and half of the remaining time was too short.
        """
        if required and ends < inf:
            ends = (time.monotonic() + ends) / 2
        n = len(weights)
        again = maximize_evidence(
            objective, np.tile(search.begun[k], (n, 1)), groups, method=fit_method(objective.size),
            beginnings=BEGINNINGS[:1], decays=np.tile(search.decays[k], (n, 1)), weights=weights,
            tolerance=FOLD_TOLERANCE, max_updates=MOST_UPDATES_OF_FOLD, time_limit=seconds_left(ends),
            report_progress=self.report_progress,
        )  # fmt: skip
        if again.interrupted:
            raise KeyboardInterrupt
        if time.monotonic() >= ends:
            if required:
                return None
            raise _TimeIsOver
        if len(again.starts) < n:
            raise np.linalg.LinAlgError("the Gauss-Newton matrix without a fold is singular")
        return list(again.thetas), list(again.decays)

    def _fits_of_folds(
        self, objective: Objective, jobs: list[Job], ends: float, required: bool
    ) -> list[Array]:
        """Return the weights of the networks of the folds, which share a limited time equally if they are required."""
        is_shared = required and ends < inf
        method = fit_method(objective.size)
        renews: dict[str, Any] = {} if method == "lm" else {"renew": self.is_sampled}
        thetas: list[Array] = []
        while len(thetas) < len(jobs):
            here = jobs[len(thetas) : len(thetas) + 1] if is_shared else jobs
            left = seconds_left(ends)
            if left is not None and is_shared:
                left /= len(jobs) - len(thetas)
            fits = fit_jobs(
                objective, here, method, max_iter=iterations(method, self.fold_iterations), polish=False,
                report_progress=self.report_progress, time_limit=left, gradient_tolerance=of_one_row(objective),
                **renews,
            )  # fmt: skip
            if "interrupted" in fits.reasons:
                raise KeyboardInterrupt
            if "time_limit" in fits.reasons and not is_shared:
                raise _TimeIsOver
            thetas += [run.theta for run in fits]
        return thetas


def fit_method(n_weights: int) -> str:
    """Return the method of the fits of a network: an iteration of lm factors a P x P matrix, but lm needs few."""
    return "lm" if n_weights <= MOST_WEIGHTS_OF_LM else METHOD


class _TimeIsOver(Exception):
    """The time limit leaves no time for networks of a size."""


class Line(NamedTuple):
    """A linear model, and what `predictive_densities` needs for its densities."""

    network: Network
    noise: NoiseKind | None
    noise_variance: float | None
    factor: Array
    space: RowSpace | None = None
    """If given, the network's inputs are the coordinates of rows in this space."""

    def densities(self, X: Array) -> Densities:
        """Return the predictive densities of rows X, (N, d_0)."""
        X = X if self.space is None else self.space.coordinates(X)
        return predictive_densities(self.network, X, self.noise, self.noise_variance, self.factor)


def linear_model(contest: Contest) -> Line | None:
    """Fit the linear model of all rows, with the decay chosen by the evidence.

    If the rows are fewer than the inputs, it is fitted in the space of the rows, which is the same model in less time.
    Return None if the deadline of the contest leaves no time for it; a short fit may end after the deadline.

    Parameters
    ----------
    contest : Contest
        The rows; its folds are not used.

    Raises
    ------
    numpy.linalg.LinAlgError
        If its Gauss-Newton matrix is singular.
    """
    space = RowSpace.of(contest.X)
    if space is not None:
        contest = replace(contest, X=space.coordinates(contest.X))
    noise = CONSTANT if contest.cost == CONSTANT.cost else None
    arch = contest.architecture((), noise)
    objective = contest.objective(arch, noise)
    left = None
    if contest.ends < inf:
        one = seconds_of_evidence(
            objective,
            lambda rows: contest.objective(arch, noise, rows),
            np.zeros(arch.n_parameters),
        )
        left = contest.ends - time.monotonic() - (2 if noise else 1) * one
        if one > 0 and left < LM_STEPS * one:
            return None
        left = max(left, _LEAST_TIME)
    line = line_of(objective, noise, left)
    return None if line is None else line._replace(space=space)


def line_of(
    objective: Objective, noise: NoiseKind | None, time_limit: float | None = None
) -> Line | None:
    """Return the linear model that minimizes an objective, with the decay chosen by the evidence.

    Return None if the time limit ends the search for it.

    Parameters
    ----------
    objective : Objective
        Objective of a network without hidden layers; its own decay is not used.
    noise : NoiseKind or None
        Kind of noise of the outputs; None for classes.
    time_limit : float, optional
        Time limit in seconds.

    Raises
    ------
    numpy.linalg.LinAlgError
        If its Gauss-Newton matrix is singular.
    """
    arch, ends = objective.architecture, end_of(time_limit)
    search = maximize_evidence(
        objective, np.zeros((1, arch.n_parameters)), decay_groups(arch), method="lm", tolerance=TOLERANCE,
        time_limit=time_limit,
    )  # fmt: skip
    if not search.settled and time.monotonic() >= ends:
        return None
    theta, decay = search.thetas[0], search.decays[0]
    uncertainty = noise_and_factor(objective.replace(decay=decay), theta)
    return Line(Network(arch, theta), noise, *uncertainty)


def _in_words(hidden: tuple[int, ...], by_input: bool, noise: NoiseKind | None) -> str:
    """Describe the networks of a size in a progress message."""
    size = f"{' and '.join(map(str, hidden))} hidden units" if hidden else "the linear model"
    decays = ", a decay for each input" if by_input else ""
    spread = f", {noise.name} noise" if noise not in (None, CONSTANT) else ""
    return f"{size}{decays}{spread}"


def _distinct(search: EvidenceSearch, keep: int, n_plain: int) -> Iterator[int]:
    """Yield the starts with the highest log evidences, one for each distinct value.

    Starts after the first `n_plain` count only if their evidence is higher than that of all of these.
    """
    values = np.array([evidence.log_evidence for evidence in search.evidences])
    is_spread = np.array(search.starts) >= n_plain
    values[is_spread & (values <= values[~is_spread].max(initial=-inf) + SAME)] = -inf
    last, kept = np.inf, 0
    for k in np.argsort(-values, kind="stable"):
        if last - values[k] > SAME and kept < keep and values.max() - values[k] < MUCH_WORSE:
            last, kept = values[k], kept + 1
            yield int(k)


def _joined(parts: list[Any], order: Any) -> Densities:
    """Join the densities of the rows of all folds, in the order of the table."""
    if isinstance(parts[0], ClassDensities):
        return ClassDensities(np.concatenate([part.probabilities for part in parts])[order])
    return replace(
        parts[0],
        means=np.concatenate([part.means for part in parts])[order],
        scales=np.concatenate([part.scales for part in parts])[order],
    )
