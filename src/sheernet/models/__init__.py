"""Fit models to tables, report on them, save and load them, and compare optimizers.

model.py    Model
member.py   one network of a model
density.py  the predictive densities of a member
fitting/    `fit`: from a table to a model
report.py   the report of a model as text
files/      model files
comparing/  `compare`: several methods on one table
explaining/ why a model predicts what it predicts: the importance of its columns
"""

from sheernet.models.comparing import Comparison, compare
from sheernet.models.fitting import fit
from sheernet.models.model import Model

__all__ = ["Comparison", "Model", "compare", "fit"]
