"""The gradient check and its relatives."""
