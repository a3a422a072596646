"""`MLPBase`: fit, partial_fit and the attributes of a fit, for MLPRegressor and MLPClassifier."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import column_or_1d
from sklearn.utils.validation import check_is_fitted, validate_data

from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Setting, rendered, sentence
from sheernet.models.estimators.epoch_fit import fit_epochs, fit_one_epoch
from sheernet.models.estimators.full_batch_fit import Resumable, fit_full_batch
from sheernet.models.estimators.mlp_data import (
    MLPRows,
    are_rows_of_numbers,
    checked_weights,
    is_table_of_numbers,
    outputs,
    rows_of,
    split,
)
from sheernet.models.estimators.mlp_model import MLPModel
from sheernet.models.estimators.mlp_parameters import (
    CONSTRAINTS,
    STOCHASTIC,
    as_parameter,
    hidden_activations,
    hidden_sizes,
    is_plain,
    network_of,
    parameter_names,
    require_allowed,
)
from sheernet.models.estimators.mlp_problem import History, MLPProblem, Outcome, Score
from sheernet.models.estimators.mlp_weights import Arrays, arrays_of, draw, fill, theta_of
from sheernet.models.estimators.random_states import random_state_of
from sheernet.network import Architecture
from sheernet.network.network import Network

_SKLEARN = Path(sklearn.__file__).parent

Initial = tuple[Any, Any]
"""coef_init and intercept_init."""
Validation = tuple[Any, Any, Any]
"""X_val, y_val and sample_weight_val."""

_SILENT = frozenset({"plateau", "validation_patience"})
"""Termination reasons other than tolerances for which scikit-learn does not warn either."""


class MLPBase(MLPModel):
    """The base of MLPRegressor and MLPClassifier."""

    _parameter_constraints: ClassVar[dict[str, Any]] = dict(CONSTRAINTS)
    _targets_are_numbers: ClassVar[bool]
    _history: History
    _resumable: Resumable | None

    # --- defined by the two classes -----------------------------------------------------------------

    def _learn_targets(self, y: npt.NDArray[Any], *, first: bool, partial: bool) -> Array:
        """Learn or check the classes, if there are any, and return the targets of the network, (N, K)."""
        return self._targets(y)

    @abstractmethod
    def _targets(self, y: npt.NDArray[Any]) -> Array:
        """Return the targets of the network for other rows, (N, K)."""

    @abstractmethod
    def _score_of(self, rows: MLPRows) -> Score:
        """Return the score function for validation rows, which early stopping maximizes for 'sgd' and 'adam'."""

    def _constants(self, rows: MLPRows) -> Array | None:
        """Return the constants that scikit-learn adds to the loss of each row, (N,); None if it adds none."""
        return None

    def _row_weights(self, y: npt.NDArray[Any], weights: Array | None) -> Array | None:
        """Return the weights of the rows, (N,), multiplied by class weights."""
        return weights

    # --- fitting --------------------------------------------------------------------------------------

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
        coef_init: Any = None,
        intercept_init: Any = None,
    ) -> Self:
        """Fit the network to data.

        Parameters
        ----------
        X : array_like or sparse matrix, (N, d_0)
            Inputs.  They are converted to float64; a sparse matrix is converted to a dense one if memory allows.
        y : array_like, (N,) or (N, K)
            Targets: numbers, or labels of classes.
        sample_weight : array_like, (N,), optional
            Weights of at least 0.  A weight of k is equivalent to k equal rows, a weight of 0 to omission of the row.
        X_val, y_val, sample_weight_val : array_like, optional
            Validation rows for ``early_stopping=True``, instead of a part of X and y.
        coef_init, intercept_init : list of array_like, optional
            Initial weights of the first start, with the shapes of ``coefs_`` and ``intercepts_``; with skip
            connections the last entry of `coef_init` has the shape of ``skip_coef_``.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If an argument is invalid, or the weights are no longer finite.

        Warns
        -----
        ConvergenceWarning
            If a limit ended the fit before it converged.
        """
        # scikit-learn's decorator is not used, because it takes 1/40 of the time of a fit to few rows.
        if not sklearn.get_config()["skip_parameter_validation"]:
            self._validate_params()
        return self._fit(
            X, y, sample_weight, (X_val, y_val, sample_weight_val), (coef_init, intercept_init)
        )

    def _fit(
        self, X: Any, y: Any, sample_weight: Any, validation: Validation, initial: Initial
    ) -> Self:
        warm = self.warm_start and hasattr(self, "coefs_")
        architecture, rows = self._read(X, y, sample_weight, first=not warm)
        with random_state_of(self.random_state) as rng:
            theta = self._theta() if warm else draw(architecture, self.activation, rng)
            _put(architecture, theta, initial)
            problem = self._problem(architecture, *self._divided(rows, validation, rng))
            outcome = self._minimize(problem, theta, rng, warm)
        self._keep(problem, outcome, y)
        self._report(outcome)
        return self

    def _minimize(
        self, problem: MLPProblem, theta: Array, rng: np.random.RandomState, warm: bool
    ) -> Outcome:
        """Fit from theta (P,) and, unless this is a warm start, from other random initial weights."""
        earlier = self._history if warm else History()
        n_starts = 1 if warm else self.n_init

        def start_of(i: int) -> Array:
            return theta if i == 0 else draw(problem.architecture, self.activation, rng)

        if self.solver in STOCHASTIC:
            return fit_epochs(problem, start_of, n_starts, self, self._observers(), rng, earlier)
        resumable = self._resumable if warm else None
        starts = [start_of(i) for i in range(n_starts)]
        return fit_full_batch(problem, starts, self, self._observers(), resumable, earlier)

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any) -> Self:
        """Train for one more epoch."""
        if self.early_stopping:
            raise InvalidInput(
                "partial_fit does not support {}; use {}",
                Setting("early_stopping", True), Setting("early_stopping", False),
            )  # fmt: skip
        first = not hasattr(self, "coefs_")
        architecture, rows = self._read(X, y, sample_weight, first=first, partial=True)
        problem = self._problem(architecture, rows, None)
        earlier, kept = (History(), None) if first else (self._history, self._resumable)
        checkpoint = None if kept is None else kept.checkpoint
        with random_state_of(self.random_state) as rng:
            theta = draw(architecture, self.activation, rng) if first else self._theta()
            outcome = fit_one_epoch(
                problem, theta, self, self._observers(), rng, earlier, checkpoint
            )
        self._keep(problem, outcome, y)
        return self

    def _is_stochastic(self) -> bool:
        """Return True if the solver has epochs; otherwise raise AttributeError."""
        if self.solver not in STOCHASTIC:
            raise AttributeError(
                f"partial_fit is only available for stochastic optimizers. {self.solver} is not stochastic."
            )
        return True

    def _observers(self) -> tuple[Any, ...]:
        if self.callbacks is None:
            return ()
        return (
            tuple(self.callbacks)
            if isinstance(self.callbacks, (list, tuple))
            else (self.callbacks,)
        )

    # --- reading the arguments ----------------------------------------------------------------------

    def _read(
        self, X: Any, y: Any, sample_weight: Any, *, first: bool, partial: bool = False
    ) -> tuple[Architecture, MLPRows]:
        """Check the data, and return the architecture for them and the rows."""
        sizes = hidden_sizes(self.hidden_layer_sizes)
        functions = hidden_activations(self.activation, len(sizes))
        X, y = self._validated(X, y, reset=first)
        weights = self._row_weights(y, checked_weights(sample_weight, X))
        targets = self._learn_targets(y, first=first, partial=partial)
        _, output, _ = self._output()
        architecture = network_of(
            (X.shape[1], *sizes, targets.shape[1]), functions, output, self.skip
        )
        if not first and architecture != self._architecture:
            raise InvalidInput(
                f"the fitted network is {self._architecture}, but the parameters and y describe {architecture}; "
                + sentence(
                    "a fit that continues requires the same network: use {}",
                    Setting("warm_start", False),
                )
            )
        return architecture, rows_of(X, targets, weights)

    def _validate_params(self) -> None:
        values = {name: getattr(self, name) for name in parameter_names(type(self))}
        if type(self.random_state) is int and 0 <= self.random_state < 2**32:
            values["random_state"] = (
                0  # all seeds are allowed; with one value, a new seed does not repeat the check
            )
        if all(map(is_plain, values.values())):
            require_allowed(type(self), *values.values())
        else:
            super()._validate_params()

    def _validated(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, Any]:
        """Return X and y checked by scikit-learn; a single column of targets becomes a vector, with a warning."""
        if reset and are_rows_of_numbers(X, y) and not hasattr(self, "feature_names_in_"):
            self.n_features_in_ = X.shape[1]  # the only effect of scikit-learn's checks here
            return X, y
        X, y = validate_data(
            self, X, y, accept_sparse=["csr", "csc"], multi_output=True, dtype=(np.float64, np.float32),
            y_numeric=self._targets_are_numbers, reset=reset,
        )  # fmt: skip
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _divided(
        self, rows: MLPRows, validation: Validation, rng: np.random.RandomState
    ) -> tuple[MLPRows, MLPRows | None]:
        """Return training and validation rows."""
        given = [value for value in validation if value is not None]
        if not self.early_stopping:
            if given:
                raise InvalidInput(
                    "{} and {} are for early stopping; use {}",
                    Setting("X_val"), Setting("y_val"), Setting("early_stopping", True),
                )  # fmt: skip
            return rows, None
        if not given:
            return split(rows, self.validation_fraction, rng, self._strata(rows))
        X_val, y_val, weights = validation
        if X_val is None or y_val is None:
            raise InvalidInput(
                "{} and {} must be given together", Setting("X_val"), Setting("y_val")
            )
        X_val, y_val = self._validated(X_val, y_val, reset=False)
        weights = self._row_weights(y_val, checked_weights(weights, X_val))
        held_out = rows_of(X_val, self._targets(y_val), weights)
        if held_out.Y.shape[1] != rows.Y.shape[1]:
            raise InvalidInput(
                f"y_val has {counted(held_out.Y.shape[1], 'column')}, but y has {rows.Y.shape[1]}"
            )
        return rows, held_out

    def _strata(self, rows: MLPRows) -> Array | None:
        """Return the classes by which a random split is stratified; None if it is not."""
        return None

    def _problem(
        self, architecture: Architecture, rows: MLPRows, held_out: MLPRows | None
    ) -> MLPProblem:
        _, _, cost = self._output()
        score = None if held_out is None else self._score_of(held_out)
        return MLPProblem(
            architecture,
            cost,
            self.alpha,
            self.threads,
            rows,
            held_out,
            score,
            self._constants(rows),
        )

    # --- the attributes of a fit ----------------------------------------------------------------------

    def _keep(self, problem: MLPProblem, outcome: Outcome, y: Any) -> None:
        """Set the attributes of a fit with a finite result; `y` are the targets given by the caller."""
        self._require_finite(outcome)
        architecture, history = problem.architecture, outcome.history
        self._architecture, self._history = architecture, history
        self.coefs_, self.intercepts_, self.skip_coef_ = arrays_of(architecture, outcome.theta)
        self.n_layers_ = len(architecture.sizes)
        self.n_outputs_ = architecture.n_outputs
        self.out_activation_ = self._output()[0]
        self.loss_, self.loss_curve_ = outcome.loss, list(history.losses)
        validated = history.scores is not None
        self.best_loss_ = None if validated else history.best_loss
        self.validation_scores_ = None if history.scores is None else list(history.scores)
        self.best_validation_score_ = history.best_score if validated else None
        self.n_iter_, self.t_ = outcome.n_iter, history.rows_used
        self.gradient_norm_ = outcome.gradient_norm
        run, self.starts_ = outcome.run, outcome.starts
        self.termination_, self.method_, self.record_ = run.termination, run.method, run.record
        self._resumable = None
        if run.state is not None and (self.warm_start or self.solver in STOCHASTIC):
            last = float(run.record.objective[-1])
            self._resumable = Resumable(run.state, last, outcome.theta)
        self._keep_facts(problem, outcome.theta, y)

    def _require_finite(self, outcome: Outcome) -> None:
        diverged = self.solver in STOCHASTIC and outcome.run.termination.reason == "non_finite"
        if diverged or not np.isfinite(outcome.loss):
            raise InvalidInput(
                "Solver produced non-finite parameter weights, or a loss that is not finite. The input data may "
                "contain large values and need to be preprocessed; or use a smaller {}.",
                Setting("learning_rate_init"),
            )  # fmt: skip

    def _report(self, outcome: Outcome) -> None:
        """Warn if the fit did not converge: one warning per fit."""
        termination = outcome.run.termination
        if termination.reason == "interrupted":
            warn("Training interrupted by user.", UserWarning, through=_SKLEARN)
        elif not termination.converged and termination.reason not in _SILENT:
            advice = rendered(termination.message, as_parameter)
            iterations = counted(outcome.n_iter, "iteration")
            message = f"solver {self.solver!r} ended after {iterations}: {advice}"
            warn(message, ConvergenceWarning, through=_SKLEARN)

    # --- the network --------------------------------------------------------------------------------

    @property
    def network_(self) -> Network:
        """The network with the weights of ``coefs_`` and ``intercepts_``."""
        check_is_fitted(self)
        return Network(self._architecture, self._theta())

    def _theta(self) -> Array:
        """Return the weights as one vector, (P,)."""
        return theta_of(self._architecture, Arrays(self.coefs_, self.intercepts_, self.skip_coef_))

    def _outputs(self, X: Any) -> Array:
        """Return the outputs of the network, (N, K)."""
        check_is_fitted(self)
        X = validate_data(
            self,
            X,
            accept_sparse=["csr", "csc"],
            reset=False,
            skip_check_array=is_table_of_numbers(X),
        )
        return outputs(self._architecture, self._theta(), X)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coefs_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _put(architecture: Architecture, theta: Array, initial: Initial) -> None:
    """Write the initial weights given by the caller into theta, (P,)."""
    coefs, intercepts = initial
    if coefs is not None:
        fill(architecture, theta, "coef_init", coefs, ("weights", "skip"))
    if intercepts is not None:
        fill(architecture, theta, "intercept_init", intercepts, ("biases",))
