"""Problem: its names, point and blocks, and the problems made from objectives."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sheernet as sn
from contracts.cases import random_case
from sheernet.derivatives import Block, Problem


def square(x):
    return float(x @ x)


def twice(x):
    return 2 * x


class Foreign:
    """An objective with the required methods only."""

    def value(self, theta):
        return square(theta)

    def value_and_gradient(self, theta):
        return square(theta), twice(theta)


class TestNames:
    def test_are_made_when_none_are_given(self):
        assert Problem(square, twice, [1.0, 2.0]).names == ("x[0]", "x[1]")

    def test_are_kept_as_text(self):
        assert Problem(square, twice, [1.0, 2.0], names=["slope", 7]).names == ("slope", "7")

    def test_need_one_for_each_entry(self):
        with pytest.raises(sn.ShapeMismatch, match="names has 1 entry but x has 2; give a name"):
            Problem(square, twice, [1.0, 2.0], names=["slope"])


class TestBlocks:
    @pytest.mark.parametrize(
        ("blocks", "message"),
        [
            ({"a": slice(0, 3), "b": slice(4, 7)}, "block 'b' must start at 3, but starts at 4"),
            (
                {"b": Block(slice(0, 6), (2, 2)), "c": slice(6, 7)},
                r"block 'b' has 6 entries, but shape \(2, 2\) has 4",
            ),
            ({"a": slice(0, 1)}, "the blocks have 1 entry but x has 7; they must cover x"),
        ],
    )
    def test_must_cover_x_in_order(self, blocks, message):
        with pytest.raises(sn.ShapeMismatch, match=message):
            Problem(square, twice, np.ones(7), blocks=blocks)


class TestPoint:
    def test_is_a_read_only_copy(self):
        mine = np.array([1.0, 2.0])
        problem = Problem(square, twice, mine)
        mine[0] = 9.0
        assert problem.x.tolist() == [1.0, 2.0]
        with pytest.raises(ValueError, match="read-only"):
            problem.x[0] = 9.0

    def test_whole_numbers_become_float64(self):
        assert Problem(square, twice, [1, 2]).x.dtype == np.float64

    @pytest.mark.parametrize("x", [[], 1.0, [[1.0, 2.0]]])
    def test_must_be_a_vector(self, x):
        with pytest.raises(sn.ShapeMismatch, match="x must be a vector with at least one entry"):
            Problem(square, twice, x)

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_must_be_finite(self, bad):
        with pytest.raises(sn.InvalidInput, match=f"x must be finite, but entry 1 is {bad}"):
            Problem(square, twice, [1.0, bad])

    def test_must_be_real_numbers(self):
        with pytest.raises(sn.InvalidInput, match="x must be real numbers"):
            Problem(square, twice, [1.0 + 1.0j])


def test_problems_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Problem(square, twice, [1.0]).x = np.zeros(1)


class TestFromObjective:
    def test_takes_everything_that_a_network_offers(self):
        case = random_case(np.random.default_rng(2), cost="squared_error", decay="number")
        objective, theta = case.objective(), case.theta
        problem = Problem.from_objective(objective, theta)
        value, gradient = objective.value_and_gradient(theta)
        assert problem.value(theta) == value
        np.testing.assert_array_equal(problem.gradient(theta), gradient)
        assert problem.value_and_gradient(theta)[0] == value
        assert problem.names == tuple(objective.names)
        for name, block in objective.blocks.items():
            taken = problem.blocks[name]
            assert (taken.slice, taken.shape) == (block.slice, block.shape)
            assert (taken.layer, taken.is_bias) == (block.layer, name.startswith("b"))
        assert list(problem.blocks) == list(objective.blocks)
        np.testing.assert_array_equal(problem.decay, objective.decay)
        assert problem.constants == {"N": objective.n_samples, "K": case.architecture.n_outputs}
        np.testing.assert_array_equal(problem.kinks(theta), objective.kinks(theta))
        assert problem.complex_value(theta.astype(complex)) == pytest.approx(value, rel=1e-12)
        assert problem.magnitude(theta) == objective.terms(theta)[2]
        scale = objective.gradient_magnitude(theta)
        np.testing.assert_array_equal(problem.gradient_magnitude(theta), scale)

    def test_needs_only_value_and_value_and_gradient(self):
        problem = Problem.from_objective(Foreign(), [3.0, 4.0])
        assert (problem.value(problem.x), problem.gradient(problem.x).tolist()) == (
            25.0,
            [6.0, 8.0],
        )
        assert problem.names == ("x[0]", "x[1]")
        assert problem.blocks == {"x": Block(slice(0, 2), (2,))}
        optional = (
            problem.complex_value,
            problem.magnitude,
            problem.gradient_magnitude,
        )
        assert optional == (None,) * 3

    def test_names_may_be_replaced(self):
        assert Problem.from_objective(Foreign(), [1.0], names=["bias"]).names == ("bias",)

    @pytest.mark.parametrize("method", ["value", "value_and_gradient"])
    def test_says_which_method_is_missing(self, method):
        kept = {"value", "value_and_gradient"} - {method}
        incomplete = type("Half", (), {name: getattr(Foreign, name) for name in kept})()
        sentence = (
            rf"a Half cannot be checked: it has no method {method}\(theta\); give an objective"
        )
        with pytest.raises(sn.InvalidInput, match=sentence):
            Problem.from_objective(incomplete, [1.0])

    def test_says_when_theta_does_not_fit(self):
        case = random_case(np.random.default_rng(2))
        size = case.theta.size
        with pytest.raises(
            sn.ShapeMismatch, match=f"theta has 1 entry but the objective has {size} param"
        ):
            Problem.from_objective(case.objective(), [1.0])
