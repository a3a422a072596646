"""Applications of the library: the command line."""
