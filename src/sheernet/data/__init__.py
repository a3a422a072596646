"""Data: tables from files, the roles of columns, their encoding as numbers and back, and the data sets that ship."""
