"""A collection of wrong backpropagations, to test a gradient checker and to show how errors look.

backpropagation.py   the correct one, with each rule on its own line
fault.py             a fault: one changed expression
totals.py            faults in the whole gradient: sign, factors, decay
blocks.py            faults in blocks, rows and entries
passes.py            faults in the passes: layers, transposes, f', samples
rules.py             a wrong derivative for each activation and each cost
saturation.py        formulas that are correct until units saturate
bank.py              all faults by name
applying.py          the faults that change the gradient of a given network
notebook_source.py   the notebook's network as source text, with the names of the notebook or the videos
class_fault.py       a mistake in this network
notebook_faults.py   all mistakes in this network: in the gradient, and in its other functions
"""

from sheernet.teaching.faults import backpropagation
from sheernet.teaching.faults.applying import applying
from sheernet.teaching.faults.bank import ALL, NOTEBOOK
from sheernet.teaching.faults.class_fault import ClassFault
from sheernet.teaching.faults.fault import KINDS, SETTING, Fault, problem

__all__ = [
    "ALL",
    "KINDS",
    "NOTEBOOK",
    "SETTING",
    "ClassFault",
    "Fault",
    "applying",
    "backpropagation",
    "problem",
]
