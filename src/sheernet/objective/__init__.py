"""Objectives: costs, case weights, weight decay, and the engines that evaluate them."""

from sheernet.objective.costs import Cost
from sheernet.objective.decay import DecayLike, as_decay, decay_from, weight_decay
from sheernet.objective.objective import as_targets, make_objective
from sheernet.objective.objective_protocol import Objective, SummedObjective
from sheernet.objective.weighting import REDUCTIONS, Weighting

__all__ = [
    "REDUCTIONS",
    "Cost",
    "DecayLike",
    "Objective",
    "SummedObjective",
    "Weighting",
    "as_decay",
    "as_targets",
    "decay_from",
    "make_objective",
    "weight_decay",
]
