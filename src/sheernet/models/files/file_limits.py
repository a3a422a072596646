"""Sizes that a model file can have, so that reading any file takes seconds and less than a gigabyte."""

from __future__ import annotations

LARGEST_FILE = 128 * 2**20
"""Maximum size in bytes, enough for a dozen members of 800 weights, of which each needs 320 400 numbers for its factor.
Reading needs ten times as much memory."""
MOST_PARTS = 2_000_000
"""Maximum number of texts, lists and objects, which take more memory and time than numbers."""
MOST_NUMBERS = 12_000_000
"""Maximum number of values; a member of 800 weights has 320 400."""
