"""As test_objective_fit.py, by names that are not published."""

from __future__ import annotations

import numpy as np

import sheernet as sn
from sheernet.training import fit_objective
from sheernet.training.starts import first_starts


class TestObjectivesOfThisPackage:
    def test_end_as_in_train(self) -> None:
        X, y = sn.datasets.load_sleep_study().scaled
        network = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)
        objective = sn.make_objective(network.architecture, X, y, decay=0.01)
        thetas = first_starts(network, 4, "glorot", 0)
        fits = fit_objective(objective, thetas, "bfgs", max_iter=50)
        training = sn.train(network, X, y, decay=0.01, method="bfgs", starts=4, max_iter=50)
        assert np.array_equal(fits.objectives, training.starts.objectives)
        assert np.array_equal(fits[fits.best].theta, training.network.theta)
