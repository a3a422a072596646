"""Convert X and y, as passed by scikit-learn, to the form that `sheernet.fit` and `Model.predict` take.

    DataFrame (pandas, polars, pyarrow)    unchanged: named columns, with categories, dates and missing values
    other objects                          an array (N, d) of numbers or objects, checked by scikit-learn

Targets keep the names of their Series or DataFrame if X has no column of these names.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import validate_data

from sheernet.data.columns.column_facts import are_one_hot
from sheernet.data.sources.array_tables import as_columns, has_names, input_names, target_names
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.sentences import Setting, in_quotes

if TYPE_CHECKING:
    import pandas as pd

Labels = npt.NDArray[Any]


def is_frame(X: Any) -> bool:
    """Whether X is a DataFrame of pandas or of another package."""
    return hasattr(type(X), "columns") and hasattr(X, "shape")


def checked_rows(estimator: BaseEstimator, X: Any, reset: bool) -> Any:
    """Return X as a DataFrame or an array, (N, d), with the columns of the fit.

    Parameters
    ----------
    estimator : BaseEstimator
        If `reset` is true, its `n_features_in_` and `feature_names_in_` are set; otherwise they are compared.
    X : DataFrame or array_like (N, d)
        The rows.
    reset : bool
        Whether this is a fit.

    Raises
    ------
    ValueError, TypeError
        As raised by scikit-learn's `validate_data`, or if an array has missing values that are not allowed; in
        DataFrames and in arrays of objects, missing values are detected later.
    """
    if has_names(X) and not hasattr(X, "shape"):  # a file, a mapping or a Table
        raise InvalidInput(
            f"X must be an array or a DataFrame, but a {type(X).__name__} was given; sheernet.fit takes it"
        )
    if is_frame(X):
        validate_data(estimator, X, reset=reset, skip_check_array=True)
        return X
    if isinstance(X, (list, tuple)) and np.asarray(X).dtype.kind in "US":
        X = np.asarray(X, dtype=object)  # numbers in lists with text stay numbers
    X = validate_data(
        estimator, X, reset=reset, dtype=None, ensure_all_finite=False, ensure_min_samples=1 + reset
    )
    may_miss = estimator.missing == "impute" or (reset and estimator.missing == "drop")
    if X.dtype.kind == "f" and not may_miss and (rows := np.isnan(X).any(axis=1)).any():
        raise InvalidInput(
            "X contains NaN in {} of {} rows, first in data row {}; fill missing values, or use {}",
            rows.sum(), len(X), rows.argmax() + 1, Setting("missing", "impute"),
        )  # fmt: skip
    return X


def column_names(X: Any) -> list[str]:
    """Return the column names of the result of `checked_rows`, as in `sheernet.fit`."""
    if not is_frame(X):
        return input_names(X.shape[1])
    names = X.column_names if hasattr(type(X), "column_names") else X.columns  # pyarrow, others
    return [str(name) for name in names]


def target_names_of(y: Any) -> list[str]:
    """Return the name of a Series or the column names of a DataFrame; an empty list if there are no names.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.models.estimators.net_data import target_names_of
    >>> target_names_of(pd.Series([1.0], name="gain")), target_names_of([1.0])
    (['gain'], [])
    """
    if is_frame(y):
        return column_names(y)
    name = getattr(y, "name", None) if hasattr(type(y), "to_numpy") else None
    return [] if name is None or name == "" else [str(name)]


def named(X: Any, names: Sequence[str]) -> pd.DataFrame:
    """Return the columns of X with these names, assigned by position."""
    return as_columns(X, "X", input_names).set_axis(list(names), axis="columns")


def case_weights(sample_weight: Any, X: Any, estimator: BaseEstimator) -> Array | None:
    """Return the case weights of the rows of X, (N,); None if there are no weights.

    Raises
    ------
    ValueError
        If a weight is missing, infinite, negative or not a number, all are 0, or the number of rows differs.
    """
    if sample_weight is None:
        return None
    weights = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight", estimator=estimator
    )  # fmt: skip
    _require_one_per_row("sample_weight", "weight", weights, X)
    if (weights < 0).any():
        raise InvalidInput(f"sample_weight must be at least 0, but {weights.min():g} was given")
    if not weights.any():
        raise InvalidInput("sample_weight is zero for all rows; at least one must be positive")
    return weights


def checked_groups(groups: Any, X: Any) -> Any:
    """Return the group of each row of X, (N,), or the name of the column with the groups; None without groups.

    Raises
    ------
    ShapeMismatch
        If the groups are not a vector with an entry for each row.
    """
    if groups is None or isinstance(groups, str):
        return groups
    _require_one_per_row("groups", "group", np.asarray(groups), X)
    return groups


def _require_one_per_row(name: str, noun: str, values: npt.NDArray[Any], X: Any) -> None:
    if values.shape != (len(X),):
        raise ShapeMismatch(
            f"{name} must have one {noun} for each of the {len(X)} rows of X, but its shape is {values.shape}"
        )


def numeric_targets(y: Any, X: Any, estimator: BaseEstimator) -> pd.DataFrame:
    """Return the targets of a regression, (N, K), with names that differ from the column names of X.

    Parameters
    ----------
    y : array_like (N,) or (N, K), Series or DataFrame
        Numbers or booleans.
    X : DataFrame or array, (N, d)
        As returned by `checked_rows`.
    estimator : BaseEstimator
        The estimator whose name messages contain.

    Raises
    ------
    ValueError
        If a value is missing, infinite or not a number, or the number of rows differs.
    """
    values = target_numbers_of(y, X, estimator)
    n_targets = 1 if values.ndim == 1 else values.shape[1]
    names = _free_names(target_names_of(y), n_targets, column_names(X))
    return import_pandas().DataFrame(values.reshape(len(values), -1), columns=names)


def target_numbers_of(y: Any, X: Any, estimator: BaseEstimator) -> npt.NDArray[Any]:
    """Return the targets of the rows of X as an array, (N,) or (N, K) with K > 1; raise as `numeric_targets` does."""
    _require_targets(y, estimator)
    values = check_array(y, ensure_2d=False, dtype="numeric", input_name="y", estimator=estimator)
    if values.ndim == 2 and values.shape[1] == 1:
        values = column_or_1d(values, warn=True)
    check_consistent_length(X, values)
    return np.asarray(values)


def label_targets(
    y: Any, X: Any, weights: Array | None, estimator: BaseEstimator
) -> tuple[pd.Series[Any], Labels]:
    """Return the labels of a classification, (N,), named unlike any column of X, and the sorted classes, (C,).

    Parameters
    ----------
    y : array_like (N,), or Series
        Text, booleans or numbers.
    weights : ndarray, (N,), or None
        Case weights; the labels of rows of weight 0 do not count.
    X, estimator
        As in `numeric_targets`.

    Raises
    ------
    ValueError
        If a label is missing, a row has several labels, the number of rows differs, or there is a single class.
    """
    labels = _one_label_each(y, estimator)
    check_consistent_length(X, labels)
    classes = np.unique(labels if weights is None else labels[weights > 0])
    if len(classes) < 2:
        raise InvalidInput(
            f"{type(estimator).__name__} needs at least 2 classes, but y has one: {classes.tolist()[0]!r}"
        )
    _require_different(classes)
    (name,) = _free_names(target_names_of(y), 1, column_names(X))
    return import_pandas().Series(labels, name=name), classes


def _one_label_each(y: Any, estimator: BaseEstimator) -> Labels:
    """Return the labels as an array, (N,); raise if a label is missing or a row has several labels."""
    _require_targets(y, estimator)
    missing = import_pandas().isna(np.asarray(y, dtype=object))
    if missing.any():
        raise InvalidInput(
            f"y contains {counted(int(missing.sum()), 'missing label')} (NaN or None), first in data row "
            f"{missing.argmax() + 1}; omit rows without a label"
        )
    labels = check_array(
        y, accept_sparse=True, ensure_2d=False, dtype=None, input_name="y", estimator=estimator
    )
    kind = type_of_target(labels, input_name="y")
    if isinstance(labels, np.ndarray) and kind == "multilabel-indicator" and are_one_hot(labels):
        raise InvalidInput(
            f"{type(estimator).__name__} predicts one label for each row, but y has a column for each class, with a "
            "single 1 in each row; give it the classes, such as numpy.argmax(y, axis=1)"
        )
    if kind.startswith("multilabel") or kind == "multiclass-multioutput":
        raise InvalidInput(
            f"{type(estimator).__name__} predicts one label for each row, but y has several ({kind}); wrap it in "
            "sklearn.multioutput.MultiOutputClassifier, which fits one model for each"
        )
    labels = column_or_1d(labels, warn=True)
    check_classification_targets(labels)
    return np.asarray(labels)


def places_in_model(classes: Labels, of_model: Sequence[Any]) -> Indices:
    """Return the index of each class of y among the classes of a model, whose texts are stripped of spaces, (C,)."""
    places = {label: place for place, label in enumerate(of_model)}
    return np.array([places[_bare(label)] for label in classes.tolist()], dtype=np.intp)


def _bare(label: Any) -> Any:
    """Return a label as stored in a model."""
    return label.strip() if isinstance(label, str) else label


def _require_different(classes: Labels) -> None:
    """Raise if labels differ only by leading or trailing spaces, which a model does not distinguish."""
    seen: dict[Any, Any] = {}
    for label in classes.tolist():
        other = seen.setdefault(_bare(label), label)
        if other != label:
            raise InvalidInput(
                f"the labels {in_quotes(other)} and {in_quotes(label)} of y differ only by spaces around them; "
                "rename one, or strip them"
            )


def _require_targets(y: Any, estimator: BaseEstimator) -> None:
    if y is None:
        raise InvalidInput(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None"
        )


def _free_names(own: Sequence[str], n: int, taken: Sequence[str]) -> list[str]:
    """Return n target names that no column has: their own names, or y, or target, with numbers if there are several."""
    letters = itertools.chain(("y", "target"), (f"target_{i}_" for i in itertools.count(2)))
    candidates = itertools.chain([list(own)], (target_names(n, letter) for letter in letters))
    return next(
        names for names in candidates if len(set(names)) == n and not set(names) & set(taken)
    )
