"""The axes of the effects: probabilities from 0 to 1, and whole numbers at whole numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def drawn() -> list[object]:
    rooms, x = np.arange(48) % 6 + 1, np.linspace(0.0, 1.0, 48)
    table = {"rooms": rooms, "x": x, "c": np.where(rooms + x > 4, "yes", "no")}
    model = sn.fit(table, "c", hidden=0, decay=1e-4, starts=1, held_out=0)
    member = model.members[0]
    flipped = replace(
        member, network=replace(member.network, theta=-member.network.theta), share=0.3
    )
    spread = replace(model, members=(replace(member, share=0.7), flipped))
    return sn.plots.effects(spread, table, kind="partial dependence").figure.axes


def test_probabilities_stay_between_0_and_1(drawn) -> None:
    for ax in drawn:
        assert min(ax.get_ylim()) >= 0.0
        assert max(ax.get_ylim()) <= 1.0
        for band in ax.collections:
            heights = band.get_paths()[0].vertices[:, 1]
            assert 0.0 <= heights.min() <= heights.max() <= 1.0


def test_whole_numbers_have_whole_ticks(drawn) -> None:
    (ticks,) = [ax.get_xticks() for ax in drawn if ax.get_xlabel() == "rooms"]
    np.testing.assert_array_equal(ticks, np.rint(ticks))


@pytest.mark.parametrize("columns", [["rooms"], ["rooms", "x"]])
def test_titles_with_long_names_fit_into_the_picture(columns: list[str]) -> None:
    rooms, x = np.arange(48) % 6 + 1, np.linspace(0.0, 1.0, 48)
    name = "price of the house in thousands of dollars at the end of the year"
    table = {"rooms": rooms, "x": x, name: rooms + x}
    model = sn.fit(table, name, hidden=0, decay=1e-4, starts=1, held_out=0)
    figure = sn.plots.effects(model, table, columns=columns).figure
    figure.canvas.draw()
    (title,) = [text for text in figure.texts if text.get_text() == figure.get_suptitle()]
    ends = title.get_window_extent()
    assert 0.0 <= ends.x0 <= ends.x1 <= figure.bbox.width


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_names_of_columns_are_whole_or_differ_and_do_not_touch_the_month() -> None:
    rng = np.random.default_rng(0)
    days = np.datetime64("2026-03-01T08:00") + rng.integers(0, 5 * 24, 90) * np.timedelta64(1, "h")
    names = [
        f"The manager gives regular and helpful feedback on my {what} at the company"
        for what in ("work", "goals")
    ]
    table = {name: rng.integers(1, 6, 90) for name in names} | {"Timestamp of it": days}
    table["y"] = table[names[0]] - table[names[1]] + rng.normal(size=90)
    model = sn.fit(table, "y", hidden=0, decay=1e-2, starts=1, held_out=0)
    figure = sn.plots.effects(model, table).figure
    figure.draw_without_rendering()
    shown = [ax.get_xlabel() for ax in figure.axes]
    assert len(set(shown)) == len(shown)
    assert "Timestamp of it (hour of day)" in shown
    (trend,) = [ax for ax in figure.axes if "trend" in ax.get_xlabel()]
    month = trend.xaxis.get_offset_text()
    assert month.get_text() == "2026-Mar"
    assert not month.get_window_extent().overlaps(trend.xaxis.label.get_window_extent())


def test_few_rows_far_away_do_not_stretch_the_axes_and_are_counted() -> None:
    x = np.append(np.linspace(0.0, 1.0, 299), 50.0)  # the central 98 % have the length 0.97
    table = {
        "x": x,
        "c": np.array(["a", "b", "c"])[np.arange(300) % 3],
        "y": x,
    }
    with pytest.warns(sn.SheernetWarning, match="50 of '[xy]' is far from its other values"):
        model = sn.fit(table, "y", hidden=0, decay=0.0, starts=1, held_out=0)
    axes = {ax.get_xlabel().split()[0]: ax for ax in sn.plots.effects(model, table).figure.axes}
    assert axes["x"].get_xlabel() == "x (1 row beyond)"
    low, high = axes["x"].get_xlim()
    assert low == 0.0
    assert high == pytest.approx(np.quantile(x, 0.99) + 0.5 * np.ptp(np.quantile(x, [0.01, 0.99])))
    ends = axes["x"].get_ylim()
    found = model.effects(table)["x"]
    seen = found.mean[found.values <= high]
    assert max(np.abs(ends)) < 0.1 * np.abs(found.mean).max()
    assert ends[0] <= seen.min() <= seen.max() <= ends[1]


def test_labels_and_few_numbers_have_their_numbers_of_rows() -> None:
    rooms = np.repeat([1.0, 2.0, 5.0], [30, 12, 6])
    table = {
        "rooms": rooms,
        "c": ["no"] * 20 + ["yes"] * 28,
        "x": np.sin(np.arange(48)),
        "y": rooms + 0.1 * np.cos(np.arange(48)),
    }
    model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, held_out=0)
    for ax in sn.plots.effects(model, table).figure.axes:
        counts = {"rooms": ["n=30", "n=12", "n=6"], "c": ["n=20", "n=28"], "x": []}
        assert [text.get_text() for text in ax.texts] == counts[ax.get_xlabel()]


def test_panels_tell_the_size_of_the_effect_and_whether_it_needs_other_columns() -> None:
    x, w = np.random.default_rng(0).uniform(-1.0, 1.0, (2, 120))
    table = {"x": x, "w": w, "y": x * w + x}
    model = sn.fit(table, "y", hidden=4, decay=1e-5, starts=2, held_out=0)
    found = model.effects(table)
    # The standard deviation of x w + x that goes with x is that of (1 + w) x: its mean curve is x.
    assert found["x"].alone[0] == pytest.approx(x.std(), rel=0.1)
    assert found["w"].alone[0] < 0.5 * found["w"].importance[0]
    titles = {ax.get_xlabel(): ax.get_title() for ax in sn.plots.effects(found).figure.axes}
    assert titles["x"] == f"size {found['x'].importance[0]:.3g}"
    assert titles["w"] == f"size {found['w'].importance[0]:.3g}, mostly with other columns"


def test_curves_for_values_of_another_column_have_bands_and_are_explained() -> None:
    x, w = np.random.default_rng(0).uniform(-1.0, 1.0, (2, 120))
    table = {"x": x, "w": w, "y": x * w + x + 0.1 * np.sin(np.arange(120.0))}
    model = sn.fit(table, "y", hidden=4, decay=1e-3, starts=2, held_out=0)
    found = model.effects(table)
    dependence, pair = found.pairs[0].dependences[0], found.pairs[0]
    figure = sn.plots.effects(found).figure
    assert "broken lines: with that value of another" in " ".join(figure.get_suptitle().split())
    (ax,) = [
        ax for ax in figure.axes if len(ax.collections) == 3
    ]  # the band of the effect, and two
    assert ax.get_xlabel() == pair.names[dependence.column]
    spread = pair.joint_std[..., 0] if dependence.column == 0 else pair.joint_std[..., 0].T
    for band, curve, held in zip(
        ax.collections[:2], dependence.curves.T, dependence.held, strict=True
    ):
        corners = band.get_paths()[0].vertices
        g = int(np.flatnonzero(dependence.near.all(axis=1))[0])
        value = pair.values[dependence.column][g]
        ends = corners[np.isclose(corners[:, 0], value), 1]
        assert ends.min() == pytest.approx(curve[g] - 2 * spread[g, held])
        assert ends.max() == pytest.approx(curve[g] + 2 * spread[g, held])


def test_the_legend_and_the_counts_of_many_labels_cover_nothing() -> None:
    rows = np.arange(240)
    labels = [f"label number {k}" for k in rows % 12]
    x = np.sin(rows)
    table = {"c": labels, "x": x, "w": np.cos(rows), "y": rows % 12 + x}
    model = sn.fit(table, "y", hidden=0, decay=0.01, starts=1, held_out=0)
    axes = sn.plots.effects(model, table).figure.axes  # with the means of the true values of labels
    (ax,) = [ax for ax in axes if ax.get_xlabel() == "c"]
    ax.figure.draw_without_rendering()
    below = min(each.get_window_extent().y0 for each in (*ax.get_xticklabels(), ax.xaxis.label))
    assert ax.get_legend().get_window_extent().y1 < below
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 12
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


@pytest.mark.parametrize(("labels", "n"), [("abcdefg", 10), ("abcdefg", 100), ("abcd", 1000)])
def test_the_numbers_of_rows_do_not_touch_each_other(labels: str, n: int) -> None:
    rows = np.arange(n * len(labels), dtype=float)
    y = [ord(c) % 3 + 0.5 for c in labels] * n
    others = {f"x{k}": np.sin(k * rows) for k in range(1, 5)}  # for several panels in a line
    table = {"c": list(labels) * n, **others, "y": y}
    model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, held_out=0)
    ax = sn.plots.effects(model, table)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == len(labels)
    for left, right in pairwise(boxes):
        assert left.x1 + 3.0 < right.x0
