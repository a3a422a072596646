"""Targets of a model: learning and encoding number or class columns, and measuring the agreement of predictions.

number_targets.py   numbers: a linear output and the squared error
class_target.py     labels: one sigmoid output for two classes, a softmax for more
judgment.py         agreement of predictions with true values
judgment_sums.py    sums over parts of the rows, from which the measures of judgment.py are computed
metric_errors.py    standard errors of RMSE, R^2 and accuracy
target_learning.py  learning targets from the columns of a table
target_copies.py    inputs that are the target in other units, transformed, rounded, ranked or coded
"""

from __future__ import annotations

from sheernet.data.targets.class_target import ClassTarget, Label, Labels
from sheernet.data.targets.judgment import ClassificationFit, Judgment, RegressionFit
from sheernet.data.targets.number_targets import NumberTargets
from sheernet.data.targets.target_copies import target_copies
from sheernet.data.targets.target_learning import TASKS, Targets, learn_targets, notices_of_counts

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
    "notices_of_counts",
    "target_copies",
]
