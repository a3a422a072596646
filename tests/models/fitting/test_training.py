"""What is penalized and minimized, what the model remembers of it, and how well it fits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.fitting.tables import quickly, table

pytestmark = pytest.mark.filterwarnings("ignore:the weights in '")


class TestDecay:
    def test_is_1e_4_on_weights_and_none_on_biases(self) -> None:
        model = quickly(table(), "y", hidden=(3, 2))
        for block in model.network.architecture.layout.blocks:
            expected = 0.0 if block.name.startswith("b") else 1e-4
            assert np.all(model.decay[block.slice] == expected), block.name

    @pytest.mark.parametrize("number", [0, 0.5, np.float64(0.5), np.float32(0.5), np.int64(1)])
    def test_that_is_a_number_leaves_biases_out(self, number: Any) -> None:
        model = quickly(table(), "y", hidden=2, decay=number)
        assert set(model.decay[model.network.architecture.layout.block("W1").slice]) == {
            float(number)
        }
        assert set(model.decay[model.network.architecture.layout.block("b1").slice]) == {0.0}
        assert model.settings["decay"] == float(number)

    def test_may_be_given_for_each_weight_or_block(self) -> None:
        assert quickly(table(), "y", decay={"b1": 0.5}).decay.tolist() == [0, 0, 0.5, 0, 0]
        vector = [0.1, 0.2, 0.3, 0.4, 0.5]
        for each in (vector, tuple(vector), np.array(vector)):
            model = quickly(table(), "y", decay=each)
            assert model.decay.tolist() == model.settings["decay"] == vector


class TestTheModel:
    def test_learns_the_function(self) -> None:
        model = sn.fit(table(200), "y", hidden=6, starts=3, decay=1e-4)
        assert model.termination.converged
        assert model.held_out_fit.r2[0] > 0.999

    def test_same_seed_same_bits(self) -> None:
        one, two = (sn.fit(table(), "y", hidden=3, starts=3, seed=5, max_iter=30) for _ in range(2))
        assert np.array_equal(one.network.theta, two.network.theta)

    def test_is_drawn_by_the_scheme_that_is_asked_for(self) -> None:
        model = quickly(table(), "y", hidden=2, scheme="uniform", max_iter=0)
        arch = model.network.architecture
        assert np.array_equal(model.network.theta, sn.Network.random(arch, 0, "uniform").theta)
        assert model.starts.scheme == model.settings["scheme"] == "uniform"

    def test_tells_how_its_file_was_read(self, tmp_path) -> None:
        pd.DataFrame(table()).to_csv(tmp_path / "data.csv", index=False, sep=";", decimal=",")
        model = quickly(tmp_path / "data.csv", "y")
        assert model.provenance.data == "data.csv"
        assert "semicolons" in model.provenance.reading

    def test_keeps_every_argument(self) -> None:
        model = quickly(table(), "y", drop="a", seed=4, patience=None)
        found = dict(model.settings)
        # what the fit found beside them
        assert set(found.pop("evaluation_errors")) == {"rmse", "r2"}
        assert set(found.pop("evaluation_gain_errors")) == {"linear model", "mean of target"}
        assert found == {
            "inputs": None, "drop": ["a"], "weights": None, "groups": None, "task": "auto", "scaling": "standardize",
            "categories": [], "rare": 0.01, "unseen": "auto", "missing": "impute", "cycles": "auto",
            "held_out": 0.25, "validation": None, "test": None, "hidden": [1], "activation": "tanh", "decay": 1e-4,
            "method": "auto", "options": {}, "cost": "squared_error", "reduction": "mean", "starts": 1, "seed": 4,
            "scheme": "glorot", "max_iter": 1, "gradient_tolerance": 1e-8, "cost_tolerance": 0.0,
            "max_evaluations": None, "time_limit": None, "patience": None, "output_activation": None, "bias": True,
        }  # fmt: skip
