"""As test_select.py, by names that are not published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import LeaveOneOut

import sheernet as sn
from contest_cases import REPORTING, CtrlC
from models.selecting.test_select import ENGINE, LINEAR, RNG, SMALL, TABLE, N
from sheernet.models.fitting import left_out_fits, prepare
from sheernet.models.selecting import select_network as module
from sheernet.models.selecting.grid_words import in_short
from sheernet.models.selecting.row_splits import splits_of
from sheernet.models.selecting.selection import Grid
from sheernet.settings.selection_settings import STARTS, SelectionSettings
from sheernet.settings.table_settings import TableSettings


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

    def test_are_of_the_cost_that_is_minimized(self) -> None:
        selection = sn.select(TABLE, "y", cost="huber(0.5)", **LINEAR)
        assert selection.measure == "mean huber(0.5)"
        prepared = prepare(TABLE, "y", TableSettings(held_out=0))
        r = selection.model.fold_outputs.outputs - prepared.training.y
        expected = (0.25 * (np.sqrt(1.0 + (r / 0.5) ** 2) - 1.0)).mean()
        assert selection.grid.errors[selection.grid.chosen] == pytest.approx(expected)

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

    def test_may_leave_out_one_row_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also if not all splits fit into one call."""
        whole = sn.select(TABLE, "y", **{**LINEAR, "folds": LeaveOneOut()})
        monkeypatch.setattr("sheernet.models.selecting.grid_search.SPLITS_OF_A_CALL", 7)
        parts = sn.select(TABLE, "y", **{**LINEAR, "folds": LeaveOneOut()})
        np.testing.assert_allclose(parts.grid.errors, whole.grid.errors, rtol=1e-12)


class TestSentences:
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


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"hidden": 3}, "select takes sizes instead of hidden"),
            ({"decay": 0.1}, "select takes decays instead of decay"),
            ({"patience": 3}, "select does not take patience; omit it"),
            ({"reduction": "sum"}, "select does not take reduction; omit it"),
            ({"sizs": 3}, "option 'sizs' is not recognized; did you mean 'sizes'"),
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
