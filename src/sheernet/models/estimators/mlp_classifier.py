"""`MLPClassifier`: scikit-learn's multi-layer perceptron for classes, fitted by the optimizers of this package."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.metrics import accuracy_score
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target, unique_labels

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting
from sheernet.models.estimators.estimator_base import keep_arguments
from sheernet.models.estimators.fit_facts import Kind
from sheernet.models.estimators.mlp_base import MLPBase
from sheernet.models.estimators.mlp_data import MLPRows
from sheernet.models.estimators.mlp_labels import Labels
from sheernet.models.estimators.mlp_problem import Score


class MLPClassifier(ClassifierMixin, MLPBase):  # type: ignore[misc]
    r"""A multi-layer perceptron for classes, with the parameters of scikit-learn's MLPClassifier.

    .. math:: F = -\frac{1}{W} \sum_n w_n \log p_n(y_n) + \frac{\alpha}{2 W} \sum_l ||W_l||^2

    with the probability p_n of a class: softmax of the outputs for more than two classes, the logistic function of one
    output for two classes, and of one output per label if y is a table of zeros and ones (a row may then have several
    labels, and the losses of the labels are added).

    Parameters
    ----------
    hidden_layer_sizes, activation, solver, alpha, batch_size, learning_rate, learning_rate_init, power_t, max_iter
        As in `sheernet.MLPRegressor`.
    shuffle, random_state, tol, verbose, warm_start, momentum, nesterovs_momentum, beta_1, beta_2, epsilon
        As in `sheernet.MLPRegressor`.
    early_stopping, validation_fraction, n_iter_no_change, max_fun, n_init, skip, callbacks, max_time, threads
        As in `sheernet.MLPRegressor`.  For two classes, the random validation rows are stratified by class.
    class_weight : dict, list of dict, 'balanced' or None
        Weights of the classes, multiplied with the weights of the rows.  'balanced' gives all classes the same
        influence: N / (number of classes x rows of the class).

    Attributes
    ----------
    classes_ : ndarray or list of ndarray, (n_classes,)
        The labels.
    validation_scores_, best_validation_score_ : list of float or None, float or None
        Accuracy on the validation rows at each iteration and for the final weights; None without early stopping.
    coefs_, intercepts_, skip_coef_, loss_, best_loss_, loss_curve_, n_iter_, t_, n_layers_, n_outputs_, out_activation_
        As in `sheernet.MLPRegressor`.
    n_features_in_, feature_names_in_, gradient_norm_, termination_, method_, record_, starts_, network_
        As in `sheernet.MLPRegressor`.

    Raises
    ------
    MissingDependency
        If scikit-learn is not installed.

    Notes
    -----
    Source of the parameters, their meaning and the initial weights: scikit-learn 1.9.  Intentional differences: those
    of `sheernet.MLPRegressor`, and the loss of a confident wrong prediction is not clipped.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> y = ["equal", "different", "different", "equal"]
    >>> network = sn.MLPClassifier((4,), "tanh", solver="lbfgs", n_init=5, random_state=0).fit(X, y)
    >>> network.predict(X).tolist()
    ['equal', 'different', 'different', 'equal']
    >>> network.predict_proba(X).shape, len(network.starts_)
    ((4, 2), 5)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **MLPBase._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, list, None],
    }
    _targets_are_numbers = False
    classes_: npt.NDArray[Any]

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        n_init: int = 1,
        class_weight: Any = None,
        skip: bool = False,
        callbacks: Any = None,
        max_time: float | None = None,
        threads: int | None = None,
    ) -> None:
        keep_arguments(self, locals())

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Predict labels.

        Parameters
        ----------
        X : array_like or sparse matrix, (N, d_0)
            Inputs.

        Returns
        -------
        ndarray, (N,), or (N, K) for several labels per row
        """
        found = self._outputs(X)
        return self._labels.labels(found)

    def predict_proba(self, X: Any) -> Array:
        """Predict probabilities.

        Parameters
        ----------
        X : array_like or sparse matrix, (N, d_0)
            Inputs.

        Returns
        -------
        ndarray, (N, n_classes)
            Probabilities, in the order of ``classes_``.
        """
        found = self._outputs(X)
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def predict_log_proba(self, X: Any) -> Array:
        """Predict the logarithms of probabilities.

        Parameters
        ----------
        X : array_like or sparse matrix, (N, d_0)
            Inputs.

        Returns
        -------
        ndarray, (N, n_classes)
            log(predict_proba(X)); -inf if a probability is 0.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    @available_if(MLPBase._is_stochastic)  # type: ignore[untyped-decorator]
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Train with one more pass over the given rows; only for the solvers 'sgd' and 'adam'.

        Parameters
        ----------
        X : array_like or sparse matrix, (N, d_0)
            Inputs.
        y : array_like, (N,) or (N, K)
            Labels.
        sample_weight : array_like, (N,), optional
            Weights of at least 0.
        classes : array_like, (n_classes,)
            All labels; required in the first call, because y may lack some labels.

        Returns
        -------
        self
        """
        if self.class_weight == "balanced":
            raise InvalidInput(
                "partial_fit cannot determine the frequencies of the classes in future rows; give {} as a "
                "dictionary, or as sample_weight",
                Setting("class_weight"),
            )  # fmt: skip
        if _check_partial_fit_first_call(self, classes):
            several = type_of_target(y).startswith("multilabel")
            self._labels = Labels.of(y) if several else Labels(self.classes_)
        return self._partial_fit(X, y, sample_weight)

    def _row_weights(self, y: npt.NDArray[Any], weights: Array | None) -> Array | None:
        if self.class_weight is None:
            return weights
        of_classes = compute_sample_weight(self.class_weight, y)  # (N,)
        return of_classes if weights is None else of_classes * weights

    def _learn_targets(self, y: npt.NDArray[Any], *, first: bool, partial: bool) -> Array:
        if first and not partial:
            self._labels = Labels.of(y)
            self.classes_ = self._labels.classes
        elif self.warm_start and set(found := unique_labels(y)) != set(self.classes_):
            raise InvalidInput(
                "{} can only be used where `y` has the same classes as in the previous call to fit. Previously got "
                "{}, `y` has {}; use {}",
                Setting("warm_start"), self.classes_, found, Setting("warm_start", False),
            )  # fmt: skip
        return self._targets(y)

    def _targets(self, y: npt.NDArray[Any]) -> Array:
        return self._labels.targets(y)

    def _kind(self) -> Kind:
        return "labels" if self._labels.several else "classes"

    def _output(self) -> tuple[str, str, str]:
        if self._labels.by_softmax:
            return "softmax", "softmax", "cross_entropy"
        return "logistic", "sigmoid", "binary_cross_entropy"

    def _score_of(self, rows: MLPRows) -> Score:
        labels = self._labels.labels(rows.Y)
        return lambda found: float(
            accuracy_score(labels, self._labels.labels(found), sample_weight=rows.weights)
        )

    def _strata(self, rows: MLPRows) -> Array | None:
        return rows.Y if rows.Y.shape[1] == 1 else None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
