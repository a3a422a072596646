"""Tools that do not depend on networks: errors, checks of arguments, limits of memory, files, and text."""
