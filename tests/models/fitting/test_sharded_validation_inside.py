"""As test_sharded_validation.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.fitting.test_sharded_validation import HOW, ROWS, frame_of, together
from sheernet.data.shards.held_out_rows import are_held_out
from sheernet.models.fitting import sharded_fit

pytest.importorskip("pyarrow")


pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for number, rows in enumerate(ROWS):
        frame_of(rows, number).to_parquet(folder / f"part-{number}.parquet", row_group_size=40)
    return folder


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


def test_threads_change_no_bit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharded_fit, "WORK_OF_THREADS", 0.0)
    one, two = (sn.fit(folder, "y", drop=["n"], validation=0.2, threads=n, **HOW) for n in (1, 2))
    assert np.array_equal(one.network.theta, two.network.theta)
    assert np.array_equal(one.record.validation_cost, two.record.validation_cost)
    assert one.held_out_fit == two.held_out_fit
