"""Contributions by integrated gradients: products by hand, kinks and classes that are complete, and refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn

QUICK = {"starts": 1, "held_out": 0, "max_iter": 30}
PATHS = {"method": "integrated-gradients"}


def table_of(kind: str, n: int = 200) -> dict[str, np.ndarray]:
    """200 rows of numbers, labels and Booleans; or of numbers only; or with a date and three classes."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=n), 100.0 * rng.uniform(size=n)
    if kind == "numbers":
        return {"x": x, "w": w, "y": 1e4 + 50.0 * np.abs(x) + w}
    color, on = rng.choice(["red", "green", "blue"], n), rng.uniform(size=n) < 0.5
    signal = x + np.sin(w / 20) * (color == "red") + 0.3 * on
    if kind == "labels":
        return {"x": x, "w": w, "color": color, "on": on, "y": signal}
    day = np.datetime64("2022-01-01") + 9 * np.arange(n)
    y = np.array(["low", "mid", "top"])[np.digitize(signal, [-0.5, 0.7])]
    return {"x": x, "w": w, "day": day, "color": color, "y": y}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("numbers", {"activation": "relu", "hidden": 4}),
        ("labels", {"hidden": (4, 3)}),
        ("classes", {"hidden": 3}),
    ],
)
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_200_rows_add_up(kind: str, options: dict[str, object]) -> None:
    table = table_of(kind)
    model = sn.fit(table, "y", decay=1e-3, **QUICK, **options)
    reference = {name: values[:2] for name, values in table.items() if name != "y"}
    found = model.contributions(table, reference, **PATHS)
    units = np.ptp(found.predictions, axis=0)
    gaps = np.abs(found.values.sum(axis=1) - (found.predictions - found.baseline)) / units
    assert len(gaps) == 200
    assert gaps.max() < 1e-9
    assert np.abs(found.values / units).max() > 0.1
    shapley = model.contributions(table, reference)
    assert (found.measured_from, found.baseline.tolist()) == (
        shapley.measured_from,
        shapley.baseline.tolist(),
    )
    assert (found.method, shapley.method) == ("integrated-gradients", "shapley")


def test_of_a_line_are_its_shapley_values() -> None:
    table = {**table_of("labels"), "y": table_of("labels")["x"]}
    model = sn.fit(table, "y", hidden=0, decay=0.1, **QUICK)
    for reference in (table, None):
        found, expected = (model.contributions(table, reference, **how) for how in (PATHS, {}))
        assert found.values == pytest.approx(expected.values, abs=1e-9)


def product_model(share: float = 1.0) -> sn.Model:
    """A model of tanh(x1 + 2 x2 + 3 x3), scaled as its target, with columns that are not scaled."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20, 3))
    model = sn.fit(X, X.sum(axis=1), hidden=1, decay=1.0, scaling="none", **QUICK)
    (member,) = model.members
    network = sn.Network(member.network.architecture, [1.0, 2.0, 3.0, 0.0, 1.0, 0.0])
    member = replace(member, network=network, factor=np.zeros(0), share=share)
    return replace(model, members=(member,))


def test_along_a_path_are_divided_by_the_slopes() -> None:
    """A function of w x has contributions in proportion to w_j (x_j - b_j) on every path."""
    model = product_model()
    row, reference = np.array([[0.5, -0.4, 0.3]]), np.array([[0.0, 0.2, 0.1], [-0.1, 0.3, -0.2]])
    found = model.contributions(row, reference, **PATHS)
    expected = np.zeros(3)
    scale, w = model.targets.scale[0], np.array([1.0, 2.0, 3.0])
    for b in reference:
        parts = w * (row[0] - b)
        change = np.tanh(w @ row[0]) - np.tanh(w @ b)
        expected += 0.5 * scale * change * parts / parts.sum()
    assert found.values[0, :, 0] == pytest.approx(expected, rel=1e-9)
    shapley = model.contributions(row, reference)
    assert np.abs(shapley.values[0, :, 0] - expected).max() > 1e-3


def test_members_that_disagree_are_uncertain_along_paths() -> None:
    """Two halves with f and 3 f: mean 2 f, standard deviation f."""
    one = product_model()
    half = product_model(share=0.5).members[0]
    theta = half.network.theta.copy()
    theta[4] *= 3.0
    tripled = sn.Network(half.network.architecture, theta)
    pair = replace(one, members=(half, replace(half, network=tripled)))
    row, reference = np.array([[0.5, -0.4, 0.3]]), np.array([[0.0, 0.2, 0.1]])
    single, found = (m.contributions(row, reference, std=True, **PATHS) for m in (one, pair))
    assert found.values == pytest.approx(2.0 * single.values, rel=1e-9)
    assert found.std == pytest.approx(np.abs(single.values), rel=1e-6)
    assert single.std is None


def test_numbers_far_from_0_add_up_to_their_rounding() -> None:
    table = table_of("numbers", 30)
    table["y"] = 1e12 + table["x"]
    model = sn.fit(table, "y", hidden=2, decay=0.01, **QUICK)
    found = model.contributions(table, **PATHS)
    assert found.values.sum(axis=1) == pytest.approx(found.predictions - found.baseline, abs=1e-3)


@pytest.mark.parametrize("name", ["contributions", "explain_row"])
def test_an_unknown_method_is_refused(name: str) -> None:
    with pytest.raises(sn.InvalidInput, match=r"method 'shap'.*shapley.*integrated-gradients"):
        getattr(product_model(), name)([[0.0, 0.0, 0.0]], method="shap")
