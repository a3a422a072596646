"""Every plot of a model takes a fitted estimator, and draws what it draws of its model."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection
from matplotlib.figure import Figure

pytest.importorskip("sklearn")

import sheernet as sn

N = 40
RNG = np.random.default_rng(2)
X = pd.DataFrame(RNG.normal(size=(N, 2)), columns=["size", "age"])
Y = X["size"] + 0.5 * X["age"] ** 2 + 0.1 * RNG.normal(size=N)
LABELS = np.array(["small", "large"])[(Y > 0.5).astype(int)]
NET: dict[str, Any] = {"hidden": 2, "decay": 0.01, "starts": 2}


@cache
def fitted(name: str) -> Any:
    kind = getattr(sn, name)
    return kind(**NET).fit(X, Y if name.endswith("Regressor") else LABELS)


NUMBERS, CLASSES = ("NetRegressor",), ("NetClassifier",)
PICTURES = {
    "cost": sn.plots.cost,
    "costs": lambda source: sn.plots.cost({"a": source, "b": source}),
    "network": sn.plots.network,
    "starts": sn.plots.starts,
    "response surface": lambda source: sn.plots.response_surface(source, X),
    "effects": lambda source: sn.plots.effects(source, X),
    "pair effects": lambda source: sn.plots.pair_effects(source, X, pairs=1),
}


def content(ax: Axes) -> list[Any]:
    """The data of lines and collections and the texts of all axes of a figure."""
    found: list[Any] = []
    for one in ax.figure.axes:
        found += [line.get_xydata().tolist() for line in one.lines]
        for collection in one.collections:
            if isinstance(collection, LineCollection):
                found += [segment.tolist() for segment in collection.get_segments()]
            elif isinstance(collection, Collection):
                found.append(np.asarray(collection.get_offsets()).tolist())
                found += [path.vertices.tolist() for path in collection.get_paths()]
        found += [image.get_array().tolist() for image in one.images]
        found += [one.get_title(), one.get_xlabel(), one.get_ylabel()]
        found += [text.get_text() for text in one.texts]
    return found


@pytest.mark.parametrize("kind", [*NUMBERS, *CLASSES])
@pytest.mark.parametrize("name", PICTURES)
def test_draws_what_it_draws_of_the_model(name, kind) -> None:
    estimator = fitted(kind)
    of_estimator = content(PICTURES[name](estimator))
    assert len(of_estimator) >= 5
    of_model = content(PICTURES[name](estimator.to_model()))
    assert str(of_estimator) == str(of_model)  # nan, which breaks a line, equals nan


@pytest.mark.parametrize("kind", CLASSES)
def test_confusion(kind) -> None:
    estimator = fitted(kind)
    assert content(sn.plots.confusion(estimator)) == content(
        sn.plots.confusion(estimator.to_model())
    )


def test_a_confusion_matrix_of_numbers_is_refused() -> None:
    with pytest.raises(sn.InvalidInput, match="a model of numbers was given"):
        sn.plots.confusion(fitted("NetRegressor"))


@pytest.mark.parametrize("kind", NUMBERS)
def test_the_predictions_of_one_are_drawn_against_true_values(kind) -> None:
    ax = sn.plots.predicted_against_true(fitted(kind).predict(X), Y)
    assert "R²" in ax.get_title()


class TestRefused:
    @pytest.mark.parametrize("name", ["cost", "network", "starts", "response surface", "effects"])
    def test_estimators_of_others(self, name) -> None:
        from sklearn.linear_model import LinearRegression

        with pytest.raises(
            sn.InvalidInput, match=r"fitted estimator.*but LinearRegression was given"
        ):
            PICTURES[name](LinearRegression().fit(X, Y))

    def test_without_a_fit(self) -> None:
        from sklearn.exceptions import NotFittedError

        with pytest.raises(NotFittedError):
            sn.plots.network(sn.NetRegressor())

    def test_a_class(self) -> None:
        with pytest.raises(sn.InvalidInput, match="but type was given"):
            sn.plots.network(sn.NetRegressor)

    def test_the_importance_of_an_estimator_names_the_way(self) -> None:
        with pytest.raises(sn.InvalidInput, match=r"estimator\.to_model\(\)"):
            sn.plots.importance(fitted("NetRegressor"))


def test_given_axes_are_used() -> None:
    ax = Figure().add_subplot()
    assert sn.plots.network(fitted("NetRegressor"), ax=ax) is ax
