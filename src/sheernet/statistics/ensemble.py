"""`best_ensemble`: choose size, noise and shares (mixture weights) of an ensemble of small networks on folds.

    the linear model -> 4, 8, 16, ... hidden units as long as the folds improve -> other kinds of noise at the best size
    -> shares by stacking on the folds -> members

Networks of a size are tried with a decay for each group of weights, and also with a decay for the weights out of each
input.

For numeric targets, a factor of all scales is then chosen on the folds, and for classes a temperature T, with which

    sum_m share_m softmax(z_m / T),    z_m the output pre-activations of member m

has the highest likelihood on the judged rows (for a single network: Guo et al. 2017, ICML, 1321).
Laplace's approximation underestimates the evidence of networks that separate classes widely (Kuss and Rasmussen 2005,
JMLR 6, 1679), so decays are too large there, and T is below 1; if networks are overconfident, T is above 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.network.activations import get, identity
from sheernet.settings.network_settings import DEFAULT_DECAY
from sheernet.statistics.ensemble_candidates import MOST_OF_MANY_ROWS, Candidate, Contest
from sheernet.statistics.folds import MOST_ROWS_TO_JUDGE_BY
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

SIZES = (4, 8, 16, 32, 64)
"""Numbers of hidden units in the order in which they are tried, for numeric targets."""
CLASS_SIZES = (2, 4, 8, 16, 32)
ALWAYS_TRIED = 2
"""Minimum number of sizes that are tried: for a wave-like function, only several units together give a gain."""
GAIN = 0.005
"""Minimum increase of the mean log density, compared with all smaller sizes, that counts as a gain."""
PATIENCE = 2
"""Number of consecutive sizes without a gain after which the search stops."""
MOST_WEIGHTS = 700
"""Maximum number of weights: each re-estimation factors a P x P matrix, and a model keeps one for each member."""
WEIGHTS_PER_ROW = 5
"""Maximum number of weights per row: with more, the folds of few rows distinguish networks only by chance."""
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
WORSE = 1.1
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
        self.line = lines[0]

    def try_lines(self) -> float:
        """Try the linear models, and return their best mean log density."""
        self.found = [self.line]
        if self.groupings[-1] and not self.contest.ended:
            self.found += self.contest.candidates((), True, self.noise, keep=1)
        self.tried["0"] = self._figures(self.found)
        self._report()
        return self.tried["0"].log_density

    def grow(self) -> None:
        """Try networks of increasing size, as long as the density of the folds improves."""
        best, without_gain = self.try_lines(), 0
        for number, units in enumerate(self.sizes, start=1):
            n_weights = self.contest.architecture((units,), self.noise).n_parameters
            too_large = number > ALWAYS_TRIED and n_weights > WEIGHTS_PER_ROW * len(self.contest.X)
            if (
                n_weights > MOST_WEIGHTS
                or too_large
                or self.contest.ended
                or without_gain >= PATIENCE
            ):
                break
            scores = self.try_size((units,))
            top = max(scores.values())
            if number >= ALWAYS_TRIED:
                # Larger sizes are tried only with the grouping of decays that has the higher mean log density.
                self.groupings = [max(scores, key=scores.__getitem__)]
                without_gain = 0 if top >= best + GAIN else without_gain + 1
            best = max(best, top)

    def try_size(self, hidden: tuple[int, ...], required: bool = False) -> dict[bool, float]:
        """Fit networks of a size; return the best mean log density without and with a decay for each input."""
        scores, of_size = {}, []
        for by_input in self.groupings:
            new = self.contest.candidates(
                hidden, by_input, self.noise, required=required and not self.found
            )
            self.found += new
            of_size += new
            scores[by_input] = max(map(self._score, new), default=-np.inf)
            if self.contest.ended:
                break
        if max(scores.values()) > -np.inf:  # else no network of this size was judged
            self.tried[",".join(map(str, hidden))] = self._figures(of_size)
            self._report()
        return scores

    def _report(self) -> None:
        """Report the ensemble of the candidates found so far."""
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
        leader = max(self.found, key=self._score)
        for kind in (*KINDS, *self._kinds_of_skew()):
            sizes = {leader.hidden}
            if kind.is_transformed and any(each is self.line for each in self.found):
                sizes.add(())  # after a transform, a linear model may suffice
            for hidden in sorted(sizes):
                n_weights = self.contest.architecture(hidden, kind).n_parameters
                if n_weights <= MOST_WEIGHTS and not self.contest.ended:
                    self.found += self.contest.candidates(hidden, leader.by_input, kind)

    def _kinds_of_skew(self) -> Iterator[NoiseKind]:
        """Yield kinds of noise with a transform of the targets, if these are skewed or have heavy tails."""
        contest = self.contest
        transform = (
            transform_of_skew(contest.X, contest.y, contest.weights) if contest.transforms else None
        )
        if transform is not None:
            yield from (skewed(cost, transform) for cost in SKEWED_COSTS)

    def _figures(self, candidates: list[Candidate]) -> SizeFigures:
        return SizeFigures(
            max(map(self._score, candidates)),
            max(each.evidence.log_evidence for each in candidates),
        )

    def _score(self, candidate: Candidate) -> float:
        """Return the mean log density over the judged rows."""
        weights = self.contest.weights[self.contest.folds.judged]
        return float(candidate.log_densities @ weights / weights.sum())


def _stacked(
    contest: Contest, found: list[Candidate], line: Candidate, tried: dict[str, SizeFigures], cut: str
) -> Ensemble:  # fmt: skip
    judged = contest.folds.judged
    weights, y = contest.weights[judged], contest.y[judged]
    many = len(contest.X) > MOST_ROWS_TO_JUDGE_BY  # then training on all rows takes a long time
    members, shares = _chosen(found, line, y, weights, MOST_OF_MANY_ROWS if many else MOST_MEMBERS)
    spread = _spread(members, shares, y, weights)
    return Ensemble(
        tuple(members), shares, spread, line, *_without_own_fold(contest, members, y, weights, spread), tried,
        cut,
    )  # fmt: skip


def _chosen(
    found: list[Candidate], line: Candidate, y: Array, weights: Array, most: int
) -> tuple[list[Candidate], Array]:
    """Choose members and shares.

    The shares maximize a log density.  Kinds of noise other than constant, and networks in addition to the linear
    model, are included only if the squared error of the predictions does not increase beyond a limit.
    """
    of_line = _squared_error([line], np.ones(1), y, weights)
    constant = [each for each in found if each.noise in (None, CONSTANT)]
    members, shares = _members(constant or found, weights, most)
    error = _squared_error(members, shares, y, weights)
    limit = WORSE * error
    alone = [_squared_error([each], np.ones(1), y, weights) for each in found]
    plain = [each for each in found if each.noise is None or not each.noise.is_transformed]
    fair = [each for each, own in zip(found, alone, strict=True) if each in plain or own <= limit]
    for kinds in (fair, plain):
        if constant and len(kinds) > len(constant):
            tried = _members(kinds, weights, most)
            if _squared_error(*tried, y, weights) <= min(limit, max(of_line, error)):
                members, shares = tried
                break
    limit = WORSE_THAN_LINE * of_line
    is_rival = line.noise is not None and any(each is line for each in found)
    if is_rival and _squared_error(members, shares, y, weights) > limit:
        as_good = [each for each, own in zip(found, alone, strict=True) if own <= limit]
        return _members(as_good, weights, most)
    return members, shares


def _members(found: list[Candidate], weights: Array, most: int) -> tuple[list[Candidate], Array]:
    """Return the candidates with the largest shares, and the shares."""
    members = found
    while True:
        logs = np.stack([each.log_densities for each in members], axis=1)  # (n, M)
        shares = stacking_shares(logs, weights)
        order = np.argsort(-shares, kind="stable")[:most]
        kept = [int(k) for k in order if shares[k] >= SMALLEST_SHARE or k == order[0]]
        if len(kept) == len(members):
            return members, shares
        members = [members[k] for k in kept]


def _squared_error(members: list[Candidate], shares: Array, y: Array, weights: Array) -> float:
    """Return the sum of the squared errors of the mean of the members on the judged rows."""
    mean, _ = mean_and_deviation([each.densities for each in members], shares, 1.0)
    return float(weights @ np.square(y - mean).sum(axis=1))


def _spread(members: list[Candidate], shares: Array, y: Array, weights: Array) -> float:
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
    contest: Contest, members: list[Candidate], y: Array, weights: Array, spread: float
) -> tuple[Array, Array, Array]:
    """Return means, deviations and log densities of the judged rows, with shares chosen on the other folds."""
    parts = contest.folds.fold_of_row[contest.folds.judged]
    # A single fold is divided into two halves, and the shares of each half are chosen on the other half.
    if contest.folds.n_folds == 1:
        parts = np.arange(len(parts)) % 2
    logs = np.stack([each.log_densities for each in members], axis=1)
    spread_logs = np.stack([each.densities.log(y, spread) for each in members], axis=1)
    densities = [each.densities for each in members]
    found = [np.empty(y.shape), np.empty(y.shape), np.empty(len(y))]
    for part in range(int(parts.max()) + 1):
        own = parts == part
        shares = stacking_shares(logs[~own], weights[~own])
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
