"""The commands on the file of a fitted estimator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn")

import sheernet as sn
from command_lines import Run

MLP: dict[str, Any] = {
    "hidden_layer_sizes": (3,), "activation": "tanh", "solver": "lbfgs", "alpha": 1.0, "tol": 1e-3,
    "max_iter": 5000, "random_state": 0,
}  # fmt: skip


@pytest.fixture
def estimator(run: Run) -> Any:
    """A regressor in mlp.json."""
    scores = pd.read_csv("scores.csv")
    fitted = sn.MLPRegressor(**MLP).fit(scores[["asleep", "studying"]], scores["score"])
    fitted.save("mlp.json")
    return fitted


def test_predict_gives_the_predictions_of_the_estimator(run: Run, estimator: Any) -> None:
    assert run("predict", "mlp.json", "scores.csv", "--output", "out.csv").code == 0
    rows = pd.read_csv("scores.csv")[["asleep", "studying"]]
    np.testing.assert_allclose(pd.read_csv("out.csv")["score"], estimator.predict(rows), rtol=1e-12)


def test_check_passes(run: Run, estimator: Any) -> None:
    said = run("check", "mlp.json", "scores.csv", "--json")
    assert said.code == 0
    assert said.document["result"]["verdict"] == "pass"


def test_report_and_info_tell_of_the_fit(run: Run, estimator: Any) -> None:
    report = run("report", "mlp.json", "--verbose")
    assert report.code == 0
    assert "score from 2 columns" in report.out
    assert "not checked by the fit" in report.out
    assert (
        run("info", "mlp.json", "--json").document["result"]["gradient"]["verdict"] == "not checked"
    )


@pytest.mark.parametrize("command", ["summary", "effects", "importance"])
def test_the_table_of_the_fit_explains_it(run: Run, estimator: Any, command: str) -> None:
    said = run(command, "mlp.json", "scores.csv")
    assert said.code == 0
    assert "another table" not in said.out
    assert "studying" in said.out


def test_a_classifier(run: Run) -> None:
    flowers = pd.read_csv("flowers.csv")
    fitted = sn.MLPClassifier(**MLP).fit(flowers[["petal", "sepal"]], flowers["species"])
    fitted.save(Path("mlp.json"))
    assert run("predict", "mlp.json", "flowers.csv", "--output", "out.csv").code == 0
    found = pd.read_csv("out.csv")
    assert found["species"].tolist() == fitted.predict(flowers[["petal", "sepal"]]).tolist()
    shares = found[[f"probability_{label}" for label in fitted.classes_]]
    np.testing.assert_allclose(
        shares, fitted.predict_proba(flowers[["petal", "sepal"]]), rtol=1e-12
    )
