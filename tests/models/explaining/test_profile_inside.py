"""As test_profile.py, by names that are not published."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from models.explaining.test_profile import TASKS, fitted
from random_models import cells, models, number_targets, random_model
from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.data.targets import ClassTarget
from sheernet.models.explaining import Profile

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)


def predicted(model: sn.Model, rows) -> np.ndarray:
    """Predictions or probabilities, (N, K)."""
    if isinstance(model.targets, ClassTarget):
        return model.probabilities(rows)
    found = model.predict(rows)
    return found.reshape(len(found), -1)


def rows_of(profile: Profile, name: str) -> dict[str, list]:
    """The rows of a curve as a table."""
    own = list(profile[name].cells)
    return {
        column: own if column == name else [cell] * len(own)
        for column, cell in profile.point.items()
    }


def require_equal_to_predict(model: sn.Model, profile: Profile) -> None:
    for curve in profile.curves:
        assert np.array_equal(predicted(model, rows_of(profile, curve.name)), curve.mean)
        assert np.array_equal(curve.mean[curve.present], profile.prediction)


@pytest.mark.parametrize("task", TASKS)
def test_curves_are_the_predictions_to_the_digit(task: str) -> None:
    model = fitted(task)
    for at in (None, {"x": 1.25, "color": "red", "on": False}):
        require_equal_to_predict(model, model.profile(at))


@settings(max_examples=25, deadline=None)
@given(model=models(outputs=("identity", "softplus", "exp")), seed=st.integers(0, 999))
def test_curves_of_any_model_are_its_predictions(model: sn.Model, seed: int) -> None:
    rng = np.random.default_rng(seed)
    row = {column.name: cells(column, 1, rng, False)[0] for column in model.inputs.columns}
    profile = model.profile(row, points=5)
    require_equal_to_predict(model, profile)
    for curve, column in zip(profile.curves, model.inputs.columns, strict=True):
        if not isinstance(column, CategoryColumn):
            assert column.lowest <= curve.values.min() <= curve.values.max() <= column.highest


class TestTextAndTables:
    def test_what_bands_are_is_told_in_notebooks_too(self) -> None:
        arch = sn.Architecture((2, 3, 1))
        profile = random_model(arch, members=3, targets=number_targets(1)).profile()
        note = "±: 2 standard deviations among 3 networks and of their weights, without noise"
        assert f"<p>{note}; the interval includes noise</p>" in profile._repr_html_()
        assert "±" not in replace(profile, band="")._repr_html_()


class TestAwkwardModels:
    def test_a_constant_model(self) -> None:
        model = random_model(sn.Architecture((2, 2, 1)))
        member = replace(
            model.members[0], network=sn.Network(model.network.architecture, np.zeros(9))
        )
        silent = replace(model, members=(member,))
        profile = silent.profile()
        assert profile["input 0"].change.tolist() == [0.0]
        assert "Prediction as one column changes" in profile.text()

    def test_fifty_columns(self) -> None:
        model = random_model(sn.Architecture((50, 2, 1)), targets=number_targets(1))
        require_equal_to_predict(model, model.profile(points=3))

    def test_several_networks_with_noise_that_varies(self) -> None:
        arch = sn.Architecture((2, 3, 2))
        model = random_model(arch, members=3, targets=number_targets(1), cost="gaussian_nll")
        profile = model.profile()
        require_equal_to_predict(model, profile)
        assert profile.band == "2 standard deviations among 3 networks and of their weights"
        lower, upper = model.predict_interval(profile.point)
        assert [end[0] for end in profile.interval] == pytest.approx([lower, upper])

    def test_rare_labels(self) -> None:
        column = CategoryColumn("c", ("a", "b"), ("p", "q"))
        model = random_model(sn.Architecture((3, 1)), inputs=Inputs((column,)))
        profile = model.profile({"c": "q"})
        assert profile["c"].cells == ("a", "b", "q")
        assert profile["c"].present == 2
        assert model.profile({"c": "a"})["c"].cells == ("a", "b", "p")
