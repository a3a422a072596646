"""As test_fit_file.py, by names that are not published."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from command_lines import PATIENCE
from models.fitting.test_fit_file import SEVERAL, require_same
from sheernet.models.fitting import sharded_fit
from sheernet.models.fitting.fit_file import FitFile

pytest.importorskip("pyarrow")


pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


KILLED = Path(__file__).with_name("killed_fit.py")


EVIDENCE: dict[str, Any] = {"hidden": 2, "starts": 2, "decay": "evidence"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for k in range(3):
        rng = np.random.default_rng(k)
        x = rng.normal(size=(50, 2))
        y = np.sin(2 * x[:, 0]) + x[:, 1] + rng.normal(0.0, 0.3, 50)
        frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": y})
        frame.to_parquet(folder / f"part-{k}.parquet")
    return folder


def kill(folder: Path, writings: int, settings: dict[str, Any]) -> None:
    line = [sys.executable, str(KILLED), str(folder), str(writings), json.dumps(settings)]
    line += [str(sharded_fit.BYTES_TOGETHER)]
    assert subprocess.run(line, check=False, timeout=PATIENCE).returncode == 9


@pytest.mark.parametrize("writings", [1, 10, 11, 25, 30])
def test_several_starts_after_the_death_of_the_process(
    folder: Path, tmp_path: Path, writings: int
) -> None:
    given = {**SEVERAL, "checkpoint": str(tmp_path / "fit.npz")}
    kill(folder, writings, given)
    require_same(sn.fit(folder, "y", **given), sn.fit(folder, "y", **SEVERAL))


def test_a_patience_after_the_death_of_the_process(folder: Path, tmp_path: Path) -> None:
    several = {
        **SEVERAL,
        "hidden": 6,
        "decay": 0.0,
        "max_iter": 60,
        "validation": 0.2,
        "patience": 3,
    }
    given = {**several, "checkpoint": str(tmp_path / "fit.npz")}
    kill(folder, 20, given)
    whole = sn.fit(folder, "y", **several)
    assert "validation_patience" in whole.starts.reasons
    require_same(sn.fit(folder, "y", **given), whole)


def test_a_run_that_the_cost_tolerance_ended_does_not_go_on(folder: Path, tmp_path: Path) -> None:
    several = {**SEVERAL, "max_iter": 500, "cost_tolerance": 1e-4, "starts": 1}
    whole = sn.fit(folder, "y", **several)
    assert whole.termination.reason == "cost_tolerance"
    given = {**several, "checkpoint": str(tmp_path / "fit.npz")}
    kill(folder, len(whole.record), given)  # after the last iterate, before the end is written
    require_same(sn.fit(folder, "y", **given), whole)


def test_a_run_of_small_residuals_that_the_cost_tolerance_ended_does_not_go_on(
    folder: Path, tmp_path: Path
) -> None:
    """Small residuals lower the limit of the gradient, which its norm at the last iterate exceeds."""
    for file in folder.glob("*.parquet"):
        frame = pd.read_parquet(file)
        frame["y"] = frame["a"] + frame["b"] + 0.01 * frame["y"]
        frame.to_parquet(tmp_path / file.name)
    several = {**SEVERAL, "max_iter": 500, "cost_tolerance": 1e-2, "starts": 1}
    norm = sn.fit(tmp_path, "y", **several).record.gradient_norm[-1]
    several["gradient_tolerance"] = 2 * float(norm)
    whole = sn.fit(tmp_path, "y", **several)
    assert whole.termination.reason == "cost_tolerance"
    given = {**several, "checkpoint": str(tmp_path / "fit.npz")}
    kill(tmp_path, len(whole.record), given)
    require_same(sn.fit(tmp_path, "y", **given), whole)


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.1, 0.6, 0.95])
def test_the_evidence_after_the_death_of_the_process(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: float
) -> None:
    monkeypatch.setattr(sharded_fit, "BYTES_TOGETHER", 0)  # so that the search is one over shards
    writings = 0
    write = FitFile._write

    def count(self: FitFile) -> None:
        nonlocal writings
        write(self)
        writings += 1

    with monkeypatch.context() as patch:
        patch.setattr(FitFile, "_write", count)
        whole = sn.fit(folder, "y", checkpoint=tmp_path / "whole.npz", **EVIDENCE)
    plain = sn.fit(folder, "y", **EVIDENCE)
    assert plain.evidence == whole.evidence
    require_same(whole, plain)
    given = {**EVIDENCE, "checkpoint": str(tmp_path / "fit.npz")}
    kill(folder, int(part * writings), given)
    resumed = sn.fit(folder, "y", **given)
    require_same(resumed, plain)
    assert resumed.evidence == plain.evidence


def test_the_evidence_of_few_rows_after_the_death_of_the_process(
    folder: Path, tmp_path: Path
) -> None:
    given = {**EVIDENCE, "checkpoint": str(tmp_path / "fit.npz")}
    kill(folder, 1, given)
    require_same(sn.fit(folder, "y", **given), sn.fit(folder, "y", **EVIDENCE))
