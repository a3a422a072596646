"""`NetClassifier`: classification by `sheernet.fit`, as an estimator for scikit-learn."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin

from sheernet.data.targets import ClassTarget
from sheernet.data.targets.judgment import chosen
from sheernet.foundation.arrays import Array
from sheernet.models.estimators.net_base import NetBase
from sheernet.models.estimators.net_data import (
    case_weights,
    checked_rows,
    label_targets,
    places_in_model,
)
from sheernet.models.rows_in import class_probabilities


class NetClassifier(ClassifierMixin, NetBase):  # type: ignore[misc]  # not annotated
    """Classification by `sheernet.fit`: networks whose sizes, decays and shares are chosen from the data.

    The probabilities equal those of ``sheernet.fit(X, y, task="classification", held_out=0)``, so integers are also
    treated as labels.

    Parameters
    ----------
    hidden, activation, bias, decay, cost, inputs, drop, categories, scaling, rare, unseen, missing, cycles, method, \
options, starts, scheme, max_iter, gradient_tolerance, cost_tolerance, max_evaluations, time_limit, engine, \
threads, random_state, verbose
        As in `NetRegressor`.

    Attributes
    ----------
    classes_ : ndarray, (C,)
        The labels, sorted.
    model_ : Model
        The fitted model.  Its `notices` report the decisions about the table, which are not issued as warnings.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str
        Names of the columns, if X was a DataFrame whose column names are str.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> X = np.linspace(-1.0, 1.0, 40)[:, None]
    >>> y = np.where(abs(X[:, 0]) < 0.5, "inside", "outside")
    >>> net = sn.NetClassifier(hidden=2, decay=1e-3, starts=1).fit(X, y)
    >>> net.predict([[0.1], [0.9]]).tolist(), net.predict_proba([[0.1]]).shape
    (['inside', 'outside'], (1, 2))
    """

    classes_: npt.NDArray[Any]

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:
        """Fit the networks.

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs, as in `NetRegressor.fit`.
        y : array_like (N,), or Series
            The labels: text, booleans or numbers.
        sample_weight : array_like (N,), optional
            Case weights: a weight of k is equivalent to k equal rows.
        groups : array_like (N,) or str, optional
            The group of each row, as in `NetRegressor.fit`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a value or a parameter is not allowed, or y has several labels for a row; in this case, nothing is
            trained.

        Warns
        -----
        SheernetWarning
            If non-constant columns are not used, such as row numbers.
        """
        X = checked_rows(self, X, reset=True)
        weights = case_weights(sample_weight, X, self)
        labels, self.classes_ = label_targets(y, X, weights, self)
        self._fit(X, labels, weights, groups, "classification")
        assert isinstance(self.model_.targets, ClassTarget)
        self._places = places_in_model(self.classes_, self.model_.targets.classes)
        return self

    def predict_proba(self, X: Any) -> Array:
        """Predict the probability of each class, (N, C), in the order of `classes_`.

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs.
        """
        rows = self._rows(X)
        model = self.model_
        assert isinstance(model.targets, ClassTarget)
        return class_probabilities(model.targets, model.outputs_of_rows(rows))[:, self._places]

    def predict_log_proba(self, X: Any) -> Array:
        """Predict the logarithm of the probability of each class, (N, C); -inf for a probability of 0.

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Predict the most probable label of each row, (N,).

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs.
        """
        codes = chosen(self.predict_proba(X))
        return self.classes_[codes]
