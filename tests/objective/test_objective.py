"""make_objective: defaults, errors, and the properties of objectives.

tests/contracts/test_objectives.py checks values and derivatives.
"""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES, compiled
from contracts.cases import random_cases
from sheernet import engines
from sheernet.objective import Objective, Weighting

ARCH = sn.Architecture((2, 3, 1))
X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]])
Y = np.array([1.0, 0.0, 0.5])
THETA = np.random.default_rng(0).normal(size=ARCH.n_parameters)


class TestByHand:
    """One linear unit a = 3 x1 + 2 x2 on two rows."""

    ARCH = sn.Architecture((2, 1), bias=False)
    ROWS = ((1.0, 0.0), (0.0, 1.0))

    def test_sum_mean_and_weights(self) -> None:
        for reduction, weights, value, gradient in [
            ("sum", None, 2.0, [2.0, 0.0]),
            ("mean", None, 1.0, [1.0, 0.0]),
            ("sum", [3.0, 1.0], 6.0, [6.0, 0.0]),
            ("mean", [3.0, 1.0], 1.5, [1.5, 0.0]),
            ("mean", [0.0, 5.0], 0.0, [0.0, 0.0]),
        ]:
            objective = sn.make_objective(
                self.ARCH, self.ROWS, [1.0, 2.0], reduction=reduction, weights=weights
            )
            f, g = objective.value_and_gradient([3.0, 2.0])
            assert (f, g.tolist()) == (value, gradient)

    def test_decay_is_half_the_weighted_squares(self) -> None:
        objective = sn.make_objective(self.ARCH, self.ROWS, [3.0, 2.0], decay=[0.5, 2.0])
        assert objective.terms([3.0, 2.0])[:2] == (0.0, 0.25 * 9 + 4)
        assert objective.value_and_gradient([3.0, 2.0])[1].tolist() == [1.5, 4.0]

    def test_gauss_newton_and_hessian(self) -> None:
        objective = sn.make_objective(self.ARCH, self.ROWS, [1.0, 2.0], reduction="sum", decay=0.5)
        assert objective.gauss_newton([3.0, 2.0])[2].tolist() == [[1.5, 0.0], [0.0, 1.5]]
        assert objective.hessian_vector([3.0, 2.0], [2.0, -4.0]).tolist() == [3.0, -6.0]

    def test_residuals_are_followed_by_those_of_decay(self) -> None:
        objective = sn.make_objective(
            self.ARCH, self.ROWS, [1.0, 2.0], reduction="sum", decay=[0.0, 4.0]
        )
        r, J = objective.residuals_and_jacobian([3.0, 2.0])
        assert r.tolist() == [2.0, 0.0, 4.0]
        assert J.tolist() == [[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]]

    def test_huge_weights_do_not_overflow_in_a_mean(self) -> None:
        objective = sn.make_objective(self.ARCH, self.ROWS, [1.0, 2.0], weights=[1.5e308, 1.5e308])
        assert objective.value([3.0, 2.0]) == 1.0


class TestDefaults:
    @pytest.mark.parametrize(
        ("output", "y", "cost"),
        [
            ("identity", [[1.0, 2.0]], "squared_error"),
            ("sigmoid", [[1.0, 0.0]], "squared_error"),
            ("softmax", [[1.0, 0.0]], "cross_entropy"),
            ("exp", [[1.0, 2.0]], "poisson"),
        ],
    )
    def test_the_cost_belongs_to_the_output(self, output: str, y: Any, cost: str) -> None:
        arch = sn.Architecture((1, 2), output=output)
        assert sn.make_objective(arch, [[1.0]], y).cost.name == cost

    def test_mean_no_decay_equal_weights_and_the_engine_that_there_is(self) -> None:
        default = sn.make_objective(ARCH, X, Y)
        spelled = sn.make_objective(
            ARCH, X, Y, reduction="mean", decay=0.0, weights=[2.0, 2.0, 2.0], engine="reference"
        )
        assert default.value(THETA) == pytest.approx(spelled.value(THETA), rel=1e-15)
        assert (default.reduction, default.engine) == ("mean", engines.resolve("auto"))
        assert not default.decay.any()

    def test_a_custom_cost_is_accepted(self) -> None:
        cost = sn.costs.huber(0.3)
        assert sn.make_objective(ARCH, X, Y, cost=cost).cost is cost
        assert sn.make_objective(ARCH, X, Y, cost="huber(0.3)").value(THETA) == sn.make_objective(
            ARCH, X, Y, cost=cost
        ).value(THETA)


@pytest.mark.parametrize("engine", ENGINES)
class TestWhatAnObjectiveSays:
    @pytest.fixture
    def objective(self, engine: str) -> Any:
        weights = [1.0, 0.0, 2.0]
        return sn.make_objective(
            ARCH, X, Y, weights=weights, decay=0.5, reduction="sum", engine=engine
        )

    def test_public_attributes_are_those_of_the_protocol(self, objective: Any) -> None:
        parts = [kind for kind in Objective.__mro__ if kind.__module__ == Objective.__module__]
        protocol = {name for kind in parts for name in vars(kind) if not name.startswith("_")}
        public = {name for name in dir(objective) if not name.startswith("_")}
        of_one_engine = {"X", "y", "of", "threads", "instruction_set", "gauss_newton_matrices"}
        assert public - of_one_engine == protocol

    def test_size_names_and_blocks(self, objective: Any) -> None:
        assert objective.size == ARCH.n_parameters == len(objective.names)
        assert objective.names[:2] == ["W1[0,0]", "W1[0,1]"]
        assert objective.blocks == {b.name: b for b in ARCH.layout.blocks}

    def test_rows_that_count_weights_and_decay(self, objective: Any, engine: str) -> None:
        assert objective.n_samples == 2
        assert objective.weights.tolist() == [1.0, 0.0, 2.0]
        assert objective.decay.tolist() == [0.5] * ARCH.n_parameters
        assert (objective.reduction, objective.engine) == ("sum", engine)
        assert objective.inputs.tolist() == X[[0, 2]].tolist()
        inputs, targets, weights = objective.rows
        assert inputs.tolist() == X[[0, 2]].tolist()
        assert (targets.tolist(), weights.tolist()) == ([[1.0], [0.5]], [1.0, 2.0])
        assert objective.constants == {"N": 2, "K": 1}

    def test_prints_what_it_is(self, objective: Any, engine: str) -> None:
        expected = f"<{engine} objective: squared_error of 2-3-1, tanh, identity output, 2 rows>"
        assert repr(objective) == expected

    def test_replace_shares_the_data(self, objective: Any, engine: str) -> None:
        other = objective.replace(weights=[1.0, 1.0, 1.0], decay={"W1": 1.0})
        for data in ["X", "y"] if engine == "reference" else ["_all"]:
            assert getattr(other, data) is getattr(objective, data)
        assert other.n_samples == 3
        assert other.reduction == "sum"

    def test_replace_checks_its_arguments(self, objective: Any) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=r"weights has shape \(2,\) but there are 3 rows"
        ):
            objective.replace(weights=[1.0, 1.0])
        with pytest.raises(sn.InvalidInput, match="decay must be finite and at least 0"):
            objective.replace(decay=-1.0)

    def test_survives_pickle_and_deepcopy(self, engine: str) -> None:
        for case in random_cases(31, 12):
            objective = case.objective(engine)
            expected = objective.value_and_gradient(case.theta)[1]
            for twin in (pickle.loads(pickle.dumps(objective)), copy.deepcopy(objective)):
                assert (type(twin), repr(twin)) == (type(objective), repr(objective))
                assert np.array_equal(twin.value_and_gradient(case.theta)[1], expected)


@pytest.mark.parametrize("engine", ENGINES)
class TestInputsWhoseSquaresOverflow:
    """If products of inputs and deltas are finite, so is the matrix: squares of inputs are not multiplied by 0."""

    def made(self, engine: str, size: float) -> tuple[Any, np.ndarray]:
        """Inputs of this size, and weights W1 of its inverse, so that the units see numbers of size 1."""
        rng = np.random.default_rng(2)
        X, y = rng.normal(size=(40, 6)), rng.normal(size=(40, 3))
        objective = sn.make_objective(sn.Architecture((6, 8, 3)), size * X, y, engine=engine)
        theta = rng.normal(size=objective.size)
        theta[objective.blocks["W1"].slice] /= size
        return objective, theta

    def test_with_deltas_of_0(self, engine: str) -> None:
        objective, theta = self.made(engine, 2.0**600)
        theta[objective.blocks["W2"].slice] = 0.0
        matrix = objective.gauss_newton(theta)[2]
        assert np.isfinite(matrix).all()
        assert not matrix[objective.blocks["W1"].slice].any()

    def test_with_deltas_whose_squares_underflow(self, engine: str) -> None:
        (huge, at_huge), (usual, theta) = (self.made(engine, size) for size in (2.0**600, 1.0))
        at_huge[huge.blocks["W2"].slice] *= 2.0**-600  # the derivatives by W1 stay as they are
        assert np.abs(usual.gauss_newton(theta)[2][0, 0]) > 0
        for name in ("W1", "W2"):
            block = usual.blocks[name].slice
            expected = usual.gauss_newton(theta)[2][block, block]
            np.testing.assert_allclose(
                huge.gauss_newton(at_huge)[2][block, block], expected, rtol=1e-12
            )

    def test_with_classes_of_probability_0_and_1(self, engine: str) -> None:
        X = 2.0**600 * np.random.default_rng(3).normal(size=(40, 2))
        arch = sn.Architecture((2, 3), output="softmax")
        objective = sn.make_objective(arch, X, np.eye(3)[np.arange(40) % 3], engine=engine)
        matrix = objective.gauss_newton(np.arange(1.0, objective.size + 1) ** 2)[2]
        assert np.isfinite(matrix).all()


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            (
                {"y": np.ones((3, 2))},
                sn.ShapeMismatch,
                r"y has 2 columns but the network has 1 output \(W2 is \(3, 1\)\)",
            ),
            (
                {"y": [1.0, 2.0]},
                sn.ShapeMismatch,
                "X has 3 rows and y has 2 rows; they must have the same number",
            ),
            (
                {"X": np.ones((3, 4))},
                sn.ShapeMismatch,
                r"X has 4 columns but the network expects 2 \(W1 is \(2, 3\)\)",
            ),
            (
                {"y": [1.0, np.nan, 0.0]},
                sn.InvalidInput,
                "y must be finite, but row 1, column 0 is nan",
            ),
            ({"y": ["a", "b", "c"]}, sn.InvalidInput, "y must be numbers"),
            (
                {"weights": [1.0, 1.0]},
                sn.ShapeMismatch,
                r"weights has shape \(2,\) but there are 3 rows",
            ),
            (
                {"decay": [1.0]},
                sn.ShapeMismatch,
                r"decay has shape \(1,\) but the network has 13 parameters",
            ),
            (
                {"reduction": "median"},
                sn.InvalidInput,
                "reduction 'median' is not recognized; .*mean, sum",
            ),
            (
                {"cost": "poisson"},
                sn.InvalidInput,
                "cost 'poisson' needs output activation 'exp', but the network's is 'identity'",
            ),
            (
                {"engine": "gpu"},
                sn.InvalidInput,
                "engine 'gpu' is not recognized; choose one of auto, reference, compiled",
            ),
            (
                {"threads": 0},
                sn.InvalidInput,
                "threads must be a whole number of at least 1, or None, but 0 was given",
            ),
            (
                {"threads": True},
                sn.InvalidInput,
                "threads must be a whole number of at least 1, or None, but True was given",
            ),
            (
                {"threads": 1.5},
                sn.InvalidInput,
                r"threads must be a whole number of at least 1, or None, but 1\.5 was given",
            ),
        ],
    )
    def test_are_sentences(self, arguments: dict[str, Any], error: type, message: str) -> None:
        given = {"X": X, "y": Y, **arguments}
        with pytest.raises(error, match=message):
            sn.make_objective(ARCH, given.pop("X"), given.pop("y"), **given)

    def test_targets_outside_the_domain_of_the_cost(self) -> None:
        arch = sn.Architecture((2, 1), output="sigmoid")
        with pytest.raises(
            sn.InvalidInput,
            match="'binary_cross_entropy' must be between 0 and 1, but row 0 has 75",
        ):
            sn.make_objective(arch, X, [75.0, 82.0, 93.0], cost="binary_cross_entropy")

    def test_one_column_for_several_outputs(self) -> None:
        with pytest.raises(
            sn.ShapeMismatch,
            match=r"y has 1 column but the network has 2 outputs \(W1 is \(2, 2\)\)",
        ):
            sn.make_objective(sn.Architecture((2, 2)), X, Y)

    @pytest.mark.parametrize(
        "method", ["value", "value_and_gradient", "terms", "gauss_newton", "gradient_magnitude"]
    )
    @pytest.mark.parametrize("engine", ENGINES)
    def test_a_theta_of_another_length(self, method: str, engine: str) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=r"theta has shape \(3,\) but the network has 13 parameters"
        ):
            getattr(sn.make_objective(ARCH, X, Y, engine=engine), method)(np.zeros(3))

    def test_a_direction_of_another_length(self) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=r"v has shape \(3,\) but the network has 13 parameters"
        ):
            sn.make_objective(ARCH, X, Y).hessian_vector(THETA, np.zeros(3))

    def test_a_matrix_of_directions_of_another_length(self) -> None:
        with pytest.raises(
            sn.ShapeMismatch,
            match=r"v has shape \(3, 2\) .* parameters: \(13,\), or \(13, m\) for m",
        ):
            sn.make_objective(ARCH, X, Y).hessian_vector(THETA, np.zeros((3, 2)))

    def test_residuals_of_a_cost_that_has_none(self) -> None:
        message = "residuals_and_jacobian needs cost 'squared_error', but the cost is 'huber'; use gauss_newton"
        with pytest.raises(sn.InvalidInput, match=message):
            sn.make_objective(ARCH, X, Y, cost="huber").residuals_and_jacobian(THETA)

    def test_an_exact_hessian_of_an_activation_without_second_derivative(self) -> None:
        bare = sn.activations.Activation("mine", np.sin, np.cos, None, "sin(z)", "-")
        objective = sn.make_objective(sn.Architecture((2, 3, 1), hidden=bare), X, Y)
        assert np.isfinite(objective.gauss_newton(THETA)[2]).all()
        with pytest.raises(sn.InvalidInput, match="'mine' has no second_derivative"):
            objective.hessian_vector(THETA, THETA)


class TestEngines:
    MINE = sn.activations.Activation("mine", np.sin, np.cos, None, "sin(z)", "-")

    @compiled
    def test_auto_is_the_compiled_engine_if_built(self) -> None:
        assert engines.resolve("auto") == engines.resolve("compiled") == "compiled"
        assert engines.resolve("reference") == "reference"
        assert sn.make_objective(ARCH, X, Y).engine == "compiled"
        assert sn.make_objective(ARCH, X, Y, engine="reference").engine == "reference"

    @compiled
    @pytest.mark.parametrize("layer", ["hidden", "output"])
    def test_a_custom_activation_runs_on_the_reference(self, layer: str) -> None:
        arch = sn.Architecture((2, 3, 1), **{layer: self.MINE})
        assert sn.make_objective(arch, X, Y).engine == "reference"
        with pytest.raises(
            sn.EngineUnavailable,
            match="activation 'mine' is user-defined, so the reference engine evaluates it; use engine='auto'",
        ):
            sn.make_objective(arch, X, Y, engine="compiled")

    @compiled
    def test_an_activation_with_a_built_in_name_may_be_custom(self) -> None:
        arch = sn.Architecture((2, 3, 1), hidden=dataclasses.replace(self.MINE, name="tanh"))
        objective = sn.make_objective(arch, X, Y)
        assert objective.engine == "reference"
        W1, b1, W2, b2 = arch.layout.views(THETA).values()
        residuals = np.sin(X @ W1 + b1) @ W2 + b2 - Y[:, None]
        assert objective.value(THETA) == pytest.approx(0.5 * np.mean(residuals**2), rel=1e-14)

    @compiled
    @pytest.mark.parametrize("name", ["cubed", "squared_error", "huber(0.5)", "huber(mine)"])
    def test_a_custom_cost_runs_on_the_reference(self, name: str) -> None:
        cubed = sn.costs.ResidualCost(
            name,
            "|r|^3",
            lambda r: np.abs(r) ** 3,
            lambda r: 3 * r * np.abs(r),
            lambda r: 6 * np.abs(r),
        )
        objective = sn.make_objective(ARCH, X, Y, cost=cubed)
        assert objective.engine == "reference"
        with pytest.raises(
            sn.EngineUnavailable,
            match=rf"cost '{re.escape(name)}' is user-defined, so the reference engine evaluates it; use",
        ):
            sn.make_objective(ARCH, X, Y, cost=cubed, engine="compiled")

    @compiled
    @pytest.mark.parametrize("rule", ["rho", "rho_prime", "rho_second"])
    @pytest.mark.parametrize("cost", [sn.costs.huber(0.5), sn.costs.squared_error])
    def test_so_may_a_built_in_one_with_another_rule(self, rule: str, cost: Any) -> None:
        assert sn.make_objective(ARCH, X, Y, cost=cost).engine == "compiled"
        changed = dataclasses.replace(cost, **{rule: np.sin})
        assert sn.make_objective(ARCH, X, Y, cost=changed).engine == "reference"


class TestWeighting:
    def test_a_mean_divides_by_the_sum_of_the_weights(self) -> None:
        assert Weighting.of([1.0, 0.0, 3.0], 3, "mean").sample_weights.tolist() == [0.25, 0.0, 0.75]

    def test_a_sum_does_not(self) -> None:
        assert Weighting.of([1.0, 0.0, 3.0], 3, "sum").sample_weights.tolist() == [1.0, 0.0, 3.0]

    def test_replace_keeps_the_reduction(self) -> None:
        other = Weighting.of(None, 2, "mean").replace([1.0, 3.0])
        assert (other.reduction, other.sample_weights.tolist()) == ("mean", [0.25, 0.75])

    def test_weights_are_a_copy(self) -> None:
        mine = np.ones(2)
        weighting = Weighting.of(mine, 2, "sum")
        mine[:] = 5.0
        assert weighting.sample_weights.tolist() == [1.0, 1.0]

    def test_tiny_and_huge_weights_average(self) -> None:
        for scale in (1e-300, 1e300):
            weights = np.array([1.0, 3.0]) * scale
            assert np.allclose(
                Weighting.of(weights, 2, "mean").sample_weights, [0.25, 0.75], rtol=1e-15
            )
