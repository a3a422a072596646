"""The response surface of a frame is what the network predicts at the points of its grid."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.page_surface import SurfaceGrid, rounded
from sheernet.apps.page.page_table import exercise_with
from sheernet.apps.page.protocol import Surface

PLACES = b"a,b,place,y\n" + b"".join(
    b"%d,%d,%s,%d\n" % (i * 5 % 31, i * 7 % 11, b"uvw"[i % 3 : i % 3 + 1], i) for i in range(30)
)


def surface(experiment: Experiment, **how: bool) -> Surface:
    grid = SurfaceGrid.of(experiment)
    assert grid is not None
    return grid.surface(experiment.network, **how)  # type: ignore[arg-type]


def test_a_curve_of_one_input() -> None:
    experiment = Experiment.of(Exercise(data="sine", hidden=(3,)))
    found = surface(experiment)
    x = np.array(found.axes[0].values)
    data = experiment.source.table.frame["x"]
    assert (found.kind, found.axes[0].name, found.output) == ("curve", "x", "y")
    assert x[0] < data.min() < data.max() < x[-1]
    targets, scaled = experiment.prepared.targets, (x - data.mean()) / data.std(ddof=0)
    expected = (
        experiment.network.predict(scaled[:, None])[:, 0] * targets.scale[0] + targets.shift[0]
    )  # type: ignore[union-attr]
    assert found.values == pytest.approx(expected, abs=1e-3)
    first = found.points[0]
    assert (first.x, first.target) == pytest.approx(
        (data[0], experiment.source.table.frame["y"][0])
    )
    assert [point.row for point in found.points] == list(range(60))


def test_regions_of_two_classes_are_the_probability_of_the_second() -> None:
    experiment = Experiment.of(Exercise(data="xor", hidden=(2,)))
    found = surface(experiment)
    assert (found.kind, found.classes, found.output) == ("classes", ["no", "yes"], "yes")
    x, y = (found.axes[k].values for k in range(2))
    for i, j in ((0, 40), (13, 2)):
        # The means of x1 and x2 are 1/2, their deviations too.
        at = np.array([[x[i], y[j]]]) * 2 - 1
        assert found.values[j][i] == pytest.approx(experiment.network.predict(at)[0, 0], abs=2e-4)
    assert surface(experiment, with_points=False).points == []


def test_other_inputs_are_held_and_axes_can_be_chosen() -> None:
    experiment = Experiment.of(exercise_with(Exercise(), PLACES, "a.csv").changed({"axes": ("b",)}))
    assert surface(experiment).held == {"a": 14.5, "place": "u"}
    two = Experiment.of(exercise_with(Exercise(), PLACES, "a.csv"))
    assert [axis.name for axis in surface(two).axes] == ["a", "b"]
    for axes in (("place",), ("y",), ("a", "a"), ("a", "b", "place"), ("nothing",)):
        bad = exercise_with(Exercise(), PLACES, "a.csv").changed({"axes": axes})
        with pytest.raises(sn.InvalidInput, match="axes must be one or two inputs"):
            SurfaceGrid.of(Experiment.of(bad))


def test_numbers_are_on_the_axes_before_dates() -> None:
    rows = "".join(f"2026-01-{1 + i:02d},{i * 5 % 31},{i * 7 % 30},{i}\n" for i in range(30))
    exercise = exercise_with(Exercise(), ("day,a,b,y\n" + rows).encode(), "a.csv")
    assert [axis.name for axis in surface(Experiment.of(exercise)).axes] == ["a", "b"]
    (axis,) = surface(Experiment.of(exercise.changed({"axes": ("day",)}))).axes
    assert axis.kind == "date"
    assert axis.values[0] < 20454.0 < axis.values[-1]  # 2026-01-01


def test_without_numbers_there_is_no_surface() -> None:
    exercise = exercise_with(Exercise(), PLACES, "a.csv").changed({"inputs": ("place",)})
    assert SurfaceGrid.of(Experiment.of(exercise)) is None


def test_numbers_are_rounded_to_their_range_and_gaps_are_null() -> None:
    assert rounded(np.array([0.123456789, 1.0])) == [0.12346, 1.0]
    assert rounded(np.array([123456789.0, 1e9])) == [123460000.0, 1e9]
    assert rounded(np.array([np.nan, 2.0, np.inf])) == [None, 2.0, None]
    assert rounded(np.array([1e-20, 2e-20])) == pytest.approx([1e-20, 2e-20], rel=1e-3)
