"""`MLPModel`: the `Model` of a fitted perceptron, its file, and its representation in a notebook."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.data.sources.array_tables import input_names, target_names
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.notebook_reports import with_report
from sheernet.foundation.scalars import is_whole
from sheernet.foundation.sentences import rendered
from sheernet.models.estimators.estimator_html import ShownInNotebook
from sheernet.models.estimators.fit_facts import MOST_CHECKED, FitFacts, Kind
from sheernet.models.estimators.mlp_parameters import as_parameter
from sheernet.models.estimators.mlp_problem import MLPProblem
from sheernet.models.estimators.model_of_network import model_of_network
from sheernet.models.estimators.net_data import target_names_of
from sheernet.models.explaining.network_diagram import InputGroup
from sheernet.models.member import Member
from sheernet.models.model import Model
from sheernet.models.model_html import network_html
from sheernet.network.network import Network
from sheernet.objective.decay import as_decay, weight_decay
from sheernet.objective.objective import Objective

if TYPE_CHECKING:
    from sheernet.optimizers import Record, Termination
    from sheernet.training.starts import Starts


class MLPModel(ShownInNotebook, ABC):
    """The methods of a fitted perceptron that convert it to a `Model`, save it and show it in a notebook."""

    alpha: float
    random_state: Any
    n_features_in_: int
    method_: str
    loss_: float
    n_iter_: int
    record_: Record
    termination_: Termination
    starts_: Starts
    _kept: FitFacts | Callable[[], FitFacts]

    @property
    @abstractmethod
    def network_(self) -> Network:
        """The network."""

    @abstractmethod
    def _output(self) -> tuple[str, str, str]:
        """Return scikit-learn's name of the output activation, its name in this package, and the cost."""

    @abstractmethod
    def _kind(self) -> Kind:
        """Return what the network predicts."""

    if TYPE_CHECKING:  # BaseEstimator has it

        def get_params(self, deep: bool = True) -> dict[str, Any]:
            """Return the parameters by name."""

    def _keep_facts(self, problem: MLPProblem, theta: Array, y: Any) -> None:
        """Keep the facts about the rows of the fit for a model; `y` are the targets given by the caller."""
        rows = problem.rows
        facts = (
            self._kind(), self._input_names(), target_names_of(y),
            0 if problem.held_out is None else len(problem.held_out), datetime.now(UTC),
        )  # fmt: skip
        if (
            rows.X.size <= MOST_CHECKED
        ):  # the caller may change the rows, but the objective has its own copy
            weighted = rows.weights is not None
            self._kept = partial(_facts_of, problem.objective, theta, weighted, *facts)
        else:
            network = Network(problem.architecture, theta)
            self._kept = FitFacts.of(network, rows.X, rows.Y, rows.weights, *facts)

    @property
    def _facts(self) -> FitFacts:
        """The facts about the rows of the fit."""
        if not isinstance(self._kept, FitFacts):
            self._kept = self._kept()
        return self._kept

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes without rows, for copies and pickles."""
        if hasattr(self, "_kept"):
            self._kept = self._facts
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        return state

    def _input_names(self) -> list[str]:
        names = getattr(self, "feature_names_in_", None)
        return input_names(self.n_features_in_) if names is None else [str(name) for name in names]

    def _output_names(self) -> list[str]:
        """Return the names of the outputs for the diagram: names of targets, default names, or classes."""
        if self._kind() == "numbers":
            names = list(self._facts.target_names)
            return names or target_names(self.network_.architecture.n_outputs)
        names = [str(label) for label in getattr(self, "classes_", ())]
        return names[-1:] if self.network_.architecture.n_outputs == 1 else names

    @property
    def member_(self) -> Member:
        """The network with its cost, decay and the history of its fit."""
        network = self.network_
        decay = weight_decay(network.architecture, self.alpha / self._facts.total_weight)
        return Member(
            network=network, share=1.0, cost=self._output()[2], decay=as_decay(decay, network.architecture),
            record=self.record_, termination=self.termination_, starts=replace(self.starts_, seed=self._seed),
        )  # fmt: skip

    def _fit_html(self) -> str:
        if not hasattr(self, "coefs_"):
            return ""
        member = self.member_
        names = self._input_names()
        groups = [InputGroup(name, j, j + 1) for j, name in enumerate(names)]
        ending = rendered(self.termination_.message, as_parameter)
        facts = [
            ("Loss", f"{self.loss_:.6g} after {counted(self.n_iter_, 'iteration')}"),
            (
                "Stopped",
                f"{self.termination_.reason.replace('_', ' ')}: {ending}",
            ),
            *([("Starts", str(self.starts_))] if len(self.starts_) > 1 else []),
        ]
        figures = network_html(member, facts, groups, self._output_names())
        try:
            model = self.to_model()
        except InvalidInput:  # several labels of a row, or a single class
            return figures
        return with_report("model_display", model, figures, as_parameter)

    @property
    def _seed(self) -> int | None:
        return int(self.random_state) if is_whole(self.random_state) else None

    def to_model(self) -> Model:
        """Return the network as a `sheernet.Model`, with its report, effects, importance and summary.

        Returns
        -------
        Model
            Its predictions equal those of the estimator; inputs are DataFrames with the names of the fit, or arrays.

        Raises
        ------
        InvalidInput
            If rows have several labels, or there is a single class.

        Notes
        -----
        The model does not contain rows.  It has the ranges of the inputs and the statistics of the training rows, but
        not the uncertainty of its weights, which `Model.summary` computes from the rows of the fit.
        """
        parameters = signature(type(self)).parameters.values()
        return model_of_network(
            self.member_,
            self._facts,
            classes=getattr(self, "classes_", None),
            names=self._input_names(),
            method=self.method_,
            seed=self._seed,
            settings=self.get_params(deep=False),
            defaults={parameter.name: parameter.default for parameter in parameters},
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the model of `to_model` to a JSON file, which `sheernet.load` and the command `sheernet` read."""
        return self.to_model().save(path)


def _facts_of(objective: Objective, theta: Array, weighted: bool, *facts: Any) -> FitFacts:
    """Collect the facts about the rows of an objective; `facts` are the last arguments of `FitFacts.of`."""
    X, y, _ = objective.rows
    weights = objective.weights if weighted else None
    return FitFacts.of(Network(objective.architecture, theta), X, y, weights, *facts)
