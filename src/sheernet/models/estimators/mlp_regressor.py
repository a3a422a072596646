"""`MLPRegressor`: scikit-learn's multi-layer perceptron for numeric targets, fitted by this package's optimizers."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy.typing as npt
from sklearn.base import RegressorMixin, _fit_context
from sklearn.metrics import r2_score
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if

from sheernet.foundation.arrays import Array
from sheernet.models.estimators.estimator_base import keep_arguments
from sheernet.models.estimators.fit_facts import Kind
from sheernet.models.estimators.mlp_base import MLPBase
from sheernet.models.estimators.mlp_data import MLPRows
from sheernet.models.estimators.mlp_problem import Score


class MLPRegressor(RegressorMixin, MLPBase):  # type: ignore[misc]
    r"""A multi-layer perceptron for numeric targets, with the parameters of scikit-learn's MLPRegressor.

    .. math:: F = \frac{1}{W} \sum_n w_n \sum_k \ell(a_{nk}, y_{nk}) + \frac{\alpha}{2 W} \sum_l ||W_l||^2

    with the weights w_n of the rows, their sum W (1 and N, respectively, without weights), the output a of the network,
    and the loss of an output: 1/2 (a - y)^2, or a - y + y log(y / a) with a = exp(z) for ``loss='poisson'``.

    Parameters
    ----------
    loss : {'squared_error', 'poisson'}
        The loss.
    hidden_layer_sizes : int or sequence of int
        Width of each hidden layer; () for none.
    activation : str, Activation, or sequence of them
        'identity', 'logistic', 'tanh', 'relu', or another of `sheernet.activations`: one for all hidden layers, or one
        per layer.
    solver : str
        'adam' and 'sgd', as in scikit-learn, or a solver that evaluates all rows at once: 'lbfgs', 'bfgs', 'lm',
        'hybrid', 'auto' (one of these, by size and alpha), or 'scipy:NAME' with a method of scipy.optimize.minimize.
    alpha : float
        Strength of the penalty.
    batch_size : int or 'auto'
        Number of rows of a batch of 'adam' and 'sgd'; 'auto' is min(200, N).
    learning_rate : {'constant', 'invscaling', 'adaptive'}
        Learning rate schedule of 'sgd'.
    learning_rate_init : float
        Initial learning rate of 'adam' and 'sgd'.
    power_t : float
        Exponent of 'invscaling'.
    max_iter : int
        Maximum number of iterations; for 'adam' and 'sgd', of passes over the rows.
    shuffle : bool
        Whether 'adam' and 'sgd' process the rows in a new random order in each pass.
    random_state : int, RandomState or None
        Source of random numbers for the initial weights, the validation rows and the order of rows; the numbers are
        used as in scikit-learn, so the same seed gives the same start.
    tol : float
        A fit has converged if the largest absolute entry of the gradient is at most tol, or the relative change of the
        loss in an iteration is at most 2.2e-5 tol; for 'adam' and 'sgd', see `n_iter_no_change`.
    verbose : bool
        Whether to report the progress.
    warm_start : bool
        Whether a fit continues from the previous fit.  With the same data and parameters, a full-batch solver continues
        where it stopped, so two fits of 50 iterations equal one of 100.
    momentum, nesterovs_momentum : float, bool
        Momentum of 'sgd'.
    early_stopping : bool
        Whether to set validation rows aside, and stop when the validation result no longer improves.  'adam' and 'sgd'
        compare the validation score, other solvers the validation loss; the weights of the best iteration are kept.
    validation_fraction : float
        Fraction of the rows used as validation rows.
    beta_1, beta_2, epsilon : float
        Constants of 'adam'.
    n_iter_no_change : int or inf
        'adam' and 'sgd' stop after more than this number of passes without an improvement of tol, other solvers after
        this number of iterations without a lower validation loss.
    max_fun : int
        Maximum number of evaluations of 'lbfgs', multiplied by the number of starts.
    n_init : int
        Number of starts, of which the best is kept: the first has the initial weights of scikit-learn, the others are
        the next draws of `random_state`.  A warm start is a single start.
    skip : bool
        Whether the inputs are also connected directly to the outputs.
    callbacks : callable or sequence of callable, optional
        Functions called with each iterate, a `sheernet.optimizers.Step`, and its row of the record.  With callbacks,
        full-batch solvers run in Python.
    max_time : float, optional
        Time limit of a fit, in seconds.
    threads : int, optional
        Number of threads of the compiled engine: by default one per processor, but 1 inside a joblib worker.  The
        result does not depend on it.

    Attributes
    ----------
    coefs_, intercepts_ : list of ndarray, (d_{l-1}, d_l) and (d_l,)
        Weights and biases of each layer.
    skip_coef_ : ndarray, (d_0, K), or None
        Weights of the skip connections.
    loss_, best_loss_ : float
        Final value of F, and the lowest F; `best_loss_` is None with early stopping.
    loss_curve_ : list of float
        F at each iteration; for 'adam' and 'sgd' the mean over the batches of a pass, each before its update.
    validation_scores_, best_validation_score_ : list of float or None, float or None
        R2 on the validation rows at each iteration and for the final weights; None without early stopping.
    n_iter_, t_ : int
        Number of iterations of the last fit, and number of rows that 'adam' and 'sgd' have used.
    n_layers_, n_outputs_, out_activation_, n_features_in_, feature_names_in_
        As in scikit-learn.
    gradient_norm_ : float
        Largest absolute entry of the gradient of F at the final weights.
    termination_ : Termination
        Termination reason of the best start.
    method_ : str
        The method that ran, also for ``solver='auto'``.
    record_ : Record
        Objective, gradient and time at each iteration of the best start.
    starts_ : Starts
        Results and termination reasons of all starts.
    network_ : Network
        The network.
    member_ : Member
        The network with its cost, decay and the history of its fit.

    Raises
    ------
    MissingDependency
        If scikit-learn is not installed.

    Notes
    -----
    Source of the parameters, their meaning and the initial weights: scikit-learn 1.9.  Intentional differences: the
    squared error is summed over the outputs, as in scikit-learn's gradient, but not in its loss value; tol
    also bounds the change of the loss; early stopping works for every solver; a warm start after early stopping keeps
    the best weights so far, which scikit-learn changes in place; and inputs of float32 are computed in float64.

    Examples
    --------
    Without hidden layers, the model is ridge regression:

    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sklearn.linear_model import Ridge
    >>> X = np.linspace(-1, 1, 40).reshape(20, 2) ** [1, 2]
    >>> y = X @ [1.0, 2.0] + np.sin(9 * X[:, 0])
    >>> network = sn.MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.5, tol=1e-8).fit(X, y)
    >>> bool(np.allclose(network.predict(X), Ridge(alpha=0.5).fit(X, y).predict(X), atol=1e-6))
    True
    >>> network.termination_.reason
    'gradient_tolerance'
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **MLPBase._parameter_constraints,
        "loss": [StrOptions({"squared_error", "poisson"})],
    }
    _targets_are_numbers = True

    def __init__(
        self,
        loss: str = "squared_error",
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
        skip: bool = False,
        callbacks: Any = None,
        max_time: float | None = None,
        threads: int | None = None,
    ) -> None:
        keep_arguments(self, locals())

    def predict(self, X: Any) -> Array:
        """Predict the targets.

        Parameters
        ----------
        X : array_like or sparse matrix, (N, d_0)
            Inputs.

        Returns
        -------
        ndarray, (N,), or (N, K) for several outputs
        """
        found = self._outputs(X)
        return found[:, 0] if found.shape[1] == 1 else found

    @available_if(MLPBase._is_stochastic)  # type: ignore[untyped-decorator]
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train with one more pass over the given rows; only for the solvers 'sgd' and 'adam'.

        Parameters
        ----------
        X : array_like or sparse matrix, (N, d_0)
            Inputs.
        y : array_like, (N,) or (N, K)
            Targets.
        sample_weight : array_like, (N,), optional
            Weights of at least 0.

        Returns
        -------
        self
        """
        return self._partial_fit(X, y, sample_weight)

    def _targets(self, y: npt.NDArray[Any]) -> Array:
        return y.reshape(len(y), -1)  # (N, K)

    def _kind(self) -> Kind:
        return "numbers"

    def _output(self) -> tuple[str, str, str]:
        if self.loss == "poisson":
            return "exp", "exp", "poisson"
        return "identity", "identity", "squared_error"

    def _score_of(self, rows: MLPRows) -> Score:
        return lambda found: float(r2_score(rows.Y, found, sample_weight=rows.weights))

    def _constants(self, rows: MLPRows) -> Array | None:
        if self.loss != "poisson":
            return None
        from scipy.special import xlogy

        return (xlogy(rows.Y, rows.Y) - rows.Y).sum(axis=1)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
