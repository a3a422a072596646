"""Contributions of columns to predictions: lines by hand, laws, sums that are complete for every kind of model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.explaining.decoding import predicted
from sheernet.models.explaining.given_table import given_table
from sheernet.models.explaining.reference_rows import middle_rows, rows_of_table
from sheernet.statistics import shapley_values
from sheernet.statistics.laplace import unpacked

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


@pytest.mark.parametrize(("most_exact", "tolerance"), [(5, 1e-9), (0, 0.03)])
def test_are_the_shapley_values_of_columns(monkeypatch, most_exact: int, tolerance: float) -> None:
    monkeypatch.setattr("sheernet.models.explaining.contributions.MOST_EXACT", most_exact)
    model = model_of("two targets")
    table, some = ({name: values[:n] for name, values in mixed().items()} for n in (40, 5))
    X = model.inputs.encode(sn.read_table(table))
    blocks = [np.arange(at.start, at.stop) for _, at in model.inputs.with_slices()]
    expected = shapley_values(lambda rows: predicted(model, rows), X[:5], X, blocks)
    assert expected.exact
    found = model.contributions(some, table)
    assert found.values == pytest.approx(
        expected.values, abs=tolerance * np.abs(expected.values).max()
    )
    assert (np.abs(found.values - expected.values).max() > 1e-6) == (most_exact == 0)
    assert found.baseline == pytest.approx(expected.base)


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


def test_one_input_or_two_for_two_labels_have_the_same_uncertainty() -> None:
    """theta of the model with one input is A theta of that with two: w = scale (m - f), b' = b + f + shift (m - f)."""
    codes = np.arange(60) % 2
    two, one = coded(np.array(["f", "m"])[codes]), coded(codes == 1)
    (a,), (b,) = two.members, one.members
    column = one.inputs.columns[1]
    A = np.zeros((b.network.theta.size, a.network.theta.size))
    width = 3  # theta is W1 by input, b1, then the output layer
    for h in range(width):
        A[h, h] = 1.0
        f, m, bias = width + h, 2 * width + h, 3 * width + h
        A[width + h, [f, m]] = -column.scale, column.scale
        A[2 * width + h, [f, m, bias]] = 1.0 - column.shift, column.shift, 1.0
    A[3 * width :, 4 * width :] = np.eye(width + 1)
    L = unpacked(a.factor)
    factor = np.linalg.qr((A @ L).T, mode="r").T  # A C A^T = factor factor^T
    factor = factor * np.sign(np.diag(factor))
    network = sn.Network(b.network.architecture, A @ a.network.theta)
    member = replace(b, network=network, factor=factor[np.tril_indices(len(factor))])
    targets = two.targets
    one = replace(one, members=(member,), targets=targets)
    rows = {"x": two.inputs.columns[0].shift + np.array([-1.0, 0.0, 1.5])}
    own = [{**rows, "sex": np.array(labels)} for labels in (["m", "f", "m"], [True, False, True])]
    tables = [
        {"x": np.linspace(-1.5, 1.5, 10), "sex": np.resize(values, 10)}
        for values in (["f", "m"], [False, True])
    ]
    found, expected = (
        model.contributions(mine, table, std=True)
        for model, mine, table in zip((one, two), own[::-1], tables[::-1], strict=True)
    )
    assert found.values == pytest.approx(expected.values, abs=1e-9)
    assert found.std == pytest.approx(expected.std, rel=1e-6)
    assert expected.std.min() > 1e-3


def test_against_a_row_that_differs_in_one_column_are_a_difference_of_predictions() -> None:
    """Its standard deviation is that of predictions with weights that are drawn from their distribution."""
    labels = np.array(["f", "m"])[np.arange(60) % 2]
    model = coded(labels)
    row, other = {"x": [1.0], "sex": ["m"]}, {"x": [1.0], "sex": ["f"]}
    found = model.contributions(row, other, std=True)
    assert found.values[0, :, 0] == pytest.approx(
        [0.0, (model.predict(row) - model.predict(other))[0]]
    )
    (member,) = model.members
    rng, draws = np.random.default_rng(0), []
    L = np.zeros((member.network.theta.size,) * 2)
    L[np.tril_indices(len(L))] = member.factor
    X = model.inputs.encode(sn.read_table({"x": [1.0, 1.0], "sex": ["m", "f"]}))
    shrink = 1e-3  # the approximation is linear in the weights
    for _ in range(2000):
        theta = member.network.theta + shrink * (L @ rng.normal(size=len(L)))
        moved = replace(
            member, network=sn.Network(member.network.architecture, theta), factor=np.zeros(0)
        )
        drawn = replace(model, members=(moved,))
        draws.append(np.subtract(*predicted(drawn, X)[:, 0]))
    assert found.std[0, 0, 0] == 0.0
    assert found.std[0, 1, 0] == pytest.approx(np.std(draws) / shrink, rel=0.06)


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
    def test_of_many_rows_has_about_their_mean_prediction(self) -> None:
        model = model_of("numbers")
        table = {name: np.tile(values, 25) for name, values in mixed().items()}
        given = given_table(model, table).inputs("training")
        found = rows_of_table(model, given)
        assert len(found.rows) == 100
        assert found.words == "the mean prediction of 100 of 3000 rows"
        whole = predicted(model, given.X)
        assert abs(predicted(model, found.rows).mean() - whole.mean()) < 0.02 * whole.std()

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

    def test_in_the_middle_of_columns_that_are_not_standardized(self) -> None:
        table = {"x": [0.0, 10.0, 2.0], "on": [True, True, False]}
        model = sn.fit(
            {**table, "y": [1.0, 2.5, 4.0]}, "y", hidden=0, decay=0.1, scaling="none", held_out=0
        )
        found = middle_rows(model)
        assert found.rows.tolist() == [[5.0, 0.0], [5.0, 1.0]]
        assert found.words.endswith(
            "equally frequent, at the middle of the range of each number (x 5)"
        )
        assert found.target_mean is None

    def test_without_a_table_has_every_label_equally_often(self) -> None:
        rng = np.random.default_rng(0)
        labels = {f"c{j}": np.array(["a", "b", "c"])[rng.permutation(60) % 3] for j in range(5)}
        y = rng.normal(size=60)
        model = sn.fit({**labels, "y": y}, "y", hidden=0, decay=1.0, starts=1, held_out=0)
        found = middle_rows(model)
        assert found.words == "the mean prediction over all labels, equally frequent"
        assert len(found.rows) == 100
        assert set(found.rows.sum(axis=0)) == {33.0, 34.0}
        assert found.rows.reshape(100, 5, 3).max(axis=2).all()
        assert found.target_mean == pytest.approx([y.mean()])

    def test_has_fewer_rows_for_many_columns(self, monkeypatch) -> None:
        monkeypatch.setattr("sheernet.models.explaining.reference_rows.MOST_NUMBERS", 4 * 5 * 20)
        model = model_of("numbers")
        assert (
            model.contributions(mixed(), mixed()).measured_from
            == "the mean prediction of 10 of 120 training rows"
        )


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
