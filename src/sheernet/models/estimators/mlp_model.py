"""`MLPModel`: the `Model` of a fitted perceptron, its file, and its representation in a notebook.

`model_of_network` builds a `Model` from a trained network and the facts about its rows, without a table.  Inputs and
targets have the units of the rows, because an estimator does not scale them: each column has shift 0 and scale 1, so
the predictions of the model are bitwise equal to those of the network.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from inspect import signature
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from sheernet.data.columns import Inputs, NumberColumn
from sheernet.data.sources.array_tables import input_names, target_names
from sheernet.data.targets import ClassTarget, NumberTargets, Targets
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.notebook_reports import with_report
from sheernet.foundation.plain_data import plain
from sheernet.foundation.scalars import is_whole
from sheernet.foundation.sentences import in_quotes, rendered
from sheernet.models.estimators.estimator_base import ShownInNotebook
from sheernet.models.estimators.fit_facts import MOST_CHECKED, FitFacts, Kind
from sheernet.models.estimators.mlp_parameters import as_parameter
from sheernet.models.estimators.mlp_problem import MLPProblem
from sheernet.models.estimators.net_data import target_names_of
from sheernet.models.explaining.network_diagram import InputGroup
from sheernet.models.fitting.assembly import provenance_of
from sheernet.models.fitting.preparation import UNNAMED
from sheernet.models.fitting.target_values import target_letter
from sheernet.models.member import Member
from sheernet.models.model import Model
from sheernet.models.model_html import network_html
from sheernet.network.network import Network
from sheernet.objective import costs
from sheernet.objective.decay import as_decay, weight_decay
from sheernet.objective.engines import resolve
from sheernet.objective.objective import Objective

if TYPE_CHECKING:
    from sheernet.optimizers import Record, Termination
    from sheernet.training.starts import Starts

NOT_CHECKED: Mapping[str, Any] = {
    "verdict": "not checked", "criterion": "", "norm_ratio": None, "method": "",
}  # fmt: skip
"""The gradient check of a model if the fit did not check the gradient."""
WEIGHTS = "sample_weight"
"""Name of the column of case weights in the model, if the weights were passed as a separate array."""
VALIDATION = "the rows of the fit"
"""Source of the validation rows of early stopping."""


class MLPModel(ShownInNotebook, BaseEstimator, ABC):  # type: ignore[misc]
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
        return super().__getstate__()

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
            ("Stopped", f"{self.termination_.reason.replace('_', ' ')}: {ending}"),
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


def model_of_network(
    member: Member,
    facts: FitFacts,
    *,
    classes: Sequence[Any] | None = None,
    names: Sequence[str] | None = None,
    method: str = "",
    seed: int | None = None,
    settings: Mapping[str, Any] = MappingProxyType({}),
    defaults: Mapping[str, Any] = MappingProxyType({}),
) -> Model:
    """Build a model from a trained network.

    Parameters
    ----------
    member : Member
        The network with its cost, decay and history.
    facts : FitFacts
        The facts about its rows.
    classes : sequence, optional
        The classes in their order, if the network predicts classes.
    names : sequence of str, optional
        Names of the inputs; x1, x2, ... if not given.
    method, seed : str, int or None
        The optimizer, and the seed of the fit.
    settings, defaults : mapping
        The parameters of the fit and their default values; the model records those that are plain values.

    Returns
    -------
    Model
        Its predictions equal those of the network.  Targets without names are called y, or y1, y2, ...  It does not
        contain the uncertainty of the weights, which `Model.summary` computes from the table of the fit.

    Raises
    ------
    InvalidInput
        If the network predicts several labels per row, or a single class; if classes are not text, numbers or Booleans;
        or if two inputs have the same name.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.models.estimators.fit_facts import FitFacts
    >>> from sheernet.models.estimators.mlp_model import model_of_network
    >>> from sheernet.models.fitting.fitted_member import fitted_member
    >>> X, y = np.array([[0.0], [1.0], [4.0]]), np.array([[1.0], [3.0], [9.0]])
    >>> member = fitted_member(sn.train(sn.Network.random(sn.Architecture((1, 1))), X, y))
    >>> model = model_of_network(member, FitFacts.of(member.network, X, y, names=["x"]), names=["x"])
    >>> model
    <model of y from x: 1-1, identity output>
    >>> model.predict({"x": 2.0}).round(6).item()
    5.0
    """
    inputs = _inputs(facts, names)
    targets = _targets(facts, classes, inputs.names, member)
    assert facts.training_fit is not None  # otherwise _targets raised
    recorded, usual = _plain_values(settings), _plain_values(defaults)
    origins = {
        name: "default" if name in usual and usual[name] == value else "given"
        for name, value in recorded.items()
    }
    return Model(
        inputs=inputs,
        targets=targets,
        members=(member,),
        reduction="mean",
        training_fit=facts.training_fit,
        held_out_fit=None,
        gradient_check=NOT_CHECKED,
        settings=recorded | _rows(facts),
        origins=origins,
        notices=(),
        provenance=provenance_of(
            engine=resolve("auto", member.network.architecture, costs.get(member.cost)), method=method,
            seed=seed, data=UNNAMED, reading="", data_sha256=facts.data_sha256, created=facts.created,
        ),
        rows=facts.rows,
    )  # fmt: skip


def _inputs(facts: FitFacts, names: Sequence[str] | None) -> Inputs:
    """Return numeric columns that are not scaled."""
    names = input_names(len(facts.lowest)) if names is None else names
    columns = tuple(
        NumberColumn(str(name), "number", 0.0, 1.0, float(low), float(high))
        for name, low, high in zip(names, facts.lowest, facts.highest, strict=True)
    )
    return Inputs(columns, scaling="none")


def _targets(
    facts: FitFacts, classes: Sequence[Any] | None, inputs: Sequence[str], member: Member
) -> Targets:
    """Return the targets, with names that differ from the names of the inputs.

    Raises
    ------
    InvalidInput
        If a model cannot have such targets.
    """
    if facts.kind == "labels":
        raise InvalidInput(
            "a model predicts numbers or one class of each row, but this estimator predicts "
            f"{len(facts.target_lowest)} labels, several of which a row may have; save the estimator itself with "
            "joblib.dump, or fit one estimator for each label"
        )
    if facts.kind == "classes":
        labels = np.asarray(classes).tolist()
        if len(labels) < 2:
            raise InvalidInput(
                f"a model predicts at least two classes, but the rows of the fit have only {in_quotes(labels[0])}; fit "
                "the estimator to rows of at least two classes"
            )
        return ClassTarget(_target_names(facts, 1, inputs)[0], tuple(labels))
    n = len(facts.target_lowest)
    names = _target_names(facts, n, inputs)
    low, high = (tuple(ends.tolist()) for ends in (facts.target_lowest, facts.target_highest))
    output = member.network.architecture.activations[-1].name
    return NumberTargets(names, (0.0,) * n, (1.0,) * n, low, high, output)


def _target_names(facts: FitFacts, n: int, inputs: Sequence[str]) -> tuple[str, ...]:
    """Return names of n targets that differ from the names of inputs: the names of the fit, or y1, y2, ..."""
    names = list(facts.target_names) or target_names(n, target_letter(inputs))
    while set(names) & set(inputs):
        names = [f"predicted_{name}" for name in names]
    return tuple(names)


def _plain_values(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that are plain values or lists of them; a model does not record objects such as callbacks."""
    return {
        name: plain(value, nonfinite="text")
        for name, value in settings.items()
        if _is_plain(value) or (isinstance(value, list | tuple) and all(map(_is_plain, value)))
    }


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str | np.generic)


def _rows(facts: FitFacts) -> dict[str, Any]:
    """Return the settings that describe validation rows and case weights."""
    settings: dict[str, Any] = {}
    if facts.validation_rows:
        settings |= {"validation": VALIDATION, "validation_rows": facts.validation_rows}
    if facts.has_weights:
        settings |= {"weights": WEIGHTS, "training_weight": facts.total_weight}
    return settings
