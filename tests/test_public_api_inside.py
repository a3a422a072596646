"""As test_public_api.py, by names that are not published."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import numpy as np
import pytest

import sheernet as sn
from sheernet.statistics import ensemble
from test_public_api import PUBLIC, README, write_scores


class TestNames:
    @pytest.mark.parametrize("name", PUBLIC)
    def test_live_where_the_table_says(self, name: str) -> None:
        module = importlib.import_module(f"sheernet.{sn._HOMES[name]}")
        assert getattr(module, name) is getattr(sn, name)
        assert name in getattr(module, "__all__", [name])


def test_the_code_of_the_readme_runs(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ensemble, "SIZES", (2,))  # a short search
    write_scores(tmp_path / "scores.csv")
    blocks = re.findall(
        r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert len(blocks) >= 2
    training: dict[str, object] = {}
    for block in blocks:  # each by itself, as readers copy it
        space: dict[str, object] = {}
        exec(compile(block, str(README), "exec"), space)
        training = space if "training" in space else training
    said = capsys.readouterr().out
    assert "\npass " in said
    assert said.startswith("score from 2 columns of scores.csv, 12 rows")
    assert np.allclose(
        training["training"].network.predict(training["X"]), training["y"], atol=0.001
    )
    assert {path.name for path in tmp_path.iterdir()} == {"scores.csv", "cost.png", "model.json"}
