"""A gradient beside numerical derivatives, and the rule of the verdict."""
