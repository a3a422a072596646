"""Text files: encoding, layout, cells, and the formats of columns.

encodings    decoding a text file
tokens       dividing text into rows of cells
text_layout  comments, separator, names and units, found from the first lines
text_cells   the cells of all rows as columns of text
text_table   the columns as numbers, dates, Booleans and text
"""
