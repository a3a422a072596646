"""As test_output_layer.py, by names that are not published."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from models.test_output_layer import LINEAR, columns
from random_models import models, number_targets, random_model, replaced, table_for
from sheernet.data.targets import NumberTargets
from sheernet.models.files.saving import encoded
from sheernet.models.output_layer import OF_NUMBERS, limits, scaling_of_targets

WITH_LIMITS = tuple(name for name in OF_NUMBERS if name in sn.activations.RANGES)


def regressions() -> st.SearchStrategy[sn.Model]:
    return models(outputs=WITH_LIMITS).filter(lambda model: model.task == "regression")


class TestLimits:
    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    @given(regressions(), st.sampled_from([0.5, 0.99]))
    @settings(max_examples=15, deadline=None)
    def test_no_prediction_and_no_interval_leaves_them(
        self, model: sn.Model, coverage: float
    ) -> None:
        table = table_for(model)
        low, high = limits(model.targets)
        mean, room = model.predict(table), 1e-12 * np.array(model.targets.scale)
        lower, upper = model.predict_interval(table, coverage)
        for values in (mean, lower, upper):
            rows = values.reshape(len(values), -1)
            assert (rows >= low - room).all()
            assert (rows <= high + room).all()
        assert (lower <= upper).all()

    @pytest.mark.parametrize("name", WITH_LIMITS)
    def test_are_those_of_the_activation_in_units_of_the_target(self, name: str) -> None:
        targets = NumberTargets(("y",), (5.0,), (2.0,), (5.0,), (6.0,), name)
        ends = sn.activations.get(name).value(np.array([-800.0, 700.0]))
        expected = 5.0 + 2.0 * ends
        low, high = limits(targets)
        assert low[0] == pytest.approx(expected[0])
        assert high[0] == (pytest.approx(expected[1]) if np.isfinite(high[0]) else np.inf)

    def test_do_not_exist_for_a_linear_output(self) -> None:
        low, high = limits(number_targets(2))
        assert low.tolist() == [-np.inf] * 2
        assert high.tolist() == [np.inf] * 2

    @pytest.mark.parametrize("name", ["exp", "softplus"])
    def test_units_of_the_target_do_not_matter(self, name: str) -> None:
        table = columns()
        y = np.exp(0.5 * table["a"]) + 0.1
        one, other = (
            sn.fit(
                {**table, "y": unit * y}, "y", output_activation=name, hidden=2, decay=1e-3, starts=1, held_out=0
            ).predict(table)
            for unit in (1.0, 1024.0)
        )  # fmt: skip
        assert np.allclose(1024.0 * one, other, rtol=1e-9)

    @pytest.mark.parametrize(
        ("name", "scaling", "rule"),
        [
            ("exp", "standardize", "rms"), ("softplus", "rms", "rms"), ("sigmoid", "standardize", "none"),
            ("tanh", "rms", "none"), ("sigmoid", "maximum", "maximum"), ("exp", "minmax", "minmax"),
            ("identity", "standardize", "standardize"), (None, "robust", "robust"),
        ],
    )  # fmt: skip
    def test_decide_how_the_target_is_scaled(self, name: str, scaling: str, rule: str) -> None:
        assert scaling_of_targets(scaling, name) == rule

    @pytest.mark.parametrize("scaling", ["maximum", "minmax"])
    def test_from_the_training_rows_are_told(self, scaling: str) -> None:
        table = columns()
        y = 20.0 + 10.0 * table["a"]
        with pytest.warns(sn.SheernetWarning, match=r"predictions of 'y' are between") as caught:
            model = sn.fit({**table, "y": y}, "y", output_activation="sigmoid", scaling=scaling, **LINEAR)  # fmt: skip
        low = 0.0 if scaling == "maximum" else y.min()
        assert f"between {low:g} and {y.max():g}, because" in str(caught[0].message)
        assert limits(model.targets)[1][0] == pytest.approx(y.max())


class TestFiles:
    @given(regressions())
    @settings(max_examples=10, deadline=None)
    def test_keep_the_output_in_the_architectures(self, model: sn.Model) -> None:
        with tempfile.TemporaryDirectory() as folder:
            assert sn.load(model.save(Path(folder) / "model.json")).targets == model.targets
        assert "output" not in json.loads(encoded(model))["targets"]

    def test_whose_networks_have_different_outputs_are_refused(self, tmp_path: Any) -> None:
        one, other = (random_model(sn.Architecture((2, 1), output=name)) for name in ("exp", "softplus"))  # fmt: skip
        halves = [replaced(each, share=0.5).members[0] for each in (one, other)]
        path = replaced(one, members=tuple(halves)).save(tmp_path / "model.json")
        with pytest.raises(
            sn.InvalidInput, match="activation 'exp', but its network has 'softplus'"
        ):
            sn.load(path)
