"""Tables: from files, DataFrames and mappings to named columns, and back to files.

table           Table: the columns and where they came from
frames          importing pandas on first use
kinds           the kind of a column: number, boolean, date, category, ...
table_reader    read_table: chooses the reader of a source
opening         opening, recognizing and unpacking a file
signatures      recognizing the type of a file by its first bytes
text_encoding   the encoding of a text file
text_layout     its separator, decimal mark and names
column_names    names of columns: missing, unknown and repeated ones
delimited       reading CSV and similar text files
line_counts     counting lines and blank lines
codes           recognizing digits that are codes, such as ZIP codes
conversion      converting text columns to numbers or dates
spreadsheet     reading Excel workbooks
parquet         reading Parquet
matlab          reading MATLAB files
matfile         the variables of a MATLAB file
table_writer    write_table and csv_text
"""

from __future__ import annotations

from sheernet.data.tables.kinds import KINDS, kind
from sheernet.data.tables.table import Indices, Table
from sheernet.data.tables.table_reader import read_cells, read_table, unused_arguments
from sheernet.data.tables.table_writer import ENDINGS, csv_text, write_table

__all__ = [
    "ENDINGS",
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
