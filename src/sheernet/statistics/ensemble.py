"""`best_ensemble`: choose size, noise and shares (mixture weights) of an ensemble of small networks on folds.

    the linear model -> 4, 8, 16 hidden units as long as the folds improve -> two hidden layers of the best size
    -> other kinds of noise that its residuals have -> shares by stacking on the folds -> members

The order is that of the expected time, and does not depend on the measured time: a time limit ends the same search
earlier.  A candidate follows if the expected increase of the mean log density is above its standard error: that of the
last size, or that of linear models of the residuals with another kind of noise.  Networks of a size are tried with a
decay for each group of weights, and also with a decay for the weights out of each input.

For numeric targets, a factor of all scales is then chosen on the folds, and for classes a temperature T, with which

    sum_m share_m softmax(z_m / T),    z_m the output pre-activations of member m

has the highest likelihood on the judged rows (for a single network: Guo et al. 2017, ICML, 1321).
Laplace's approximation underestimates the evidence of networks that separate classes widely (Kuss and Rasmussen 2005,
JMLR 6, 1679), so decays are too large there, and T is below 1; if networks are overconfident, T is above 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.network.activations import get, identity
from sheernet.settings.network_settings import DEFAULT_DECAY
from sheernet.statistics.ensemble_candidates import MOST_OF_MANY_ROWS, Candidate, Contest
from sheernet.statistics.folds import MOST_ROWS_TO_JUDGE_BY, MOST_ROWS_TO_SEARCH, Folds
from sheernet.statistics.network_densities import ClassDensities, Densities, NumberDensities
from sheernet.statistics.noise_models import (
    CONSTANT,
    HEAVY_TAILED,
    SKEWED_COSTS,
    VARYING,
    NoiseKind,
    skewed,
)
from sheernet.statistics.stacking import mixture_log_density, stacking_shares
from sheernet.statistics.transform_choice import transform_of_skew

SIZES = (4, 8, 16)
"""Numbers of hidden units in the order in which they are tried, for numeric targets."""
CLASS_SIZES = (2, 4, 8, 16)
ALWAYS_TRIED = 2
"""Minimum number of sizes that are tried: for a wave-like function, only several units together give a gain."""
MOST_WEIGHTS = 700
"""Maximum number of weights: each re-estimation factors a P x P matrix, and a model keeps one for each member."""
ROWS_PER_WEIGHT = 3
"""Minimum number of rows of a search per weight and output of a target, for the third size and for two hidden layers,
and of networks with other kinds of noise: with fewer, scales become 0 where rows are fitted exactly."""
SMALLEST_SHARE = 0.03
MOST_MEMBERS = 8
GROUPINGS = (False, True)
"""Whether the weights out of each input have their own decay: both are tried."""
KINDS: tuple[NoiseKind, ...] = (VARYING, HEAVY_TAILED)
"""Kinds of noise that are tried at the best size, in addition to constant noise."""
FEWEST_ROWS = 3
"""Minimum number of rows: with two rows, a single row remains outside a fold, and its spread is unknown."""
FEWEST_ROWS_FOR_KINDS = 20
"""Minimum number of rows for other kinds of noise: fewer rows do not show how their spread varies, and a scale that
fits some of them exactly takes a long time to converge."""
PARTS_OF_KINDS = (1.0, 0.8, 0.6, 0.4, 0.2)
"""Parts of the shares of other kinds of noise, in the order in which they are tried."""
WORSE = 1.05
"""Maximum factor by which other kinds of noise may increase the mean squared error, up to that of the linear model."""
WORSE_THAN_LINE = 1.02
"""Maximum ratio of the mean squared error of networks of chosen size to that of the linear model.

If a few rows are far from all others, networks can predict most rows better and these few much worse."""
SPREADS = np.exp(np.linspace(np.log(0.4), np.log(2.0), 81))
TEMPERATURES = np.exp(np.linspace(np.log(0.2), np.log(2.0), 116))
PRIOR_OF_TEMPERATURES = 1.0 / 3.0
"""Standard deviation of the normal prior of log T, because 30 rows do not determine T."""


class SizeFigures(NamedTuple):
    """Statistics of the best candidates of a size, with constant noise."""

    log_density: float
    """The highest mean log density over the judged rows."""
    log_evidence: float
    """The highest log evidence."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Members with their shares (mixture weights), and their predictions of the rows of the folds.

    Parameters
    ----------
    members : tuple of Candidate
        The networks.
    shares : ndarray, (M,)
        Shares of the members.
    spread : float
        Factor of all scales; for classes, the temperature.
    line : Candidate
        The linear model, whether it is a member or not.
    means : ndarray, (number of judged rows, K)
        Predictions of the judged rows, with shares that were chosen without them.
    deviations : ndarray, (number of judged rows, K)
        Standard deviations of the predictions; empty for classes.
    log_densities : ndarray, (number of judged rows,)
        Log densities of the targets of the judged rows.
    tried : dict of str to SizeFigures
        Statistics of each size that was tried.
    cut : str
        Reason if the search stopped early, "interrupted" or "time_limit"; empty otherwise.
    """

    members: tuple[Candidate, ...]
    shares: Array
    spread: float
    line: Candidate
    means: Array
    deviations: Array
    log_densities: Array
    tried: dict[str, SizeFigures]
    cut: str


def best_ensemble(
    contest: Contest,
    classes: bool,
    hidden: tuple[int, ...] | None = None,
    report_best: Callable[[Callable[[], Ensemble]], object] | None = None,
    kinds_of_noise: bool = True,
) -> Ensemble:
    """Find the members and their shares.

    Parameters
    ----------
    contest : Contest
        The rows, and the time limit; the first network gets at least a second.
    classes : bool
        Whether the targets are classes.
    hidden : tuple of int, optional
        Units of each hidden layer; chosen from the data if not given.
    report_best : callable, optional
        Called after each candidate with a function that makes the ensemble of the candidates found so far.
    kinds_of_noise : bool
        Whether other kinds of noise than the constant one are tried.

    Raises
    ------
    InvalidInput
        If no network can be judged, because there are too few rows, or because one evaluation takes too long.
    KeyboardInterrupt
        If Ctrl-C is pressed before the first network is judged.
    """
    search = _Search(contest, classes, report_best)
    if hidden is None:
        search.grow()
    elif hidden:
        if classes:  # for numbers, `_chosen` compares the networks with the linear model
            search.found = [search.line]
        search.try_size(hidden, required=True)
    else:
        search.try_lines()
    if kinds_of_noise and not classes:
        search.try_kinds_of_noise()
    if not search.found and contest.ended and not contest.interrupted:
        # The network of the given size takes longer than the time limit.
        search.found = [search.line]
    _require_a_network(search.found, contest)
    cut = "interrupted" if contest.interrupted else "time_limit" if contest.ended else ""
    return _stacked(contest, search.found, search.line, search.tried, cut)


def _require_a_network(found: list[Candidate], contest: Contest) -> None:
    """Raise if there is no candidate."""
    if contest.interrupted and not found:
        raise KeyboardInterrupt
    if not found and contest.left_out:
        raise InvalidInput(
            "the time limit is too short to choose the decay of even a linear model of these {} rows ({} weights) "
            "from the data: one evaluation takes up to about {:.1f} s, and several are needed; increase {}, or "
            "give {} to train one network",
            len(contest.X), contest.architecture((), None).n_parameters, contest.seconds_of_evidence,
            Setting("time_limit"), Setting("decay", DEFAULT_DECAY),
        )  # fmt: skip
    if not found:
        raise InvalidInput(
            "the decay cannot be chosen from these {} rows, because the uncertainty of networks that are fitted "
            "to some of them cannot be estimated; give more rows, or the decay as a number, such as {}",
            len(contest.X), Setting("decay", DEFAULT_DECAY),
        )  # fmt: skip


class _Search:
    """The candidates found so far; the search starts with the linear model."""

    def __init__(self, contest: Contest, classes: bool, report_best: Any = None) -> None:
        self.contest, self.report_best = contest, report_best
        self.noise = None if classes else CONSTANT
        self.sizes = CLASS_SIZES if classes else SIZES
        self.groupings = list(GROUPINGS if contest.X.shape[1] > 1 else GROUPINGS[:1])
        self.tried: dict[str, SizeFigures] = {}
        self.found: list[Candidate] = []
        enough = len(contest.X) >= FEWEST_ROWS
        lines = contest.candidates((), False, self.noise, required=True) if enough else []
        _require_a_network(lines, contest)
        self.line = self.leader = lines[0]

    def try_lines(self) -> None:
        """Try the linear models."""
        self.found = [self.line]
        if self.groupings[-1] and not self.contest.ended:
            self.found += self.contest.candidates((), True, self.noise, keep=1)
        self.leader = max(self.found, key=self._score)
        self._note("0", self.found)

    def grow(self) -> None:
        """Try one hidden layer of increasing size as long as the folds improve, then two layers of the best size."""
        self.try_lines()
        by_input = self.groupings[-1:]
        for number, units in enumerate(self.sizes, start=1):
            n_weights = self.contest.architecture((units,), self.noise).n_parameters
            is_large = number > ALWAYS_TRIED and not self._has_rows_for((units,), self.noise)
            if n_weights > MOST_WEIGHTS or is_large or self.contest.ended:
                break
            before = self.leader
            self.try_size((units,))
            if number >= ALWAYS_TRIED and self.leader is before:
                break
        sizes = [units for units in SIZES if self._has_rows_for((units, units), self.noise)]
        if self.leader.hidden and sizes and not self.contest.ended:
            units = min(sizes, key=lambda units: abs(units - self.leader.hidden[0]))
            self.groupings = by_input
            self.try_size((units, units))

    def try_size(self, hidden: tuple[int, ...], required: bool = False) -> None:
        """Fit networks of a size; later ones are fitted without groupings of decays that are clearly worse here."""
        of_size: list[Candidate] = []
        for by_input in self.groupings:
            of_size += self.contest.candidates(
                hidden, by_input, self.noise, required=required and not of_size
            )
            if self.contest.ended:
                break
        if not of_size:
            return
        self.found += of_size
        top = max(of_size, key=self._score)
        self.groupings = [
            grouping
            for grouping in self.groupings
            if not all(self._gains(each, top) for each in of_size if each.by_input == grouping)
        ]
        if self.leader not in self.found or self._gains(self.leader, top):
            self.leader = top
        self._note(",".join(map(str, hidden)), of_size)

    def _has_rows_for(self, hidden: tuple[int, ...], noise: NoiseKind | None) -> bool:
        """Whether the rows of a search suffice for the weights of a network, and a model keeps their uncertainty."""
        n_weights = self.contest.architecture(hidden, noise).n_parameters
        per_target = 1 if noise is None else noise.outputs_per_target
        n_rows = min(len(self.contest.X), MOST_ROWS_TO_SEARCH)
        return n_weights <= min(MOST_WEIGHTS, n_rows / (ROWS_PER_WEIGHT * per_target))

    def _note(self, size: str, of_size: list[Candidate]) -> None:
        """Keep the statistics of a size, and report the ensemble of the candidates found so far."""
        self.tried[size] = SizeFigures(
            max(map(self._score, of_size)),
            max(each.evidence.log_evidence for each in of_size),
        )
        if self.report_best is None or self.contest.ended:
            return
        found, tried = list(self.found), dict(self.tried)
        try:
            self.report_best(lambda: _stacked(self.contest, found, self.line, tried, "interrupted"))
        except KeyboardInterrupt:
            self.contest.note_interrupt()

    def try_kinds_of_noise(self) -> None:
        """Fit networks of the best size with other kinds of noise, whose costs need a linear output."""
        if (
            get(self.contest.output) != identity
            or not self.found
            or self.contest.weights.sum() < FEWEST_ROWS_FOR_KINDS
        ):
            return
        constant = list(self.found)
        for kind in (*KINDS, *self._kinds_of_skew()):
            possible = [
                each
                for each in constant
                if not each.hidden or self._has_rows_for(each.hidden, kind)
            ]
            if not possible:
                continue
            best = max(possible, key=self._score)
            sizes = {best.hidden}
            if kind.is_transformed and self.line in self.found:
                sizes.add(())  # after a transform, a linear model may suffice
            for hidden in sorted(sizes):
                if not self.contest.ended and self._may_gain(best, kind):
                    self.found += self.contest.candidates(hidden, best.by_input, kind)

    def _may_gain(self, best: Candidate, kind: NoiseKind) -> bool:
        """Whether a kind of noise is expected to pay at the size of a network.

        The gain is that of a linear model with this kind of noise of the residuals of the network in the folds.
        """
        if kind.is_transformed or not best.hidden:
            return True
        contest, every = self.contest, -(-len(best.log_densities) // MOST_ROWS_TO_SEARCH)
        rows, densities = contest.folds.judged[::every], best.densities
        assert isinstance(densities, NumberDensities)
        residuals = (contest.y[rows] - densities.means[::every]) / densities.scales[::every]
        of_residuals = replace(
            contest, X=contest.X[rows], y=residuals, weights=contest.weights[rows],
            folds=Folds.of(len(rows), contest.seed),
        )  # fmt: skip
        lines = [of_residuals.candidates((), False, each) for each in (CONSTANT, kind)]
        if not all(lines):
            return False
        gain, error = _gain(lines[0][0], lines[1][0], of_residuals.weights)
        return gain > max(error, self._score(self.leader) - self._score(best))

    def _kinds_of_skew(self) -> Iterator[NoiseKind]:
        """Yield kinds of noise with a transform of the targets, if these are skewed or have heavy tails."""
        contest = self.contest
        transform = (
            transform_of_skew(contest.X, contest.y, contest.weights) if contest.transforms else None
        )
        if transform is not None:
            yield from (skewed(cost, transform) for cost in SKEWED_COSTS)

    def _gains(self, before: Candidate, after: Candidate) -> bool:
        """Whether the mean log density increases by more than its standard error."""
        gain, error = _gain(before, after, self.contest.weights[self.contest.folds.judged])
        return gain > error

    def _score(self, candidate: Candidate) -> float:
        """Return the mean log density over the judged rows."""
        weights = self.contest.weights[self.contest.folds.judged]
        return float(candidate.log_densities @ weights / weights.sum())


def _gain(before: Candidate, after: Candidate, weights: Array) -> tuple[float, float]:
    """Return the increase of the mean log density over the judged rows, and its standard error."""
    gains = after.log_densities - before.log_densities
    mean = float(np.average(gains, weights=weights))
    variance = float(np.average(np.square(gains - mean), weights=weights))
    return mean, float(np.sqrt(variance / weights.sum()))


def _stacked(
    contest: Contest, found: list[Candidate], line: Candidate, tried: dict[str, SizeFigures], cut: str
) -> Ensemble:  # fmt: skip
    judged = contest.folds.judged
    weights, y = contest.weights[judged], contest.y[judged]
    many = len(contest.X) > MOST_ROWS_TO_JUDGE_BY  # then training on all rows takes a long time
    mixture = _chosen(found, line, y, weights, MOST_OF_MANY_ROWS if many else MOST_MEMBERS)
    members, shares = mixture.members, mixture.shares(weights)
    spread = _spread(members, shares, y, weights)
    return Ensemble(
        members, shares, spread, line, *_without_own_fold(contest, mixture, y, weights, spread), tried, cut
    )  # fmt: skip


class _Mixture(NamedTuple):
    """Members in groups, each with its part of the shares, which are stacked within a group."""

    members: tuple[Candidate, ...]
    groups: tuple[tuple[float, tuple[Candidate, ...]], ...]

    @classmethod
    def of(cls, *groups: tuple[float, Sequence[Candidate]]) -> _Mixture:
        """Return a mixture of groups with their parts, which are scaled to the sum 1; empty groups are omitted."""
        given = [(part, tuple(group)) for part, group in groups if part > 0 and group]
        total = sum(part for part, _ in given)
        members = dict.fromkeys(each for _, group in given for each in group)
        return cls(tuple(members), tuple((part / total, group) for part, group in given))

    def shares(self, weights: Array, rows: Any = slice(None)) -> Array:
        """Return the shares, chosen on some of the judged rows."""
        shares = np.zeros(len(self.members))
        for part, group in self.groups:
            logs = np.stack([each.log_densities[rows] for each in group], axis=1)  # (n, M)
            at = [self.members.index(each) for each in group]
            shares[at] += part * stacking_shares(logs, weights[rows])
        return shares

    def trimmed(self, weights: Array, most: int) -> _Mixture:
        """Return the mixture of the members with the largest shares."""
        shares = self.shares(weights)
        order = np.argsort(-shares, kind="stable")[:most]
        kept = {self.members[k] for k in order if shares[k] >= SMALLEST_SHARE or k == order[0]}
        if len(kept) == len(self.members):
            return self
        groups = [(part, [each for each in group if each in kept]) for part, group in self.groups]
        return _Mixture.of(*groups).trimmed(weights, most)

    def squared_error(self, y: Array, weights: Array) -> float:
        """Return the sum of the squared errors of the mean on the judged rows."""
        densities = [each.densities for each in self.members]
        mean, _ = mean_and_deviation(densities, self.shares(weights), 1.0)
        return float(weights @ np.square(y - mean).sum(axis=1))


def _chosen(
    found: list[Candidate], line: Candidate, y: Array, weights: Array, most: int
) -> _Mixture:
    """Choose members and shares.

    The shares maximize a log density.  Kinds of noise other than constant have only such a part of the shares that the
    squared error of the predictions does not increase beyond a limit.  If the predictions are worse than those of the
    linear model beyond a limit, the members are the linear model and candidates that are not.
    """
    alone = {each: _Mixture.of((1.0, [each])).squared_error(y, weights) for each in [*found, line]}
    constant = [each for each in found if each.noise in (None, CONSTANT)]
    chosen = plain = _Mixture.of((1.0, constant or found)).trimmed(weights, most)
    if constant and len(found) > len(constant):
        error = plain.squared_error(y, weights)
        fair = [
            each
            for each in found
            if not (each.noise and each.noise.is_transformed) or alone[each] <= WORSE * alone[line]
        ]
        kinds = _Mixture.of((1.0, fair)).trimmed(weights, most)
        for part in PARTS_OF_KINDS:
            mixed = _Mixture.of((part, kinds.members), (1.0 - part, plain.members))
            mixed = mixed.trimmed(weights, most)
            if mixed.squared_error(y, weights) <= min(WORSE * error, max(alone[line], error)):
                chosen = mixed
                break
    limit = WORSE_THAN_LINE * alone[line]
    if line.noise is not None and chosen.squared_error(y, weights) > limit:
        as_good = [each for each, own in alone.items() if own <= limit]
        return _Mixture.of((1.0, as_good)).trimmed(weights, most)
    return chosen


def _spread(members: Sequence[Candidate], shares: Array, y: Array, weights: Array) -> float:
    """Return the factor of all scales, or the temperature of classes, with the highest density of judged rows."""
    factors, totals = SPREADS, np.zeros_like(SPREADS)
    if not mean_is_of_numbers([members[0].densities]):
        factors = TEMPERATURES
        totals = -0.5 * np.square(np.log(factors) / PRIOR_OF_TEMPERATURES)
    for k, factor in enumerate(factors):
        logs = np.stack([each.densities.log(y, factor) for each in members], axis=1)
        totals[k] += float(weights @ mixture_log_density(logs, shares))
    return float(factors[int(np.argmax(totals))])


def _without_own_fold(
    contest: Contest, mixture: _Mixture, y: Array, weights: Array, spread: float
) -> tuple[Array, Array, Array]:
    """Return means, deviations and log densities of the judged rows, with shares chosen on the other folds."""
    parts = contest.folds.fold_of_row[contest.folds.judged]
    # A single fold is divided into two halves, and the shares of each half are chosen on the other half.
    if contest.folds.n_folds == 1:
        parts = np.arange(len(parts)) % 2
    densities = [each.densities for each in mixture.members]
    spread_logs = np.stack([each.log(y, spread) for each in densities], axis=1)
    found = [np.empty(y.shape), np.empty(y.shape), np.empty(len(y))]
    for part in range(int(parts.max()) + 1):
        own = parts == part
        shares = mixture.shares(weights, ~own)
        mean, deviation = mean_and_deviation(densities, shares, spread)
        log_density = mixture_log_density(spread_logs, shares)
        for whole, values in zip(found, (mean, deviation, log_density), strict=True):
            if values.size:
                whole[own] = values[own]
    means, deviations, log_densities = found
    return means, deviations if mean_is_of_numbers(densities) else np.empty(0), log_densities


def mean_is_of_numbers(densities: Sequence[Densities]) -> bool:
    """Return whether the members predict numeric targets."""
    return isinstance(densities[0], NumberDensities)


def mean_and_deviation(
    densities: Sequence[Densities], shares: Array, spread: float
) -> tuple[Array, Array]:
    """Compute mean and standard deviation of a mixture, (N, K) each; the second is empty for classes.

    Parameters
    ----------
    densities : sequence of NumberDensities or ClassDensities
        Densities from the members, for the same rows.
    shares : ndarray, (M,)
        Shares of the members.
    spread : float
        Factor of the scales, or the temperature of classes.
    """
    tempered = [
        each.tempered(spread) if isinstance(each, ClassDensities) else each for each in densities
    ]
    mean = sum(share * each.means for share, each in zip(shares, tempered, strict=True))
    if not mean_is_of_numbers(densities):
        return np.asarray(mean), np.empty(0)
    variance = np.zeros(densities[0].means.shape)
    for share, each in zip(shares, densities, strict=True):
        assert isinstance(each, NumberDensities)
        variance += share * (each.variances(spread) + (each.means - mean) ** 2)
    return np.asarray(mean), np.sqrt(variance)
