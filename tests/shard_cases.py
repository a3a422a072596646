"""Shards for tests: rows of a table in memory, cut at given places, and the objective of the joined rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from contracts.cases import Case
from sheernet.objective.sharded import MemoryHolder, ShardedObjective


@dataclass(frozen=True, eq=False)
class RowsShard:
    """A shard of rows in memory; the evaluation part is empty unless it is given."""

    number: int
    X: np.ndarray
    y: np.ndarray
    w: np.ndarray | None = None
    held_out: tuple[np.ndarray, np.ndarray, np.ndarray | None] | None = None

    @property
    def n_rows(self) -> int:
        return len(self.X) + (0 if self.held_out is None else len(self.held_out[0]))

    @property
    def key(self) -> str:
        return f"rows-{self.number}-{hash(self.X.tobytes())}"

    def load(self, part: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        if part == "training":
            return self.X, self.y, self.w
        return self.held_out or (self.X[:0], self.y[:0], None)


@dataclass(frozen=True)
class SeedShard:
    """A shard whose rows are drawn from its number; small to pickle."""

    number: int
    n_rows: int = 200
    n_inputs: int = 3

    @property
    def key(self) -> str:
        return f"seed-{self.number}-{self.n_rows}-{self.n_inputs}"

    def load(self, part: str) -> tuple[np.ndarray, np.ndarray, None]:
        rng = np.random.default_rng((self.number, part == "evaluation"))
        n = self.n_rows * 3 // 4 if part == "training" else self.n_rows // 4
        X = rng.normal(size=(n, self.n_inputs))
        y = np.sin(2 * X[:, :1]) + X[:, 1:2] * X[:, 2:3] + 0.1 * rng.normal(size=(n, 1))
        return X, y, None


def cut(case: Case, places: Sequence[int]) -> list[RowsShard]:
    """The rows of a case in shards that begin at 0 and at each of `places`."""
    parts = [np.split(rows, places) for rows in (case.X, case.y)]
    weights: list[Any] = [None] * len(parts[0])
    if case.weights is not None:
        weights = np.split(case.weights, places)
    return [RowsShard(k, *rows) for k, rows in enumerate(zip(*parts, weights, strict=True))]


def sharded(
    case: Case, places: Sequence[int], engine: str = "auto", **given: Any
) -> ShardedObjective:
    """The objective of a case in shards, in memory."""
    holder = MemoryHolder(cut(case, places), case.architecture, case.cost, engine=engine, **given)
    return ShardedObjective(case.architecture, case.cost, holder, case.decay, case.reduction)
