"""Tables: named columns with their kinds, and how they were read.

table         Table: the columns and their source
kinds         the kind of a column: number, boolean, date, time, category, ...
column_names  names of columns: missing, unknown and repeated ones
reading       Reading: how a file was read, which a model keeps
"""

from __future__ import annotations

from sheernet.data.tables.kinds import KINDS, kind
from sheernet.data.tables.table import Table

__all__ = ["KINDS", "Table", "kind"]
