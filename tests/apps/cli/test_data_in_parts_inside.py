"""As test_data_in_parts.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from apps.cli.test_data_in_parts import ONE, frame_of
from command_lines import Run
from sheernet.models.fitting import sharded_metrics

pytest.importorskip("pyarrow")


pytestmark = pytest.mark.usefixtures("without_pictures")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "sales"
    folder.mkdir()
    for k in range(3):
        frame_of(k).to_parquet(folder / f"part-{k}.parquet")
    return folder


@pytest.fixture
def model(data: Path, tmp_path: Path) -> sn.Model:
    fitted = sn.fit(data, "y", hidden=2, starts=1, max_iter=20)
    fitted.save(tmp_path / "model.json")
    return fitted


class TestFit:
    def test_ctrl_c_while_the_model_is_judged_keeps_it(
        self, run: Run, data: Path, model: sn.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        judge = sharded_metrics.Judge.__call__

        def presses(self: sharded_metrics.Judge, source: Any) -> Any:
            monkeypatch.setattr(sharded_metrics.Judge, "__call__", judge)
            raise KeyboardInterrupt

        monkeypatch.setattr(sharded_metrics.Judge, "__call__", presses)
        said = run("fit", "sales", "-t", "y", *ONE, "--output", "found")
        assert said.code == 130
        assert "of 1 of 3 shards, and the held-out rows were not evaluated" in " ".join(
            said.out.split()
        )
        found = sn.load(tmp_path / "found" / "model.json")
        assert np.array_equal(found.network.theta, model.network.theta)
