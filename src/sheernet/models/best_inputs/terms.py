"""`Term`: what is wanted of a prediction of a model, or of a sum of columns: a value, a range, a maximum or a minimum.

Terms are measured in h, which is comparable between them:

    numbers          h = f / range of the target, or of the columns, in the training rows
    probabilities    h = log(p / (1 - p)), so that small probabilities are distinguished
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import Inputs, NumberColumn
from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, require_known, unknown_name
from sheernet.foundation.message_text import in_digits, listed
from sheernet.foundation.scalars import in_brief, is_number
from sheernet.foundation.sentences import Setting
from sheernet.models.explaining.decoding import limits_of_predictions, prediction_names

if TYPE_CHECKING:
    from sheernet.models.model import Model

SIGNS = {"maximize": -1.0, "minimize": 1.0}
"""Sign of a term to maximize or minimize in the objective."""
SURE = 1e-9
"""Minimum distance of probabilities from 0 and 1; nearer ones are set to it."""


@dataclass(frozen=True)
class Term:
    """What is wanted of a prediction, or of a sum of columns.

    Parameters
    ----------
    name : str
        A target, a class as "color=red", a column, or several as "cement + slag".
    k : int
        Index of the prediction; -1 for columns.
    columns : tuple of int
        Indices of the columns that are added; () for a prediction.
    unit : float
        Range of the target or of the columns in the training rows; 0 for a probability.
    aim : {"within", "maximize", "minimize"}
        Whether the term has a range, or is maximized or minimized.
    low, high : float
        Ends of the range, equal for a wanted value; -inf and inf if they are open.
    """

    name: str
    k: int
    columns: tuple[int, ...]
    unit: float
    aim: str = "within"
    low: float = -np.inf
    high: float = np.inf

    def measured(self, values: Array | float) -> Array:
        """Return h of values."""
        if self.unit:
            return np.asarray(values) / self.unit
        p = np.clip(values, SURE, 1.0 - SURE)
        return np.asarray(np.log(p / (1.0 - p)))

    @property
    def has_value(self) -> bool:
        """Whether the range is a single value."""
        return self.low == self.high

    def __str__(self) -> str:
        if self.aim in SIGNS:
            return f"the {'largest' if self.aim == 'maximize' else 'smallest'} {self.name}"
        low, high = in_digits(self.low, 6), in_digits(self.high, 6)
        if self.has_value:
            return f"{self.name} = {low}"
        if np.isinf(self.high):
            return f"{self.name} of at least {low}"
        return (
            f"{self.name} of at most {high}"
            if np.isinf(self.low)
            else f"{self.name} from {low} to {high}"
        )

    @property
    def plain(self) -> Any:
        """The argument from which this term was made, for JSON."""
        if self.aim in SIGNS:
            return self.aim
        return self.low if self.has_value else [self.low, self.high]


def wants_of(model: Model, want: Any) -> tuple[Term, ...]:
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
            "{} names no prediction; pass one, such as {}",
            Setting("want"), Setting("want", {names[0]: "maximize"}),
        )  # fmt: skip
    found = [_want(model, str(name), aim) for name, aim in want.items()]
    if len({(term.k, term.columns) for term in found}) < len(found):
        raise InvalidInput("{} contains a prediction twice; name it once", Setting("want"))
    return tuple(found)


def _of_only(model: Model, want: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Read an aim without a name: of the only target, or the label of a class to maximize."""
    targets = model.targets
    if isinstance(targets, ClassTarget):
        labels = [str(label) for label in targets.classes]
        if str(want) in (*labels, *names):
            return {str(want): "maximize"}
        raise InvalidInput(
            "this model predicts classes; {} must be one of {}, or the probability of one, such as {}, "
            "but {} was given",
            Setting("want"), listed(labels, most=8), Setting("want", {labels[0]: 0.8}), in_brief(want),
        )  # fmt: skip
    if len(names) > 1:
        raise InvalidInput(
            "this model predicts {}; {} must name those to which it applies, such as {}",
            listed(names, most=8), Setting("want"), Setting("want", {names[0]: "maximize"}),
        )  # fmt: skip
    return {names[0]: want}


def _want(model: Model, name: str, aim: Any) -> Term:
    columns = summed_columns(name, model.inputs.names)
    if columns and aim not in SIGNS:
        raise InvalidInput(
            "{} of the input {} must be 'maximize' or 'minimize', but {} was given; {} holds inputs at a value",
            Setting("want"), name, in_brief(aim), Setting("fixed"),
        )  # fmt: skip
    term = (
        _columns_term(model.inputs, name, columns, "want") if columns else _prediction(model, name)
    )
    if isinstance(aim, str) and aim in SIGNS:
        return replace(term, aim=aim)
    if isinstance(aim, str) or not is_number(aim) or not np.isfinite(float(aim)):
        raise InvalidInput(
            "{} of {} must be a number, 'maximize' or 'minimize', but {} was given",
            Setting("want"), name, in_brief(aim),
        )  # fmt: skip
    low, high = (float(end[term.k]) for end in limits_of_predictions(model))
    if not low <= float(aim) <= high:
        raise InvalidInput(
            "{} of {} must be a value that can be predicted, {}, but {:g} was given",
            Setting("want"), name, f"from {low:g} to {high:g}" if np.isfinite(high) else f"of at least {low:g}",
            float(aim),
        )  # fmt: skip
    return replace(term, low=float(aim), high=float(aim))


def limits_of(
    model: Model, fixed: Mapping[str, Any], bounds: Mapping[str, Any]
) -> tuple[Term, ...]:
    """Read what `fixed` and `bounds` of `Model.optimize` say of sums of columns and of predictions.

    Raises
    ------
    InvalidInput
        If a name is not known, a column, sum or prediction occurs twice, or a value is not a number or a range.
    """
    found, seen = [], set[object]()
    for option, given in (("fixed", fixed), ("bounds", bounds)):
        known = _known_predictions(model) if option == "bounds" else {}
        for name, value in given.items():
            columns = summed_columns(name, model.inputs.names)
            if not columns and name not in known:
                require_known(Setting(option), name, model.inputs.names, choices="columns")
            meant = frozenset(columns) or known[name]
            if meant in seen:
                raise InvalidInput(
                    "{!r} occurs twice in {} and {}; pass it once",
                    name, Setting("fixed"), Setting("bounds"),
                )  # fmt: skip
            seen.add(meant)
            if len(columns) == 1:
                continue
            term = (
                _columns_term(model.inputs, name, columns, option)
                if columns
                else _prediction(model, name)
            )
            low, high = _ends(option, name, value)
            found.append(replace(term, low=low, high=high))
    return tuple(found)


def of_single_columns(given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return what `fixed` or `bounds` say of single columns, by their names."""
    each = ((summed_columns(name, names), value) for name, value in given.items())
    return {names[columns[0]]: value for columns, value in each if len(columns) == 1}


def _ends(option: str, name: str, value: Any) -> tuple[float, float]:
    """The value of a sum, or the ends of a range, either of which may be open."""
    if option == "fixed":
        if is_number(value) and np.isfinite(float(value)):
            return float(value), float(value)
        raise InvalidInput(
            "{} of {!r} must be a number, but {} was given", Setting("fixed"), name, in_brief(value)
        )
    if isinstance(value, (tuple, list)) and len(value) == 2:
        pairs = zip(value, (-np.inf, np.inf), strict=True)
        if all(end is None or is_number(end) for end in value):
            low, high = (otherwise if end is None else float(end) for end, otherwise in pairs)
            if low <= high and low < np.inf and high > -np.inf and np.isfinite([low, high]).any():
                return low, high
    raise InvalidInput(
        "{} of {!r} must be two numbers, the smaller one first, or one number and None, but {} was given",
        Setting("bounds"), name, in_brief(value),
    )  # fmt: skip


def summed_columns(name: str, names: Sequence[str]) -> tuple[int, ...]:
    """The indices of the columns that a text adds, such as "cement + slag"; () if it names something else.

    Examples
    --------
    >>> from sheernet.models.best_inputs.terms import summed_columns
    >>> summed_columns("a + c", ["a", "b", "c"]), summed_columns("a", ["a"]), summed_columns("a + z", ["a"])
    ((0, 2), (0,), ())
    """
    parts = [name] if name in names else [part.strip() for part in str(name).split("+")]
    known = all(part in names for part in parts)
    return tuple(list(names).index(part) for part in parts) if known else ()


def _columns_term(inputs: Inputs, name: str, columns: tuple[int, ...], option: str) -> Term:
    if len(set(columns)) < len(columns):
        raise InvalidInput(
            "{} of {!r} contains a column twice; name it once", Setting(option), name
        )
    unit = 0.0
    for column in (inputs.columns[c] for c in columns):
        if not isinstance(column, NumberColumn) or column.kind != "number":
            raise InvalidInput(
                "{} of {!r} needs columns of numbers, but {!r} has other values",
                Setting(option), name, column.name,
            )  # fmt: skip
        unit += column.highest - column.lowest
    return Term(" + ".join(inputs.names[c] for c in columns), -1, columns, unit or 1.0)


def _prediction(model: Model, name: str) -> Term:
    names, targets = prediction_names(model), model.targets
    known = _known_predictions(model)
    if name not in known:
        labels = [str(c) for c in targets.classes] if isinstance(targets, ClassTarget) else names
        raise unknown_name("prediction", name, labels)
    k, unit = known[name], 0.0
    if isinstance(targets, NumberTargets):
        unit = float(targets.highest[k] - targets.lowest[k]) or float(targets.scale[k])
    return Term(names[k], k, (), unit)


def _known_predictions(model: Model) -> dict[str, int]:
    """The index of each prediction by its name, and for classes by the label, too."""
    targets, names = model.targets, prediction_names(model)
    labels = [str(c) for c in targets.classes] if isinstance(targets, ClassTarget) else []
    return {name: k for each in (labels, names) for k, name in enumerate(each)}
