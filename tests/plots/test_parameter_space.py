"""Points in the space of the weights, given by networks, trainings and arrays."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.plots.parameter_space import ParameterSpace

ARCH = sn.Architecture((2, 1), bias=False)
OBJECTIVE = sn.make_objective(ARCH, [[1.0, 2.0], [3.0, 5.0]], [1.0, 2.0])


class Bowl:
    """An objective without names."""

    def value(self, theta) -> float:
        return 0.5 * float(theta @ theta)

    def value_and_gradient(self, theta) -> tuple[float, np.ndarray]:
        return self.value(theta), theta.copy()


def training(**options) -> sn.Training:
    return sn.train(sn.Network(ARCH, [3.0, 4.0]), [[1.0, 2.0], [3.0, 5.0]], [1.0, 2.0], **options)


class TestPoints:
    def test_a_network_a_training_and_a_vector_are_points(self) -> None:
        space = ParameterSpace.of(OBJECTIVE, None)
        net = sn.Network(ARCH, [3.0, 4.0])
        assert space.point(net).tolist() == space.point([3.0, 4.0]).tolist() == [3.0, 4.0]
        trained = training()
        assert space.point(trained).tolist() == trained.network.theta.tolist()

    def test_weights_are_named_as_in_the_layout_or_numbered(self) -> None:
        space = ParameterSpace.of(OBJECTIVE, None)
        assert [space.index(w) for w in ("W1[1,0]", "W1[1, 0]", 1, np.int64(1))] == [1] * 4
        assert ParameterSpace.of(Bowl(), [1.0, 2.0, 3.0]).index("theta[2]") == 2

    def test_a_run_of_any_objective_is_a_point_and_has_a_path(self) -> None:
        run = sn.optimizers.minimize(Bowl(), [3.0, 4.0], "bfgs", keep_path=True)
        space = ParameterSpace.of(Bowl(), run)
        assert space.point(run).tolist() == run.theta.tolist()
        assert space.path(run)[0].tolist() == space.path(run.record)[0].tolist() == [3.0, 4.0]

    def test_iterates_that_are_not_finite_are_left_out(self) -> None:
        space = ParameterSpace.of(Bowl(), [1.0, 2.0])
        assert space.path([[1.0, 2.0], [np.nan, 0.0], [3.0, 4.0]]).tolist() == [[1, 2], [3, 4]]

    def test_values_are_those_of_the_objective_and_nan_if_not_finite(self) -> None:
        values = ParameterSpace.of(Bowl(), [1.0, 2.0]).values([[3.0, 4.0], [1e200, 0.0]])
        assert values[0] == 12.5
        assert np.isnan(values[1])

    def test_a_penalty_is_in_the_name_of_the_value(self) -> None:
        decayed = OBJECTIVE.replace(decay=0.1)
        assert ParameterSpace.of(OBJECTIVE, None).value_name == "cost"
        assert ParameterSpace.of(decayed, None).value_name == "cost + penalty"


class TestRefused:
    def test_an_objective_without_values(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"must have the methods value .* but int was"):
            ParameterSpace.of(3, [1.0])

    @pytest.mark.parametrize("weight", [-1, 2, 0.5, True, None])
    def test_a_weight_that_does_not_exist(self, weight) -> None:
        with pytest.raises(sn.InvalidInput, match="whole number from 0 to 1"):
            ParameterSpace.of(OBJECTIVE, None).index(weight)

    def test_an_unknown_name(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"weight 'W2\[0,0\]' is not recognized"):
            ParameterSpace.of(OBJECTIVE, None).index("W2[0,0]")

    def test_a_training_without_a_path(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"'lm' has no path .* keep_path=True"):
            ParameterSpace.of(OBJECTIVE, None).path(training(), "lm")

    def test_another_number_of_weights(self) -> None:
        space = ParameterSpace.of(OBJECTIVE, None)
        with pytest.raises(sn.ShapeMismatch, match="a column for each of the 2 weights"):
            space.path(np.ones((4, 3)))
        with pytest.raises(sn.ShapeMismatch, match="has 2 parameters"):
            space.point([1.0])

    def test_weights_that_are_not_finite(self) -> None:
        space = ParameterSpace.of(OBJECTIVE, None)
        with pytest.raises(sn.InvalidInput, match=r"finite, but W1\[1,0\] is nan"):
            space.point([1.0, np.nan])
        with pytest.raises(sn.InvalidInput, match="no finite iterate"):
            space.path([[np.nan, 1.0]])
