"""Initial weights of the starts of a training run, and `Starts`: the results, and how many found the best objective.

Start 0 is the given network; start i is drawn from stream i of the seed, independent of the number of starts, so the
first ten points of starts=20 are equal to the points of starts=10.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.memory import require_room_for_starts
from sheernet.foundation.message_text import counted
from sheernet.network import initialize
from sheernet.network.network import Network

CALL_ENDING_REASONS = {
    "interrupted": "interrupted",
    "time_limit": "the time limit was reached",
    "max_evaluations": "the evaluation budget was spent",
    "target_reached": "the target was reached",
}
"""Termination reasons that end the whole call and not only one start, with their text in messages."""


@dataclass(frozen=True, eq=False)
class Starts:
    """The results of the starts of a training run, one entry per start.

    Parameters
    ----------
    objectives : ndarray, (n,)
        Final objectives.
    reasons : tuple of str
        The termination reason of each start.
    iterations : ndarray of int, (n,)
        Number of the last iteration of each start.
    seconds : ndarray, (n,)
        Duration of each start.
    best : int
        The best start: the start with the lowest objective or, if `patience` is set, the lowest validation cost.
    seed : int or None
        Seed of the initial weights of starts 1, 2, ...
    scheme : str
        Scheme of the initial weights.
    floor : float
        Objectives closer than this count as equal.  `train` sets it to 1e-9 of the initial objective of start 0: if the
        best fit is exact, a difference of 1 % of 1e-20 has no meaning.
    requested : int
        Number of starts requested by the caller; if not given, the number of entries.
    elapsed : float, optional
        Seconds from the beginning of the first start to the end of the last.  Starts run in parallel on several
        threads, so it may be less than the sum of `seconds`.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.training.starts import Starts
    >>> starts = Starts(np.array([2.0, 1.0, 1.005]), ("gradient_tolerance",) * 3, np.array([9, 8, 7]),
    ...                 np.zeros(3), best=1, seed=0, scheme="glorot")
    >>> starts.within(0.01)
    2
    >>> print(starts)
    3 starts: 2 ended within 1 % of the best; objective 1 (best), 1.005 (median), 2 (worst)
    """

    objectives: Array
    reasons: tuple[str, ...]
    iterations: npt.NDArray[np.int64]
    seconds: Array
    best: int
    seed: int | None
    scheme: str
    floor: float = 0.0
    requested: int = 0
    elapsed: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "requested", max(self.requested, len(self)))

    def __len__(self) -> int:
        return len(self.objectives)

    @property
    def seconds_together(self) -> float:
        """Duration of all starts: `elapsed`; if it is not known, the sum of `seconds`."""
        return float(np.sum(self.seconds)) if self.elapsed is None else self.elapsed

    def within(self, fraction: float = 0.01) -> int:
        """Count the starts that ended at most `fraction`, or `floor`, above the lowest objective, the best included."""
        return self._within(fraction, self.floor)

    def _within(self, fraction: float, floor: float) -> int:
        lowest = np.fmin.reduce(self.objectives)  # nan if all are nan; the count is then 0
        allowed = lowest + max(fraction * abs(lowest), floor)
        return int(np.count_nonzero(self.objectives <= allowed))

    def floor_decides(self, fraction: float = 0.01) -> bool:
        """Whether some starts are within `fraction` of the best only because of `floor`."""
        return self.within(fraction) > self._within(fraction, 0.0)

    @property
    def cut(self) -> str:
        """The number of starts that ran and why the call ended, if it ended early; otherwise an empty string.

        Examples
        --------
        >>> import numpy as np
        >>> from sheernet.training.starts import Starts
        >>> Starts(np.ones(2), ("gradient_tolerance", "interrupted"), np.array([9, 4]), np.zeros(2), best=0, seed=0,
        ...        scheme="glorot", requested=20).cut
        '2 of 20 starts ran; interrupted'
        """
        ended = next(
            (
                CALL_ENDING_REASONS[reason]
                for reason in self.reasons[::-1]
                if reason in CALL_ENDING_REASONS
            ),
            "",
        )
        if not ended and len(self) == self.requested:
            return ""
        ran = f"{len(self)} of {counted(self.requested, 'start')} ran"
        return f"{ran}; {ended}" if ended else ran

    def with_end(self, objective: float, reason: str, iterations: int, seconds: float) -> Starts:
        """Replace the entries of the best start after it was resumed."""
        is_best = np.arange(len(self)) == self.best
        return replace(
            self,
            objectives=np.where(is_best, objective, self.objectives),
            reasons=(*self.reasons[: self.best], reason, *self.reasons[self.best + 1 :]),
            iterations=np.where(is_best, iterations, self.iterations),
            seconds=np.where(is_best, seconds, self.seconds),
            elapsed=None,
        )

    def quantiles(self, levels: npt.ArrayLike = (0.0, 0.25, 0.5, 0.75, 1.0)) -> Array:
        """Return quantiles of the final objectives; values that are not finite count as the highest."""
        objectives = np.where(np.isfinite(self.objectives), self.objectives, np.inf)
        return np.quantile(objectives, np.asarray(levels, float), method="inverted_cdf")

    def __str__(self) -> str:
        n = len(self)
        number = self.cut or counted(n, "start")
        if n == 1:
            return f"{number}: objective {self.objectives[0]:.6g}"
        lowest, median, highest = self.quantiles((0.0, 0.5, 1.0))
        exact = f" (or within {self.floor:.3g} of it)" if self.floor_decides(0.01) else ""
        middle = f", {median:.6g} (median)" if n > 2 else ""
        return (
            f"{number}: {self.within(0.01)} ended within 1 % of the best{exact}; "
            f"objective {lowest:.6g} (best){middle}, {highest:.6g} (worst)"
        )


def nth_start(network: Network, index: int, scheme: str, seed: int | None) -> Network:
    """Return the initial network of a start; start 0 is the given network.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.training.starts import nth_start
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=4)
    >>> nth_start(net, 0, "glorot", seed=0) is net
    True
    """
    if index == 0:
        return network
    rng = initialize.generator(seed, stream=index)
    return Network(network.architecture, initialize.draw(network.architecture, scheme, rng))


def first_starts(
    network: Network, count: int, scheme: str, seed: int | None, first: int = 0
) -> Array:
    """Draw the initial weights of starts `first` to `first + count - 1` in one call, equal to those of `nth_start`.

    Parameters
    ----------
    network : Network
        Start 0.
    count : int
        Number of starts.
    scheme, seed : str, int or None
        Scheme and seed of the other starts.
    first : int
        Index of the first of these starts.

    Returns
    -------
    ndarray, (count, P)

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.training.starts import first_starts, nth_start
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=4)
    >>> thetas = first_starts(net, 20, "glorot", seed=0)
    >>> thetas.shape, bool((thetas[7] == nth_start(net, 7, "glorot", seed=0).theta).all())
    ((20, 13), True)
    """
    require_room_for_starts(count, network.theta.size)
    thetas = np.empty((count, network.theta.size))
    given = 1 if first == 0 and count > 0 else 0  # number of rows that are not drawn
    thetas[:given] = network.theta
    if count == given:
        return thetas
    draw = initialize.get(scheme)
    drawn = initialize.generators(seed, first + given, count - given)
    for row, rng in enumerate(drawn, start=given):
        thetas[row] = draw(network.architecture, rng)
    return thetas
