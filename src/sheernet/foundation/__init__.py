"""Tools without any knowledge of networks: errors, checks of arguments, limits of memory, files, and text."""
