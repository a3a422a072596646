"""Contributions of columns to predictions: lines by hand, sums that are complete for every kind of model, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.explaining.contributions import middle_row

pytestmark = pytest.mark.filterwarnings("ignore:(date|time of day) '|the figures of held-out rows")
QUICK = {"starts": 1, "held_out": 0, "max_iter": 30}


def mixed(n: int = 120) -> dict[str, object]:
    rng = np.random.default_rng(0)
    return {
        "x": rng.normal(size=n),
        "w": 100.0 * rng.uniform(size=n),
        "day": np.datetime64("2022-01-01") + 9 * np.arange(n),
        "on": rng.uniform(size=n) < 0.5,
        "color": rng.choice(["red", "green", "blue"], n),
    }


def targets() -> dict[str, dict[str, object]]:
    table = mixed()
    signal = table["x"] + np.sin(table["w"] / 20) * (table["color"] == "red") + 0.3 * table["on"]
    classes = np.array(["low", "mid", "top"])[np.digitize(signal, [-0.5, 0.7])]
    return {
        "numbers": {"y": 1e4 + 50.0 * signal},
        "two targets": {"y": signal, "z": np.exp(signal)},
        "two classes": {"y": signal > 0},
        "three classes": {"y": classes},
    }


def model_of(kind: str, **options) -> sn.Model:
    own = targets()[kind]
    return sn.fit({**mixed(), **own}, list(own), **{"hidden": 3, "decay": 1e-3, **QUICK, **options})


CASES = {
    **{kind: (kind, {}) for kind in targets()},
    "linear": ("numbers", {"hidden": 0}),
    "linear classes": ("three classes", {"hidden": 0}),
    "kinks": ("numbers", {"activation": "relu", "hidden": 8}),
    "kinks of classes": ("three classes", {"activation": "leaky_relu", "hidden": 6}),
    "two layers": ("two targets", {"hidden": (4, 3)}),
    "not scaled": ("numbers", {"scaling": "none", "drop": "day"}),
    "huber": ("numbers", {"cost": "huber"}),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_the_sum_is_the_difference_of_the_predictions(case: str) -> None:
    kind, options = CASES[case]
    model = model_of(kind, **options)
    found = model.contributions(mixed(), mixed())
    expected = (
        model.predict(mixed()) if model.task == "regression" else model.probabilities(mixed())
    )
    expected = np.reshape(expected, found.predictions.shape)
    assert found.predictions == pytest.approx(expected, rel=1e-14)
    assert found.values.sum(axis=1) == pytest.approx(found.predictions - found.baseline, abs=1e-8)
    assert found.columns == model.inputs.names
    assert np.abs(found.values).max() > 0.01


def test_the_scales_of_targets_contribute_nothing() -> None:
    model = model_of("two targets")
    arch = sn.Architecture((model.inputs.n_features, 3, 4))
    network = sn.Network.random(arch, seed=0)
    member = replace(
        model.members[0], network=network, cost="gaussian_nll", decay=np.zeros(network.theta.size), factor=np.zeros(0)
    )  # fmt: skip
    both = replace(
        model, members=(replace(model.members[0], share=0.5), replace(member, share=0.5))
    )
    found = both.contributions(mixed(), mixed())
    assert found.predictions == pytest.approx(both.predict(mixed()))
    assert found.values.sum(axis=1) == pytest.approx(found.predictions - found.baseline, abs=1e-8)


def test_members_contribute_by_their_shares() -> None:
    first, second = model_of("numbers"), model_of("numbers", seed=1)
    parts = [m.contributions(mixed(), mixed()) for m in (first, second)]
    members = [replace(m.members[0], share=s) for m, s in ((first, 0.3), (second, 0.7))]
    found = replace(first, members=tuple(members)).contributions(mixed(), mixed())
    assert found.values == pytest.approx(0.3 * parts[0].values + 0.7 * parts[1].values, abs=1e-9)


def test_of_a_line_are_slopes_times_distances_from_the_mean() -> None:
    rng = np.random.default_rng(0)
    table = {"x": rng.normal(size=50), "c": np.array(["a", "b"] * 25)}
    y = 3.0 * table["x"] + 4.0 * (table["c"] == "b")
    model = sn.fit({**table, "y": y}, "y", hidden=0, decay=1e-9, starts=1, held_out=0)
    found = model.contributions({"x": [1.5], "c": ["b"]}, table)
    assert found.values[0, :, 0] == pytest.approx([3.0 * (1.5 - table["x"].mean()), 2.0], abs=1e-4)
    assert found.measured_from == "the mean of 50 training rows"
    without = model.contributions({"x": [1.5], "c": ["b"]})
    assert without.values == pytest.approx(
        found.values, abs=1e-9
    )  # both labels are equally frequent
    assert without.measured_from == "the means of the columns, all labels alike"


def test_the_middle_of_columns_that_are_not_standardized() -> None:
    table = {"x": [0.0, 10.0, 2.0], "on": [True, True, False]}
    model = sn.fit(
        {**table, "y": [1.0, 2.5, 4.0]}, "y", hidden=0, decay=0.1, scaling="none", held_out=0
    )
    assert middle_row(model).features.tolist() == [5.0, 0.5]
    assert middle_row(model).words == "the middles of the ranges of the columns"


def test_a_row_without_a_prediction_has_no_contributions() -> None:
    model = model_of("numbers")
    table = {name: values[:3] for name, values in mixed().items()}
    table["x"] = [1.0, None, 2.0]
    with pytest.warns(sn.SheernetWarning, match="missing inputs"):
        found = model.contributions(table)
    assert np.isnan(found.values).all(axis=(1, 2)).tolist() == [False, True, False]
    assert found.to_frame()["contribution_w"].isna().tolist() == [False, True, False]


def test_tables_have_the_targets_or_the_predicted_class() -> None:
    rows = {name: values[:6] for name, values in mixed().items()}
    two = model_of("two targets").contributions(rows).to_frame()
    assert list(two)[:2] == ["baseline_y", "contribution_x_y"]
    assert len(list(two)) == 2 * 6
    model = model_of("three classes")
    found = model.contributions(rows)
    frame = found.to_frame()
    likely = model.probabilities(rows).max(axis=1)
    assert frame.sum(axis=1).to_numpy() == pytest.approx(likely)


@pytest.mark.filterwarnings("ignore:x.*is above:sheernet.SheernetWarning")
def test_predictions_that_are_not_finite_are_refused() -> None:
    model = sn.fit(
        {"x": [1.0, 2.0, 4.0], "y": [150.5, 250.0, 225.0]}, "y", hidden=0, decay=0.1, held_out=0
    )
    with pytest.raises(sn.InvalidInput, match=r"row 1.*check its units"):
        model.contributions({"x": [1.0, 1.7e308]})


def test_a_wrong_derivative_is_found() -> None:
    wrong = sn.activations.Activation(
        "wrong", np.tanh, lambda z: 0.9 / np.cosh(z) ** 2, None, "tanh(z)", "-"
    )
    model = model_of("numbers")
    arch = model.network.architecture
    network = sn.Network(sn.Architecture(arch.sizes, hidden=wrong), model.network.theta)
    broken = replace(model, members=(replace(model.members[0], network=network),))
    with pytest.raises(sn.InvalidInput, match=r"do not add up.*check_gradient"):
        broken.contributions(mixed(), mixed())
