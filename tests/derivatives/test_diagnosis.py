"""The diagnosis of a wrong gradient is never wrong: for the bank of faults, and for faults made here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.derivatives import Block, Problem, check_gradient


def quadratic(decay=0.0, seed=0):
    """A problem of two layers of blocks whose gradient is right."""
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((30, 17))
    x = rng.standard_normal(17)

    def value(x):
        return float(np.sum(np.log(np.cosh(A @ x))) + 0.5 * decay * x @ x)

    def gradient(x):
        return A.T @ np.tanh(A @ x) + decay * x

    blocks = {
        "W1": Block(slice(0, 8), (2, 4), 1),
        "b1": Block(slice(8, 12), (4,), 1, is_bias=True),
        "W2": Block(slice(12, 16), (4, 1), 2),
        "b2": Block(slice(16, 17), (1,), 2, is_bias=True),
    }
    constants = {"N": 30, "K": 3}
    coefficients = np.full(17, decay) if decay else None
    return Problem(value, gradient, x, blocks=blocks, constants=constants, decay=coefficients)


def diagnosis(change, problem=None, **options):
    problem = problem or quadratic()
    wrong = replace(problem, gradient=lambda x: change(np.asarray(problem.gradient(x)), x))
    report = check_gradient(wrong, **options)
    assert report.verdict == "fail"
    return report.diagnosis


@pytest.mark.parametrize("extent", ["entries", "directions"])
class TestKinds:
    @pytest.mark.parametrize(
        ("factor", "words"),
        [(2, "2"), (0.5, "0.5"), (-1, "-1"), (30, "30 (that is N)"), (1 / 3, "0.333333 (that is 1/K)"),
         (90, "90 (that is N K)"), (1.37, "1.37")],
    )  # fmt: skip
    def test_a_factor_is_named_with_its_possible_meaning(self, extent, factor, words):
        found = diagnosis(lambda g, x: factor * g, extent=extent)
        assert found.kind == "factor"
        assert found.factor == pytest.approx(factor, rel=1e-6)
        assert found.sentence.startswith(
            f"Every entry of the gradient is {words} times the derivative: "
        )
        assert ("wrong sign" in found.sentence) == (factor == -1)

    def test_a_factor_of_the_data_alone(self, extent):
        problem = quadratic(decay=0.3)
        found = diagnosis(lambda g, x: 3 * (g - 0.3 * x) + 0.3 * x, problem, extent=extent)
        assert (found.kind, round(found.factor, 6)) == ("data factor", 3)
        assert "3 (that is K) times" in found.sentence

    @pytest.mark.parametrize("factor", [-1, 2, 30])
    def test_a_factor_of_the_data_with_an_unknown_penalty(self, extent, factor):
        problem = replace(quadratic(decay=0.3), decay=None)
        found = diagnosis(lambda g, x: factor * (g - 0.3 * x) + 0.3 * x, problem, extent=extent)
        assert (found.kind, round(found.factor, 6)) == ("data factor", factor)
        assert "there is also a penalty, 0.3 / 2 times the sum of squared weights" in found.sentence

    @pytest.mark.parametrize(
        ("c", "words"),
        [(-1, "lacks the penalty term"), (1, "contains the penalty term, the decay times the weights, twice"),
         (-0.5, "has 0.5 times the decay times the weights too little: check the penalty"),
         (0.5, "has 0.5 times the decay times the weights too much: check the penalty")],
    )  # fmt: skip
    def test_a_penalty_that_is_missing_or_doubled(self, extent, c, words):
        problem = quadratic(decay=0.3)
        found = diagnosis(lambda g, x: g + c * 0.3 * x, problem, extent=extent)
        assert found.kind == "decay"
        assert words in found.sentence

    def test_an_unknown_penalty(self, extent):
        problem = replace(quadratic(decay=0.3), decay=None)
        found = diagnosis(lambda g, x: g - 0.3 * x, problem, extent=extent)
        assert found.kind == "decay"
        assert "has 0.3 times the weights and biases too little" in found.sentence

    def test_a_penalty_on_weights_only(self, extent):
        problem = quadratic()
        weights = np.r_[np.ones(8), np.zeros(4), np.ones(4), np.zeros(1)]
        found = diagnosis(lambda g, x: g + 0.1 * weights * x, problem, extent=extent)
        assert found.kind == "decay"
        assert "has 0.1 times the weights too much:" in found.sentence

    def test_blocks_of_zeros(self, extent):
        found = diagnosis(lambda g, x: np.r_[g[:8], np.zeros(4), g[12:16], 0.0], extent=extent)
        assert (found.kind, found.where) == ("zero", ("b1", "b2"))

    def test_a_single_entry(self, extent):
        found = diagnosis(lambda g, x: g * np.where(np.arange(17) == 5, 1.01, 1), extent=extent)
        assert (found.kind, found.where) == ("entry", ("x[5]",))

    @pytest.mark.parametrize("wrong", [(0, 6), (1, 7), (3, 4, 14)])
    def test_a_few_single_entries_are_not_rows(self, extent, wrong):
        def change(g, x):
            g = g.copy()
            g[list(wrong)] *= 1.5
            return g

        found = diagnosis(change, extent=extent)
        assert (found.kind, found.where) == ("entry", tuple(f"x[{i}]" for i in wrong))

    def test_a_block_that_is_wrong_as_a_whole_is_not_called_single_entries(self, extent):
        def change(g, x):
            return np.r_[g[:16], g[16] + 1]

        assert diagnosis(change, extent=extent).kind == "biases"

    @pytest.mark.parametrize("factor", [2.0, -1.0])
    def test_three_weights_of_a_block_have_one_factor(self, extent, factor):
        x = np.array([0.3, -0.7, 0.9, 1.1, -0.2])
        blocks = {"W1": Block(slice(0, 2), (2, 1), 1), "W2": Block(slice(2, 5), (3, 1), 2)}
        problem = Problem(lambda x: float(np.sum(np.exp(x))), lambda x: np.exp(x), x, blocks=blocks)
        found = diagnosis(lambda g, x: np.r_[g[:2], factor * g[2:]], problem, extent=extent)
        assert (found.kind, found.where) == ("block factor", ("W2",))
        assert found.factor == pytest.approx(factor, rel=1e-6)

    @pytest.mark.parametrize(
        ("order", "words"),
        [((1, 0, 2, 3), "b1, W1, W2 and b2"), ((0, 2, 3, 1), "W1, W2, b2 and b1")],
    )
    def test_blocks_in_another_order(self, extent, order, words):
        def change(g, x):
            parts = np.split(g, (8, 12, 16))
            return np.concatenate([parts[i] for i in order])

        found = diagnosis(change, extent=extent)
        assert found.kind == "block order"
        assert f"their order is {words}; the order of the parameters is W1, b1" in found.sentence

    @pytest.mark.parametrize("order", [(2, 4), (4, 2)])
    def test_a_transposed_block(self, extent, order):
        def change(g, x):
            return np.r_[g[:8].reshape(order).T.ravel(), g[8:]]

        found = diagnosis(change, extent=extent)
        assert (found.kind, found.where) == ("transposed", ("W1",))

    def test_factors_of_blocks(self, extent):
        def change(g, x):
            return np.r_[g[:8], 2 * g[8:12], g[12:16], 2 * g[16:]]

        found = diagnosis(change, extent=extent)
        assert (found.kind, found.where) == ("block factor", ("b1", "b2"))

    def test_biases(self, extent):
        def change(g, x):
            return np.r_[g[:8], g[8:12] ** 2 + 1, g[12:16], g[16:] + 1]

        found = diagnosis(change, extent=extent)
        assert (found.kind, found.where) == ("biases", ("b1", "b2"))

    def test_a_column(self, extent):
        def change(g, x):
            W = g[:8].reshape(2, 4).copy()
            W[:, 3] = [1.0, -2.0]
            return np.r_[W.ravel(), g[8:]]

        found = diagnosis(change, extent=extent)
        assert (found.kind, found.where) == ("line", ("W1",))
        assert "Only column 3 of W1 is wrong" in found.sentence

    def test_a_layer(self, extent):
        found = diagnosis(lambda g, x: np.r_[np.sin(g[:12]), g[12:]], extent=extent)
        assert (found.kind, found.where) == ("layer", ("W1", "b1"))
        assert found.sentence == "Only layer 1 is wrong (W1 and b1); all other layers are right."

    def test_saturation(self, extent):
        def change(g, x):
            return np.where(np.abs(x) > 0.5, np.sin(g), g)

        found = diagnosis(change, extent=extent)
        assert found.kind == "saturation"

    def test_no_kind_if_nothing_fits(self, extent):
        found = diagnosis(lambda g, x: np.sin(g), extent=extent)
        assert found.kind is None
        assert found.sentence.startswith(
            "The errors fit no known kind of mistake. Every block is wrong"
        )

    def test_a_block_that_could_not_be_judged_is_not_called_right(self, extent):
        """Rounding hides the values of b2, so a diagnosis that all other blocks are right is not possible."""
        problem = quadratic()
        blocks = {**problem.blocks}

        def value(x):
            return problem.value(np.r_[x[:16], 0.0]) + 1e9 + 1e-7 * x[16]

        def gradient(x):
            g = problem.gradient(np.r_[x[:16], 0.0])
            return np.r_[np.sin(g[:12]), g[12:16], 1e-7]

        report = check_gradient(Problem(value, gradient, problem.x, blocks=blocks), extent=extent)
        assert report.verdict == "fail"
        assert report.diagnosis.kind is None


class TestReport:
    def test_holds_the_diagnosis_as_data_and_as_text(self):
        problem = quadratic()
        wrong = replace(problem, gradient=lambda x: 2 * problem.gradient(x))
        report = check_gradient(wrong)
        assert report.to_dict()["diagnosis"] == {
            "kind": "factor",
            "sentence": report.diagnosis.sentence,
            "where": [],
            "factor": report.diagnosis.factor,
        }
        assert "Every entry of the gradient is 2 times the derivative: " in str(report)
        with pytest.raises(sn.GradientMismatch, match="2 times the derivative"):
            report.raise_if_failed()

    def test_has_none_if_nothing_failed(self):
        report = check_gradient(quadratic())
        assert report.diagnosis is None
        assert report.to_dict()["diagnosis"] is None


class TestNaming:
    def test_a_long_list_of_blocks_is_cut(self):
        x = np.ones(20)
        blocks = {f"W{i}": Block(slice(2 * i, 2 * i + 2), (2,)) for i in range(10)}
        problem = Problem(
            lambda x: float(x @ x), lambda x: np.r_[np.zeros(18), 2 * x[18:]], x, blocks=blocks
        )
        sentence = check_gradient(problem).diagnosis.sentence
        assert "The gradient of W0, W1, W2, W3, W4, W5, W6 and 2 more is zero" in sentence
