"""Workbooks of Excel and OpenDocument.

sheet          Sheet: the cells of one sheet, and facts that they do not show
sheet_choice   the sheet that is read
xlsx_sheet     reading a sheet of an Excel workbook
ods_sheet      reading a sheet of an OpenDocument workbook
ods_styles     styles of an OpenDocument workbook that show durations
sheet_heading  titles, names and units above the rows of a sheet
cell_units     units that the formats of cells show
rows_below     notes and sums below the rows of a sheet
cell_names     the names of cells of a sheet, such as B3
sheet_reader   read_spreadsheet: a sheet as a data frame
"""
