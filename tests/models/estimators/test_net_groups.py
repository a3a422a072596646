"""Groups of rows in NetRegressor.fit and NetClassifier.fit: of an array, of a column, or routed by scikit-learn."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn")
import sklearn
from sklearn.model_selection import GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import sheernet as sn

RNG = np.random.default_rng(4)
GROUPS = np.repeat(list("fbdace"), 7)
N = len(GROUPS)
X = RNG.normal(size=(N, 1)) + np.unique(GROUPS, return_inverse=True)[1][:, None]
OF_GROUPS = np.repeat(RNG.normal(size=6), 7)  # what is learned of a group helps with its rows only
Y = X[:, 0] + OF_GROUPS
TARGETS: dict[str, tuple[Any, Any]] = {
    "regression": (sn.NetRegressor, Y),
    "classification": (sn.NetClassifier, np.where(Y > 2.5, "high", "low")),
}


def model_by_fit(task: str, table: Any = X, **given: Any) -> sn.Model:
    return sn.fit(table, TARGETS[task][1], task=task, held_out=0, **given)


@pytest.mark.parametrize(("task", "kind"), [("regression", list), ("classification", pd.Series)])
def test_of_each_row_are_those_of_fit(task: str, kind: Any) -> None:
    estimator, y = TARGETS[task]
    net, model = estimator().fit(X, y, groups=kind(GROUPS)), model_by_fit(task, groups=GROUPS)
    assert net.model_.settings["n_groups"] == 6
    assert np.array_equal(net.predict(X), model.predict(X))
    assert net.model_.held_out_fit == model.held_out_fit
    assert net.model_.held_out_fit != model_by_fit(task).held_out_fit


def test_of_a_column_are_no_input() -> None:
    frame = pd.DataFrame({"x": X[:, 0], "who": GROUPS})
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a column that is not used is not named
        net = sn.NetRegressor().fit(frame, Y, groups="who")
    assert net.model_.inputs.names == ("x",)
    by_array = sn.NetRegressor().fit(frame[["x"]], Y, groups=GROUPS)
    assert np.array_equal(net.predict(frame), by_array.predict(frame[["x"]]))


def test_go_through_a_pipeline_and_with_weights() -> None:
    weights = np.tile([0.5, 1.5], N // 2)
    given = {"netregressor__groups": GROUPS, "netregressor__sample_weight": weights}
    pipeline = make_pipeline(StandardScaler(), sn.NetRegressor()).fit(X, Y, **given)
    scaled = pipeline[0].transform(X)
    model = model_by_fit("regression", scaled, groups=GROUPS, weights=weights)
    assert np.array_equal(pipeline.predict(X), model.predict(scaled))


def test_are_routed_to_the_folds_and_to_the_fit() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        net = sn.NetRegressor().set_fit_request(groups=True)
        found = cross_validate(
            net, X, Y, params={"groups": GROUPS}, cv=GroupKFold(3), return_estimator=True
        )
    folds = list(GroupKFold(3).split(X, Y, GROUPS))
    for (train, _), each in zip(folds, found["estimator"], strict=True):
        assert each.model_.settings["n_groups"] == 4
        by_hand = sn.NetRegressor().fit(X[train], Y[train], groups=GROUPS[train])
        assert np.array_equal(each.predict(X), by_hand.predict(X))


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (GROUPS[1:], r"groups must have one group for each of the 42 rows of X, but its shape is \(41,\)"),
        (GROUPS[:, None], r"groups must have one group .* its shape is \(42, 1\)"),
        (np.zeros(N), r"all rows are of one group in groups"),
        (np.where(GROUPS == "f", None, GROUPS), r"groups"),
        ("x1", r"'x1' is the name of a column, but an array has no names"),
    ],
    ids=["too few", "table", "one group", "missing", "name"],
)  # fmt: skip
def test_that_cannot_be_are_refused(groups: Any, message: str) -> None:
    for estimator, y in TARGETS.values():
        with pytest.raises(sn.InvalidInput, match=message):
            estimator().fit(X, y, groups=groups)


def test_without_effect_are_refused() -> None:
    with pytest.raises(sn.InvalidInput, match="groups has no effect"):
        sn.NetRegressor(hidden=2, decay=0.1).fit(X, Y, groups=GROUPS)
