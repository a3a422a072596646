"""Everything that users hold can be pickled and copied, wherever it was made."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES
from sheernet.optimizers import METHODS, minimize
from sheernet.training import fit_objective

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 2))
Y = X[:, 0] + 0.1 * rng.normal(size=30)
ARCH = sn.Architecture((2, 3, 1))
NET = sn.Network.random(ARCH, seed=0)


def objective(engine: str) -> Any:
    return sn.make_objective(ARCH, X, Y, engine=engine)


def jobs(engine: str) -> list[sn.jobs.Job]:
    return [sn.jobs.Job(NET.theta), sn.jobs.Job(0.1 * NET.theta)]


MADE: dict[str, Callable[[str], Any]] = {
    "Objective": objective,
    "Architecture": lambda _: ARCH,
    "Network": lambda _: NET,
    "Job": lambda _: jobs(_)[0],
    "Fits": lambda engine: sn.jobs.fit_jobs(objective(engine), jobs(engine), "lm", max_iter=3),
    "Fits of fit_objective": lambda engine: fit_objective(
        objective(engine), [NET.theta], "bfgs", max_iter=3
    ),
    "Run": lambda engine: minimize(objective(engine), NET.theta, "bfgs", max_iter=3),
    "Model": lambda engine: sn.fit(X, Y, hidden=2, starts=2, max_iter=3, engine=engine),
    "Comparison": lambda engine: sn.compare(
        X, Y, ["lm", "gd"], hidden=2, starts=1, max_iter=3, engine=engine
    ),
    "GradientReport": lambda engine: sn.check_gradient(objective(engine), NET.theta),
    "StepErrors": lambda engine: sn.derivatives.step_errors(objective(engine), NET.theta),
    "Gradients": lambda _: sn.backward(
        ARCH, NET.theta, sn.forward(ARCH, NET.theta, X), np.ones((30, 1))
    ),
    **{
        f"Training by {method}": lambda engine, method=method: sn.train(
            NET, X, Y, method=method, starts=2, max_iter=3, keep_path=True, engine=engine
        )
        for method in (*METHODS, "scipy:BFGS")
    },
}


@pytest.mark.parametrize("engine", ENGINES)
def test_fits_of_a_pickle_resume(engine: str) -> None:
    fits = MADE["Fits"](engine)
    twin = pickle.loads(pickle.dumps(fits))
    ends = [
        minimize(objective(engine), each[fits.best].state, max_iter=5).theta
        for each in (fits, twin)
    ]
    np.testing.assert_array_equal(*ends)
