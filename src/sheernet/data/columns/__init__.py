"""Columns of a table: choosing inputs, targets and weights, and encoding input columns as features of a network.

roles.py           which columns are inputs, targets and weights, and which carry no information
cells.py           converting cells to numbers or labels
column_types.py    the two types of input columns: numbers (dates, Booleans), and categories
cycles.py          smooth cycles of dates and times: hour of day, weekday, season
label_hints.py     what to write instead of a label that is not known
input_learning.py  learning input columns from the training rows
inputs.py          Inputs: all input columns, from a table to the matrix of features
"""

from __future__ import annotations

from sheernet.data.columns.column_types import MISSING, UNSEEN, CategoryColumn, Column, NumberColumn
from sheernet.data.columns.inputs import Inputs, complete_rows, matched_columns, require_columns
from sheernet.data.columns.roles import Roles, choose_roles, read_weights

__all__ = [
    "MISSING",
    "UNSEEN",
    "CategoryColumn",
    "Column",
    "Inputs",
    "NumberColumn",
    "Roles",
    "choose_roles",
    "complete_rows",
    "matched_columns",
    "read_weights",
    "require_columns",
]
