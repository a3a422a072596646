"""The error for a file that does not exist, with a similar name in the same folder."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import in_quotes


def no_file(
    path: Path, named: str | None = None, fits: Callable[[Path], bool] = Path.exists
) -> InvalidInput:
    """Build the error for a file that does not exist.

    Parameters
    ----------
    path : Path
        The file.
    named : str, optional
        The file as the user named it.
    fits : callable
        Whether a path could be meant.

    Returns
    -------
    InvalidInput

    Notes
    -----
    Names are compared without suffixes, because names of different files with equal suffixes would be similar.
    """
    found: dict[str, Path] = {}
    with suppress(OSError, ValueError):  # the folder does not exist either, or cannot be read
        found = {each.stem.casefold(): each for each in path.parent.iterdir() if fits(each)}
    near = difflib.get_close_matches(path.stem.casefold(), found, n=1)
    advice = f"did you mean {in_quotes(found[near[0]].name)}?" if near else "check the path"
    return InvalidInput(f"there is no file {in_quotes(named or str(path))}; {advice}")
