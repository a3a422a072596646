"""Outputs with limits, and networks without biases, for models of tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize, special

import sheernet as sn

LINEAR: dict[str, Any] = {"hidden": 0, "decay": 0.0, "starts": 1, "held_out": 0}


def columns(n: int = 60, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {"a": rng.uniform(-1.0, 3.0, n), "b": rng.uniform(2.0, 5.0, n)}


def matrix(table: dict[str, np.ndarray]) -> np.ndarray:
    """The inputs with a column of ones, (N, 3)."""
    return np.column_stack([table["a"], table["b"], np.ones(len(table["a"]))])


class TestAgainstFormulas:
    def test_a_linear_model_with_exp_and_poisson_is_a_poisson_regression(self) -> None:
        table = columns()
        X, rng = matrix(table), np.random.default_rng(1)
        y = rng.poisson(np.exp(0.3 + 0.8 * table["a"])).astype(float)
        model = sn.fit({**table, "y": y}, "y", output_activation="exp", cost="poisson", **LINEAR)

        def score(beta: np.ndarray) -> Any:  # McCullagh and Nelder, section 6.2: X^T (y - mu) = 0
            return X.T @ (y - np.exp(X @ beta))

        beta = optimize.root(score, np.array([0.5, 0.0, 0.5]), tol=1e-13).x
        assert np.allclose(model.predict(table), np.exp(X @ beta), rtol=1e-6)

    def test_a_linear_model_with_sigmoid_and_cross_entropy_is_a_fractional_logit(self) -> None:
        table = columns()
        X, rng = matrix(table), np.random.default_rng(1)
        y = special.expit(table["a"] - 1.0 + rng.normal(size=60))
        cost = {"cost": "binary_cross_entropy"}
        model = sn.fit({**table, "y": y}, "y", output_activation="sigmoid", **cost, **LINEAR)

        def score(beta: np.ndarray) -> Any:  # Papke and Wooldridge (1996), eq. 5: X^T (y - p) = 0
            return X.T @ (y - special.expit(X @ beta))

        beta = optimize.root(score, np.zeros(3), tol=1e-13).x
        assert np.allclose(model.predict(table), special.expit(X @ beta), rtol=1e-6)
        with pytest.raises(sn.InvalidInput, match="not a density"):
            model.predict(table, return_std=True)
        assert model.training_fit.log_density is None

    @pytest.mark.parametrize("output", ["identity", "softplus"])
    def test_without_biases_a_linear_model_goes_through_the_origin(self, output: str) -> None:
        table = columns()
        X, rng = matrix(table)[:, :2], np.random.default_rng(1)
        f = sn.activations.get(output).value
        y = f(X @ [1.0, 0.5]) + 0.01 * rng.uniform(size=60)
        model = sn.fit({**table, "y": y}, "y", bias=False, output_activation=output, **LINEAR)
        scale = np.sqrt((y**2).mean())
        beta = optimize.least_squares(
            lambda beta: f(X @ beta) - y / scale, np.ones(2), xtol=1e-15, ftol=1e-15, gtol=1e-15
        ).x
        assert np.allclose(model.predict(table), scale * f(X @ beta), rtol=1e-6)
        with pytest.warns(sn.SheernetWarning, match="b: 1 of 1 row is below"):
            at_origin = model.predict({"a": 0.0, "b": 0.0})
        assert at_origin == pytest.approx(scale * f(np.zeros(1))[0], rel=1e-12)

    def test_the_standard_deviation_of_a_mean_is_that_of_the_delta_method(self) -> None:
        """A constant input: the output is f(b), Var f(b) = f'(b)^2 Var b = s^2 / N, and a new value adds s^2."""
        y = np.array([1.5, 2.0, 3.0, 6.0])
        table = {"x": [0.0, 1.0, 0.0, 1.0], "y": y}
        model = sn.fit(table, "y", output_activation="exp", decay={"W1": 1e9}, hidden=0, starts=1)
        _, std = model.predict({"x": [0.0, 1.0]}, return_std=True)
        s2 = ((y - y.mean()) ** 2).sum() / 3
        assert np.allclose(std, np.sqrt(s2 + s2 / 4), rtol=1e-4)


class TestDefaultFit:
    def test_chooses_networks_with_the_output_and_constant_noise(self) -> None:
        table = columns(30)
        y = special.expit(2.0 * table["a"] - 1.0) + 0.02 * np.random.default_rng(3).uniform(
            -1, 1, 30
        )
        y = np.clip(y, 0.0, 1.0)
        model = sn.fit(
            {"a": table["a"], "y": y}, "y", output_activation="sigmoid", hidden=2, bias=False, starts=1
        )  # fmt: skip
        architectures = [member.network.architecture for member in model.members]
        assert {each.activations[-1].name for each in architectures} == {"sigmoid"}
        assert not any(block.is_bias for each in architectures for block in each.layout.blocks)
        assert {member.cost for member in model.members} == {"squared_error"}
        assert "sigmoid output, no biases, noise constant" in " ".join(model.report().split())
        assert "generalized linear model" in model.report()
        assert model.settings["output_activation"] == "sigmoid"
        assert model.settings["bias"] is False
        assert model.origins["output_activation"] == model.origins["bias"] == "given"
        assert model.inputs.scaling == model.settings["scaling"] == "rms"


def refusal(table: Any, target: str = "y", **given: Any) -> str:
    with pytest.raises(sn.InvalidInput) as error:
        sn.fit(table, target, **given)
    return str(error.value)


TABLE = {"a": [0.5, 1.0, 2.0, 4.0], "y": [5.5, 90.0, 20.0, 70.0], "z": [-3.5, 1.0, 0.0, 2.0]}


class TestRefusals:
    def test_name_the_limits_the_values_and_the_next_step(self) -> None:
        assert refusal(TABLE, output_activation="sigmoid") == (
            "predictions of 'y' with output_activation='sigmoid' would be between 0 and 1, but its values are from 5.5 "
            "to 90; divide the target by the largest value it can have, use scaling='maxabs', which divides by that of "
            "the training rows, or omit output_activation"
        )  # fmt: skip
        assert refusal(TABLE, "z", output_activation="exp") == (
            "predictions of 'z' with output_activation='exp' would be above 0, but its values are from -3.5 to 2; "
            "omit output_activation"
        )
        assert "use scaling='minmax', or omit" in refusal(TABLE, "z", output_activation="sigmoid")

    @pytest.mark.parametrize(
        ("target", "output", "scaling"),
        [("y", "sigmoid", "maxabs"), ("z", "sigmoid", "minmax"), ("z", "tanh", "maxabs")],
    )
    def test_what_they_advise_works(self, target: str, output: str, scaling: str) -> None:
        with pytest.warns(sn.SheernetWarning, match="predictions of"):
            sn.fit(TABLE, target, output_activation=output, scaling=scaling, **LINEAR)

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"output_activation": "relu"}, "use output_activation='softplus'"),
            ({"output_activation": "swish"}, "output_activation 'swish' is not recognized; choose one of identity"),
            ({"output_activation": "silu"}, "output_activation 'silu' is not recognized"),
            ({"output_activation": "softmax"}, "output_activation='softmax' is for classes, but 'y' holds numbers"),
            ({"output_activation": "tanh", "task": "classification"}, "from a softmax; omit it"),
            ({"bias": "no"}, "bias must be True or False"),
            ({"bias": False, "scaling": "minmax"}, "scaling='minmax' shifts the columns"),
            ({"cost": "poisson"}, "use squared_error or huber, or give output_activation='exp'"),
            ({"cost": "poisson", "output_activation": "softplus"}, "for regression with output softplus; use"),
        ],
        ids=str,
    )  # fmt: skip
    def test_say_what_goes_together(self, given: dict[str, Any], message: str) -> None:
        table = TABLE | {"y": ["b", "a", "a", "c", "c", "b"], "a": range(6), "z": range(6)}
        assert message in refusal(table if "task" in given else TABLE, **given)

    def test_an_output_of_classes_may_be_named(self) -> None:
        table = {"a": [0.5, 1.0, 2.0, 4.0], "y": ["b", "a", "a", "b"]}
        assert sn.fit(table, "y", output_activation="sigmoid", **LINEAR).task == "classification"
