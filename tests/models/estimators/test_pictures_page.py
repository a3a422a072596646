"""The page about estimators in a notebook: its program runs, and what it says of models holds."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

import sheernet as sn

PAGE = Path(__file__).parents[3] / "docs" / "estimators-pictures.md"


def test_its_program_runs(tmp_path, monkeypatch, capsys) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(program, names)
    assert "std error" in capsys.readouterr().out  # the table of the fit is recognized
    loaded = sn.load(tmp_path / "model.json")
    np.testing.assert_array_equal(loaded.predict(names["X"]), names["est"].predict(names["X"]))
