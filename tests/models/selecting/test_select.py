"""`sn.select`: errors of sizes and decays on left-out rows, the choice, and the model of the choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold, LeaveOneOut

import sheernet as sn
from contest_cases import REPORTING, CtrlC
from sheernet.models.fitting import left_out_fits, prepare
from sheernet.models.selecting import select_network as module
from sheernet.models.selecting.grid_words import in_short
from sheernet.models.selecting.row_splits import splits_of
from sheernet.models.selecting.selection import Grid
from sheernet.settings.selection_settings import STARTS, SelectionSettings
from sheernet.settings.table_settings import TableSettings

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


def folds_of(data: dict[str, Any], folds: Any = 3, **more: Any) -> tuple[Any, list[Any]]:
    prepared = prepare(data, "y", TableSettings(held_out=0, **more))
    return prepared, splits_of(prepared, SelectionSettings(folds=folds), 0)


def ridge(prepared: Any, split: Any, decay: float, weights: Any) -> Any:
    """Outputs for the left-out rows: the weighted mean of half the squared errors, by the normal equations."""
    A = np.column_stack([prepared.training.X, np.ones(len(prepared.training))])
    own, w = A[split.fitted], weights[split.fitted]
    penalty = w.sum() * decay * np.diag([1.0] * (A.shape[1] - 1) + [0.0])
    beta = np.linalg.solve(
        own.T @ (w[:, None] * own) + penalty, own.T @ (w * prepared.training.y[split.fitted, 0])
    )
    return A[split.left_out] @ beta


class TestErrors:
    def test_of_a_linear_model_are_those_of_ridge_regression(self) -> None:
        selection = sn.select(TABLE, "y", **LINEAR)
        prepared, splits = folds_of(TABLE)
        scale = prepared.targets.scale[0]
        for j, decay in enumerate((0.1, 0.01)):
            squares = np.concatenate(
                [
                    (ridge(prepared, s, decay, np.ones(N)) - prepared.training.y[s.left_out, 0])
                    ** 2
                    for s in splits
                ]
            )
            rmse = scale * np.sqrt(squares.mean())
            of_squares = scale**2 * squares.std(ddof=1) / np.sqrt(N)
            assert selection.grid.errors[0, j] == pytest.approx(rmse, rel=1e-6)
            assert selection.grid.standard_errors[0, j] == pytest.approx(
                of_squares / (2 * rmse), rel=1e-6
            )
        assert selection.measure == "RMSE"

    @pytest.mark.filterwarnings("ignore:the weights in 'w' are whole numbers")
    def test_count_rows_by_their_weights(self) -> None:
        w = RNG.integers(1, 5, N).astype(float)
        selection = sn.select({**TABLE, "w": w}, "y", weights="w", **LINEAR)
        prepared, splits = folds_of({**TABLE, "w": w}, weights="w")
        squares, of_rows = [], []
        for split in splits:
            own = ridge(prepared, split, 0.1, w) - prepared.training.y[split.left_out, 0]
            squares.append(own**2)
            of_rows.append(w[split.left_out])
        mean = np.average(np.concatenate(squares), weights=np.concatenate(of_rows))
        expected = prepared.targets.scale[0] * np.sqrt(mean)
        assert selection.grid.errors[0, 0] == pytest.approx(expected, rel=1e-6)

    def test_are_those_of_the_start_with_the_lowest_objective(self) -> None:
        """A loop over `train`, which chooses its start in the same way."""
        selection = sn.select(TABLE, "y", **{**SMALL, "cost_tolerance": 0.0}, **ENGINE)
        prepared, splits = folds_of(TABLE)
        rows, arch = prepared.training, sn.Architecture((2, 2, 1))
        squares = []
        for split in splits:
            network = sn.train(
                sn.Network.random(arch, 0), rows.X[split.fitted], rows.y[split.fitted], starts=2, max_iter=30,
                decay=sn.weight_decay(arch, 0.01), **ENGINE,
            ).network  # fmt: skip
            squares.append((network.predict(rows.X[split.left_out]) - rows.y[split.left_out]) ** 2)
        rmse = prepared.targets.scale[0] * np.sqrt(np.concatenate(squares).mean())
        assert selection.grid.errors[1, 1] == pytest.approx(rmse, rel=1e-5)

    def test_of_networks_without_biases_are_zero_at_the_origin(self) -> None:
        """A linear model without bias, by the normal equations."""
        selection = sn.select(TABLE, "y", **{**LINEAR, "decays": 0.0}, bias=False)
        settings = TableSettings(held_out=0, scaling="rms")
        prepared = prepare(TABLE, "y", settings)
        rows, splits = prepared.training, splits_of(prepared, SelectionSettings(folds=3), 0)
        squares = [
            (rows.X[s.left_out] @ np.linalg.lstsq(rows.X[s.fitted], rows.y[s.fitted])[0] - rows.y[s.left_out]) ** 2
            for s in splits
        ]  # fmt: skip
        rmse = prepared.targets.scale[0] * np.sqrt(np.concatenate(squares).mean())
        assert selection.grid.errors[0, 0] == pytest.approx(rmse, rel=1e-6)

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

    def test_are_of_the_cost_that_is_minimized(self) -> None:
        selection = sn.select(TABLE, "y", cost="huber(0.5)", **LINEAR)
        assert selection.measure == "mean huber(0.5)"
        prepared = prepare(TABLE, "y", TableSettings(held_out=0))
        r = selection.model.fold_outputs.outputs - prepared.training.y
        expected = (0.25 * (np.sqrt(1.0 + (r / 0.5) ** 2) - 1.0)).mean()
        assert selection.grid.errors[selection.grid.chosen] == pytest.approx(expected)

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

    def test_behind_is_in_standard_errors_of_the_difference(self) -> None:
        selection = sn.select(TABLE, "y", **{**LINEAR, "decays": (3.0, 0.01)})
        prepared, splits = folds_of(TABLE)
        squares = [
            np.concatenate(
                [
                    (ridge(prepared, s, d, np.ones(N)) - prepared.training.y[s.left_out, 0]) ** 2
                    for s in splits
                ]
            )
            for d in (3.0, 0.01)
        ]
        difference = squares[0] - squares[1]
        expected = difference.mean() / (difference.std(ddof=1) / np.sqrt(N))
        assert selection.grid.behind[0] == pytest.approx([expected, 0.0], rel=1e-5)


class TestTheModel:
    def test_is_what_fit_gives_for_the_choice(self) -> None:
        selection = sn.select(TABLE, "y", **SMALL)
        given = {"hidden": selection.hidden, "decay": selection.decay, "starts": 2, "max_iter": 30}
        same = sn.fit(TABLE, "y", held_out=0, **given)
        np.testing.assert_array_equal(selection.model.network.theta, same.network.theta)
        assert selection.model.training_fit == same.training_fit

    def test_has_the_figures_of_the_folds(self) -> None:
        selection = sn.select(TABLE, "y", **SMALL)
        model = selection.model
        assert model.evaluation == "folds"
        assert model.held_out_fit.rmse[0] == pytest.approx(
            selection.grid.errors[selection.grid.chosen]
        )
        assert model.comparisons["linear model"].rmse[0] == pytest.approx(
            selection.grid.errors[0].min()
        )
        _, splits = folds_of(TABLE)
        truth = np.array(TABLE["y"])
        squares = [(truth[s.left_out] - truth[s.fitted].mean()) ** 2 for s in splits]
        constant = np.sqrt(np.concatenate(squares).mean())
        assert model.comparisons["mean of target"].rmse[0] == pytest.approx(constant)
        assert "figures by 3-fold cross-validation" in model.report()

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

    def test_may_leave_out_one_row_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also if not all splits fit into one call."""
        whole = sn.select(TABLE, "y", **{**LINEAR, "folds": LeaveOneOut()})
        monkeypatch.setattr("sheernet.models.selecting.grid_search.SPLITS_OF_A_CALL", 7)
        parts = sn.select(TABLE, "y", **{**LINEAR, "folds": LeaveOneOut()})
        np.testing.assert_allclose(parts.grid.errors, whole.grid.errors, rtol=1e-12)


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

    @pytest.mark.parametrize(
        ("behind", "end"),
        [
            (0.5, "; no simpler network is better than the default model by a standard error of the difference."),
            (-3.48, ("; 1 other network is better by up to 3.5 standard errors of the difference, but not by the 4.5 "
                     "from which the lowest of many errors is hardly chance.")),
        ],
    )  # fmt: skip
    def test_the_verdict_tells_of_better_networks_beside_the_default_model(
        self, behind: float, end: str
    ) -> None:
        selection = sn.select(TABLE, "y", **SMALL)
        differences = np.array([[np.nan, behind], [0.0, np.nan]])
        grid = Grid(
            ((4,), "auto"), ("evidence", 1e-5), np.ones((2, 2)), np.ones((2, 2)), differences, (13, None),
            np.array([[False, behind < -1], [True, False]]), (1, 0), "paired",
        )  # fmt: skip
        assert replace(selection, grid=grid).verdict.endswith(end)

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
    def press(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        pressed, tried = CtrlC(), []

        class Pressing(module.SearchProgress):
            def __enter__(self) -> CtrlC:
                return pressed

            def trying(self, what: str) -> None:
                tried.append(what)
                if len(tried) > after:
                    pressed.press()

        monkeypatch.setattr(module, "SearchProgress", Pressing)

    def test_ctrl_c_keeps_what_is_complete(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = sn.select(TABLE, "y", **SMALL, **REPORTING)
        self.press(monkeypatch, after=3)
        with pytest.warns(
            sn.SheernetWarning, match="3 of 4 pairs of size and decay were evaluated"
        ):
            selection = sn.select(TABLE, "y", **SMALL, progress=True, **REPORTING)
        assert selection.interrupted
        assert np.isnan(selection.grid.errors).tolist() == [[False, False], [False, True]]
        np.testing.assert_array_equal(selection.grid.errors[0], whole.grid.errors[0])
        assert len(selection.rows()) == 3
        assert selection.problem.endswith("2 starts, 12 fits")  # 3 folds: 3, 3 and 6
        assert selection.model.training_fit.rows == N

    def test_ctrl_c_before_anything_is_complete_is_passed_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.press(monkeypatch, after=0)
        with pytest.raises(KeyboardInterrupt):
            sn.select(TABLE, "y", **SMALL, progress=True, **REPORTING)

    def times(self, monkeypatch: pytest.MonkeyPatch, of_calls: Iterator[float]) -> None:
        monkeypatch.setattr(
            "sheernet.models.selecting.grid_search.seconds_left",
            lambda ends: max(ends - next(of_calls), 0.0),
        )

    def test_half_of_the_time_limit_ends_the_search(self, monkeypatch: pytest.MonkeyPatch) -> None:
        began = module.time.monotonic()
        self.times(monkeypatch, iter([began, began, began + 51.0, began + 99.0]))
        with pytest.warns(
            sn.SheernetWarning, match="2 of 4 .* were evaluated; increase time_limit"
        ):
            selection = sn.select(TABLE, "y", **SMALL, time_limit=100.0)
        assert not selection.interrupted
        assert len(selection.rows()) == 2

    def test_fits_that_the_time_limit_ends_do_not_count(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole, calls = left_out_fits.fit_jobs, []

        def shorter(*arguments: Any, **given: Any) -> Any:
            calls.append(1)
            return whole(*arguments, **{**given, "time_limit": 0.0 if len(calls) == 2 else None})

        monkeypatch.setattr(left_out_fits, "fit_jobs", shorter)
        with pytest.warns(sn.SheernetWarning, match="1 of 4"):
            selection = sn.select(TABLE, "y", **SMALL, time_limit=100.0)
        assert len(selection.rows()) == 1

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


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"hidden": 3}, "select takes sizes instead of hidden"),
            ({"decay": 0.1}, "select takes decays instead of decay"),
            ({"patience": 3}, "select does not take patience; omit it"),
            ({"reduction": "sum"}, "select does not take reduction; omit it"),
            ({"sizs": 3}, "option 'sizs' is not recognized; did you mean 'sizes'"),
            ({"cv": 3}, "select takes folds instead of cv"),
            ({"max_itr": 3}, "did you mean 'max_iter'"),
            ({"cost": "cross_entropy"}, "cost 'cross_entropy' cannot be used for regression"),
            ({"method": "bfsg"}, "did you mean 'bfgs'"),
            (
                {"decays": ("evidence", 0.1)},
                "decay 'evidence' of decays chooses networks .* so max_iter would have no effect",
            ),
            ({"sizes": (0, "auto")}, "'auto' of sizes needs 'evidence' in decays"),
            ({"folds": 31}, "there are 30 training rows, fewer than the 31 of folds"),
        ],
    )
    def test_nothing_is_fitted(
        self, given: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "fit_prepared", None)
        with pytest.raises(sn.InvalidInput, match=message):
            sn.select(TABLE, "y", **{**SMALL, **given})


def test_the_code_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    page = Path(__file__).parents[3] / "docs" / "explaining" / "select.md"
    (code,) = re.findall(
        r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    space: dict[str, Any] = {}
    exec(compile(code, str(page), "exec"), space)
    assert "Chosen: " in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"selection.png", "model.json"}
    settings = SelectionSettings()
    text = page.read_text(encoding="utf-8")
    assert f"| `sizes` | {', '.join(map(in_short, settings.sizes))} |" in text
    assert f"| `starts` | {STARTS}; " in text
