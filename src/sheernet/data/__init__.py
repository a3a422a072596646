"""From a file to numbers and back: tables, the roles of columns, scaling, targets, and the data sets that ship."""
