"""Fit models to tables, report on them, save and load them, and compare optimizers.

model.py         Model
member.py        one network of a model
density.py       the predictive densities of a member
output_layer.py  the output activation for numeric targets, and the limits of predictions
fitting/         `fit`: from a table to a model
report.py        the report of a model as text
explaining/      what a model is, how predictions depend on columns, and where a prediction comes from
selecting/       `select`: the size and decay of a network by cross-validation
files/           model files
comparing/       `compare`: several methods on one table
estimators/      estimators for scikit-learn; loading it imports scikit-learn
"""

from sheernet.models.comparing import Comparison, compare
from sheernet.models.fitting import fit
from sheernet.models.model import Model

__all__ = ["Comparison", "Model", "compare", "fit"]
