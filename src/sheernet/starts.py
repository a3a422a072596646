"""Many starts: where each one ended, and how many found the best.

Start 0 is the network that was given; start i is drawn from stream i of the seed, whatever the number of starts, so
starts=20 tries the same first ten points as starts=10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sheernet import initialize
from sheernet.arrays import Array
from sheernet.network import Network


@dataclass(frozen=True, eq=False)
class Starts:
    """How the starts of a training ended, an entry each.

    Parameters
    ----------
    objectives : ndarray, (n,)
        Final objective.
    reasons : tuple of str
        Why each stopped.
    iterations : ndarray, (n,)
        How many it took.
    seconds : ndarray, (n,)
        How long it took.
    best : int
        The one that was kept: the lowest objective or, under patience, the lowest validation cost.
    seed : int or None
        What starts 1, 2, ... were drawn from.
    scheme : str
        How they were drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.starts import Starts
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

    def __len__(self) -> int:
        return len(self.objectives)

    def within(self, fraction: float = 0.01) -> int:
        """How many ended at most `fraction` above the lowest objective, the lowest itself included.

        Notes
        -----
        Beside the fraction, 1e-9 is allowed: where the best fit is exact, a hundredth of 1e-20 tells nothing.
        """
        lowest = np.fmin.reduce(self.objectives)  # nan where all are: then none is within
        return int(np.count_nonzero(self.objectives <= lowest + fraction * abs(lowest) + 1e-9))

    def quantiles(self, levels: npt.ArrayLike = (0.0, 0.25, 0.5, 0.75, 1.0)) -> Array:
        """Quantiles of the final objectives; those that are not finite count as the highest."""
        objectives = np.where(np.isfinite(self.objectives), self.objectives, np.inf)
        return np.quantile(objectives, np.asarray(levels, float), method="inverted_cdf")

    def __str__(self) -> str:
        n = len(self)
        if n == 1:
            return f"1 start: objective {self.objectives[0]:.6g}"
        lowest, median, highest = self.quantiles((0.0, 0.5, 1.0))
        return (
            f"{n} starts: {self.within(0.01)} ended within 1 % of the best; "
            f"objective {lowest:.6g} (best), {median:.6g} (median), {highest:.6g} (worst)"
        )


def nth_start(network: Network, index: int, scheme: str, seed: int | None) -> Network:
    """The network that start `index` begins from; 0 is the one given.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.starts import nth_start
    >>> net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=4)
    >>> nth_start(net, 0, "glorot", seed=0) is net
    True
    """
    if index == 0:
        return network
    rng = initialize.generator(seed, stream=index)
    return Network(network.architecture, initialize.draw(network.architecture, scheme, rng))
