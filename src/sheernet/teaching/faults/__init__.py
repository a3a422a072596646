"""A collection of wrong backpropagations, to test a gradient checker and to show how errors look.

backpropagation.py   the right one, with each rule on its own line
fault.py             a fault: one expression of it changed
totals.py            faults in the whole gradient: sign, factors, decay
blocks.py            faults in blocks, rows and entries
passes.py            faults in the passes: layers, transposes, f', samples
rules.py             a wrong derivative for each activation and each cost
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
