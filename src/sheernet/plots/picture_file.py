"""Write a figure to a file: rendered to bytes first, then written completely or not at all."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.storage import write_file
from sheernet.plots.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DPI = 150
MADE_BY = "sheernet"
"""What a PNG file says of its maker; nothing else is removed as a picture of an earlier run."""
UNDATED: dict[str, dict[str, Any]] = {
    ".png": {"Software": MADE_BY},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
"""Formats, and the metadata that keeps the date out of a file: the same figure gives the same bytes."""


def save(ax: Axes, path: str | os.PathLike[str]) -> Path:
    """Write a figure to a file.

    Parameters
    ----------
    ax : Axes
        Returned by a function of `sheernet.plots`; its whole figure is written.
    path : path
        Ends in .png (150 dots per inch), .svg or .pdf.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InvalidInput
        If the ending is a different one, or the folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> import sheernet as sn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sn.plots.save(sn.plots.activation("tanh"), f"{folder}/tanh.svg").name
    'tanh.svg'
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in UNDATED:
        raise InvalidInput(
            f"a plot is saved as .png, .svg or .pdf, but {target.name!r} was given; change its ending"
        )
    picture = io.BytesIO()
    with (
        noticing_missing_glyphs(),
        style(own_figure=False),
    ):  # ticks are made when a figure is rendered
        figure = ax.figure.figure  # the whole, if the axes lie in a subfigure
        figure.savefig(picture, format=suffix[1:], dpi=DPI, metadata=UNDATED[suffix])
    return write_file(target, picture.getvalue())


@contextmanager
def noticing_missing_glyphs() -> Iterator[None]:
    """Replace the warnings of matplotlib about characters that its font lacks by one sentence."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.filterwarnings("always", r"Glyph \d+ .*missing from")
        yield
    glyphs = [each for each in caught if str(each.message).startswith("Glyph ")]
    for each in caught:
        if each not in glyphs:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    if glyphs:
        warn(
            "the font of the pictures lacks some characters of the names, which are drawn as boxes"
        )


def is_own(path: Path) -> bool:
    """Whether a file is a PNG picture that `save` wrote, by what stands at its beginning."""
    try:
        with path.open("rb") as file:
            return b"tEXtSoftware\0" + MADE_BY.encode() in file.read(200)
    except OSError:
        return False
