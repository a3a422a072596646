"""Validation rows, patience and test rows of a fit of several files are those of a fit of one table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.data.shards import learn_shards
from sheernet.data.shards.held_out_rows import are_held_out
from sheernet.models.fitting import sharded_fit
from sheernet.models.fitting.sharded_other_rows import other_rows

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


def parts(share: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Training, held-out and validation rows, by the hash that chooses them."""
    frame = together()
    out = are_held_out(0, len(frame), 0.1, seed)
    validates = are_held_out(0, len(frame), share, seed, after=0.1)
    assert not (out & validates).any()
    return frame[~(out | validates)], frame[out], frame[validates]


def line_of(model: sn.Model, beginning: str) -> str:
    """A line of the report with those that continue it."""
    text = model.report(verbose=True)
    return text[text.index(f"\n{beginning}") :].split("\nStarts")[0].split(" evaluations")[0]


@pytest.mark.parametrize("weights", [None, "n"])
def test_a_fraction_stops_where_the_same_rows_in_memory_do(
    folder: Path, weights: str | None
) -> None:
    how = {**HOW, "weights": weights, "seed": 2} | ({} if weights else {"drop": ["n"]})
    model = sn.fit(folder, "y", validation=0.25, **how)
    training, held_out, validates = parts(0.25, 2)
    told = sn.fit(training, "y", validation=validates, test=held_out, **how)
    assert model.termination == told.termination
    assert model.termination.reason == "validation_patience"
    assert model.starts.reasons == told.starts.reasons
    assert model.starts.best == told.starts.best
    assert np.array_equal(model.starts.iterations, told.starts.iterations)
    np.testing.assert_allclose(model.record.validation_cost, told.record.validation_cost, rtol=1e-6)
    np.testing.assert_allclose(model.predict(held_out), told.predict(held_out), rtol=1e-6)
    assert model.held_out_fit.rmse == pytest.approx(told.held_out_fit.rmse, rel=1e-6)
    assert (
        line_of(model, "Stopped").split("Objective")[0]
        == line_of(told, "Stopped").split("Objective")[0]
    )
    assert model.settings["validation_rows"] == len(validates)
    assert f"{len(training)} for training, {len(held_out)} held out, {len(validates)} for validation" in " ".join(
        model.report(verbose=True).split()
    )  # fmt: skip


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


def test_threads_change_no_bit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharded_fit, "WORK_OF_THREADS", 0.0)
    one, two = (sn.fit(folder, "y", drop=["n"], validation=0.2, threads=n, **HOW) for n in (1, 2))
    assert np.array_equal(one.network.theta, two.network.theta)
    assert np.array_equal(one.record.validation_cost, two.record.validation_cost)
    assert one.held_out_fit == two.held_out_fit


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


def test_leading_zeros_of_test_rows_are_told_if_the_model_reads_numbers(tmp_path: Path) -> None:
    for name, first in (("a", "100"), ("b", "101"), ("test", "090")):
        rows = "".join(f"{lot},{i % 3}\n" for i, lot in enumerate([first, *range(110, 119)]))
        (tmp_path / f"{name}.csv").write_text(f"lot,y\n{rows}", encoding="utf-8")
    learned = learn_shards(sn.shards([tmp_path / "a.csv", tmp_path / "b.csv"]), "y")
    found = other_rows([tmp_path / "test.csv"], "test", learned, map)
    assert found.n_rows == 10
    assert [text for text in found.notices if "leading zeros, such as '090'" in text]
