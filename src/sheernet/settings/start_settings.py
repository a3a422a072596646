"""Settings of the initial weights: number of networks, seed and distribution."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from sheernet.foundation.scalars import as_whole
from sheernet.settings.option import option


@dataclass(frozen=True)
class StartSettings:
    """Number of starts and how their weights are drawn.

    Parameters
    ----------
    starts : int
        Number of networks to train.
    seed : int or None
        Seed of the random weights; None draws new weights each time.
    scheme : str
        A scheme of `sheernet.network.initialize`.

    Raises
    ------
    InvalidInput
        If `starts` or `seed` is not allowed.  The scheme is looked up when weights are drawn.
    """

    starts: int = 1
    seed: int | None = option(
        0, "Random seed; the same seed gives the same result.", typed=int, metavar="NUMBER"
    )
    scheme: str = "glorot"

    def __post_init__(self) -> None:
        as_whole("starts", self.starts, 1)
        if self.seed is not None:
            as_whole("seed", self.seed, 0, or_none=True, most=inf)
