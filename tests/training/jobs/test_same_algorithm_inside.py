"""As test_same_algorithm.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

from both_engines import compiled
from optimizers.problems import noisy_network
from sheernet.optimizers.hybrid import ITERATIONS
from training.jobs.twins import both

pytestmark = compiled


@pytest.mark.parametrize(("decay", "ends_as_lm"), [(0.0, True), (1e-12, False)])
def test_hybrid_returns_to_lm_at_the_same_iterate(decay: float, ends_as_lm: bool) -> None:
    """After so many iterations the iterates differ; without decay, the number of iterations decides."""
    objective, start = noisy_network(3, decay=decay, engine="compiled")
    for run in both(objective, start, "hybrid", max_iter=ITERATIONS + 5):
        of_lm = ~np.isnan(run.record.damping)
        assert not of_lm[20 : ITERATIONS + 1].any()
        assert of_lm[ITERATIONS + 1 :].all() == of_lm[ITERATIONS + 1 :].any() == ends_as_lm
