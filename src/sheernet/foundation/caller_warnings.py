"""Warnings that point to the line of the caller, however many functions of this package lie in between."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from sheernet.foundation.errors import SheernetWarning

_PACKAGE = str(Path(__file__).parents[1]) + os.sep


def warn(message: str) -> None:
    """Issue a `SheernetWarning` for the first line outside this package.

    Parameters
    ----------
    message : str
        The sentence.
    """
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, SheernetWarning, stacklevel=level)
