"""Targets of a model: numbers or classes, how a network's outputs become them, and how well they agree with the truth.

number_targets.py  numbers: a linear output and the squared error
class_target.py    labels: one sigmoid output for two classes, a softmax for more
judgment.py        agreement of predictions and true values
learning.py        which of the two the target columns of a table are
"""

from __future__ import annotations

from sheernet.data.targets.class_target import ClassTarget, Label, Labels
from sheernet.data.targets.judgment import ClassificationFit, Judgment, RegressionFit
from sheernet.data.targets.number_targets import NumberTargets
from sheernet.data.targets.target_learning import TASKS, Targets, learn_targets

__all__ = [
    "TASKS",
    "ClassTarget",
    "ClassificationFit",
    "Judgment",
    "Label",
    "Labels",
    "NumberTargets",
    "RegressionFit",
    "Targets",
    "learn_targets",
]
