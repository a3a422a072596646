"""`sn.select`: errors of sizes and decays on left-out rows, the choice, and the model of the choice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold

import sheernet as sn

N = 30
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 2))
Y = np.sin(2 * X[:, 0]) + 0.5 * X[:, 1] + 0.3 * RNG.normal(size=N)
TABLE = {"a": X[:, 0], "b": X[:, 1], "y": 7.0 * Y + 40.0}
CLASSES = {
    "a": X[:, 0],
    "b": X[:, 1],
    "y": np.where(Y > 0.5, "high", np.where(Y < -0.2, "low", "mid")),
}
ENGINE = {"engine": "reference"}
LINEAR: dict[str, Any] = {"sizes": 0, "decays": (0.1, 0.01), "folds": 3, **ENGINE}
SMALL: dict[str, Any] = {
    "sizes": (0, 2),
    "decays": (1e-1, 1e-2),
    "folds": 3,
    "starts": 2,
    "max_iter": 30,
}


class TestErrors:
    def test_of_classes_are_log_losses(self) -> None:
        selection = sn.select(CLASSES, "y", **SMALL)
        model = selection.model
        assert selection.measure == "log loss"
        outputs = model.fold_outputs.outputs
        expected = log_loss(CLASSES["y"], outputs, labels=list(model.targets.classes))
        assert selection.grid.errors[selection.grid.chosen] == pytest.approx(expected)
        assert model.held_out_fit.log_loss == pytest.approx(expected)

    def test_of_several_targets_are_of_scaled_ones(self) -> None:
        both = {**TABLE, "z": 1000.0 * X[:, 0]}
        selection = sn.select(both, ["y", "z"], **LINEAR)
        fit = selection.model.held_out_fit
        scaled = np.array(fit.rmse) / np.array(selection.model.targets.scale)
        assert selection.measure == "RMSE of scaled targets"
        assert selection.grid.errors[selection.grid.chosen] == pytest.approx(
            np.sqrt(np.mean(scaled**2))
        )

    def test_of_repeats_and_of_groups_have_larger_standard_errors_than_of_independent_rows(
        self,
    ) -> None:
        once = sn.select(TABLE, "y", **LINEAR)
        twice = sn.select(TABLE, "y", **LINEAR, repeats=4)
        error = (once.grid.standard_errors / twice.grid.standard_errors)[0]
        assert np.all((error > 0.8) & (error < 1.25))  # not halved by four repeats
        doubled = {name: np.tile(values, 2) for name, values in TABLE.items()}
        pairs = sn.select(doubled, "y", **LINEAR, groups=np.tile(np.arange(N), 2))
        ratio = (pairs.grid.standard_errors / once.grid.standard_errors)[0]
        assert np.all((ratio > 0.8) & (ratio < 1.25))  # not smaller for two copies of each row


class TestTheModel:
    def test_is_what_fit_gives_for_the_choice(self) -> None:
        selection = sn.select(TABLE, "y", **SMALL)
        given = {"hidden": selection.hidden, "decay": selection.decay, "starts": 2, "max_iter": 30}
        same = sn.fit(TABLE, "y", held_out=0, **given)
        np.testing.assert_array_equal(selection.model.network.theta, same.network.theta)
        assert selection.model.training_fit == same.training_fit

    @pytest.mark.parametrize("given", [{"held_out": 0.25}, {"test": {**TABLE, "a": X[::-1, 0]}}])
    def test_has_the_figures_of_held_out_rows_if_there_are_any(self, given: Any) -> None:
        model = sn.select(TABLE, "y", **LINEAR, **given).model
        assert model.evaluation == ("test" if "test" in given else "held out")
        assert model.fold_outputs is None

    def test_is_saved_loaded_and_reported(self, tmp_path: Path) -> None:
        model = sn.select(TABLE, "y", **{**SMALL, "sizes": (0, (2, 2))}).model
        again = sn.load(model.save(tmp_path / "model.json"))
        assert again.report(verbose=True) == model.report(verbose=True)
        assert again.settings["sizes"] == ["0", "2-2"]
        np.testing.assert_array_equal(again.predict(TABLE), model.predict(TABLE))

    def test_is_evaluated_on_each_row_once_if_a_splitter_leaves_it_out_more_often(self) -> None:
        splitter = KFold(3, shuffle=True, random_state=0)
        selection = sn.select(TABLE, "y", **{**LINEAR, "folds": splitter})
        assert selection.model.held_out_fit.rows == N
        assert "left out by KFold(n_splits=3" in " ".join(selection.model.report().split())


class TestTheSame:
    def test_seed_gives_the_same_bits_on_any_number_of_threads(self) -> None:
        one, two = (sn.select(TABLE, "y", **SMALL, seed=3, threads=threads) for threads in (1, 2))
        np.testing.assert_array_equal(one.grid.errors, two.grid.errors)
        np.testing.assert_array_equal(one.model.network.theta, two.model.network.theta)
        other = sn.select(TABLE, "y", **SMALL, seed=4)
        assert not np.array_equal(one.grid.errors, other.grid.errors)

    def test_order_of_sizes_and_decays_makes_no_difference(self) -> None:
        one = sn.select(TABLE, "y", **SMALL)
        turned = {**SMALL, "sizes": SMALL["sizes"][::-1], "decays": SMALL["decays"][::-1]}
        other = sn.select(TABLE, "y", **turned)
        assert str(one) == str(other)

    def test_rows_are_left_out_as_by_groups_in_a_column(self) -> None:
        who = np.arange(N) // 3
        column = sn.select({**TABLE, "who": who}, "y", groups="who", **LINEAR)
        values = sn.select(TABLE, "y", groups=who, **LINEAR)
        np.testing.assert_array_equal(column.grid.errors, values.grid.errors)
        assert column.model.inputs.names == ("a", "b")


class TestSentences:
    def test_the_table_has_a_line_for_each_size_and_decay(self) -> None:
        selection = sn.select(TABLE, "y", **SMALL)
        frame = selection.to_frame()
        assert frame[["hidden", "decay"]].to_numpy().tolist() == [
            ["0", 0.1], ["0", 0.01], ["2", 0.1], ["2", 0.01],
        ]  # fmt: skip
        assert frame["weights"].tolist() == [3, 3, 9, 9]
        text = str(selection)
        assert text.startswith("y in the table: 30 rows, 3 folds, 2 starts, 18 fits\n")
        assert max(map(len, text.splitlines())) <= 100
        assert frame["mark"].str.contains("chosen").sum() == 1
        assert frame["mark"].str.contains("lowest").sum() == 1

    def test_the_verdict_names_the_choice_and_the_lowest(self) -> None:
        for rule in ("paired", "one_se", "best"):
            selection = sn.select(TABLE, "y", **SMALL, rule=rule)
            grid = selection.grid
            assert selection.verdict.startswith("Chosen: ")
            assert f"{grid.errors[grid.lowest]:.4g}" in selection.verdict
            assert (grid.chosen == grid.lowest) == ("is the lowest," in selection.verdict)
            if rule == "best":
                assert grid.chosen == grid.lowest

    def test_notebooks_show_the_table(self) -> None:
        selection = sn.select({**TABLE, "<y>": TABLE["y"]}, "<y>", drop="y", **SMALL)
        html = selection._repr_html_()
        assert html.count("<tr") == 5
        assert html.count("font-weight:bold") == 1

    def test_an_end_of_the_grid_is_a_notice(self) -> None:
        selection = sn.select(TABLE, "y", **{**LINEAR, "decays": (9.0, 5.0)})
        (notice,) = selection.notices
        assert (
            notice == "the smallest decay, 5, has the lowest error; try smaller decays with decays"
        )
        assert notice in str(selection)
        assert notice in selection._repr_html_()


class TestCutShort:
    def test_too_short_a_time_limit_is_an_error(self) -> None:
        with pytest.raises(sn.InvalidInput, match="time_limit=0 ended the search before the first"):
            sn.select(TABLE, "y", **SMALL, time_limit=0)


class TestKindsOfTables:
    def test_categories_missing_values_and_two_classes(self) -> None:
        data = {
            "a": np.where(np.arange(N) % 7 == 2, np.nan, TABLE["a"]), "group": ["u", "v", "w"] * (N // 3),
            "y": Y > 0,
        }  # fmt: skip
        with pytest.warns(sn.SheernetWarning, match="missing"):
            selection = sn.select(data, "y", missing="impute", **SMALL)
        assert selection.model.task == "classification"
        assert np.isfinite(selection.grid.errors).all()

    def test_other_scaling_activation_and_method(self) -> None:
        selection = sn.select(
            TABLE, "y", **SMALL, scaling="minmax", activation="sigmoid", method="lbfgs"
        )
        assert selection.model.provenance.method == "lbfgs"
        assert selection.model.network.architecture.activations[0].name in ("sigmoid", "identity")
        fit = selection.model.held_out_fit
        assert fit.rmse[0] == pytest.approx(selection.grid.errors[selection.grid.chosen])

    def test_one_left_out_row_has_no_standard_error(self) -> None:
        rows = {"x": np.arange(12.0), "y": np.arange(12.0) ** 2}
        splitter = SimpleNamespace(split=lambda *_: [(np.arange(12)[1:], np.array([0]))])
        selection = sn.select(rows, "y", sizes=0, decays=(0.1, 0.0), folds=splitter)
        assert np.isnan(selection.grid.standard_errors).all()  # of one row
        assert selection.grid.chosen == selection.grid.lowest


def test_counts_are_selected_and_judged_as_single_rows() -> None:
    """Bliss (1935), Annals of Applied Biology 22, table IV: beetles that died of a dose, and that survived."""
    table = {
        "dose": [1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839] * 2,
        "died": [True] * 8 + [False] * 8,
        "n": [6, 13, 18, 28, 52, 53, 61, 60, 53, 47, 44, 28, 11, 6, 1, 0],
    }
    table = {name: values[:15] for name, values in table.items()}  # none survived the last dose
    single = {name: np.repeat(table[name], table["n"]) for name in ("dose", "died")}
    grid = {"sizes": 0, "decays": 1e-3, "folds": 10, "rule": "best"}
    counted = sn.select(table, "died", weights="n", **grid)
    other = sn.select(single, "died", **grid)
    # The folds are others.  With whole rows in the folds, the log loss is 40 % higher.
    assert counted.grid.errors == pytest.approx(other.grid.errors, rel=0.02)
    assert counted.grid.standard_errors == pytest.approx(other.grid.standard_errors, rel=0.05)
    fit = counted.model.held_out_fit
    assert (fit.rows, fit.weight) == (15, 481)
    assert np.sum(fit.confusion) == 481
    assert sorted(set(counted.model.fold_outputs.rows.tolist())) == list(range(15))
    assert "over the 15 evaluated rows, which count as 481 rows" in " ".join(
        counted.model.report().split()
    )
