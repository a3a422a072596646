"""The first paragraph of a summary: what a model is, how good, what matters most, and what to be careful about."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sheernet as sn

rng = np.random.default_rng(8)
N = 200
a, b = rng.normal(size=(2, N))
TABLE = {
    "a": a,
    "twin": a + 0.02 * rng.normal(size=N),
    "b": b,
    "y": 2.0 * a + b + np.exp(0.8 * b) * 0.3 * rng.normal(size=N),
}


def headline(model: sn.Model) -> str:
    return model.summary().to_dict()["headline"]


@pytest.fixture(scope="module")
def answer() -> sn.Model:
    return sn.fit(TABLE, "y", hidden=0)


def test_it_tells_the_quality_of_the_model_and_first_says_what_it_is(answer) -> None:
    text = headline(answer)
    assert text.startswith(
        f"The mean of {len(answer.members)} networks predicts y; on rows held out in folds, it"
    )
    assert f"{100 * answer.held_out_fit.r2[0]:.3g} % (standard error " in text
    assert f"(RMSE) of {answer.held_out_fit.rmse[0]:.3g} (standard error " in text
    assert text.endswith("Effects are associations in these rows, not causes.")
    assert text[:40] in str(answer.summary())
    assert text[:40] in answer.summary()._repr_html_()


def test_standard_deviations_that_vary_are_told_with_their_column(answer) -> None:
    _, std = answer.predict(TABLE, return_std=True)
    ends = (b < np.quantile(b, 1 / 3), b > np.quantile(b, 2 / 3))
    expected = [np.median(np.ravel(std)[rows]) for rows in ends]
    assert expected[1] > 2 * expected[0]  # as the noise does: 0.3 exp(0.8 b)
    found = headline(answer).partition(
        "least sure at high b: the standard deviation of a new value is about "
    )[2]
    told = float(found.split()[0]), float(found.partition("lowest b, and ")[2].split()[0])
    assert told == pytest.approx(expected, rel=0.2)


def test_without_the_covariances_of_the_networks_nothing_is_said_of_them(answer) -> None:
    members = tuple(dataclasses.replace(each, factor=np.empty(0)) for each in answer.members)
    text = headline(dataclasses.replace(answer, members=members))
    assert "the standard deviation of a new value" not in text
    assert "have the largest effects" in text


def test_columns_that_tell_the_same_are_named_as_hard_to_separate() -> None:
    """Their effects can be large and opposite."""
    model = sn.fit(TABLE, "y", hidden=0, decay=0.0, held_out=0)
    theta = np.array([25.0, -22.0, 1.0, 0.0])  # a and twin have opposite effects
    network = sn.Network(model.network.architecture, theta)

    members = (dataclasses.replace(model.members[0], network=network),)
    text = headline(dataclasses.replace(model, members=members))
    assert "its error on new rows is not known" in text
    assert "a and twin (in the order of the table) have the largest effects" in text
    assert "a and twin go together (correlations above 0.7)" in text
    assert "Be careful: no rows were held out" in text


def test_the_order_with_the_table_of_the_fit_is_that_of_its_effects() -> None:
    rng = np.random.default_rng(1)
    data = {name: rng.normal(size=80) for name in "uvw"}
    data["y"] = 1.4 * data["u"] + 1.7 * data["w"] + 2.0 * data["v"]
    model = sn.fit(data, "y", hidden=0, decay=1e-3, held_out=0)
    assert [each.name for each in model.effects(data).curves] == ["v", "w", "u"]
    assert "v, w and u have the largest effects" in str(model.summary(data).headline)
    assert "u, v and w (in the order of the table) have" in str(model.summary().headline)
    assert "go together" not in str(model.summary().headline)
    assert "in combination" not in str(model.summary().headline)


def test_a_column_whose_ends_few_rows_reach_is_not_first() -> None:
    """Its range is 40 standard deviations, that of the other one is 2: over the ranges it would change y more."""
    rare = np.where(np.arange(N) == 7, 20.0, 0.02 * rng.normal(size=N))
    common = np.where(rng.random(N) < 0.5, -1.0, 1.0)
    table = {"rare": rare, "common": common, "y": 0.1 * rare + 0.5 * common}
    with pytest.warns(sn.SheernetWarning, match="20 of 'rare' is far from its other values"):
        model = sn.fit(table, "y", hidden=0, decay=1e-3, held_out=0)
    text = headline(model)
    assert "common has the largest effect" in text


def test_classes_are_counted() -> None:
    model = sn.fit({"a": a, "b": b, "kind": a + b > 0}, "kind", hidden=0, decay=1e-3, held_out=0.25)
    text = headline(model)
    assert "A linear model predicts kind; of the held-out rows," in text
    assert f"{100 * model.held_out_fit.accuracy:.3g} % are predicted correctly" in text


def test_a_column_that_acts_only_with_another_one_is_told() -> None:
    x, w = np.random.default_rng(0).uniform(-1.0, 1.0, (2, 120))
    table = {"x": x, "w": w, "y": 1.5 * x * w + x}
    model = sn.fit(table, "y", hidden=4, decay=1e-5, starts=2, held_out=0)
    text = str(model.summary(table).headline)
    assert "x and w have the largest effects on the prediction" in text
    assert "at equal values of the other columns, w mostly in combination with others" in text
