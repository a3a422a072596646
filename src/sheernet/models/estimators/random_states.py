"""`random_state_of`: the RandomState of a fit, as returned by scikit-learn's `check_random_state`.

NumPy takes 80 µs to create a RandomState, which is 1/20 of the time of a fit to few rows, and 2 µs to seed it.  So the
RandomStates of finished fits are kept and seeded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

_IDLE: list[np.random.RandomState] = []
"""RandomStates that no fit uses: a fit that runs within another fit, or on another thread, takes a separate one."""


@contextmanager
def random_state_of(random_state: Any) -> Iterator[np.random.RandomState]:
    """Provide the source of random numbers for the parameter `random_state` during a fit.

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
