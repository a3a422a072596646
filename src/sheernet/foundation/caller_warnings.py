"""Warnings that point to the line of the caller, however many functions of this package lie in between."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from sheernet.foundation.errors import SheernetWarning

_PACKAGE = Path(__file__).parents[1]


def warn(
    message: str, category: type[Warning] = SheernetWarning, *, through: Path | None = None
) -> None:
    """Issue a warning for the first line outside this package.

    Parameters
    ----------
    message : str
        The sentence.
    category : type
        The class of the warning.
    through : Path, optional
        Folder of another package that calls this one for the user.
    """
    folders = tuple(f"{folder}{os.sep}" for folder in (_PACKAGE, through) if folder is not None)
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(folders):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
