"""Bars of the importance of columns."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.explaining import Importance, Measure
from sheernet.plots.importance_plot import MOST_PANELS, Bars

NAMES = ("a", "a column with a name that is far too long for a picture", "c", "$d_1$")


def importance(k: int = 1, n: int = 4, task: str = "regression", **more: np.ndarray) -> Importance:
    """Column j has the total index (j + 1) / 10, of which half is its own."""
    total = (np.arange(n)[:, None] + 1.0) / 10 * np.ones(k)
    values = {"total": total, "first": total / 2, **more}
    names = NAMES if n == len(NAMES) else tuple(f"x{j}" for j in range(n))
    return Importance(
        "y", task, names, ("number",) * n, tuple(f"target {i}" for i in range(k)), np.ones(k),
        {name: Measure(name, each, 0.03 * np.ones((n, k)), 0.04 * np.ones((n, k))) for name, each in values.items()},
        "9 rows", "", 2, False,
    )  # fmt: skip


def heights(ax) -> list[list[float]]:
    """Lengths of the bars of each series, from the top."""
    bars = [c for c in ax.containers if hasattr(c, "patches")]
    return [[patch.get_width() for patch in bar.patches] for bar in bars]


def test_bars_are_in_the_order_of_their_length_with_their_uncertainty() -> None:
    bars = Bars.of(importance(), "total", 0, 3)
    assert bars.names == (NAMES[3], NAMES[2], NAMES[1])
    assert bars.values == pytest.approx([0.4, 0.3, 0.2])
    assert bars.alone == pytest.approx([0.2, 0.15, 0.1])
    assert bars.uncertainty == pytest.approx([0.1] * 3)  # twice 0.03 and 0.04 together
    assert bars.left_out == 1


def test_the_part_alone_is_within_the_whole() -> None:
    first = np.array([[-0.01], [0.5], [0.1], [0.1]])
    assert Bars.of(importance(first=first), "total", 0, 9).alone == pytest.approx(
        [0.1, 0.1, 0.2, 0.0]
    )


def test_are_drawn_as_they_are() -> None:
    found = importance(
        per_std=np.ones((4, 1)), slope=np.ones((4, 1)), absolute_slope=np.ones((4, 1))
    )
    ax = sn.plots.importance(found, most_columns=3)
    assert heights(ax) == [pytest.approx([0.4, 0.3, 0.2]), pytest.approx([0.2, 0.15, 0.1])]
    shown = [tick.get_text() for tick in ax.get_yticklabels()]
    assert shown[:2] == [r"\$d_1\$", "c"]
    assert shown[2] in found.text()  # names are cut in one way
    title = ax.figure.get_suptitle()
    assert title == "Importance of columns for target 0\n3 of 4 columns"
    low, high = ax.get_ylim()
    assert low > high  # the most important at the top


@pytest.mark.parametrize(("measure", "highest"), [("total", 1.0), ("slope", 1.05)])
def test_error_bars_of_a_part_of_a_variance_end_at_1(measure: str, highest: float) -> None:
    values = np.array([[0.95], [0.5], [0.3], [0.2]])
    ax = sn.plots.importance(importance(**{measure: values}), measure)
    (bars,) = [c for c in ax.containers if hasattr(c, "has_xerr")]
    ends = np.array([segment[:, 0] for segment in bars.lines[2][0].get_segments()])
    assert ends[:, 1].max() == pytest.approx(highest)


@pytest.mark.parametrize(("measure", "lowest"), [("total", 0.0), ("slope", -0.08)])
def test_error_bars_of_a_part_of_a_variance_end_at_0(measure: str, lowest: float) -> None:
    """The bars are 0.1 long to each side, and the smallest value is 0.02."""
    values = np.array([[0.02], [0.5], [0.3], [0.2]])
    ax = sn.plots.importance(importance(**{measure: values}), measure)
    (bars,) = [c for c in ax.containers if hasattr(c, "has_xerr")]
    ends = np.array([segment[:, 0] for segment in bars.lines[2][0].get_segments()])
    assert ends[:, 0].min() == pytest.approx(lowest)
    assert ends[:, 1].max() == pytest.approx(0.6)


def test_another_measure_may_be_negative_or_undefined() -> None:
    slope = np.array([[np.nan], [-3.0], [1.0], [2.0]])
    ax = sn.plots.importance(importance(slope=slope), "slope")
    assert heights(ax) == [pytest.approx([-3.0, 2.0, 1.0])]
    colors = [patch.get_facecolor() for patch in ax.containers[0].patches]
    assert colors[0] != colors[1] == colors[2]


def test_targets_have_panels_and_classes_are_drawn_together() -> None:
    axes = sn.plots.importance(importance(k=MOST_PANELS + 1)).figure.axes
    assert len(axes) == MOST_PANELS
    assert axes[1].get_title() == "target 1"
    assert f"{MOST_PANELS} of {MOST_PANELS + 1} targets" in axes[0].figure.get_suptitle()
    pooled = sn.plots.importance(importance(k=3, task="classification")).figure
    assert len(pooled.axes) == 1
    assert "all classes of y" in pooled.get_suptitle()


@pytest.mark.parametrize("n", [1, 5, 30])
def test_labels_do_not_touch(n: int) -> None:
    figure = sn.plots.importance(importance(n=n), most_columns=30).figure
    figure.draw_without_rendering()
    boxes = [tick.get_window_extent() for tick in figure.axes[0].get_yticklabels()]
    assert all(a.y0 >= b.y1 for a, b in pairwise(boxes))
    assert min(box.x0 for box in boxes) >= 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"a": 1},), "needs an Importance, but dict was given; use model.importance"),
        ((importance(), "permuted"), "no measure 'permuted'"),
        ((importance(), "total", None, 0), "most_columns must be a whole number of at least 1"),
        (
            (importance(slope=np.full((4, 1), np.nan)), "slope"),
            "slope is not defined.*total or first",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        sn.plots.importance(*arguments)
