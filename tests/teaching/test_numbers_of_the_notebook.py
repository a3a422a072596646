"""Every number that the notebook or the videos print or show and that does not depend on chance.

    part 1     the data, and the data scaled
    part 2     sigmoid(1) and sigmoid of [-1, 0, 1]; the notebook's picture of the sigmoid and its derivative
    part 3     the time that three weights and nine weights take (lesson 3, tests/teaching/lessons)
    part 5     the difference quotient of x^2 at 1.5; what its test of a gradient lets pass
    part 6     how many iterations BFGS takes and where it ends, over 50 seeds; three rows of iris
    part 7     the data, and the factor of the scaling mistake (lesson 7, tests/teaching/lessons)

Weights are random there, so the numbers of part 6 are those of fixed seeds: they were measured with the notebook's own
code.  The lessons assert the numbers that they print.
"""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.teaching.faults.notebook_source import right_names
from sheernet.training.remaining_error import share_of_deviation

ARCH = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
X, Y = sn.datasets.load_sleep_study().scaled


def test_the_data_of_part_1() -> None:
    data = sn.datasets.load_sleep_study()
    assert data.X.tolist() == [[3, 5], [5, 1], [10, 2]]
    assert data.y.ravel().tolist() == [75, 82, 93]
    assert X.tolist() == [[0.3, 1.0], [0.5, 0.2], [1.0, 0.4]]
    assert Y.ravel().tolist() == [0.75, 0.82, 0.93]


def test_the_sigmoid_of_part_2() -> None:
    assert sn.activations.sigmoid.value(1) == pytest.approx(0.73105857863, rel=1e-11)
    shown = sn.activations.sigmoid.value([-1, 0, 1])
    assert shown.tolist() == pytest.approx([0.26894142, 0.5, 0.73105858], abs=5e-9)


def test_the_picture_of_the_notebook() -> None:
    """1 / (1 + exp(-z)) and exp(-z) / (1 + exp(-z))^2 from -10 to 10; the highest point of the second is 1/4."""
    z = np.arange(-10, 10, 0.01)
    value, slope = sn.activations.sigmoid.value(z), sn.activations.sigmoid.derivative(z)
    assert len(z) == 2000
    assert np.allclose(value, 1 / (1 + np.exp(-z)), rtol=1e-15)
    assert np.allclose(slope, np.exp(-z) / (1 + np.exp(-z)) ** 2, rtol=1e-14)
    assert slope.max() == pytest.approx(0.25)
    assert z[slope.argmax()] == pytest.approx(0.0, abs=1e-9)


def test_the_difference_quotient_of_part_5() -> None:
    assert sn.numerical_gradient(lambda x: x[0] ** 2, [1.5], step=1e-4) == [2.9999999999996696]


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


def test_the_data_of_part_7() -> None:
    train, test = (sn.datasets.load_sleep_study(which) for which in ("train", "test"))
    assert train.X.tolist() == [[3, 5], [5, 1], [10, 2], [6, 1.5]]
    assert train.y.ravel().tolist() == [75, 82, 93, 70]
    assert test.X.tolist() == [[4, 5.5], [4.5, 1], [9, 2.5], [6, 2]]
    assert test.y.ravel().tolist() == [70, 89, 85, 75]
    assert np.allclose(test.scaled[0], np.array(test.X) / [10, 5], rtol=1e-15)
