"""Text files: encoding, layout and rows.

text_encoding     the encoding of a text file
encoding_guess    guessing an encoding that is not Unicode
other_formats     refusing text in other formats, such as JSON and HTML
text_layout       comments, separator, decimal mark, names and units of a text file
line_roles        the first lines of a text file and their roles
separator_trials  the first lines split at each separator, and the one that fits best
title_lines       titles and comments above the table, and names in a comment
layout_messages   errors and warnings about the layout
byte_lines        the number of lines, and the lines of some rows, as bytes
row_lines         the lines that hold rows, and their values
non_row_lines     comments, notes and repeated headers among and below the rows
blank_lines       blank lines, and line breaks inside values
misread_decimals  numbers whose thousands separator pandas takes for a decimal mark
cell_errors       errors of spreadsheet programs, which are missing values
escaped_marks     quotation marks with a backslash before them
quoted_cells      quotation marks that distinguish text from numbers
code_columns      columns of numbers whose text may be codes
delimited         reading CSV and similar text files
"""
