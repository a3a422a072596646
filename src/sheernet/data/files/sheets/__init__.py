"""Workbooks of Excel and OpenDocument.

sheet          Sheet: the cells of one sheet, and facts that they do not show
sheet_choice   the sheet that is read
xlsx_sheet     reading a sheet of an Excel workbook
ods_sheet      reading a sheet of an OpenDocument workbook
ods_styles     styles of an OpenDocument workbook that show durations
sheet_heading  titles, names and units above the rows of a sheet
rows_below     notes and sums below the rows of a sheet
sheet_reader   read_spreadsheet: a sheet as a data frame
"""
