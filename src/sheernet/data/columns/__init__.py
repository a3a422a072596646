"""Columns of a table: choosing inputs, targets and weights, and encoding input columns as features of a network.

roles.py             which columns are inputs, targets and weights, and which carry no information
column_facts.py      Facts: the properties of columns of a table, or a data set in parts, that determine roles and task
positional_names.py  names that only number columns, such as X1 and X2
far_values.py        numbers that are far from all others of a column, such as -999
value_notices.py     notices of a fit, such as text that may be numbers, and incomplete rows
required_values.py   the columns that must have a value in each row of a fit
unit_signs.py        comparing the units of a table with the units that a model was fitted to
cells.py             converting cells to numbers or labels
text_in_numbers.py   the error that lists all columns of numbers with text among them
column_types.py      the two types of input columns: numbers (dates, Booleans), and categories
cycles.py            smooth cycles of dates and times: hour of day, weekday, season
input_learning.py    learning input columns from the training rows
inputs.py            Inputs: all input columns, from a table to the matrix of features
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
