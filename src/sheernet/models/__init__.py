"""Models: a table fitted in one call, the report, the model file, and the comparison of methods."""
