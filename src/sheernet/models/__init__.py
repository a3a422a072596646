"""Fit models to tables, report on them, save and load them, and compare optimizers.

model.py         Model
member.py        one network of a model
data_region.py   DataRegion: where the training rows lie, which a model keeps instead of the rows
row_roles.py     RowRoles: which rows were training rows, held out, or left out
rows_in.py       what `Model.predict` accepts
scoring.py       `Model.score`
uncertainty.py   standard deviations and intervals of predictions
reliability.py   `reliability`: standard errors of the accuracy measures, and coverage of intervals
streamed_predictions.py  predictions for files that need not fit in memory
baselines.py     names of the other predictions with which a fit is compared
verdict.py       `verdict`: one sentence on the quality of a model
density.py       the predictive densities of a member
output_layer.py  the output activation for numeric targets, and the limits of predictions
fitting/         `fit`: from a table to a model
report.py        the report of a model as text
endings.py       how the training of networks ended, in words
report_beginning.py  the first lines of the report
model_html.py    networks and models as HTML for notebooks
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
