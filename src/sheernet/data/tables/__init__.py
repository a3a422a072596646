"""Tables: reading files, DataFrames and mappings as tables of named columns, and writing tables to files.

table             Table: the columns and their source
pandas_import     importing pandas on first use
kinds             the kind of a column: number, boolean, date, time, category, ...
other_frames      data frames of other packages: polars, pyarrow, Modin
array_tables      arrays as tables, and arrays of targets beside a table
table_reader      read_table: selects the reader for a source
unchanged_file    noticing that a file is changed while it is read
opening           opening a file, recognizing its type and unpacking it
signatures        recognizing the type of a file by its first bytes
text_encoding     the encoding of a text file
encoding_guess    guessing an encoding that is not Unicode
text_layout       comments, separator, decimal mark, names and units of a text file
line_roles        the first lines of a text file and their roles
headings          which of the first rows hold titles, names and units
unit_names        recognizing units of measurement
row_lines         the lines that hold rows, and their values
other_lines       comments, notes and repeated headers among and below the rows
column_names      names of columns: missing, unknown and repeated ones
delimited         reading CSV and similar text files
line_counts       blank lines, and line breaks inside values
cell_formats      CellFormat: how the text of a column is read
date_formats      how the dates of a text column are written
durations         durations as hours
number_formats    finding the format of a column
reading           Reading: how a file was read, which a model keeps
digit_codes       recognizing columns of digits that are codes, such as ZIP codes
text_conversion   converting text columns to numbers or dates
spreadsheet       reading Excel workbooks
parquet           reading Parquet files
matlab_reader     reading MATLAB files as tables
mat_format        decoding the variables in a MATLAB file
table_writer      write_table and csv_text
"""

from __future__ import annotations

from sheernet.data.tables.kinds import KINDS, kind
from sheernet.data.tables.table import Indices, Table
from sheernet.data.tables.table_reader import read_table, read_with_cells, unused_arguments
from sheernet.data.tables.table_writer import EXTENSIONS, csv_text, defused, write_table

__all__ = [
    "EXTENSIONS",
    "KINDS",
    "Indices",
    "Table",
    "csv_text",
    "defused",
    "kind",
    "read_table",
    "read_with_cells",
    "unused_arguments",
    "write_table",
]
