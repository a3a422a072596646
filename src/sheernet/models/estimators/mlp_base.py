"""What MLPRegressor and MLPClassifier share: fit, partial_fit, and the attributes of a fit."""

from __future__ import annotations

import os
import warnings
from abc import ABC, abstractmethod
from inspect import signature
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import sklearn
from sklearn.base import BaseEstimator, _fit_context
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from sheernet.data.sources.array_tables import input_names
from sheernet.foundation.arrays import Array
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.scalars import is_whole
from sheernet.foundation.sentences import Setting, rendered, sentence
from sheernet.foundation.words import counted
from sheernet.models.estimators.fit_facts import FitFacts, Kind
from sheernet.models.estimators.full_batch_fit import Resumable, fit_full_batch
from sheernet.models.estimators.mlp_data import Rows, checked_weights, outputs, rows_of, split
from sheernet.models.estimators.mlp_parameters import (
    CONSTRAINTS,
    STOCHASTIC,
    hidden_activations,
    hidden_sizes,
)
from sheernet.models.estimators.mlp_problem import Outcome, Problem, Score
from sheernet.models.estimators.mlp_weights import Arrays, arrays_of, draw, fill, theta_of
from sheernet.models.estimators.model_of_network import model_of_network
from sheernet.models.member import Member
from sheernet.models.model import Model
from sheernet.network import Architecture
from sheernet.network.network import Network
from sheernet.objective.decay import as_decay, weight_decay

Initial = tuple[Any, Any]
"""coef_init and intercept_init."""
Validation = tuple[Any, Any, Any]
"""X_val, y_val and sample_weight_val."""

_SILENT = frozenset({"plateau", "validation_patience"})
"""Ends without a tolerance at which scikit-learn reports convergence, too."""

_PARAMETERS = {
    "max_evaluations": "max_fun",
    "time_limit": "max_time",
    "starts": "n_init",
    "decay": "alpha",
    "method": "solver",
    "gradient_tolerance": "tol",
    "cost_tolerance": "tol",
    "patience": "n_iter_no_change",
}
"""Settings of `sheernet.train` that messages name, and the parameters of the estimators for them."""


class MLPBase(BaseEstimator, ABC):  # type: ignore[misc]
    """The base of MLPRegressor and MLPClassifier."""

    _parameter_constraints: ClassVar[dict[str, Any]] = dict(CONSTRAINTS)
    _targets_are_numbers: ClassVar[bool]
    loss_curve_: list[float]
    validation_scores_: list[float] | None

    def _keep_parameters(self, given: dict[str, Any]) -> None:
        """Keep the arguments of the constructor, as scikit-learn requires, under their names and unchecked."""
        for name in self._get_param_names():
            setattr(self, name, given[name])

    # --- what the two classes define ----------------------------------------------------------------

    @abstractmethod
    def _learn_targets(self, y: npt.NDArray[Any], *, first: bool, partial: bool) -> Array:
        """Learn or check the classes, and return the targets of the network, (N, K)."""

    @abstractmethod
    def _targets(self, y: npt.NDArray[Any]) -> Array:
        """Targets of the network for other rows, (N, K)."""

    @abstractmethod
    def _kind(self) -> Kind:
        """What the network predicts."""

    @abstractmethod
    def _output(self) -> tuple[str, str, str]:
        """The output activation as scikit-learn names it, its name here, and the cost."""

    @abstractmethod
    def _score_of(self, rows: Rows) -> Score:
        """The score of outputs for validation rows, which early stopping maximizes for 'sgd' and 'adam'."""

    def _constant(self, rows: Rows) -> float:
        """What scikit-learn's loss adds to the objective."""
        return 0.0

    def _row_weights(self, y: npt.NDArray[Any], weights: Array | None) -> Array | None:
        """The weights of the rows, (N,), including those of classes."""
        return weights

    # --- fitting --------------------------------------------------------------------------------------

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
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
            Inputs.  They are used as float64; a sparse table is made dense if memory allows.
        y : array_like, (N,) or (N, K)
            Targets: numbers, or labels of classes.
        sample_weight : array_like, (N,), optional
            Weights of at least 0.  A weight of k counts as k equal rows, a weight of 0 as an omitted row.
        X_val, y_val, sample_weight_val : array_like, optional
            Validation rows for ``early_stopping=True``, in place of a part of X and y.
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
        return self._fit(
            X, y, sample_weight, (X_val, y_val, sample_weight_val), (coef_init, intercept_init)
        )

    def _fit(
        self, X: Any, y: Any, sample_weight: Any, validation: Validation, initial: Initial
    ) -> Self:
        if self.solver in STOCHASTIC:
            raise InvalidInput(f"solver {self.solver!r} is not there yet")
        warm = self.warm_start and hasattr(self, "coefs_")
        architecture, rows = self._read(X, y, sample_weight, first=not warm)
        rng = check_random_state(self.random_state)
        theta = self._theta() if warm else draw(architecture, self.activation, rng)
        _put(architecture, theta, initial)
        rows, held_out = self._divided(rows, validation, rng)
        problem = self._problem(architecture, rows, held_out)
        outcome = self._fit_full_batch(problem, theta, warm, rng)
        self._require_finite(outcome)
        self._keep(architecture, problem, outcome, warm)
        self._report(outcome)
        return self

    def _fit_full_batch(
        self, problem: Problem, theta: Array, warm: bool, rng: np.random.RandomState
    ) -> Outcome:
        more = 0 if warm else self.n_init - 1
        others = [draw(problem.architecture, self.activation, rng) for _ in range(more)]
        return fit_full_batch(
            problem,
            [theta, *others],
            self.solver,
            max_iter=self.max_iter,
            max_fun=self.max_fun,
            tol=self.tol,
            n_iter_no_change=self.n_iter_no_change,
            max_time=self.max_time,
            callbacks=self._observers(),
            progress=bool(self.verbose),
            resumable=getattr(self, "_resumable", None) if warm else None,
        )

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
    ) -> tuple[Architecture, Rows]:
        """Check the data, and return the network for them and the rows."""
        sizes = hidden_sizes(self.hidden_layer_sizes)
        functions = hidden_activations(self.activation, len(sizes))
        X, y = self._validated(X, y, reset=first)
        weights = self._row_weights(y, checked_weights(sample_weight, X))
        targets = self._learn_targets(y, first=first, partial=partial)
        _, output, _ = self._output()
        architecture = Architecture(
            (X.shape[1], *sizes, targets.shape[1]), functions, output, skip=self.skip
        )
        if not first and architecture != self._architecture:
            raise InvalidInput(
                f"the fitted network is {self._architecture}, but the parameters and y describe {architecture}; "
                + sentence(
                    "a fit that goes on needs the same network: use {}",
                    Setting("warm_start", False),
                )
            )
        return architecture, rows_of(X, targets, weights)

    def _validated(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, Any]:
        return validate_data(
            self, X, y, accept_sparse=["csr", "csc"], multi_output=True, dtype=(np.float64, np.float32),
            y_numeric=self._targets_are_numbers, reset=reset,
        )  # fmt: skip

    def _divided(
        self, rows: Rows, validation: Validation, rng: np.random.RandomState
    ) -> tuple[Rows, Rows | None]:
        """Training and validation rows."""
        X_val, y_val, weights = validation
        if not self.early_stopping:
            if X_val is not None or y_val is not None:
                raise InvalidInput(
                    sentence(
                        "{} and {} are for early stopping; use {}",
                        Setting("X_val"), Setting("y_val"), Setting("early_stopping", True),
                    )
                )  # fmt: skip
            return rows, None
        if X_val is None and y_val is None:
            return split(rows, self.validation_fraction, rng, self._strata(rows))
        if X_val is None or y_val is None:
            raise InvalidInput(
                sentence("{} and {} must be given together", Setting("X_val"), Setting("y_val"))
            )
        X_val, y_val = self._validated(X_val, y_val, reset=False)
        given = rows_of(X_val, self._targets(y_val), checked_weights(weights, X_val))
        if given.Y.shape[1] != rows.Y.shape[1]:
            raise InvalidInput(
                f"y_val has {counted(given.Y.shape[1], 'column')}, but y has {rows.Y.shape[1]}"
            )
        return rows, given

    def _strata(self, rows: Rows) -> Array | None:
        """The classes whose shares a random split keeps."""
        return None

    def _problem(self, architecture: Architecture, rows: Rows, held_out: Rows | None) -> Problem:
        _, _, cost = self._output()
        score = None if held_out is None else self._score_of(held_out)
        return Problem(architecture, cost, self.alpha, self.threads, rows, held_out, score)

    # --- the attributes of a fit ----------------------------------------------------------------------

    def _keep(
        self, architecture: Architecture, problem: Problem, outcome: Outcome, warm: bool
    ) -> None:
        """Set the attributes."""
        constant = self._constant(problem.rows)
        self._architecture = architecture
        self.coefs_, self.intercepts_, self.skip_coef_ = arrays_of(architecture, outcome.theta)
        self.n_layers_ = len(architecture.sizes)
        self.n_outputs_ = architecture.n_outputs
        self.out_activation_ = self._output()[0]
        earlier = list(self.loss_curve_) if warm else []
        scores = list(self.validation_scores_ or ()) if warm else []
        self.loss_curve_ = earlier + [loss + constant for loss in outcome.losses]
        self.loss_ = outcome.loss + constant
        self.validation_scores_ = None if outcome.scores is None else scores + outcome.scores
        self.best_validation_score_ = outcome.best_score
        self.best_loss_ = self.loss_ if outcome.scores is None else None
        self.n_iter_ = len(outcome.losses)
        self.t_ = 0
        self.gradient_norm_ = outcome.gradient_norm
        self.termination_, self.method_ = outcome.termination, outcome.method
        self.record_, self.starts_ = outcome.record, outcome.starts
        self._facts = self._facts_of(problem.rows)
        self._resumable = None
        if self.warm_start and outcome.checkpoint is not None:
            last = float(outcome.record.objective[-1])
            self._resumable = Resumable(outcome.checkpoint, last, outcome.theta)

    def _facts_of(self, rows: Rows) -> FitFacts:
        names = getattr(self, "feature_names_in_", None)
        names = input_names(self.n_features_in_) if names is None else names
        return FitFacts.of(self.network_, rows.X, rows.Y, rows.weights, self._kind(), names)

    def _require_finite(self, outcome: Outcome) -> None:
        if not np.isfinite(outcome.loss):
            raise InvalidInput(
                "Solver produced non-finite parameter weights or a loss that is not finite. The input data may contain "
                "large values and need to be preprocessed: scale X, and use a smaller learning_rate_init."
            )

    def _report(self, outcome: Outcome) -> None:
        """Warn if the fit did not converge, once per fit."""
        termination = outcome.termination
        if termination.reason == "interrupted":
            warnings.warn("Training interrupted by user.", stacklevel=4)
        elif not termination.converged and termination.reason not in _SILENT:
            advice = rendered(termination.message, _as_parameter)
            iterations = counted(len(outcome.losses), "iteration")
            message = f"solver {self.solver!r} ended after {iterations}: {advice}"
            warn(message, ConvergenceWarning, through=Path(sklearn.__file__).parent)

    # --- the network --------------------------------------------------------------------------------

    def to_model(self) -> Model:
        """Return the network as a `sheernet.Model`, with its report, effects, importance and summary.

        Returns
        -------
        Model
            It predicts what the estimator predicts, from DataFrames with the names of the fit or from arrays.

        Raises
        ------
        InvalidInput
            If rows have several labels, or there is a single class.

        Notes
        -----
        An estimator keeps no rows.  The model has the ranges of the inputs and the figures of the training rows, but
        does not know how uncertain its weights are: `Model.summary` computes it for the rows of the fit.
        """
        parameters = signature(type(self)).parameters.values()
        return model_of_network(
            self.member_,
            self._facts,
            classes=getattr(self, "classes_", None),
            names=getattr(self, "feature_names_in_", None),
            method=self.method_,
            seed=self.random_state if is_whole(self.random_state) else None,
            settings=self.get_params(deep=False),
            defaults={parameter.name: parameter.default for parameter in parameters},
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the model of `to_model` to a JSON file; `sheernet.load` and the command `sheernet` read it."""
        return self.to_model().save(path)

    @property
    def member_(self) -> Member:
        """The network with its cost, decay and the history of its fit."""
        network = self.network_
        decay = weight_decay(network.architecture, self.alpha / self._facts.total_weight)
        return Member(
            network=network, share=1.0, cost=self._output()[2], decay=as_decay(decay, network.architecture),
            record=self.record_, termination=self.termination_, starts=self.starts_,
        )  # fmt: skip

    @property
    def network_(self) -> Network:
        """The network with the weights of ``coefs_`` and ``intercepts_``."""
        check_is_fitted(self)
        return Network(self._architecture, self._theta())

    def _theta(self) -> Array:
        """The weights as one vector, (P,)."""
        return theta_of(self._architecture, Arrays(self.coefs_, self.intercepts_, self.skip_coef_))

    def _outputs(self, X: Any) -> Array:
        """The outputs of the network, (N, K)."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse=["csr", "csc"], reset=False)
        return outputs(self._architecture, self._theta(), X)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coefs_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _put(architecture: Architecture, theta: Array, initial: Initial) -> None:
    """Write the weights that the caller gave into the start, (P,)."""
    coefs, intercepts = initial
    if coefs is not None:
        fill(architecture, theta, "coef_init", coefs, ("weights", "skip"))
    if intercepts is not None:
        fill(architecture, theta, "intercept_init", intercepts, ("biases",))


def _as_parameter(setting: Setting) -> str:
    """A setting of a message in the words of the estimators."""
    name = _PARAMETERS.get(setting.name, setting.name)
    return f"{name}={setting.value!r}" if setting.has_value else name
