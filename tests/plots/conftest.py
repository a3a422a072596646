"""Fixtures for the tests of plots: records and networks made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec

import numpy as np
import pytest

import sheernet as sn
from sheernet.optimizers import Record

if find_spec("matplotlib") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def record() -> Callable[..., Record]:
    """Builds a record from its costs, and penalties and validation costs if wanted."""

    def build(
        cost: Sequence[float], penalty: float = 0.0, validation: Sequence[float] | None = None
    ) -> Record:
        costs = np.array(cost, dtype=np.float64)
        n = costs.size
        return Record(
            iteration=np.arange(n),
            objective=costs + penalty,
            cost=costs,
            penalty=np.full(n, penalty),
            gradient_norm=np.ones(n),
            step_length=np.ones(n),
            damping=np.full(n, np.nan),
            value_evaluations=np.arange(n),
            gradient_evaluations=np.arange(n),
            seconds=np.zeros(n),
            validation_cost=np.full(n, np.nan) if validation is None else np.array(validation),
        )

    return build


@pytest.fixture
def network_of() -> Callable[..., sn.Network]:
    """Builds a network with normal weights, none of them 0."""

    def build(*sizes: int, seed: int = 0, **options: object) -> sn.Network:
        arch = sn.Architecture(sizes, **options)  # type: ignore[arg-type]
        return sn.Network(arch, np.random.default_rng(seed).normal(size=arch.n_parameters))

    return build
