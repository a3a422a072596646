"""As test_contributions.py, by names that are not published."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from models.explaining.test_contributions import coded, mixed, model_of
from sheernet.models.explaining.decoding import predicted
from sheernet.models.explaining.given_table import given_table
from sheernet.models.explaining.reference_rows import middle_rows, rows_of_table
from sheernet.statistics import shapley_values
from sheernet.statistics.laplace import unpacked

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
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
