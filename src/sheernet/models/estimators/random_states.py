"""The RandomState of a fit, as scikit-learn's `check_random_state` returns it.

NumPy takes 80 µs to make a RandomState, which is a twentieth of a fit of a few rows, and 2 µs to seed it.  So those of
finished fits are kept and seeded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

_IDLE: list[np.random.RandomState] = []
"""Those that no fit uses: a fit that runs within another one, or on another thread, takes one of its own."""


@contextmanager
def random_state_of(random_state: Any) -> Iterator[np.random.RandomState]:
    """The source of random numbers for the parameter `random_state`, for the duration of a fit.

    Examples
    --------
    >>> from sheernet.models.estimators.random_states import random_state_of
    >>> with random_state_of(0) as rng:
    ...     rng.randint(100, size=3).tolist()
    [44, 47, 64]
    """
    if type(random_state) is not int:
        yield check_random_state(random_state)
        return
    try:
        rng = _IDLE.pop()
    except IndexError:
        rng = np.random.RandomState()
    rng.seed(random_state)
    try:
        yield rng
    finally:
        _IDLE.append(rng)
