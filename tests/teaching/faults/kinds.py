"""The patterns of `sheernet.teaching.faults.KINDS` that a wrong gradient shows, found with the right gradient.

A fault lists the kinds that it shows on every network of its setting.  As the right gradient is known to the last
digit, each kind takes only a few comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

import sheernet as sn
from sheernet.network import Block
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.teaching.faults.backpropagation import gradient

SAME = 1e-9  # relative difference up to which two numbers count as equal
SMALLER = 40.0
FEW = 3


def right_gradient(objective: ReferenceEngine, theta: np.ndarray) -> np.ndarray:
    """The gradient from the source that faults change: entries that a fault does not affect have the same bits."""
    with np.errstate(all="ignore"):
        return gradient(
            objective.architecture, theta, *objective.rows, objective.decay, objective.cost
        )


def differ(g: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Which entries differ by more than rounding."""
    return ~(np.abs(g - n) <= SAME * np.maximum(np.abs(g), np.abs(n)))


def kinds_of(fault: sn.faults.Fault, objective: ReferenceEngine, theta: np.ndarray) -> set[str]:
    """All kinds that the fault shows at this point."""
    pair = Pair(
        objective, theta, fault.gradient(objective, theta), right_gradient(objective, theta)
    )
    kinds = {name.replace("_", " ") for name in TRUE if getattr(pair, name)()}
    small = theta / SMALLER
    right = right_gradient(objective, small)
    if not differ(fault.gradient(objective, small), right).any():
        kinds.add("saturation")
    return kinds


TRUE = (
    "factor", "data_factor", "decay", "zero", "block_factor", "transposed", "entry", "biases", "line", "layer",
    "lower_layers",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """A wrong gradient g and the right gradient n."""

    objective: ReferenceEngine
    theta: np.ndarray
    g: np.ndarray
    n: np.ndarray

    @cached_property
    def wrong(self) -> np.ndarray:
        return differ(self.g, self.n)

    @cached_property
    def blocks(self) -> list[Block]:
        """Blocks with a wrong entry."""
        blocks = self.objective.architecture.layout.blocks
        return [block for block in blocks if self.wrong[block.slice].any()]

    @cached_property
    def layers(self) -> set[int]:
        return {block.layer for block in self.blocks}

    @property
    def depth(self) -> int:
        return self.objective.architecture.n_layers

    def factor(self) -> bool:
        return _is_factor(_ratio(self.g, self.n))

    def data_factor(self) -> bool:
        penalty = self.objective.decay * self.theta
        data, right = self.g - penalty, self.n - penalty
        return bool(penalty.any()) and _is_factor(_ratio(data, right)) and not self.factor()

    def decay(self) -> bool:
        excess = self.g - self.n
        penalty = self.objective.decay * self.theta
        biases = np.zeros_like(self.theta)
        for block in self.objective.architecture.layout.blocks:
            if block.is_bias:
                biases[block.slice] = self.theta[block.slice]
        return any(np.isfinite(_ratio(excess, x)) for x in (penalty, biases, self.theta))

    def zero(self) -> bool:
        return all(not self.g[b.slice].any() and self.n[b.slice].all() for b in self.blocks)

    def block_factor(self) -> bool:
        each = all(_is_factor(_ratio(self.g[b.slice], self.n[b.slice])) for b in self.blocks)
        return each and not self.factor()

    def transposed(self) -> bool:
        def is_transposed(block: Block) -> bool:
            right = self.n[block.slice].reshape(block.shape)
            return len(block.shape) == 2 and not differ(self.g[block.slice], right.T.ravel()).any()

        return all(is_transposed(block) for block in self.blocks)

    def entry(self) -> bool:
        return int(self.wrong.sum()) <= FEW

    def biases(self) -> bool:
        return all(block.is_bias for block in self.blocks)

    def line(self) -> bool:
        def has_wrong_lines(block: Block) -> bool:
            if block.is_bias or self.wrong[block.slice].all():
                return False
            wrong = self.wrong[block.slice].reshape(block.shape)
            rows, columns = wrong.all(axis=1), wrong.all(axis=0)
            return bool((wrong == (rows[:, None] | columns[None, :])).all())

        return all(has_wrong_lines(block) for block in self.blocks)

    def layer(self) -> bool:
        return len(self.layers) == 1 and self.depth > 1

    def lower_layers(self) -> bool:
        top = max(self.layers)
        return top < self.depth and self.layers == set(range(1, top + 1))


def _ratio(g: np.ndarray, n: np.ndarray) -> float:
    """The number c with g = c n for all entries; nan if there is none."""
    where = np.abs(n).argmax()
    if n[where] == 0.0:
        return np.nan
    c = g[where] / n[where]
    return float(c) if np.abs(g - c * n).max() <= SAME * np.abs(g).max() else np.nan


def _is_factor(c: float) -> bool:
    return bool(np.isfinite(c)) and abs(c - 1.0) > SAME and c != 0.0
