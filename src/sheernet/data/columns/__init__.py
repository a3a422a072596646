"""Columns of a table: what each is for, and how those that are inputs become the features that a network takes.

roles.py         which columns are inputs, targets and weights; which can tell nothing
cells.py         cells as numbers or labels, and the sentences for those that are neither
column_types.py  the two kinds of input column: numbers (dates, truth values), and categories
learning.py      what scikit-learn learns of the training rows
inputs.py        all input columns together: from a table to the matrix of features
"""

from __future__ import annotations

from sheernet.data.columns.column_types import MISSING, UNSEEN, CategoryColumn, Column, NumberColumn
from sheernet.data.columns.inputs import Inputs, complete_rows, require_columns
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
    "read_weights",
    "require_columns",
]
