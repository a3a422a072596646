"""`Goal`: the goal of a prediction of a model: a value, a maximum or a minimum.

Goals are measured in h, which is comparable between predictions:

    numbers          h = f / range of the target in the training rows
    probabilities    h = log(p / (1 - p)), so that small probabilities are distinguished
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.message_text import listed
from sheernet.foundation.scalars import in_brief, is_number
from sheernet.foundation.sentences import Setting
from sheernet.models.explaining.decoding import limits_of_predictions, prediction_names

if TYPE_CHECKING:
    from sheernet.models.model import Model

SIGNS = {"maximize": -1.0, "minimize": 1.0}
"""Sign of a prediction to maximize or minimize in the loss."""
SURE = 1e-9
"""Minimum distance of probabilities from 0 and 1; nearer ones are set to it."""


@dataclass(frozen=True)
class Goal:
    """The goal of a prediction.

    Parameters
    ----------
    k : int
        Index of the prediction.
    name : str
        Its name: a target, or a class as "color=red".
    aim : {"value", "maximize", "minimize"}
        Whether the prediction has a wanted value, or is maximized or minimized.
    value : float
        The wanted value; nan if there is none.
    scale : float
        Range of the target in the training rows; 0 for a probability.
    """

    k: int
    name: str
    aim: str
    value: float
    scale: float

    def measured(self, predictions: Array) -> tuple[Array, Array]:
        """Return h of predictions, (N,), and its derivative with respect to them, (N,)."""
        if self.scale:
            return predictions / self.scale, np.full(len(predictions), 1.0 / self.scale)
        p = np.clip(predictions, SURE, 1.0 - SURE)
        return np.log(p / (1.0 - p)), np.where(p == predictions, 1.0 / (p * (1.0 - p)), 0.0)

    @property
    def wanted(self) -> float:
        """The wanted value as h."""
        return float(self.measured(np.array([self.value]))[0][0])

    def __str__(self) -> str:
        if self.aim == "value":
            return f"{self.name} = {self.value:.6g}"
        return f"the {'largest' if self.aim == 'maximize' else 'smallest'} {self.name}"


def goals_of(model: Model, want: Any) -> tuple[Goal, ...]:
    """Read the argument `want` of `Model.optimize`.

    Raises
    ------
    InvalidInput
        If a name or an aim is not known, or the model cannot predict a value.
    """
    names = prediction_names(model)
    if not isinstance(want, Mapping):
        want = _of_only(model, want, names)
    if not want:
        raise InvalidInput(
            "{} names no prediction; give one, such as {}",
            Setting("want"), Setting("want", {names[0]: "maximize"}),
        )  # fmt: skip
    found = [_goal(model, str(name), aim, names) for name, aim in want.items()]
    if len({goal.k for goal in found}) < len(found):
        raise InvalidInput("{} contains a prediction twice; name it once", Setting("want"))
    return tuple(found)


def _of_only(model: Model, want: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Read a goal without a name: a goal of the only target, or the label of a class to maximize."""
    targets = model.targets
    if isinstance(targets, ClassTarget):
        labels = [str(label) for label in targets.classes]
        if str(want) in (*labels, *names):
            return {str(want): "maximize"}
        raise InvalidInput(
            "this model predicts classes; {} must be one of {}, or give the probability of one, such as {}, "
            "but {} was given",
            Setting("want"), listed(labels, most=8), Setting("want", {labels[0]: 0.8}), in_brief(want),
        )  # fmt: skip
    if len(names) > 1:
        raise InvalidInput(
            "this model predicts {}; {} must name those to which it applies, such as {}",
            listed(names, most=8), Setting("want"), Setting("want", {names[0]: "maximize"}),
        )  # fmt: skip
    return {names[0]: want}


def _goal(model: Model, name: str, aim: Any, names: tuple[str, ...]) -> Goal:
    k = _index(model, name, names)
    scale = _scale(model, k)
    if isinstance(aim, str) and aim in SIGNS:
        return Goal(k, names[k], aim, np.nan, scale)
    if isinstance(aim, str) or not is_number(aim) or not np.isfinite(float(aim)):
        raise InvalidInput(
            "{} of {} must be a number, 'maximize' or 'minimize', but {} was given",
            Setting("want"), name, in_brief(aim),
        )  # fmt: skip
    low, high = (float(end[k]) for end in limits_of_predictions(model))
    if not low <= float(aim) <= high:
        raise InvalidInput(
            "{} of {} must be a value that can be predicted, {}, but {:g} was given",
            Setting("want"), name, _in_words(low, high), float(aim),
        )  # fmt: skip
    return Goal(k, names[k], "value", float(aim), scale)


def _index(model: Model, name: str, names: tuple[str, ...]) -> int:
    """Return the index of the prediction with a name, or of a class with a label."""
    targets = model.targets
    labels = [str(c) for c in targets.classes] if isinstance(targets, ClassTarget) else []
    for known in (list(names), labels):
        if name in known:
            return known.index(name)
    if name in model.inputs.names:
        raise InvalidInput(
            "{!r} is an input, which is searched unless {} gives its value; the predictions are {}",
            name, Setting("fixed"), listed(labels or list(names), most=8),
        )  # fmt: skip
    raise unknown_name("prediction", name, labels or names)


def _scale(model: Model, k: int) -> float:
    targets = model.targets
    if not isinstance(targets, NumberTargets):
        return 0.0
    return float(targets.highest[k] - targets.lowest[k]) or float(targets.scale[k])


def _in_words(low: float, high: float) -> str:
    return f"from {low:g} to {high:g}" if np.isfinite(high) else f"of at least {low:g}"
