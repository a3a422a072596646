"""Tables from any source: a file, a data frame, a mapping, arrays.

table_reader  read_table: selects the reader for a source
other_frames  data frames of other packages: polars, pyarrow, Modin
missing_markers  whether values declared missing are in a table
array_tables  arrays as tables, and targets given as an array in addition to a table
"""

from __future__ import annotations

from sheernet.data.sources.table_reader import read_table, read_with_cells, unused_arguments

__all__ = ["read_table", "read_with_cells", "unused_arguments"]
