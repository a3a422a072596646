"""As test_numbers_of_the_notebook.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.teaching.faults.notebook_source import right_names
from sheernet.training.remaining_error import share_of_deviation
from teaching.test_numbers_of_the_notebook import X, Y

ARCH = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)


@pytest.mark.parametrize("seed", range(5))
def test_its_test_of_the_gradient_passes(seed: int) -> None:
    """It prints "correctly implemented", because the ratio rounds to 1e-8 in 7 decimals; so do 0 and 1.4e-7."""
    own = right_names()["NeuralNetwork"](seed)
    g = own.compute_gradients(X, Y)
    n = right_names()["compute_numerical_gradient"](own, X, Y)
    ratio = np.linalg.norm(g - n) / np.linalg.norm(g + n)
    for passes in (ratio, 0.0, 1.4e-7):
        np.testing.assert_almost_equal(passes, 1e-8)
    assert 1e-12 < ratio < 1e-8
    report = sn.check_gradient(sn.foreign.from_object(own, X, Y))
    assert report.verdict == "pass"
    theirs = sn.numerical_gradient(
        sn.make_objective(ARCH, X, Y, reduction="sum").value, own.get_params(), step=1e-4
    )
    assert np.abs(theirs - n).max() < 1e-11  # rounding of J, 1e-17, divided by 2e-4


class TestTrainingInPart6:
    def test_of_50_seeds(self) -> None:
        """53 iterations in the median; the costs at the end lie between 3e-11 and 0.001227."""
        names = right_names()
        results = []
        for seed in range(50):
            trainer = names["Trainer"](names["NeuralNetwork"](seed))
            trainer.train(X, Y)
            results.append(trainer.optimization_results)
        assert 48 <= np.median([result.nit for result in results]) <= 58
        costs = [float(result.fun) for result in results]
        assert max(costs) == pytest.approx(0.001227, abs=5e-6)
        assert min(costs) < 1e-9
        assert all(result.nit <= 200 for result in results)

    def test_of_the_rows_of_iris(self) -> None:
        """13 iterations with seed 0; the target 0 is the limit of the sigmoid, so the cost never reaches 0."""
        iris = sn.datasets.load_iris_rows()
        assert iris.X.tolist() == [[5.1, 3.5], [4.9, 3.0], [4.7, 3.2]]
        assert iris.y.ravel().tolist() == [0, 0, 0]
        names = right_names()
        trainer = names["Trainer"](names["NeuralNetwork"](0))
        trainer.train(iris.X, iris.y)
        assert 11 <= trainer.optimization_results.nit <= 15
        assert 0 < trainer.optimization_results.fun < 1e-5

    def test_the_flat_place_where_half_of_the_starts_end(self) -> None:
        """The cost 0.001226 with predictions 75, 85 and 89, also by sheernet's bfgs."""
        own = right_names()["NeuralNetwork"](5)
        training = sn.train(
            sn.Network(ARCH, own.get_params()), X, Y, method="bfgs", reduction="sum"
        )
        trainer = right_names()["Trainer"](own)
        trainer.train(X, Y)
        assert training.objective == pytest.approx(0.00122618, rel=1e-4)
        assert trainer.optimization_results.fun == pytest.approx(training.objective, rel=1e-3)
        shown = (100 * training.network.predict(X)).round().ravel().tolist()
        assert shown == [75, 85, 89]
        objective = sn.make_objective(ARCH, X, Y, reduction="sum")
        left = share_of_deviation(objective, training.network.theta)
        assert left == pytest.approx(
            np.sqrt(2 * 0.00122618 / ((Y - Y.mean()) ** 2).sum()), rel=1e-3
        )
