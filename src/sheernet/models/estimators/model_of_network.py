"""`model_of_network`: build a `Model` from a trained network and the facts about its rows, without a table.

Inputs and targets have the units of the rows, because an estimator does not scale them: each column has shift 0 and
scale 1, so the predictions of the model are bitwise equal to those of the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from sheernet.data.columns import Inputs, NumberColumn
from sheernet.data.sources.array_tables import input_names, target_names
from sheernet.data.targets import ClassTarget, NumberTargets, Targets
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.plain_data import plain
from sheernet.models.estimators.fit_facts import FitFacts
from sheernet.models.fitting.assembly import provenance_of
from sheernet.models.fitting.preparation import UNNAMED
from sheernet.models.fitting.target_values import target_letter
from sheernet.models.member import Member
from sheernet.models.model import Model
from sheernet.objective import costs
from sheernet.objective.engines import resolve

NOT_CHECKED: Mapping[str, Any] = {
    "verdict": "not checked", "criterion": "", "norm_ratio": None, "method": "",
}  # fmt: skip
"""The gradient check of a model if the fit did not check the gradient."""
WEIGHTS = "sample_weight"
"""Name of the column of case weights in the model, if the weights were passed as a separate array."""
VALIDATION = "the rows of the fit"
"""Source of the validation rows of early stopping."""


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
    >>> from sheernet.models.estimators.model_of_network import model_of_network
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
                f"a model predicts at least two classes, but the rows of the fit have only {labels[0]!r}; fit the "
                "estimator to rows of at least two classes"
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
