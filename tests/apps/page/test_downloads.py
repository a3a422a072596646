"""What can be downloaded: a model that predicts what the page shows, and the exercise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps import cli
from sheernet.apps.page import protocol as p
from sheernet.apps.page.downloads import download
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_table import exercise_with
from sheernet.apps.page.session import Session
from sheernet.data.targets import ClassTarget
from sheernet.data.targets.judgment import chosen
from sheernet.plots.predictor import in_units

CASES: dict[str, dict[str, Any]] = {
    "numbers": {"data": "sine", "hidden": (4,), "method": "bfgs", "max_iter": 40, "validation": 0.2, "test": 0.2},
    "two classes": {"data": "two spirals", "hidden": (5,), "decay": 0.01, "method": "lm", "max_iter": 30},
    "skip": {"data": "sine", "hidden": (2,), "skip": True, "method": "bfgs", "max_iter": 30},
}  # fmt: skip


def predictions(session: Session) -> dict[str, list[float]]:
    """What the network of a page predicts: values in the units of the table, or indices of classes, by share."""
    experiment, targets = session.experiment, session.experiment.prepared.targets
    found: dict[str, list[float]] = {}
    for share, rows in experiment.shares.items():
        outputs = in_units(targets, session.network.predict(rows.X)).reshape(len(rows), -1)
        is_class = isinstance(targets, ClassTarget)
        found[share] = (chosen(outputs) if is_class else outputs[:, 0]).tolist()
    return found


def steps(session: Session, what: str) -> None:
    """Bring a session into a state: untrained, paused within a run, at its end, or changed by hand after it."""
    if what == "paused":
        session.command(p.StepOn(n=5))
    if what in ("ended", "changed"):
        session.command(p.Play())
    assert session.wait()
    if what == "changed":
        session.command(p.SetWeight(index=0, value=0.5))


@pytest.mark.parametrize("what", ["ready", "paused", "ended", "changed"])
@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")  # rows outside of the training rows
def test_the_model_predicts_what_the_page_shows(name: str, what: str, tmp_path: Path) -> None:
    session = Session(Exercise(**CASES[name]))
    steps(session, what)
    path = tmp_path / "model.json"
    path.write_bytes(download(session, "model"))
    model = sn.load(path)
    assert np.array_equal(model.members[0].network.theta, session.moment.theta)
    table = session.experiment.source.table
    for share, shown in predictions(session).items():
        predicted = model.predict(table.take(session.experiment.rows[share]))
        if isinstance(model.targets, ClassTarget):
            predicted = model.targets.class_indices(predicted)
        assert shown == np.asarray(predicted).tolist()
    session.close()


def test_the_command_predicts_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    lines = [
        f"{x!r},{'ab'[i % 2]},{x * x + i % 2!r}" for i, x in enumerate(rng.normal(size=40).tolist())
    ]
    Path("own.csv").write_text("x,kind,y\n" + "\n".join(lines) + "\n")
    exercise = exercise_with(
        Exercise(hidden=(4,), max_iter=50), Path("own.csv").read_bytes(), "own.csv"
    )
    session = Session(exercise)
    steps(session, "ended")
    Path("model.json").write_bytes(download(session, "model"))
    assert cli.run(("predict", "model.json", "own.csv", "-o", "predicted.csv")) == 0
    shown = predictions(session)["training"]
    column = np.genfromtxt("predicted.csv", delimiter=",", skip_header=1, usecols=-1)
    assert column.tolist() == shown
    session.close()


def test_the_exercise_opens_the_same_network() -> None:
    session = Session(Exercise(**CASES["two classes"], hidden_controls=("seed",), title="Spirals"))
    text = download(session, "exercise")
    again = Session(Exercise.from_json(text))
    assert np.array_equal(again.moment.theta, session.moment.theta)
    assert again.experiment.exercise == session.experiment.exercise
    assert set(json.loads(text)) == {
        "format", "version", "title", "hidden_controls", "data", "hidden", "decay", "method", "max_iter",
    }  # fmt: skip
    session.close()
    again.close()


def test_the_exercise_has_the_weights_that_were_set_before_training() -> None:
    session = Session(Exercise(data="xor", hidden=(2,)))
    session.command(p.SetWeight(index=3, value=0.25))
    again = Session(Exercise.from_json(download(session, "exercise")))
    assert np.array_equal(again.moment.theta, session.moment.theta)
    again.command(p.ChangeSettings(values={"method": "bfgs"}))
    assert again.experiment.exercise.weights == tuple(session.moment.theta)
    other = Session(again.experiment.exercise)
    other.command(p.Reset(seed=1))
    again.command(p.ChangeSettings(values={"hidden": [3]}))
    for each in (other, again):
        assert each.experiment.exercise.weights == ()
        each.close()
    session.command(p.StepOn())
    assert session.wait()
    assert "weights" not in json.loads(download(session, "exercise"))
    session.close()


def test_an_unknown_file_is_refused() -> None:
    session = Session(Exercise())
    with pytest.raises(sn.InvalidInput, match="download 'passwords'"):
        download(session, "passwords")
    session.close()
