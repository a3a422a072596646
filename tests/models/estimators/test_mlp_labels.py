"""Labels as targets and back, in the words of scikit-learn's LabelBinarizer."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("sklearn")
from scipy import sparse
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.multiclass import type_of_target

from sheernet.models.estimators.mlp_labels import Labels

TABLE = np.array([[0, 1, 1], [1, 0, 1], [0, 0, 0]])
KINDS: dict[str, Any] = {
    "two": np.array([3, 1, 3, 1]),
    "three": np.array(["b", "c", "a", "b"]),
    "booleans": np.array([True, False]),
    "one": np.array([7, 7]),
    "floats": np.array([1.0, 2.0, 0.0]),
    "objects": np.array(["y", "x", "z"], dtype=object),
    "several": TABLE,
    "several in a sparse table": sparse.csr_matrix(TABLE),
}


@pytest.mark.parametrize("kind", KINDS)
def test_targets_and_labels_are_those_of_the_label_binarizer(kind: str) -> None:
    y = KINDS[kind]
    labels, peer = Labels.of(y), LabelBinarizer().fit(y)
    assert np.array_equal(labels.classes, peer.classes_)
    targets = labels.targets(y)
    assert np.array_equal(targets, np.asarray(peer.transform(y), dtype=float))
    found = labels.labels(0.2 + 0.6 * targets)
    outputs = 0.2 + 0.6 * targets
    expected = peer.inverse_transform(outputs if outputs.shape[1] > 1 else outputs[:, 0])
    assert type(found) is type(expected)
    assert found.dtype == expected.dtype
    assert np.array_equal(_dense(found), _dense(expected))
    assert np.array_equal(_dense(found), _dense(y))


def _dense(table: Any) -> Any:
    return table.toarray() if hasattr(table, "toarray") else table


def test_a_part_of_the_labels() -> None:
    labels = Labels.of(["a", "b", "c"])
    assert labels.targets(np.array(["c", "a"], dtype=object)).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert Labels.of([1, 2]).targets([2, 2]).tolist() == [[1.0], [1.0]]


def test_an_output_of_one_half_is_the_first_class() -> None:
    labels = Labels.of([1, 2])
    assert labels.labels(np.array([[0.5], [0.500001]])).tolist() == [1, 2]
    assert Labels.of(TABLE).labels(np.array([[0.5, 0.6, 0.4]])).tolist() == [[0, 1, 0]]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0.5, 1.2, 3.1], "Unknown label type: continuous"),
        (np.array([2, 1, 1], dtype=object), "Unknown label type: unknown"),
        (
            np.array([["a", "b"], ["c", "d"]]),
            "Multioutput target data is not supported.*MultiOutputClassifier",
        ),
    ],
)
def test_what_is_no_label_is_refused(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Labels.of(np.asarray(y))


@pytest.mark.parametrize(
    ("learned", "y", "message"),
    [
        (["a", "b"], ["a", "x", "y"], r"`y` has classes not in `self.classes_`.*\['x', 'y'\]"),
        ([1, 3], np.array([1, 3, 0]), r"\[1 3\], 'y' also has \[0\]"),
        ([1, 3], np.array([2]), r"'y' also has \[2\]"),
        ([1, 3], np.array([3, 4, 1]), r"'y' also has \[4\]"),
        (["a", "b"], TABLE, "`y` has classes not in"),
        (TABLE, TABLE[:, :2], r"a column for each of 3 labels, but its shape is \(3, 2\)"),
        (TABLE, [0, 1, 1], r"a column for each of 3 labels, but its shape is \(3,\)"),
    ],
)
def test_labels_that_were_not_learned_are_refused(learned: Any, y: Any, message: str) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        Labels.of(learned).targets(y)


@pytest.mark.parametrize("n_classes", [1, 2, 20, 21, 40])
def test_whole_numbers_warn_as_in_scikit_learn(n_classes: int) -> None:
    y = np.arange(40) % n_classes
    messages = []
    for learn in (Labels.of, type_of_target):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            learn(y)
        messages.append([str(warning.message) for warning in caught])
    assert messages[0] == messages[1]
