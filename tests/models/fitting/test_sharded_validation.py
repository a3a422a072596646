"""Validation rows, patience and test rows of a fit of several files are those of a fit of one table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")

ROWS = (60, 90, 50)
HOW: dict[str, Any] = {"hidden": 6, "starts": 2, "decay": 0.0, "method": "bfgs", "patience": 4}


def frame_of(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, group = rng.normal(10.0, 3.0, rows), rng.choice(["day", "night"], rows)
    y = 2.0 * x - 0.1 * x**2 + (group == "day") + rng.normal(0.0, 0.5, rows)
    return pd.DataFrame({"x": x, "group": group, "y": y, "n": 1.0 + np.arange(rows) % 3})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for number, rows in enumerate(ROWS):
        frame_of(rows, number).to_parquet(folder / f"part-{number}.parquet", row_group_size=40)
    return folder


def together() -> pd.DataFrame:
    return pd.concat([frame_of(rows, k) for k, rows in enumerate(ROWS)], ignore_index=True)


def test_the_point_of_the_lowest_validation_cost_is_kept(folder: Path) -> None:
    model = sn.fit(folder, "y", drop=["n"], validation=0.25, **HOW)
    costs = model.record.validation_cost
    best = int(np.argmin(costs))
    assert best < len(costs) - 1
    assert model.record.objective[best] == model.starts.objectives[model.starts.best]


def test_without_a_patience_the_run_is_the_same(folder: Path) -> None:
    how = {**HOW, "patience": None, "max_iter": 12, "drop": ["n"]}
    recorded = sn.fit(folder, "y", validation=folder / "part-1.parquet", **how)
    plain = sn.fit(folder, "y", **how)
    assert np.array_equal(recorded.network.theta, plain.network.theta)
    assert np.isfinite(recorded.record.validation_cost).all()


class TestOtherFiles:
    def test_are_judged_as_beside_a_table_in_memory(self, folder: Path, tmp_path: Path) -> None:
        frame_of(70, 8).to_parquet(tmp_path / "a.parquet", row_group_size=30)
        frame_of(30, 9).drop(columns="n").to_csv(tmp_path / "v.csv", index=False)
        how = {**HOW, "drop": ["n"]}
        other = {"validation": tmp_path / "v.csv", "test": tmp_path / "a.parquet"}
        model, told = (sn.fit(data, "y", **other, **how) for data in (folder, together()))
        assert model.evaluation == "test"
        assert model.training_fit.rows == sum(ROWS)
        assert model.held_out_fit.rmse == pytest.approx(told.held_out_fit.rmse, rel=1e-6)
        assert set(model.comparisons) == set(told.comparisons)
        for name, figures in told.comparisons.items():
            assert model.comparisons[name].rmse == pytest.approx(figures.rmse, rel=1e-6)
        names = "validation", "test", "validation_rows", "held_out"
        assert [model.settings[n] for n in names] == [told.settings[n] for n in names]
        assert "figures on 70 rows of a.parquet" in " ".join(model.report().split())

    def test_a_pattern_and_a_table_in_memory_are_the_same_rows(
        self, folder: Path, tmp_path: Path
    ) -> None:
        for k in range(2):
            frame_of(40, 8 + k).to_parquet(tmp_path / f"t-{k}.parquet")
        rows = pd.concat([frame_of(40, 8 + k) for k in range(2)])
        how = {**HOW, "drop": ["n"], "patience": None, "max_iter": 5}
        files, memory = (
            sn.fit(folder, "y", test=test, **how) for test in (f"{tmp_path}/t-*.parquet", rows)
        )
        assert files.held_out_fit.rows == memory.held_out_fit.rows == 80
        assert files.held_out_fit.rmse == pytest.approx(memory.held_out_fit.rmse, rel=1e-12)

    def test_rows_without_a_value_are_left_out_or_refused(
        self, folder: Path, tmp_path: Path
    ) -> None:
        rows = frame_of(40, 8)
        rows.loc[:24, "x"] = np.nan  # the whole first row group
        rows.to_parquet(tmp_path / "t.parquet", row_group_size=20)
        how = {
            **HOW,
            "drop": ["n"],
            "patience": None,
            "max_iter": 2,
            "test": tmp_path / "t.parquet",
        }
        with pytest.raises(sn.InvalidInput, match=r"t\.parquet.*x"):
            sn.fit(folder, "y", missing="refuse", **how)
        model = sn.fit(folder, "y", missing="drop", **how)
        assert model.held_out_fit.rows == 15
        assert any(
            "t.parquet: 25 rows with a missing value or a weight of 0 left out" in notice
            for notice in model.notices
        )

    @pytest.mark.parametrize(
        ("spoil", "message"),
        [
            (lambda rows: rows.drop(columns="x"), "x"),
            (lambda rows: rows.assign(group="dusk"), "dusk"),
            (lambda rows: rows.assign(n=-1.0), "n"),
        ],
        ids=["a column", "a label", "weights"],
    )
    def test_are_checked_before_the_training(
        self, folder: Path, tmp_path: Path, spoil: Any, message: str
    ) -> None:
        spoil(frame_of(30, 8)).to_parquet(tmp_path / "t.parquet")

        def begun(step: Any, row: Any) -> None:
            raise AssertionError("the training began")

        with pytest.raises(sn.InvalidInput, match=rf"t\.parquet.*{message}|{message}.*t\.parquet"):
            sn.fit(folder, "y", weights="n", test=tmp_path / "t.parquet", observers=[begun])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"validation": 0.95}, "together with held_out=0.1 below 1"),
        ({"validation": 0.0}, "validation=0.0 must be above 0"),
        ({"validation": 1}, "validation must be a number from 0 to below 1"),
        ({"patience": 3}, "patience needs validation rows"),
        ({"validation": 1e-9}, "leaves no row to validate on; use a larger fraction"),
        ({"test": "no.csv"}, "no.csv"),
    ],
    ids=str,
)
def test_refusals(folder: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        sn.fit(folder, "y", drop=["n"], **given)


def test_a_fraction_of_a_table_in_memory_is_refused() -> None:
    with pytest.raises(
        sn.InvalidInput, match="a fraction, which is allowed only for data in shards"
    ):
        sn.fit(together(), "y", validation=0.2, patience=3)
