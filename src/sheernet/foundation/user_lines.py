"""The line of a user's own code at which an exception was raised."""

from __future__ import annotations

import traceback
from functools import cache
from pathlib import Path

SHEERNET = Path(__file__).parents[1]
PYTHON = Path(traceback.__file__).parent
PACKAGES = {"site-packages", "dist-packages"}


def user_line(error: BaseException) -> str | None:
    """Return file and line of the last call in user code, outside sheernet, NumPy and Python; None if there is none.

    Examples
    --------
    >>> from sheernet.foundation.user_lines import user_line
    >>> user_line(ValueError("raised nowhere")) is None
    True
    """
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if is_of_user(frame.filename)
    ]
    outside = [frame for frame in frames if not PACKAGES & set(Path(frame.filename).parts)]
    if frames:  # a call of the user, rather than a package called from it
        frame = (outside or frames)[-1]
        return f"{Path(frame.filename).name}, line {frame.lineno}"
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}"
    return None


@cache
def is_of_user(filename: str) -> bool:
    """Return whether a file has code of the user."""
    import numpy

    path = Path(filename)
    if filename.startswith("<"):
        return False
    if path.is_relative_to(PYTHON) and not PACKAGES & set(path.parts):
        return False
    return not path.is_relative_to(SHEERNET) and not path.is_relative_to(
        Path(numpy.__file__).parent
    )
