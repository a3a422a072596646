"""Initial weights: how many networks are trained, and how their weights are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from sheernet.foundation.scalars import as_whole
from sheernet.settings.option import option


@dataclass(frozen=True)
class StartSettings:
    """How many starts there are and what they are drawn from.

    Parameters
    ----------
    starts : int
        Number of networks to train.
    seed : int or None
        Seed of the random weights; None draws fresh ones.
    scheme : str
        A scheme of `sheernet.network.initialize`.

    Raises
    ------
    InvalidInput
        If `starts` or `seed` is not allowed.  The scheme is looked up when weights are drawn.
    """

    starts: int = 1
    seed: int | None = option(0, "Seed; the same seed gives the same result.", typed=int)
    scheme: str = "glorot"

    def __post_init__(self) -> None:
        as_whole("starts", self.starts, 1)
        if self.seed is not None:
            as_whole("seed", self.seed, 0, or_none=True)
