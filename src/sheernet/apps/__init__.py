"""Applications of the library: the command line, and the local page."""
