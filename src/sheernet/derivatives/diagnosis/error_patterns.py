"""What a diagnosis goes by, and what it says.

A correction of the gradient g to some g' explains the errors where g' agrees with the function in ALL comparisons,
those that failed and those that passed, within their own tolerances.

Letters: P entries, m comparisons, n the derivatives from values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sheernet.derivatives.comparisons.verdicts import Comparisons
from sheernet.derivatives.problem import Block, Problem
from sheernet.foundation.arrays import Array

SMALL = 2.0**-4  # of x: units that are saturated by weights 40 times too large are not there


@dataclass(frozen=True)
class Diagnosis:
    """The kind of a mistake.

    Parameters
    ----------
    kind : str or None
        One of those at the head of diagnosis.py; None where no pattern was found.
    sentence : str
        What is wrong, and where to look.
    where : tuple of str
        Blocks or entries that are wrong; empty where all are.
    factor : float, optional
        How many times too large what is wrong is, for the kinds that are about a factor.
    """

    kind: str | None
    sentence: str
    where: tuple[str, ...] = ()
    factor: float | None = None

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a diagnosis goes by.

    Parameters
    ----------
    problem : Problem
    gradient : ndarray, (P,)
        g.
    comparison : Comparisons
        Of each entry, or along directions; some failed.
    entries : mapping of int to float
        Wrong entries that are known, and their derivatives from values.
    is_right_at : callable
        A number -> whether the gradient is right at that multiple of x.
    is_right_along : callable
        A vector -> whether the gradient is right along it.
    is_sharp : bool
        Whether derivatives are by complex step.
    """

    problem: Problem
    gradient: Array
    comparison: Comparisons
    entries: Mapping[int, float]
    is_right_at: Callable[[float], bool]
    is_right_along: Callable[[Array], bool]
    is_sharp: bool

    @cached_property
    def is_right_when_small(self) -> bool:
        """Whether the gradient is right at smaller weights, where no unit is saturated."""
        return self.is_right_at(self.small)

    @property
    def small(self) -> float:
        """How small: by differences, which see less, an error must not be as small there."""
        return SMALL if self.is_sharp else 2 * SMALL

    @property
    def is_complete(self) -> bool:
        """Whether every entry was compared, so that the entries that are known to be wrong are all that are."""
        return self.comparison.directions.vectors is None

    @property
    def blocks(self) -> dict[str, Block]:
        """All blocks, by name."""
        return dict(self.problem.blocks or {})

    @property
    def constants(self) -> Mapping[str, float]:
        """Numbers that a gradient may lack, by name."""
        return self.problem.constants or {}

    @cached_property
    def wrong_blocks(self) -> list[str]:
        """Blocks in which a comparison failed; none where only mixtures of blocks did."""
        failed = self._blocks_with("fail")
        return [name for name in self.blocks if name in failed]

    @cached_property
    def others_are_right(self) -> bool:
        """Whether all blocks that are not wrong were seen to be right."""
        return set(self.blocks) <= self._blocks_with("fail") | self._blocks_with("pass")

    def _blocks_with(self, verdict: str) -> set[str]:
        pairs = zip(self.comparison.directions.blocks, self.comparison.verdicts, strict=True)
        return {name for name, of_it in pairs if of_it == verdict and name is not None}

    def entries_of(self, names: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Which entries lie in some blocks, (P,)."""
        mask = np.zeros(self.gradient.size, dtype=bool)
        for name in names:
            mask[self.blocks[name].slice] = True
        return mask

    def is_explained_by(self, corrected: Array, error: Array | float = 0.0) -> bool:
        """Whether a corrected gradient agrees in all comparisons; `error` is what it may be off in each, (m,)."""
        comparison = self.comparison
        known = np.isfinite(comparison.numeric) & np.isfinite(comparison.tolerance)
        with np.errstate(all="ignore"):
            gap = np.abs(comparison.directions.along(corrected) - comparison.numeric)
            return bool(np.all((gap <= 2 * comparison.tolerance + error) | ~known))

    def sharpest(self, part: Array) -> int:
        """The failed comparison in which some part of them, (m,), stands out most from its tolerance."""
        with np.errstate(all="ignore"):
            sharp = np.where(self.comparison.failed, np.abs(part) / self.comparison.tolerance, -1.0)
        return int(np.argmax(np.nan_to_num(sharp)))
