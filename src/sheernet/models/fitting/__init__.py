"""Fit a model to a table.

table_fit.py     `fit`, and `fit_prepared` for rows that are prepared already
preparation.py   columns chosen, encoders learned, rows encoded
usable_rows.py   which rows can be used
splitting.py     which rows are held out
effort.py        default number of starts and tolerance, by the size of the problem
assembly.py      the model, put together
model_checks.py  the gradient of a fitted model on a table
misspelled.py    errors for options that are misspelled, or that only `train` takes
"""

from sheernet.models.fitting.assembly import assemble
from sheernet.models.fitting.model_checks import check_model, gradient_problem
from sheernet.models.fitting.preparation import Encoded, Prepared, encode_rows, prepare
from sheernet.models.fitting.splitting import split_rows
from sheernet.models.fitting.table_fit import fit, fit_prepared

__all__ = [
    "Encoded",
    "Prepared",
    "assemble",
    "check_model",
    "encode_rows",
    "fit",
    "fit_prepared",
    "gradient_problem",
    "prepare",
    "split_rows",
]
