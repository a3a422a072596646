"""A bank of wrong backpropagations: to test a checker of gradients, and to learn what mistakes look like.

backpropagation.py   the right one, a rule a line
fault.py             one mistake: an expression changed in it
totals.py            mistakes in the whole: sign, factors, decay
blocks.py            mistakes in blocks, rows and entries
passes.py            mistakes in the passes: layers, transposes, f', samples
rules.py             a wrong rule for each activation and each cost
saturation.py        formulas that are right until units saturate
"""

from sheernet.teaching.faults import backpropagation, blocks, passes, rules, saturation, totals
from sheernet.teaching.faults.fault import KINDS, SETTING, Fault, problem

ALL: dict[str, Fault] = {
    fault.name: fault
    for part in (totals, blocks, passes, rules, saturation)
    for fault in part.FAULTS
}
"""Every fault, by name."""

__all__ = ["ALL", "KINDS", "SETTING", "Fault", "backpropagation", "problem"]
