"""Panels of a profile: curves, bands, the line at the point, one y axis, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn
from random_models import EVERY_COLUMN, number_targets, random_model
from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.data.targets import ClassTarget
from sheernet.plots.profile_plot import MOST_OF_TARGETS, MOST_PANELS


def any_model(
    classes=(), targets: int = 1, inputs: Inputs | None = None, seed: int = 0
) -> sn.Model:
    inputs = inputs or Inputs(EVERY_COLUMN, missing="impute")
    target = ClassTarget("kind", classes) if classes else number_targets(targets)
    arch = sn.Architecture((inputs.n_features, 3, target.n_outputs), output=target.output)
    return random_model(arch, seed, members=2, inputs=inputs, targets=target)


def axes_of(source, **options) -> list:
    return sn.plots.profile(source, **options).figure.axes


def test_each_column_has_a_panel_with_the_curve_and_the_point() -> None:
    profile = any_model().profile({"size": 2.0})
    axes = axes_of(profile)
    assert len(axes) == len(EVERY_COLUMN)
    size = axes[0]
    assert size.get_xlabel() == "size\n2"
    line, level, curve = size.lines[:3]
    assert line.get_xdata() == [2.0, 2.0]
    assert level.get_ydata() == [profile.prediction[0]] * 2
    assert np.array_equal(curve.get_xdata(), profile["size"].values)
    assert np.array_equal(curve.get_ydata(), profile["size"].mean[:, 0])
    assert len(size.collections) == 1  # the band


def test_all_panels_have_the_same_y_axis() -> None:
    axes = axes_of(any_model())
    ((low, high),) = {ax.get_ylim() for ax in axes}
    profile = any_model().profile()
    assert low < min(curve.mean.min() for curve in profile.curves)
    assert high > max(curve.mean.max() for curve in profile.curves)
    assert [ax.get_ylabel() for ax in axes][:2] == ["target 0", ""]


def test_labels_and_booleans_have_markers_and_a_line_at_the_present_one() -> None:
    profile = any_model().profile({"color": "red", "wet": True})
    by_name = {ax.get_xlabel().partition("\n")[0]: ax for ax in axes_of(profile)}
    color = by_name["color"]
    ticks = [tick.get_text() for tick in color.get_xticklabels()]
    assert ticks == ["blue", "red", "pink"]  # a rare label, the last
    assert color.lines[0].get_xdata() == [1.0, 1.0]
    assert by_name["wet"].get_xlabel() == "wet\ntrue"


def test_of_many_labels_the_present_one_is_among_those_shown() -> None:
    labels = tuple(f"l{i:02d}" for i in range(30))
    model = any_model(inputs=Inputs((CategoryColumn("c", labels),)))
    for label in labels:
        ax = sn.plots.profile(model.profile({"c": label}), ax=Figure().add_subplot())
        assert label in [tick.get_text() for tick in ax.get_xticklabels()]


def test_several_targets_are_below_each_other() -> None:
    axes = axes_of(any_model(targets=2))
    assert len(axes) == 2 * MOST_OF_TARGETS
    assert {ax.get_ylabel() for ax in axes} == {"target 0", "target 1", ""}


def test_two_classes_are_one_curve_and_several_have_a_legend() -> None:
    two = axes_of(any_model(("no", "yes")))
    assert two[0].get_ylabel() == "probability"
    assert two[0].figure.legends == []
    three = axes_of(any_model(("a", "b", "c")))
    (legend,) = three[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "c"]
    low, high = three[0].get_ylim()
    assert 0 <= low < high <= 1


def test_fifty_columns_are_left_out_but_for_the_largest_changes() -> None:
    model = random_model(sn.Architecture((50, 2, 1)))
    profile = model.profile(points=3)
    axes = axes_of(profile)
    assert len(axes) == MOST_PANELS
    assert "12 of 50 columns: those with the largest changes" in axes[0].figure.get_suptitle()
    largest = sorted(profile.curves, key=lambda curve: -curve.change[0])[:MOST_PANELS]
    assert {ax.get_xlabel().partition("\n")[0] for ax in axes} == {curve.name for curve in largest}


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_the_title_warns_of_a_point_far_from_the_rows() -> None:
    x = np.linspace(-1.0, 1.0, 50)
    w = x + 0.01 * np.random.default_rng(0).normal(size=50)
    model = sn.fit({"x": x, "w": w, "y": x}, "y", hidden=0, decay=0.1, starts=1, held_out=0)
    for point, warning in (
        ({"x": 3.0, "w": 0.9}, "Outside the training rows: x by"),
        ({"x": 0.9, "w": -0.9}, "farther than all training rows"),
        ({"x": 0.1, "w": 0.1}, ""),
    ):
        title = " ".join(axes_of(model.profile(point))[0].figure.get_suptitle().split())
        assert warning in title
        assert ("training rows" in title) == bool(warning)


def test_intervals_are_dotted() -> None:
    profile = any_model().profile(coverage=0.9)
    ax = axes_of(profile)[0]
    lower, upper = (line.get_ydata() for line in ax.lines[3:5])
    assert np.array_equal(lower, profile["size"].interval[0][:, 0])
    assert np.array_equal(upper, profile["size"].interval[1][:, 0])
    assert "dotted: interval of 90 % of new values" in ax.figure.get_suptitle()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"a": 1},), "profile needs a Model, a fitted estimator or a Profile, but dict was given"),
        ((any_model(), None, None, 0), "most_columns must be a whole number of at least 1"),
    ],
)
def test_refuses_other_arguments(arguments, message: str) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        sn.plots.profile(*arguments)


def test_draws_the_profile_of_an_estimator() -> None:
    X = [[i / 10, (i * i) % 7] for i in range(30)]
    estimator = sn.NetRegressor(hidden=2, decay=0.1, starts=1).fit(X, [row[0] for row in X])
    assert axes_of(estimator, at={"x1": 1.0})[0].get_xlabel() == "x1\n1"
