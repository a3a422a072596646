"""Contributions of columns to predictions: lines by hand, laws, sums that are complete for every kind of model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)
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
    "not scaled": ("numbers", {"scaling": "none", "drop": "day", "method": "bfgs"}),
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
        model.members[0],
        network=network,
        cost="gaussian_nll",
        decay=np.zeros(network.theta.size),
        factor=np.zeros(0),
    )
    both = replace(
        model, members=(replace(model.members[0], share=0.5), replace(member, share=0.5))
    )
    found = both.contributions(mixed(), mixed())
    assert found.predictions == pytest.approx(both.predict(mixed()))
    assert found.values.sum(axis=1) == pytest.approx(found.predictions - found.baseline, abs=1e-8)


def test_members_contribute_by_their_shares() -> None:
    first, second = model_of("numbers"), model_of("numbers", seed=1)
    table = {name: values[:90] for name, values in mixed().items()}  # few enough to use all
    parts = [m.contributions(mixed(), table) for m in (first, second)]
    members = [replace(m.members[0], share=s) for m, s in ((first, 0.3), (second, 0.7))]
    found = replace(first, members=tuple(members)).contributions(mixed(), table)
    assert found.values == pytest.approx(0.3 * parts[0].values + 0.7 * parts[1].values, abs=1e-9)


def test_of_a_line_are_slopes_times_distances_from_the_mean() -> None:
    rng = np.random.default_rng(0)
    table = {"x": rng.normal(size=50), "c": np.array(["a", "b"] * 25)}
    y = 3.0 * table["x"] + 4.0 * (table["c"] == "b")
    model = sn.fit({**table, "y": y}, "y", hidden=0, decay=1e-9, starts=1, held_out=0)
    found = model.contributions({"x": [1.5], "c": ["b"]}, table)
    assert found.values[0, :, 0] == pytest.approx([3.0 * (1.5 - table["x"].mean()), 2.0], abs=1e-4)
    assert found.measured_from == "the mean prediction of 50 training rows"
    assert found.baseline == pytest.approx([y.mean()], abs=1e-6)
    without = model.contributions({"x": [1.5], "c": ["b"]})
    assert without.values == pytest.approx(found.values, abs=1e-6)  # the columns keep their means
    assert without.baseline == pytest.approx([y.mean()], abs=1e-6)
    assert (
        without.measured_from == "the mean prediction of 50 rows that stand for the training rows"
    )


def test_do_not_depend_on_the_rows_beside_them() -> None:
    model = model_of("two targets")
    some = {name: values[:3] for name, values in mixed().items()}
    last = {name: values[2:3] for name, values in mixed().items()}
    found = model.contributions(some, mixed(), std=True)
    alone = model.contributions(last, mixed(), std=True)
    assert found.values[2:].tolist() == alone.values.tolist()
    assert found.std[2:].tolist() == alone.std.tolist()


def coded(labels: np.ndarray) -> sn.Model:
    """A model of a number and a column with two labels, or Booleans."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    y = x + (np.arange(60) % 2) * (1 + x) + 0.1 * rng.normal(size=60)
    return sn.fit(
        {"x": x, "sex": labels, "y": y}, "y", hidden=3, decay=0.1, reduction="sum", **QUICK
    )


def test_what_a_network_does_between_labels_does_not_matter() -> None:
    """tanh(9 (m - f)) is about 1 and -1; its slope between the labels is never used."""
    model = coded(np.array(["f", "m"])[np.arange(60) % 2])
    (member,) = model.members
    theta = np.zeros(member.network.theta.size)
    theta[3], theta[6], theta[12] = -9.0, 9.0, 1.0  # one hidden unit
    n = theta.size
    L = 1e-9 * np.eye(n)
    L[9, 9] = 1.0  # its bias
    steep = replace(
        member, network=sn.Network(member.network.architecture, theta), factor=L[np.tril_indices(n)]
    )
    model = replace(model, members=(steep,))
    for table in ({"x": [0.0, 1.0], "sex": ["f", "m"]}, None):
        found = model.contributions({"x": [0.5], "sex": ["m"]}, table, std=True)
        assert found.values[0, 1, 0] == pytest.approx(model.targets.scale[0])
        assert found.std[0, 1, 0] < 1e-3 * model.targets.scale[0]


class TestReference:
    def test_is_the_table_of_the_fit_without_being_asked(self) -> None:
        model = model_of("numbers")
        table = mixed()
        assert (
            model.contributions(table).measured_from
            == "the mean prediction of 100 of 120 training rows"
        )
        other = {name: values[::-1] for name, values in table.items()}
        assert (
            model.contributions(other).measured_from
            == "the mean prediction of 100 rows that stand for the training rows"
        )

    def test_that_a_model_keeps_explains_as_the_table_does(self) -> None:
        """The target has its maximum in the middle, from where nearly all contributions would be negative."""
        rng = np.random.default_rng(0)
        x = rng.normal(size=800)
        table = {"x": x, "w": 0.8 * x + 0.6 * rng.normal(size=800), "c": np.array(["a", "b"] * 400)}
        y = -(x**2) + x * (table["c"] == "b") + 0.3 * table["w"]
        model = sn.fit({**table, "y": y}, "y", hidden=6, decay=1e-4, starts=1, held_out=0)
        rows = {name: values[:100] for name, values in table.items()}
        whole = model.contributions(rows, table).values[:, :, 0]
        kept = model.contributions(rows).values[:, :, 0]
        old = replace(model, region=replace(model.region, reference=np.zeros(0)))
        middle = old.contributions(rows).values[:, :, 0]
        errors = [np.sqrt(np.mean((each - whole) ** 2)) for each in (kept, middle)]
        assert errors[0] < 0.1 * whole.std()
        assert errors[1] > 3 * errors[0]


def test_a_row_without_a_prediction_has_no_contributions() -> None:
    model = model_of("numbers", missing="refuse")
    table = {name: values[:3] for name, values in mixed().items()}
    table["x"] = [1.0, None, 2.0]
    with pytest.warns(sn.SheernetWarning, match="missing inputs"):
        found = model.contributions(table, std=True)
    for numbers in (found.values, found.std):
        assert np.isnan(numbers).all(axis=(1, 2)).tolist() == [False, True, False]
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


def test_tables_have_standard_deviations_if_they_are_asked_for_and_known() -> None:
    rows = {name: values[:2] for name, values in mixed().items()}
    model = model_of("numbers")
    found = model.contributions(rows, std=True)
    frame = found.to_frame()
    assert list(frame)[:3] == ["baseline", "contribution_x", "contribution_x_std"]
    assert frame["contribution_w_std"].tolist() == found.std[:, 1, 0].tolist()
    unknown = replace(model, members=(replace(model.members[0], factor=np.zeros(0)),))
    assert unknown.contributions(rows, std=True).std is None


@pytest.mark.filterwarnings("ignore:x.*is above:sheernet.SheernetWarning")
def test_predictions_that_are_not_finite_are_refused() -> None:
    model = sn.fit(
        {"x": [1.0, 2.0, 4.0], "y": [150.5, 250.0, 225.0]}, "y", hidden=0, decay=0.1, held_out=0
    )
    with pytest.raises(sn.InvalidInput, match=r"row 1.*check its units"):
        model.contributions({"x": [1.0, 1.7e308]})
