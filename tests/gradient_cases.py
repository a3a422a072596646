"""Hard cases for a gradient check whose gradient is right: what it must never fail.

Every kind of objective of `contracts.cases`, from 1 to 2 000 rows, with targets times 1e-6, 1 or 1e6 (costs of the
residual), and weights times 1, 10 or 40, where units are saturated, outputs far from their targets and values huge.
Only the value has to be finite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from contracts.cases import RESIDUAL, Case, random_case

MOST_ROWS = 2000
TARGETS = (1e-6, 1.0, 1e6)
SCALES = (1.0, 10.0, 40.0)


def hard_case(rng: np.random.Generator) -> Case:
    """Draw a case; its value may overflow."""
    n = round(MOST_ROWS ** rng.random())
    case = random_case(rng, rows=MOST_ROWS, fewest_rows=MOST_ROWS)
    weights = None if case.weights is None else case.weights[:n].copy()
    if weights is not None and not weights.any():
        weights[0] = 1.0
    targets = float(rng.choice(TARGETS)) if case.cost in RESIDUAL else 1.0
    return replace(
        case,
        X=case.X[:n],
        y=targets * case.y[:n],
        weights=weights,
        theta=float(rng.choice(SCALES)) * case.theta,
    )


def hard_cases(seed: int, count: int) -> Iterator[Case]:
    """The first `count` cases of a seed whose value is finite."""
    rng = np.random.default_rng(seed)
    while count:
        case = hard_case(rng)
        if np.isfinite(case.objective().value(case.theta)):
            count -= 1
            yield case
