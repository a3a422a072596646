"""Maximum sizes of a model file, so that reading any file takes a few seconds and less than 1 GB of memory."""

from __future__ import annotations

LARGEST_FILE = 128 * 2**20
"""Maximum size in bytes, enough for a dozen members of 800 weights, each of which has a factor of 320 400 numbers.
Reading a file needs ten times as much memory."""
MOST_PARTS = 2_000_000
"""Maximum number of strings, lists and objects, which take more memory and time than numbers."""
MOST_NUMBERS = 12_000_000
"""Maximum number of values; a member of 800 weights has 320 400."""
