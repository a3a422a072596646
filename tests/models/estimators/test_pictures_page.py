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


def test_equal_probabilities_are_the_one_exception() -> None:
    X, y = np.array([[-1.0], [1.0]]), np.array(["a", "b"])
    estimator = sn.MLPClassifier(
        hidden_layer_sizes=(), solver="lbfgs", alpha=1.0, random_state=0
    ).fit(X, y)
    estimator.coefs_[0][:], estimator.intercepts_[0][:] = 1.0, 0.0
    assert estimator.predict_proba([[0.0]]).tolist() == [[0.5, 0.5]]
    assert estimator.predict([[0.0]]).tolist() == ["a"]
    assert estimator.to_model().predict([[0.0]]).tolist() == ["b"]


def test_it_names_every_display() -> None:
    displays = {name for name in sn.plots.__all__ if name.endswith("Display")}
    assert displays <= set(re.findall(r"\w+Display", PAGE.read_text(encoding="utf-8")))
