"""`grade`: run the code of a learner, part by part, and report correct and wrong parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.scalars import number_or_nan
from sheernet.foundation.sentences import Setting
from sheernet.teaching.grading.cost_mark import cost_mark
from sheernet.teaching.grading.exercise import Exercise, make_exercise
from sheernet.teaching.grading.forward_mark import forward_mark
from sheernet.teaching.grading.gradient_marks import (
    compute_gradients_mark,
    cost_function_prime_mark,
    sigmoid_prime_mark,
)
from sheernet.teaching.grading.marks import Grade, Mark
from sheernet.teaching.grading.numerical_mark import numerical_mark
from sheernet.teaching.grading.own_network import OwnNetwork, find_network
from sheernet.teaching.grading.parameter_marks import get_params_mark, set_params_mark
from sheernet.teaching.grading.trainer_mark import trainer_mark

SECONDS = 5.0

GRADERS: Mapping[str, Callable[[OwnNetwork, Exercise], Mark]] = {
    "forward": forward_mark,
    "cost_function": cost_mark,
    "sigmoid_prime": sigmoid_prime_mark,
    "cost_function_prime": cost_function_prime_mark,
    "get_params": get_params_mark,
    "set_params": set_params_mark,
    "compute_gradients": compute_gradients_mark,
    "compute_numerical_gradient": numerical_mark,
    "Trainer": trainer_mark,
}
"""The function that grades each part, in the order of the lessons."""

LESSONS: Mapping[int, tuple[str, ...]] = {
    2: ("forward",),
    3: ("cost_function",),
    4: ("sigmoid_prime", "cost_function_prime"),
    5: ("get_params", "set_params", "compute_gradients", "compute_numerical_gradient"),
    6: ("Trainer",),
    7: (),
}
"""The parts that each lesson adds; a lesson is graded with all lessons before it.

Lesson 7 adds no part: the cost and its gradient become a mean with a penalty, and the trainer records test costs.
"""

LAMBDA = 0.01
"""The weight of the penalty with which networks of lesson 7 are graded: the weights stay far from 0."""

OPTIONAL: Mapping[str, int] = {
    "sigmoid_prime": 2,
    "cost_function_prime": 6,
    "compute_numerical_gradient": 6,
    "Trainer": 7,
}
"""Optional parts that the notebooks do not need, by the first lesson with them: they are graded if present."""

PAIRS: Mapping[str, str] = {"get_params": "set_params", "set_params": "get_params"}
"""Parts that are needed only together."""


def grade(subject: Any, lesson: int | None = None, *, seconds: float = SECONDS) -> Grade:
    """Grade a network that a learner wrote: report correct and wrong parts, with a hint for each mistake.

    Parameters
    ----------
    subject : object, type, str or Path
        The network, as the notebook's class or the videos': an object, its class, or the Python file or notebook with
        it.  The functions compute_numerical_gradient and Trainer are found in its module.  An object is not changed.
    lesson : {2, 3, 4, 5, 6, 7}, optional
        The lesson whose parts, and the parts of earlier lessons, are required.  By default all existing parts are
        graded, as in lesson 7 if the network has an attribute Lambda; a part whose name is misspelled is then missing.
    seconds : float
        Maximum time of one call of the learner's code; a file may run twelve times as long.

    Returns
    -------
    Grade
        The grade, with a `Mark` for each part, a score, and a text.

    Raises
    ------
    InvalidInput
        If the lesson is not known, seconds are not positive, the file does not exist or is a folder, or the object has
        no method of a network.

    Notes
    -----
    A wrong part is replaced by the correct one while later parts are graded.  Of a notebook, only the imports,
    functions, classes and constants are run, but not calls, which may train and draw.  The code runs in this
    process, without isolation.  Its output is dropped; its exceptions and endless loops are reported with the line.

    Examples
    --------
    >>> import sheernet as sn
    >>> result = sn.teaching.grade(sn.faults.NOTEBOOK["sign"].network(), lesson=4)
    >>> print(result)
    NeuralNetwork: 4 of 5 parts are right (80 %)
    right  __init__
    right  forward
    right  cost_function
    right  sigmoid_prime
    WRONG  cost_function_prime: Every entry of the gradient is -1 times the derivative: look for a wrong
           sign.
           Hint: If y_hat rises above y, should the cost rise or fall? Your gradient says the opposite.
    """
    if lesson is not None and lesson not in LESSONS:
        allowed = listed(list(LESSONS), "or")
        raise InvalidInput("{} must be {}, but {!r} was given", Setting("lesson"), allowed, lesson)
    if not (0.0 < number_or_nan(seconds) < np.inf):
        raise InvalidInput(
            "{} must be a positive number, but {!r} was given", Setting("seconds"), seconds
        )
    if isinstance(subject, PathLike):
        subject = Path(fspath(subject))
    own = find_network(subject, seconds)
    if isinstance(own, Mark):
        return Grade(own.part, lesson, (own,))
    if lesson == 7 or (lesson is None and own.lambda_name is not None):
        own = replace(own, Lambda=LAMBDA)
    first = _first_mark(own)
    if not first.right:
        return Grade(own.name, lesson, (first,))
    marks = [first]
    W_1, W_2 = own.weights_of(own.first.value)
    exercise = make_exercise(W_1.shape, W_2.shape, own.Lambda)
    for name in _parts(own, lesson):
        mark = _mark(own, name, exercise)
        if not mark.right:
            own.replaced.add(name)
        marks.append(mark)
    return Grade(own.name, lesson, tuple(marks), _not_graded(own, lesson))


def _mark(own: OwnNetwork, name: str, exercise: Exercise) -> Mark:
    """Grade one part."""
    part = own.part(name)
    if not own.has(name):
        near = own.misspelled(name)
        guess = f", but {near} is" if near else ""
        hint = (
            f"Is {near} meant to be {part}? Rename it."
            if near
            else "Write it, or check its spelling."
        )
        return Mark(part, "missing", f"it is not there{guess}", hint)
    try:
        return GRADERS[name](own, exercise)
    except Exception as error:  # an answer may be any object
        reason = f"it cannot be graded ({type(error).__name__}: {error})"
        return Mark(part, "unknown", reason, "Print what it returns, and its type.")


def _first_mark(own: OwnNetwork) -> Mark:
    """Grade the new object: it must have weights of two layers with matching shapes."""
    if own.first.mistake:
        return own.first.mark("__init__")
    if own.weight_names is None:
        return Mark(
            "__init__",
            "no weights",
            "the network has no matrices W_1 and W_2 (or W1 and W2)",
            "Where are the weights created, and are they attributes of the network?",
        )
    first, second = own.weights_of(own.first.value)
    if first.shape[1] != second.shape[0]:
        names = own.weight_names
        return Mark(
            "__init__",
            "shape",
            f"{names[0]} has shape {first.shape} and {names[1]} has {second.shape}, which do not fit",
            "How many numbers leave the hidden layer, and how many does the output layer take?",
        )
    if own.Lambda is not None and own.lambda_name is None:
        return Mark(
            "__init__", "no Lambda", "the network has no number Lambda, the weight of the penalty",
            "Where does the cost find the weight of the penalty?",
        )  # fmt: skip
    if _is_constant(first) and _is_constant(second):
        return Mark(
            "__init__",
            "equal weights",
            "all hidden units start with the same weights",
            "Units that start equal get equal gradients: what makes them differ?",
        )
    return Mark("__init__")


def _is_constant(matrix: Array) -> bool:
    """Return whether all entries of a matrix with several are equal."""
    return matrix.size > 1 and bool(np.all(matrix == matrix.flat[0]))


def _parts(own: OwnNetwork, lesson: int | None) -> list[str]:
    """Return the parts to grade: parts of the lessons so far that exist or are required."""
    return [name for name in _asked(lesson) if own.has(name) or _is_demanded(own, name, lesson)]


def _asked(lesson: int | None) -> list[str]:
    """Return the parts of the lessons up to one; all parts without a lesson."""
    last = max(LESSONS) if lesson is None else lesson
    asked = {name for number, names in LESSONS.items() if number <= last for name in names}
    return [name for name in GRADERS if name in asked]


def _is_demanded(own: OwnNetwork, name: str, lesson: int | None) -> bool:
    """Return whether a part is required: by its lesson, or because it exists misspelled or without its pair."""
    if lesson is not None and lesson < OPTIONAL.get(name, lesson + 1):
        return True
    if name == "sigmoid_prime":  # a method with a similar name may belong to a different solution
        return False
    return bool(own.misspelled(name)) or (name in PAIRS and own.has(PAIRS[name]))


def _not_graded(own: OwnNetwork, lesson: int | None) -> tuple[str, ...]:
    """Return the missing optional parts of the lessons so far, by the learner's names."""
    graded = {*_parts(own, lesson), "sigmoid_prime"}
    return tuple(own.part(name) for name in _asked(lesson) if name not in graded)
