"""Evidence, the input of a diagnosis (the comparisons), and Diagnosis, its result (the kind of mistake).

A correction of the gradient g to some g' explains the errors if g' agrees with the function in ALL comparisons, failed
or passed, within twice their tolerances (plus the error of a factor that was computed from one of them).

Notation: P entries, m comparisons, n the numerical derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sheernet.derivatives.comparisons import Comparisons
from sheernet.derivatives.problem import Block, Problem
from sheernet.foundation.arrays import Array, Mask
from sheernet.foundation.message_text import listed

SMALL_WEIGHT_FACTOR = 2.0**-4
"""At this multiple of x, units saturated by weights 40 times too large are no longer saturated."""
MAX_LISTED_NAMES = 8  # blocks or entries in a sentence


def short_list(words: Sequence[object]) -> str:
    """Return blocks, entries or indices as a list in words; a long one is cut."""
    return listed(words, most=MAX_LISTED_NAMES)


@dataclass(frozen=True)
class Diagnosis:
    """The kind of mistake in a gradient.

    Attributes
    ----------
    kind : str or None
        One of the kinds listed in diagnosing.py; None if no hypothesis explains the errors.
    sentence : str
        What is wrong, and where to look.
    where : tuple of str
        The wrong blocks or entries; empty if all are wrong.
    factor : float, optional
        For the kinds about a factor: the wrong part of g divided by the right one.  For "decay": the multiple of the
        penalty term (or of x) that g has in excess; negative if g lacks it.
    """

    kind: str | None
    sentence: str
    where: tuple[str, ...] = ()
    factor: float | None = None

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, eq=False)
class Evidence:
    """The input of a diagnosis.

    Attributes
    ----------
    problem : Problem
        The problem.
    gradient : ndarray, (P,)
        g.
    comparison : Comparisons
        Comparisons of each entry, or along directions; some failed.
    entries : mapping of int to float
        The known wrong entries, and their numerical derivatives.
    is_right_at : callable
        Factor -> whether the gradient is right at that multiple of x.
    is_right_along : callable
        Vector -> whether the gradient is right along it.
    uses_complex_step : bool
        Whether the numerical derivatives are complex-step derivatives.
    """

    problem: Problem
    gradient: Array
    comparison: Comparisons
    entries: Mapping[int, float]
    is_right_at: Callable[[float], bool]
    is_right_along: Callable[[Array], bool]
    uses_complex_step: bool

    @cached_property
    def is_right_when_small(self) -> bool:
        """Whether the gradient is right at x times `small`, where no unit is saturated."""
        return self.is_right_at(self.small)

    @property
    def small(self) -> float:
        """The multiple of x for small weights; larger with differences, which are less accurate there."""
        return SMALL_WEIGHT_FACTOR if self.uses_complex_step else 2 * SMALL_WEIGHT_FACTOR

    @property
    def is_complete(self) -> bool:
        """Whether every entry was compared, so that `entries` has all wrong ones."""
        return self.comparison.directions.vectors is None

    @property
    def blocks(self) -> dict[str, Block]:
        """All blocks by name."""
        return dict(self.problem.blocks or {})

    @property
    def constants(self) -> Mapping[str, float]:
        """Numbers that may be missing from the gradient, by name."""
        return self.problem.constants or {}

    @cached_property
    def wrong_blocks(self) -> list[str]:
        """Blocks in which a comparison failed; empty if only directions in all of x failed."""
        failed = self._blocks_with("fail")
        return [name for name in self.blocks if name in failed]

    @cached_property
    def others_are_right(self) -> bool:
        """Whether all other blocks passed a comparison."""
        return set(self.blocks) <= self._blocks_with("fail") | self._blocks_with("pass")

    def _blocks_with(self, verdict: str) -> set[str]:
        pairs = zip(self.comparison.directions.blocks, self.comparison.verdicts, strict=True)
        return {name for name, found in pairs if found == verdict and name is not None}

    def entries_of(self, names: Sequence[str]) -> Mask:
        """Return the mask of the entries in some blocks, (P,)."""
        mask = np.zeros(self.gradient.size, dtype=bool)
        for name in names:
            mask[self.blocks[name].slice] = True
        return mask

    @property
    def biases(self) -> Mask:
        """Mask of the biases, (P,)."""
        return self.entries_of([name for name, block in self.blocks.items() if block.is_bias])

    def is_explained_by(self, corrected: Array, error: Array | float = 0.0) -> bool:
        """Return whether a corrected gradient agrees in all comparisons, to 2 tolerances plus an `error` (m,)."""
        comparison = self.comparison
        known = np.isfinite(comparison.numeric) & np.isfinite(comparison.tolerance)
        with np.errstate(all="ignore"):
            gap = np.abs(comparison.directions.dot(corrected) - comparison.numeric)
            return bool(np.all((gap <= 2 * comparison.tolerance + error) | ~known))

    def most_accurate(self, part: Array) -> int:
        """Return the failed comparison in which a part of the derivatives (m,) is largest relative to the tolerance."""
        with np.errstate(all="ignore"):
            ratio = np.where(self.comparison.failed, np.abs(part) / self.comparison.tolerance, -1.0)
        return int(np.argmax(np.nan_to_num(ratio)))
