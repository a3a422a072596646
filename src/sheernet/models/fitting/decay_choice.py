"""`DecayChoice`: the decays that cross-validation tried, the best of them, and notices about the choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, sentence
from sheernet.settings.network_settings import DEFAULT_DECAY

STEP = 10**0.5
DECAYS = tuple(10.0 ** (k / 2) for k in range(2, -11, -1))
"""Decays for means over the rows of standardized columns; the largest first."""
SAME = 1e-6
"""Relative difference up to which costs count as equal: several large decays make all weights zero up to rounding."""


@dataclass(frozen=True, eq=False)
class DecayChoice:
    """The costs of the decays that were tried, and the choice from them.

    Parameters
    ----------
    costs : ndarray, (number of decays, folds)
        Mean cost of the rows of each fold, without penalty, for the first of `DECAYS`.
    fold_weights : ndarray, (folds,)
        Sum of the case weights of each fold.
    scale : float
        Factor from `DECAYS` to the decay of the objective: 1 for means, the sum of all case weights for sums.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.models.fitting.decay_choice import DecayChoice
    >>> choice = DecayChoice(np.array([[0.9, 0.5], [0.3, 0.5], [0.4, 0.6]]), np.array([1.0, 3.0]), 1.0)
    >>> print(choice)
    3.16, chosen from 3 values by 2 folds of the training rows; mean cost of the rows left out 0.45 (0.3 to 0.5 in a fold)
    """  # noqa: E501 - a line of the output

    costs: Array
    fold_weights: Array
    scale: float

    @property
    def best(self) -> int:
        """The index of the decay with the lowest mean cost of a row; among equal costs, of the largest decay."""
        means = self.costs @ self.fold_weights
        means = np.where(np.isnan(means), np.inf, means)
        return int(np.argmax(means <= means.min() + SAME * np.abs(means.min())))

    @property
    def decay(self) -> float:
        """The chosen decay, for the reduction of the objective; the default value if there was no time to try any."""
        return self.scale * DECAYS[self.best] if len(self.costs) else DEFAULT_DECAY

    def __str__(self) -> str:
        tried, folds = self.costs.shape
        if not tried:
            return f"{self.decay:.3g}, the default value: the time limit left no time to choose one"
        own, by = self.costs[self.best], counted(folds, "fold")
        mean = np.average(own, weights=self.fold_weights)
        spread = f" ({own.min():.4g} to {own.max():.4g} in a fold)" if folds > 1 else ""
        return (
            f"{self.decay:.3g}, chosen from {counted(tried, 'value')} by {by} of the training rows; "
            f"mean cost of the rows left out {mean:.4g}{spread}"
        )

    def notices(self) -> Iterator[str]:
        """Yield notices if the time limit or the range of `DECAYS` limited the choice."""
        tried = len(self.costs)
        if tried < len(DECAYS):
            yield sentence(
                "the time limit ended the choice of the decay after {} of {} values; increase {} to try all",
                tried, len(DECAYS), Setting("time_limit"),
            )  # fmt: skip
        ends = {0: ("largest", "larger", STEP), len(DECAYS) - 1: ("smallest", "smaller", 1 / STEP)}
        if tried and self.best in ends:
            end, beyond, factor = ends[self.best]
            yield sentence(
                "the chosen decay {:.3g} is the {} of those tried; for a {} one, set {}",
                self.decay, end, beyond, Setting("decay", float(f"{self.decay * factor:.3g}")),
            )  # fmt: skip
