"""NetClassifier gives the probabilities of sheernet.fit, and labels of the type of y."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn")
from sklearn.exceptions import DataConversionWarning, NotFittedError

import sheernet as sn

QUICK: dict[str, Any] = {"hidden": 2, "decay": 1e-2, "starts": 1}
RNG = np.random.default_rng(8)
N = 45
X = RNG.normal(size=(N, 2))
CODES = np.digitize(X[:, 0] + X[:, 1] ** 2 + 0.5 * RNG.normal(size=N), [0.3, 1.3])


def fitted(y: Any, X: Any = X, weights: Any = None, **given: Any) -> sn.NetClassifier:
    return sn.NetClassifier(**{**QUICK, **given}).fit(X, y, weights)


def test_by_default_is_the_default_fit() -> None:
    net, model = sn.NetClassifier().fit(X, CODES), sn.fit(X, CODES, task="classification")
    assert len(model.members) > 1 or model.members[0].evidence
    assert np.array_equal(net.predict_proba(X), model.probabilities(X))
    assert np.array_equal(net.predict(X), model.predict(X).astype(int))
    assert net.score(X, CODES) == pytest.approx(model.score(X, CODES), rel=1e-12)


KINDS = {"array": np.array, "list": list, "Series": pd.Series, "categories": pd.Categorical}


@pytest.mark.parametrize(
    "labels",
    [
        [0, 1, 2], [-5, 7, 30], [0.0, 1.0, 2.0], ["b", "a", "c"], ["1", "01", "NA"], ["", "a", " b "],
        [False, True, True],
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_predicts_labels_as_they_were_given(labels: list[Any], kind: Any) -> None:
    y = np.array(labels)[CODES]
    net = fitted(kind(y))
    codes = np.unique(y, return_inverse=True)[1]
    same = fitted([f"class {code}" for code in codes])
    assert net.classes_.tolist() == sorted(set(labels))
    np.testing.assert_allclose(net.predict_proba(X), same.predict_proba(X), rtol=1e-5)
    assert np.array_equal(net.predict(X), net.classes_[[int(each[-1]) for each in same.predict(X)]])
    assert isinstance(net.predict(X)[0], type(net.classes_[0]))
    assert net.model_.task == "classification"


def test_probabilities_add_to_1_and_have_logarithms() -> None:
    net = fitted(CODES)
    P = net.predict_proba(X)
    assert P.shape == (N, 3)
    np.testing.assert_allclose(P.sum(axis=1), 1.0, rtol=1e-12)
    assert np.array_equal(net.predict_log_proba(X), np.log(P))
    far = fitted(X[:, 0] > 0, decay=0.0, max_iter=300)
    assert np.exp(far.predict_log_proba([[1e9, 0.0]])).round(6).tolist() == [[0.0, 1.0]]


def test_labels_of_rows_of_weight_0_do_not_count() -> None:
    weights = (CODES != 1).astype(float)
    net = fitted(CODES, weights=weights)
    assert net.classes_.tolist() == [0, 2]
    other = fitted(CODES[CODES != 1], X[CODES != 1])
    np.testing.assert_allclose(net.predict_proba(X), other.predict_proba(X), rtol=1e-6)


def test_a_column_vector_is_one_label_for_each_row() -> None:
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        net = fitted(CODES[:, None])
    assert np.array_equal(net.predict(X), fitted(CODES).predict(X))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros(N), "needs at least 2 classes, but y has one: 0.0"),
        (X[:, 0], "Unknown label type: continuous"),
        (
            np.where(CODES == 1, None, "a"),
            r"y contains \d+ missing labels? \(NaN or None\), first in data row \d+",
        ),
        (np.where(CODES == 1, np.nan, 1.0), "missing label"),
        (np.where(CODES == 1, "a", " a"), "'a' and 'a'|' a' and 'a' of y differ only by spaces"),
        (np.eye(3)[CODES], r"a single 1 in each row; .* such as numpy.argmax\(y, axis=1\)"),
        (
            1 - np.eye(3)[CODES],
            r"several \(multilabel-indicator\); wrap it in sklearn.multioutput.MultiOutputClassifier",
        ),
        (np.column_stack([CODES, CODES]), "multiclass-multioutput"),
        (CODES[1:], "inconsistent numbers of samples"),
        (None, "requires y to be passed, but the target y is None"),
    ],
    ids=str,
)
def test_refuses_labels_that_cannot_be(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fitted(y)


def test_refuses_to_predict_before_a_fit() -> None:
    net = sn.NetClassifier()
    for call in (net.predict, net.predict_proba, net.predict_log_proba):
        with pytest.raises(NotFittedError):
            call(X)


def test_a_saved_model_predicts_the_same_bits(tmp_path: Any) -> None:
    net = fitted(CODES)
    path = net.save(tmp_path / "model.json")
    assert np.array_equal(sn.load(path).probabilities(X), net.predict_proba(X))
