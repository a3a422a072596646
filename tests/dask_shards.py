"""Shards of random rows for tests of holders; workers of a cluster import this file."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

import sheernet as sn


@dataclass(frozen=True)
class SeededShard:
    """A shard whose rows are drawn from its number."""

    number: int
    n_rows: int = 40
    n_inputs: int = 3
    weighted: bool = True

    @property
    def key(self):
        return f"seeded-{self.number}-{self.n_rows}"

    def load(self, part):
        rng = np.random.default_rng([self.number, part == "training"])
        X = rng.normal(size=(self.n_rows, self.n_inputs))
        y = np.sin(X.sum(axis=1, keepdims=True)) + 0.1 * rng.normal(size=(self.n_rows, 1))
        return X, y, rng.uniform(0.5, 2.0, size=self.n_rows) if self.weighted else None


@dataclass(frozen=True)
class ChangedShard(SeededShard):
    """A shard whose file has changed."""

    def load(self, part):
        raise sn.InvalidInput("file data.parquet has changed since the fit began; fit again")


@dataclass(frozen=True)
class BrokenShard(SeededShard):
    """A shard whose file cannot be read."""

    def load(self, part):
        raise FileNotFoundError("no such file: data.parquet")


@dataclass(frozen=True)
class DeadlyShard(SeededShard):
    """A shard that is too large for any worker: the system ends each process that loads it."""

    def load(self, part):
        os._exit(1)
