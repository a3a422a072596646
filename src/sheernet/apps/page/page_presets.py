"""The experiments of the lessons (presets), each an exercise that a link opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.protocol import Preset
from sheernet.foundation.errors import unknown_name
from sheernet.settings.network_settings import DEFAULT_DECAY


@dataclass(frozen=True)
class Experience:
    """A preset: its lesson, a sentence that says what to look at, and the exercise."""

    lesson: str
    sentence: str
    exercise: Exercise


_NOTEBOOK: dict[str, Any] = {
    "data": "sleep study", "scaling": "none", "hidden": (3,), "activation": "sigmoid", "output": "sigmoid",
    "bias": False, "reduction": "sum", "scheme": "uniform",
}  # fmt: skip
"""The network of the videos and of lessons 1 to 6."""


def _experience(lesson: str, sentence: str, title: str, **settings: Any) -> Experience:
    """Return a preset whose sentence is also the task, so that an exercise copied by a teacher includes it."""
    return Experience(lesson, sentence, Exercise(title=title, task=sentence, **settings))


ALL: dict[str, Experience] = {
    "a network of nine weights": _experience(
        "1 Data and architecture", "Three students, two inputs, three hidden units: see which weight leads where.",
        "Data and architecture", **_NOTEBOOK,
    ),
    "forward, layer by layer": _experience(
        "2 Forward propagation", "Choose a row and press Forward: each layer's z and a appear as they are computed.",
        "Forward propagation", **_NOTEBOOK, row=1,
    ),
    "a learning rate that is too large": _experience(
        "3 Gradient descent", "Gradient descent with rate 40: the cost jumps; lower the rate until it only falls.",
        "Gradient descent", **_NOTEBOOK, method="gd", options={"learning_rate": 40.0}, max_iter=200,
    ),
    "deltas, layer by layer": _experience(
        "4 Backpropagation", "Press Backward: each delta is the one above it times the weights times f'(z).",
        "Backpropagation", **_NOTEBOOK,
    ),
    "a gradient that is checked": _experience(
        "5 Gradient checking", "Set a weight, then press Check the gradient: two ways of computing dJ/dw agree.",
        "Gradient checking", **_NOTEBOOK,
    ),
    "bfgs to the exact answer": _experience(
        "6 Training", "BFGS fits three scores exactly in 30 iterations; then choose gd and play again.",
        "Training", **_NOTEBOOK, method="bfgs", max_iter=300, seed=4,
    ),
    "the flat place of xor": _experience(
        "6 Training", "XOR with two units: some starts stay on a plateau; find the iteration at which yours leaves it.",
        "XOR", data="xor", hidden=(2,), method="gd", options={"learning_rate": 0.1}, max_iter=2000, seed=16,
    ),
    "overfitting a sine": _experience(
        "7 Overfitting, testing and regularization",
        "Twelve units on a few noisy points: training cost falls while the validation cost rises.",
        "Overfitting", data="sine", hidden=(12,), validation=0.4, method="bfgs", max_iter=500, seed=1,
    ),
    "regularization by weight decay": _experience(
        "7 Overfitting, testing and regularization",
        "The same sine with a weight decay: find the decay with the lowest validation cost.",
        "Regularization", data="sine", hidden=(12,), validation=0.4, decay=0.01, method="bfgs", max_iter=500, seed=1,
    ),
    "two spirals": _experience(
        "6 Training", "Two hidden layers of eight units learn to separate two spirals.",
        "Two spirals", data="two spirals", hidden=(8, 8), decay=1e-4, method="lm",
        max_iter=500,
    ),
    "a disease after a year": _experience(
        "8 A real problem", "442 patients, ten columns: compare the costs of training and test rows.",
        "A real problem", data="diabetes", hidden=(4,), test=0.25, validation=0.15, decay=0.01,
        axes=("bmi", "s5"),
    ),
}  # fmt: skip
"""By name."""


def presets() -> list[Preset]:
    """Return all presets as messages."""
    return [
        Preset(name=name, lesson=each.lesson, sentence=each.sentence, query=each.exercise.query)
        for name, each in ALL.items()
    ]


def preset(name: str) -> Exercise:
    """Return the exercise of a preset.

    Raises
    ------
    InvalidInput
        If the preset is unknown.
    """
    if name not in ALL:
        raise unknown_name("preset", name, ALL)
    return ALL[name].exercise


def beginning_of_table() -> Exercise:
    """Return the initial exercise for a table of the user, with test rows and a weight decay."""
    return Exercise(test=0.25, hidden=(5,), decay=DEFAULT_DECAY)


def beginning() -> Exercise:
    """Return the initial exercise if no file is given: the network of the first lesson."""
    return Exercise(**_NOTEBOOK)
