"""How the cells of a column are written, and their conversion to numbers, dates and labels.

durations        durations as hours
cell_formats     CellFormat: how the text of a column is read
number_formats   finding the format of a column
dates            how the dates of a text column are written
digit_dates      whole numbers that are dates or months
mixed_cells      warning of text beside dates or Boolean values in the cells of a sheet
composed_text    writing names and labels that look the same in the same way
digit_codes      recognizing columns of digits that are codes, such as ZIP codes
unit_names       recognizing units of measurement
row_numbers      recognizing row numbers in a column without a name
row_places       names of rows in messages
text_conversion  converting text columns to numbers or dates
"""

from sheernet.data.formats.cell_formats import CellFormat, FormatMismatch
from sheernet.data.formats.dates import DateFormat, Doubt, find_date_format
from sheernet.data.formats.number_formats import Finding, Marks, find_format

__all__ = [
    "CellFormat",
    "DateFormat",
    "Doubt",
    "Finding",
    "FormatMismatch",
    "Marks",
    "find_date_format",
    "find_format",
]
