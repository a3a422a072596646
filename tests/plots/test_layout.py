"""Layout of the pictures of many kinds of data: no two texts overlap, and nothing is cut off by the frame."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

import sheernet as sn
from sheernet.data.targets.judgment import ClassificationFit
from sheernet.training import Starts

LONG = "a long name of a column, in millimeters per day"


def columns(n: int) -> dict[str, object]:
    rng = np.random.default_rng(1)
    return {
        "x": rng.normal(size=n),
        LONG: 1e6 * rng.normal(size=n),
        "day": np.datetime64("2021-03-01") + np.arange(n),
        "on": np.arange(n) % 2 == 0,
        "color": np.array([f"color of the sample {i % 9}" for i in range(n)]),
    }


@cache
def model(kind: str) -> sn.Model:
    table = columns(90)
    x = np.asarray(table["x"], dtype=float)
    one = {"hidden": 3, "decay": 1e-2, "starts": 2, "max_iter": 20}
    if kind == "curve":
        return sn.fit({"day": table["day"], "y": np.sin(np.arange(90) / 9)}, "y", **one)
    if kind == "three targets":
        return sn.fit(table, np.column_stack([x, x**2, -x]) * 1e-4, **one)
    y = {
        "numbers": x,
        "two classes": np.where(x > 0, f"{LONG} yes", f"{LONG} no"),
        "ten classes": np.array([f"class {i}" for i in np.argsort(np.argsort(x)) // 9]),
    }[kind]
    return sn.fit(table, y, **one)


def network_and_data() -> tuple[sn.Network, sn.datasets.Dataset]:
    net = sn.Network.random(sn.Architecture((2, 3, 1)), seed=1)
    return net, sn.datasets.load_sleep_study("train")


def confusion_of(n: int) -> Axes:
    counts = np.random.default_rng(0).integers(0, 99, (n, n)) + 200 * np.eye(n, dtype=int)
    fit = ClassificationFit(int(counts.sum()), 0.75, 0.5, 0.5, tuple(map(tuple, counts.tolist())))
    return sn.plots.confusion(
        fit, classes=[f"species of family {i}" for i in range(n)], held_out=fit
    )


def agreement_of(n: int, k: int, plot: str, folds: int = 0) -> Axes:
    true = np.random.default_rng(0).normal(size=(n, k)) * 1e5
    predicted = true + 1e3 * np.random.default_rng(1).normal(size=(n, k))
    names = [LONG, *(f"target {i}" for i in range(1, k))]
    if not folds:
        held_out = np.arange(n) % 4 == 0
        return getattr(sn.plots, plot)(predicted, true, held_out=held_out, target_names=names)
    predicted, true = np.repeat(predicted, 2, axis=0), np.repeat(true, 2, axis=0)
    left_out = np.arange(2 * n) % 2 == 1  # each row is a training row, and left out
    draw = getattr(sn.plots, plot)
    return draw(predicted, true, held_out=left_out, target_names=names, folds=folds)


@cache
def training(*sizes: int) -> sn.Training:
    X, y = sn.datasets.load_sleep_study().scaled
    net = sn.Network.random(sn.Architecture(sizes), seed=0)
    return sn.train(net, X, y, method="bfgs", max_iter=9, keep_path=True)


PICTURES = {
    "cost with a cut axis": lambda record: sn.plots.cost(
        record([1.0, 1e-17], validation=[1.0, 0.1])
    ),
    **{f"confusion of {n} classes": (lambda _, n=n: confusion_of(n)) for n in (2, 3, 10, 135)},
    **{
        f"{plot} of {k} targets, {n} rows": (
            lambda _, n=n, k=k, plot=plot: agreement_of(n, k, plot)
        )
        for plot in ("predicted_against_true", "residuals")
        for n, k in ((60, 1), (60, 3), (20_000, 1), (20_000, 2), (60, 14))
    },
    **{
        f"{plot} of {k} targets, {n} rows left out in 10 folds": (
            lambda _, n=n, k=k, plot=plot: agreement_of(n, k, plot, folds=10)
        )
        for plot in ("predicted_against_true", "residuals")
        for n, k in ((1200, 1), (1200, 3))
    },
    **{
        f"{plot} of {kind}": (lambda _, plot=plot, kind=kind: getattr(sn.plots, plot)(model(kind)))
        for plot in ("cost", "network", "starts")
        for kind in ("numbers", "two classes", "ten classes", "three targets")
    },
    **{
        f"effects of {kind}": (lambda _, kind=kind: sn.plots.effects(model(kind), columns(90)))
        for kind in ("numbers", "two classes", "ten classes", "three targets")
    },
    **{
        f"intervals of {n} rows": (
            lambda _, n=n: sn.plots.intervals(
                (np.arange(n) - 1e5, np.arange(n) + 1e5), np.full(n, 3.0), target_names=[LONG]
            )
        )
        for n in (1, 100, 3000)
    },
    "network and data": lambda _: sn.plots.response_surface(
        *network_and_data(), test=sn.datasets.load_sleep_study("test")
    ),
    "diagram with data": lambda _: sn.plots.network(*network_and_data()),
    "surfaces of three targets": lambda _: sn.plots.response_surface(
        model("three targets"), columns(90)
    ),
    "curve over dates": lambda _: sn.plots.response_surface(model("curve"), columns(90)),
    "starts of an exact fit": lambda _: sn.plots.starts(
        Starts(
            np.array([5.84e-17, 1e-12, 1.0]),
            ("time_limit",) * 3,
            np.ones(3, int),
            np.zeros(3),
            0,
            0,
            "glorot",
            1.234e-10,
        )
    ),
    "gradient agreement": lambda _: sn.plots.gradient_agreement(
        sn.check_gradient(
            sn.Problem(
                lambda x: float(np.sum(x**3)),
                lambda x: 3 * x**2 * [-1.234e-5, 1.0],
                [1.23456, 2.0],
                names=[LONG, "b"],
            )
        )
    ),
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
class TestLayout:
    def test_no_two_texts_overlap_and_none_is_cut_off(self, name, record) -> None:
        figure = PICTURES[name](record).figure
        figure.draw_without_rendering()
        boxes = {}
        for text in texts_of(figure):
            box = Text.get_window_extent(text)  # without the arrow of an annotation
            boxes[f"{text.get_text()!r} at {box.x0:.0f}, {box.y0:.0f}"] = box.padded(-1.0)
        cut_off = [
            text for text, box in boxes.items()
            if not (figure.bbox.contains(box.x0, box.y0) and figure.bbox.contains(box.x1, box.y1))
        ]  # fmt: skip
        assert cut_off == []
        pairs = combinations(boxes.items(), 2)
        assert [(a, b) for (a, one), (b, other) in pairs if one.overlaps(other)] == []


def texts_of(figure: Figure) -> Iterator[Text]:
    """The texts that are drawn, except those in cells and on lines, which have laws of their own."""
    hidden = {id(tick) for ax in all_axes(figure) for tick in unseen_ticks(ax)}
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden:
            yield text


def all_axes(figure: Figure) -> Iterator[Axes]:
    for ax in figure.axes:
        yield ax
        yield from ax.child_axes


def unseen_ticks(ax: Axes) -> Iterator[Text]:
    """Labels of ticks outside the range of an axis, or of an axis that is not drawn."""
    for axis, j in ((ax.xaxis, 0), (ax.yaxis, 1)):
        low, high = sorted(axis.get_view_interval())
        room = 1e-9 * (high - low)
        for label in (*axis.get_ticklabels(minor=False), *axis.get_ticklabels(minor=True)):
            if not ax.axison or not low - room <= label.get_position()[j] <= high + room:
                yield label
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            yield tick.label2
