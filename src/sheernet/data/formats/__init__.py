"""How the cells of a column are written, and their conversion to numbers, dates and labels.

durations        durations as hours
cell_formats     CellFormat: how the text of a column is read
number_columns   the numbers of columns, and facts about them
number_formats   finding the format of a column
compact_dates    whole numbers that are dates or months
date_formats     how the dates of a text column are written
mixed_dates      reading text beside dates in the cells of a sheet
mixed_booleans   reading text beside Boolean cells of a sheet
day_numbers      recognizing dates that are numbers of days
several_numbers  recognizing cells that hold complex or several numbers
composed_text    writing names and labels that look the same in the same way
digit_codes      recognizing columns of digits that are codes, such as ZIP codes
unit_names       recognizing units of measurement
row_numbers      recognizing row numbers in a column without a name
row_places       names of rows in messages
text_conversion  converting text columns to numbers or dates
"""
