"""The model to play with: its numbers are those of `Model.predict`, `Model.profile` and `Model.optimize`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.page import protocol as p
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_models import ModelFile
from sheernet.apps.page.page_table import exercise_with
from sheernet.apps.page.session import Session

DAYS = np.datetime64("2023-01-01") + np.arange(40)
TABLE = "x,color,on,day,at,y\n" + "".join(
    f"{k % 7 / 2},{'rgb'[k % 3]},{k % 2 == 0},{day},{k % 24:02d}:30,{k % 7 + (k % 3) ** 2 + k / 40}\n"
    for k, day in enumerate(DAYS)
)


@pytest.fixture(scope="module")
def ended() -> Iterator[Session]:
    """A session whose run has ended, with an input of each kind."""
    exercise = exercise_with(
        Exercise(hidden=(3,), max_iter=30, regularization="decay"), TABLE.encode(), "kinds.csv"
    )
    session = Session(exercise)
    session.command(p.Play())
    assert session.wait()
    yield session
    session.close()


def profile(session: Session, **how: object) -> p.ProfileResult:
    found = session.command(p.ProfileAt(**how)).result  # type: ignore[arg-type]
    assert isinstance(found, p.ProfileResult)
    return found


def test_each_kind_of_input_has_its_range_or_its_labels(ended: Session) -> None:
    inputs = {each.name: each for each in profile(ended).inputs}
    assert (inputs["x"].kind, inputs["x"].low, inputs["x"].high) == ("number", 0.0, 3.0)
    assert (inputs["color"].kind, inputs["color"].labels) == ("category", ["b", "g", "r"])
    assert (inputs["on"].kind, inputs["on"].low, inputs["on"].high) == ("boolean", 0.0, 1.0)
    first = (DAYS[0] - np.datetime64("1970-01-01")).astype(int)
    assert (inputs["day"].kind, inputs["day"].low, inputs["day"].high) == (
        "date",
        first,
        first + 39,
    )
    assert (inputs["at"].kind, inputs["at"].low, inputs["at"].high) == ("time", 0.5, 23.5)


def test_curves_and_prediction_are_those_of_predict(ended: Session) -> None:
    point = {"x": 1.25, "color": "g", "on": 1, "day": 19375.0, "at": 12.25}
    found = profile(ended, at=point)
    cells = {"x": 1.25, "color": "g", "on": True, "day": "2023-01-18", "at": "12:15"}
    model = ended.model()
    assert found.prediction == np.ravel(model.predict(cells)).tolist()
    assert {each.name: each.written for each in found.inputs} == {**cells, "at": "12:15:00"}
    low, high = (np.ravel(end) for end in model.predict_interval(cells, coverage=0.9))
    assert (found.lower, found.upper, found.coverage) == (low.tolist(), high.tolist(), 0.9)
    for curve in found.curves:
        rows = {name: [value] * len(curve.values) for name, value in cells.items()}
        rows[curve.column] = curve.written
        assert curve.mean == [model.predict(rows).tolist()], curve.column
        assert curve.values[curve.present] == point[curve.column]
        half = (np.array(curve.high[0]) - np.array(curve.low[0])) / 2
        std = model.profile(cells)[curve.column].std[:, 0]
        assert half == pytest.approx(2 * std)


def test_only_the_curves_that_are_asked_for_are_computed(ended: Session) -> None:
    assert [curve.column for curve in profile(ended, columns=["at", "x"]).curves] == ["at", "x"]


def test_a_point_outside_is_told(ended: Session) -> None:
    inside, outside = profile(ended).distance, profile(ended, at={"x": 6.0}).distance
    assert not inside.is_outside
    assert outside.is_outside
    assert "Outside the training rows: x by 100 % of its range." in outside.sentences
    assert inside.distance is not None
    assert outside.distance is not None
    assert outside.far is not None
    assert inside.distance < outside.far < outside.distance


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ({"z": 1.0}, "'z'"),
        ({"x": "red"}, "x must be a number"),
        ({"day": 1e12}, "day must be a date"),
        ({"at": 25.0}, "at must be a time"),
    ],
)
def test_values_that_an_input_cannot_have_are_refused(
    ended: Session, at: dict[str, float | str], sentence: str
) -> None:
    with pytest.raises(sn.InvalidInput, match=sentence):
        profile(ended, at=at)


def test_the_model_before_and_in_the_middle_of_a_run_has_no_band() -> None:
    session = Session(Exercise(data="sine", hidden=(4,), regularization="decay"))
    assert "before training" in profile(session).model[0]
    session.command(p.StepOn(n=3))
    assert session.wait()
    found = profile(session)
    assert "as it is now, after 3 iterations" in found.model[0]
    assert "at the end of the run" in found.model[1]
    assert found.curves[0].low == []
    assert found.lower == []
    cells = {found.curves[0].column: found.curves[0].written}
    assert found.curves[0].mean == [session.model().predict(cells).tolist()]
    session.command(p.Play())
    assert session.wait()
    found = profile(session)
    assert len(found.model) == 1
    assert "at the end of its run" in found.model[0]
    assert len(found.curves[0].low[0]) == len(found.curves[0].values)
    index = 0
    session.command(p.SetWeight(index=index, value=0.5))
    assert profile(session).curves[0].low == []
    session.close()


def test_best_inputs_reach_a_wanted_value_and_keep_what_is_fixed(ended: Session) -> None:
    command = p.SearchInputs(want={"y": 5.0}, fixed={"color": "r", "day": 19375.0})
    found = ended.command(command).result
    assert isinstance(found, p.SearchResult)
    assert found.reached
    best = found.solutions[0]
    assert (best.values["color"], best.values["day"]) == ("r", 19375.0)
    assert best.prediction == [pytest.approx(5.0, abs=1e-6)]
    assert profile(ended, at=best.values).prediction == best.prediction
    assert found.headings == ["column", "best", "searched", "typical"]
    assert [row[0] for row in found.rows] == ["x", "color", "on", "day", "at"]
    with pytest.raises(sn.InvalidInput, match="want"):
        ended.command(p.SearchInputs(want={}))


def test_a_model_of_three_classes_has_a_curve_for_each() -> None:
    session = Session(Exercise(data="iris", max_iter=30))
    found = profile(session)
    assert found.probabilities
    assert found.shown == [0, 1, 2]
    assert np.sum(found.curves[0].mean, axis=0) == pytest.approx(1.0)
    session.close()


def test_a_question_about_settings_of_before_has_no_result() -> None:
    session = Session(Exercise(data="sine"))
    before = session.state().revision
    session.command(p.UsePreset(name="a disease after a year"))
    question = p.ProfileAt(columns=["x"], revision=before)
    assert session.command(question) == p.Answer()
    with pytest.raises(sn.InvalidInput, match="is not recognized"):
        session.command(p.ProfileAt(columns=["x"], revision=session.state().revision))
    session.close()


def test_the_model_of_a_file_stays_when_the_settings_change() -> None:
    model = sn.fit({"a": range(12), "b": [2.0 * a for a in range(12)]}, "b", hidden=0, starts=1)
    session = Session(Exercise(), ModelFile("own.json", model))
    assert session.state().model_file == "own.json"
    session.command(p.UsePreset(name=session.state().presets[0].name))
    found = profile(session, of="file", at={"a": 4.0})
    assert found.prediction == np.ravel(model.predict({"a": 4.0})).tolist()
    session.close()
    session = Session(Exercise())
    with pytest.raises(sn.InvalidInput, match="not opened with a model"):
        profile(session, of="file")
    session.close()
