"""Files: recognizing and opening them, a reader for each format, and writing tables.

opening           opening a file, recognizing its type and unpacking it
signatures        recognizing the type of a file by its first bytes
unchanged_file    noticing that a file is changed while it is read
cell_warnings     warnings of totals and of errors in cells
written_cells     the cells of a file as they are written there
headings          which of the first rows hold titles, names and units
text              CSV and similar text files
sheets            Excel and OpenDocument workbooks
matlab            MATLAB files
parquet           Parquet files
table_writer      write_table and csv_text
growing_table     tables that are written block by block
"""

from __future__ import annotations

from sheernet.data.files.table_writer import EXTENSIONS, csv_text, defused, is_csv, write_table

__all__ = ["EXTENSIONS", "csv_text", "defused", "is_csv", "write_table"]
