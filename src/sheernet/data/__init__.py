"""Data: reading tables, choosing and encoding input and target columns, scaling, and two small example data sets."""
