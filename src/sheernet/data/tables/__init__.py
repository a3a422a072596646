"""Tables: from files, DataFrames and mappings to named columns, and back to files.

table         Table: the columns, faithful to where they came from
kinds         what a column holds, in one word
reading       read_table: which reader for which source
options       what a person may say about a file
opening       is the file there, what is it, unpacking it
signatures    what a file is, from its first bytes
text          the encoding of a text file
layout        its separator, decimal mark and names
naming        names for columns that have none, and the nearest to a name that is not there
delimited     reading CSV and its relatives
lines         blank lines, which are no rows
codes         digits that are names and no numbers
conversion    text columns that are numbers or dates
spreadsheet   reading Excel workbooks
parquet       reading Parquet
matlab        reading MATLAB files
writing       write_table and csv_text
"""

from __future__ import annotations

from sheernet.data.tables.kinds import KINDS, kind
from sheernet.data.tables.table import Indices, Table
from sheernet.data.tables.table_reader import read_cells, read_table, unused_arguments
from sheernet.data.tables.table_writer import csv_text, write_table

__all__ = [
    "KINDS",
    "Indices",
    "Table",
    "csv_text",
    "kind",
    "read_cells",
    "read_table",
    "unused_arguments",
    "write_table",
]
