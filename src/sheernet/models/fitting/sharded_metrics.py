"""Metrics of predictions on rows that are read shard by shard: sums of each shard, and how they are merged.

    shard -> load(part) -> predictions -> sums -> merged in the order of the shards -> metrics

A `Judge` can be pickled, so that workers can call it on their shards.  Sums are merged in a fixed
tree over the indices of the shards: the metrics do not depend on which worker evaluates which shard, or when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from sheernet.data.targets import ClassTarget, NumberTargets, Targets
from sheernet.data.targets.judgment_sums import ClassSums, NumberSums, Sums
from sheernet.foundation.arrays import Array
from sheernet.models.density import KINDS
from sheernet.models.fitting.linear_sums import LinearSums
from sheernet.models.member import Member
from sheernet.network.network import Network
from sheernet.objective.sharded import ShardSource
from sheernet.statistics.network_densities import ClassDensities, Densities, predictive_densities
from sheernet.statistics.network_densities import NumberDensities as Normal
from sheernet.statistics.noise_models import CONSTANT, NoiseKind
from sheernet.statistics.row_space import RowSpace

Mapper = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""Calls a function for each element, and returns the results in the same order, such as the built-in `map`."""


class Prediction(Protocol):
    """A prediction that is evaluated."""

    def densities(self, X: Array) -> tuple[Array, Densities | None]:
        """Return the outputs on the scale of the network, (N, K), and their densities if they are known."""


@dataclass(frozen=True, eq=False)
class OfNetwork:
    """The prediction of a network, with its density if the cost is a density of numbers and the uncertainty known."""

    network: Network
    noise: NoiseKind | None
    noise_variance: float | None
    factor: Array
    space: RowSpace | None = None

    @classmethod
    def of(cls, member: Member) -> OfNetwork:
        """Return the prediction of a member of a model."""
        noise = KINDS.get(member.cost)
        return cls(member.network, noise, member.noise_variance, member.factor)

    def densities(self, X: Array) -> tuple[Array, Densities | None]:
        """Return outputs, and their densities."""
        X = X if self.space is None else self.space.coordinates(X)
        known = self.factor.size > 0 and (
            self.noise is not CONSTANT or self.noise_variance is not None
        )
        if self.noise is None or not known:
            return self.network.predict(X), None
        found = predictive_densities(self.network, X, self.noise, self.noise_variance, self.factor)
        return found.means, found


@dataclass(frozen=True, eq=False)
class OfConstant:
    """The mean and the standard deviation of the targets of the training rows, (K,); or the class frequencies."""

    mean: Array
    deviation: Array | None

    def densities(self, X: Array) -> tuple[Array, Densities | None]:
        """Return outputs, and their densities."""
        means = np.tile(self.mean, (len(X), 1))
        if self.deviation is None:
            return means, ClassDensities(means)
        return means, Normal(means, np.tile(self.deviation, (len(X), 1)))


@dataclass(frozen=True, eq=False)
class Judged:
    """The sums that a pass over shards computes.

    Parameters
    ----------
    sums : mapping of str to NumberSums or ClassSums
        Sums for the metrics of each prediction, by name.
    digests : tuple of bytes
        SHA-256 of the encoded rows of each shard that is not empty: inputs, then targets.
    samples : tuple of (X, y, weights)
        Every `stride`-th row of each shard.
    linear : LinearSums, optional
        Sums for the linear model.
    n_shards : int
        Number of shards.
    """

    sums: Mapping[str, Sums]
    digests: tuple[bytes, ...] = ()
    samples: tuple[tuple[Array, Array, Array | None], ...] = ()
    linear: LinearSums | None = None
    n_shards: int = 1

    def merged(self, other: Judged) -> Judged:
        """Merge the sums of this object and of another, in this order."""
        sums = {**self.sums, **other.sums}  # a shard without rows has none
        for name in self.sums.keys() & other.sums.keys():
            sums[name] = self.sums[name].merged(other.sums[name])  # type: ignore[arg-type]  # alike
        lines = [each for each in (self.linear, other.linear) if each is not None]
        return Judged(
            sums,
            (*self.digests, *other.digests),
            (*self.samples, *other.samples),
            lines[0].merged(lines[1]) if len(lines) > 1 else next(iter(lines), None),
            self.n_shards + other.n_shards,
        )

    @property
    def sample(self) -> tuple[Array, Array, Array | None]:
        """Return the rows of the sample in one array each."""
        X, y, weights = zip(*self.samples, strict=True)
        w = None if weights[0] is None else np.concatenate(weights)
        return np.concatenate(X), np.concatenate(y), w


@dataclass(frozen=True, eq=False)
class Judge:
    """Evaluates predictions of the rows of a part of a shard.

    Parameters
    ----------
    targets : NumberTargets or ClassTarget
        The target columns.
    part : {"training", "evaluation"}
        The rows to evaluate.
    predictions : mapping of str to Prediction
        The predictions to evaluate, by name.
    stride : int
        Every `stride`-th row is part of the sample; 0 for no sample.
    with_sums : bool
        Whether to compute the sums for the linear model.
    """

    targets: Targets
    part: str
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    stride: int = 0
    with_sums: bool = False

    def __call__(self, source: ShardSource) -> Judged:
        """Return the sums of a shard."""
        X, y, weights = source.load(self.part)
        if not len(X):
            return Judged({})
        sums = {
            name: sums_of(self.targets, *each.densities(X), y, weights)
            for name, each in self.predictions.items()
        }
        digest = hashlib.sha256(np.ascontiguousarray(X).data)
        digest.update(np.ascontiguousarray(y).data)
        step = slice(None, None, self.stride or None)
        # copies: views would keep all rows
        sample = X[step].copy(), y[step].copy(), None if weights is None else weights[step].copy()
        linear = LinearSums.of(X, y, weights) if self.with_sums else None
        return Judged(sums, (digest.digest(),), (sample,) if self.stride else (), linear)


def sums_of(
    targets: Targets, outputs: Array, densities: Densities | None, y: Array, weights: Array | None
) -> Sums:
    """Return the sums over rows for the metrics of one prediction.

    Parameters
    ----------
    targets : NumberTargets or ClassTarget
        The columns.
    outputs : ndarray, (N, K)
        Predictions, on the scale of the network.
    densities : Densities or None
        Their densities.
    y : ndarray, (N, K)
        The targets, as the network is trained on them.
    weights : ndarray, (N,), or None
        Case weights.
    """
    if isinstance(targets, ClassTarget):
        codes = (y[:, 0] > 0.5).astype(np.intp) if y.shape[1] == 1 else y.argmax(axis=1)
        return ClassSums.of(targets.probabilities(outputs), codes, weights)
    logs = densities.log(y) if isinstance(densities, Normal) else None
    return NumberSums.of(outputs, y, weights, logs)


def judge_shards(judge: Judge, sources: Sequence[ShardSource], mapper: Mapper = map) -> Judged:
    """Evaluate all shards; after Ctrl-C, return the sums of the first shards, possibly of none.

    Parameters
    ----------
    judge : Judge
        The function that computes the sums of a shard.
    sources : sequence of shards
        The shards, in order.
    mapper : callable
        Calls `judge` for each shard.
    """
    level: list[Judged] = []
    with suppress(KeyboardInterrupt):
        for judged in mapper(judge, sources):
            level.append(judged)  # noqa: PERF402  # those before Ctrl-C are kept
    if not level:
        return Judged({}, n_shards=0)
    # Node 2i is merged with node 2i + 1; a last node without a neighbor moves to the next level unchanged.
    while len(level) > 1:
        pairs = [one.merged(other) for one, other in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[2 * len(pairs) :]
    return level[0]


def constant_of(targets: Targets, training: Sums, least: float) -> OfConstant:
    """Return the constant prediction, from the sums of the training rows.

    Parameters
    ----------
    targets : NumberTargets or ClassTarget
        The columns.
    training : NumberSums or ClassSums
        Sums for any prediction of the training rows.
    least : float
        Minimum standard deviation, relative to the mean, of targets that are not equal up to rounding.
    """
    if isinstance(training, ClassSums):
        shares = training.cells.sum(axis=1) / training.cells.sum()
        return OfConstant(shares[1:] if targets.n_outputs == 1 else shares, None)
    deviation = np.sqrt(training.spread / training.weight)
    floor = least * np.maximum(np.abs(training.middle), np.finfo(float).tiny)
    return OfConstant(training.middle, np.maximum(deviation, floor))


def fit_of(targets: Targets, sums: Sums, training: Sums | None = None) -> Any:
    """Return the metrics that follow from sums.

    Parameters
    ----------
    targets : NumberTargets or ClassTarget
        The columns.
    sums : NumberSums or ClassSums
        Sums for a prediction.
    training : NumberSums or ClassSums, optional
        Sums of the training rows, whose most frequent class is the baseline.
    """
    if isinstance(sums, ClassSums):
        own = training if isinstance(training, ClassSums) else sums
        return sums.fit(int(own.cells.sum(axis=1).argmax()))
    assert isinstance(targets, NumberTargets)
    return sums.fit(targets.scale)
