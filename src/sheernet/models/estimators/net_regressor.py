"""`NetRegressor`: regression by `sheernet.fit`, as an estimator for scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin

from sheernet.foundation.arrays import Array
from sheernet.foundation.scalars import as_whole
from sheernet.models.estimators.estimator_base import keep_arguments
from sheernet.models.estimators.net_base import NetBase
from sheernet.models.estimators.net_data import (
    case_weights,
    checked_rows,
    numeric_targets,
    target_numbers_of,
)
from sheernet.models.rows_in import predictions
from sheernet.models.uncertainty import distribution_of, interval_of, require_interval
from sheernet.objective import costs
from sheernet.objective.decay import DecayLike
from sheernet.settings.network_settings import NetworkSettings
from sheernet.settings.start_settings import StartSettings
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.settings.table_settings import TableSettings
from sheernet.settings.training_settings import EffortSettings, TrainingSettings
from sheernet.statistics.base_distribution import RandomState
from sheernet.statistics.count_distribution import CountPrediction
from sheernet.statistics.predictive_distribution import Prediction


class NetRegressor(MultiOutputMixin, RegressorMixin, NetBase):  # type: ignore[misc]  # not annotated
    """Regression by `sheernet.fit`: networks whose sizes, decays and shares are chosen from the data.

    The predictions equal those of ``sheernet.fit(X, y, task="regression", held_out=0)``: all rows are used in training,
    because scikit-learn holds rows out itself.

    Parameters
    ----------
    hidden, activation, bias, decay, target_transform, cost, output_activation
        The network, as in `sheernet.fit`.  By default several networks are fitted.
    inputs, drop, categories, scaling, rare, unseen, missing, cycles
        The columns, as in `sheernet.fit`; columns of an array are called x1, x2, ...  In predictions, a label that the
        training rows do not have is an error unless `unseen` treats it as rare, and a missing input is an error if
        `missing` is not "impute", because scikit-learn expects a prediction for each row.
    method, starts, scheme, max_iter, gradient_tolerance, cost_tolerance, max_evaluations, time_limit, engine, threads
        The training, as in `sheernet.fit`.
    options : mapping of str to object, optional
        Options of the method, such as ``{"learning_rate": 0.1}``.
    random_state : int, RandomState or None
        The seed of the fit, or a RandomState from which it is drawn; with None, each fit has different initial weights.
    verbose : bool or int
        Whether to show a progress bar.

    Attributes
    ----------
    model_ : Model
        The fitted model.  Its `notices` report the decisions about the table, which are not issued as warnings.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str
        Names of the columns, if X was a DataFrame whose column names are str.
    n_outputs_ : int
        Number of targets, K.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> X = np.linspace(0.0, 1.0, 40)[:, None]
    >>> y = 3.0 * X[:, 0] + 0.1 * np.cos(40.0 * X[:, 0])
    >>> net = sn.NetRegressor(hidden=2, decay=1e-4, starts=1).fit(X, y)
    >>> mean, std = net.predict([[0.5], [0.6]], return_std=True)
    >>> mean.round(1).tolist(), bool((std < 0.2).all())
    ([1.5, 1.8], True)
    """

    n_outputs_: int

    def __init__(
        self,
        hidden: int | str | Sequence[int] = NetworkSettings.hidden,
        *,
        activation: str = NetworkSettings.activation,
        bias: bool = NetworkSettings.bias,
        decay: DecayLike | str = NetworkSettings.decay,
        target_transform: str = NetworkSettings.target_transform,
        cost: str | costs.Cost | None = NetworkSettings.cost,
        inputs: Sequence[str] | None = TableSettings.inputs,
        drop: Sequence[str] = TableSettings.drop,
        categories: Sequence[str] = TableSettings.categories,
        output_activation: str | None = TableSettings.output_activation,
        scaling: str = TableSettings.scaling,
        rare: float = TableSettings.rare,
        unseen: str = TableSettings.unseen,
        missing: str = TableSettings.missing,
        cycles: str = TableSettings.cycles,
        method: str = TrainingSettings.method,
        options: Mapping[str, Any] | None = None,
        starts: int | None = EffortSettings.starts,
        scheme: str = StartSettings.scheme,
        max_iter: int = StoppingRules.max_iter,
        gradient_tolerance: float = StoppingRules.gradient_tolerance,
        cost_tolerance: float | None = EffortSettings.cost_tolerance,
        max_evaluations: int | None = StoppingRules.max_evaluations,
        time_limit: float | None = StoppingRules.time_limit,
        engine: str = TrainingSettings.engine,
        threads: int | None = TrainingSettings.threads,
        random_state: int | np.random.RandomState | None = StartSettings.seed,
        verbose: bool | int = TrainingSettings.progress,
    ) -> None:
        keep_arguments(self, locals())

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:
        """Fit the networks.

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs.  Numbers are scaled, and categories, booleans and dates of a DataFrame become features, as in
            `sheernet.fit`.
        y : array_like (N,) or (N, K), Series or DataFrame
            The targets, numbers or booleans.
        sample_weight : array_like (N,), optional
            Case weights: a weight of k is equivalent to k equal rows.
        groups : array_like (N,) or str, optional
            The group of each row, such as a patient, or the column of a DataFrame with the groups, which is then not an
            input.  No fold of the fit divides a group, so that sizes, shares and intervals are valid for new groups.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a value or a parameter is not allowed; in this case, nothing is trained.

        Warns
        -----
        SheernetWarning
            If non-constant columns are not used, such as row numbers.
        """
        X = checked_rows(self, X, reset=True)
        target = numeric_targets(y, X, self)
        self._fit(X, target, case_weights(sample_weight, X, self), groups, "regression")
        self.n_outputs_ = target.shape[1]
        return self

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Predict the targets of rows.

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs.
        return_std : bool
            Whether to also return the standard deviation of a new value, including noise.

        Returns
        -------
        mean : ndarray, (N,) or (N, K)
            Predicted means, in the units of y.
        std : ndarray, of the shape of mean
            Standard deviations; only if `return_std` is true.
        """
        rows = self._rows(X)
        mean = predictions(self.model_.targets, self.model_.outputs_of_rows(rows))
        return (mean, distribution_of(self.model_, rows).std()) if return_std else mean

    def predict_interval(
        self, X: Any, coverage: float = 0.9, method: str = "density"
    ) -> tuple[Array, Array]:
        """Compute an interval for each row that contains a new value with a given probability.

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs.
        coverage : float
            The probability, above 0 and below 1.
        method : {"density", "conformal"}
            As in `Model.predict_interval`.

        Returns
        -------
        lower, upper : ndarray, (N,) or (N, K)
            Bounds of the intervals, in the units of y.
        """
        share = require_interval(coverage, method)
        return interval_of(self.to_model(), self.predict_distribution(X), share, method)

    def predict_distribution(self, X: Any) -> Prediction | CountPrediction:
        """Compute the predictive distribution of rows, with the methods of a distribution of scipy.stats.

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs.

        Returns
        -------
        Prediction, or CountPrediction if the cost is poisson
        """
        rows = self._rows(X)
        return distribution_of(self.model_, rows)

    def log_predictive_density(self, X: Any, y: Any) -> Array:
        """Compute the logarithm of the predictive density, or of the probability of counts, at true values.

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs.
        y : array_like (N,) or (N, K)
            The true values.

        Returns
        -------
        ndarray, (N,) or (N, K)
            Values for each row and target, per unit of y; their mean is a proper scoring rule for the distributions.
        """
        distribution = self.predict_distribution(X)
        true = target_numbers_of(y, distribution, self)
        if isinstance(distribution, CountPrediction):
            return distribution.logpmf(true)
        return distribution.logpdf(true)

    def sample_y(self, X: Any, n_samples: int = 1, random_state: RandomState = 0) -> Array:
        """Draw new values of the targets, including noise.

        Parameters
        ----------
        X : DataFrame or array_like (N, d)
            The inputs.
        n_samples : int
            Number of draws for each row.
        random_state : int, Generator, RandomState or None
            As in `Prediction.rvs`.

        Returns
        -------
        ndarray, (N, n_samples) or (N, K, n_samples)
            Draws, in the layout of scikit-learn's `GaussianProcessRegressor.sample_y`.
        """
        as_whole("n_samples", n_samples, 1)
        distribution = self.predict_distribution(X)
        drawn = distribution.rvs((int(n_samples), *distribution.shape), random_state)
        return np.moveaxis(drawn, 0, -1)
