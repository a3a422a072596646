"""Keep the best model so far of a long fit in a file, so that a process that is killed leaves a model."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sheernet.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from sheernet.models.model import Model

SECONDS_BETWEEN = 60.0
PART = 20.0
"""Minimum ratio of the time between two files to the time of making one; writing takes at most 5 % of a fit."""


class UnfinishedModel:
    """A file that is replaced from time to time, and removed when the fit has its result.

    Parameters
    ----------
    path : Path
        The file.
    interval : float
        Seconds between two files, and before the first.
    clock : callable
        A monotonic clock in seconds.
    """

    def __init__(
        self, path: Path, interval: float = SECONDS_BETWEEN, clock: Callable[[], float] = time.monotonic
    ) -> None:  # fmt: skip
        self.path, self.interval, self._clock = path, interval, clock
        self._last = clock()
        self._is_written = False

    def __call__(self, make: Callable[[], Model]) -> None:
        """Make and write the model if enough time has passed; the fit goes on if the model cannot be written."""
        began = self._clock()
        if began - self._last < self.interval:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the result will have these warnings
            try:
                make().save(self.path)
                self._is_written = True
            except (InvalidInput, np.linalg.LinAlgError):
                pass
        self._last = self._clock()
        self.interval = max(self.interval, PART * (self._last - began))

    def remove(self) -> None:
        """Remove the file, if one was written."""
        if self._is_written:
            self.path.unlink(missing_ok=True)
