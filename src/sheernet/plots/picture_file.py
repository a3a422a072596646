"""Write a figure to a file: it is rendered to bytes first, and then written completely or not at all.

Characters that no installed font has are drawn as boxes, and one warning reports this for the whole picture.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheernet.foundation.atomic_files import write_file
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import in_quotes
from sheernet.plots.estimator_source import needed
from sheernet.plots.style import belongs_to_pyplot, rendering, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 150
MOST_LISTED = 5  # maximum number of characters in a message
MADE_BY = "sheernet"
"""The software named in a PNG file; only files with it are removed as pictures of an earlier run."""
UNDATED: dict[str, dict[str, Any]] = {
    ".png": {"Software": MADE_BY},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
"""Formats, and the metadata that omits the date from a file: the same figure gives the same bytes."""


def save(ax: Axes, path: str | os.PathLike[str]) -> Path:
    """Write a figure to a file.

    Parameters
    ----------
    ax : Axes
        Returned by a function of `sheernet.plots`; its whole figure is written.
    path : path
        A file name that ends in .png (150 dots per inch), .svg or .pdf.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InvalidInput
        If nothing drawn is given, the ending is a different one, or the folder does not exist.

    Warns
    -----
    SheernetWarning
        If no installed font has a character of the picture.

    Examples
    --------
    >>> import tempfile
    >>> import sheernet as sn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sn.plots.save(sn.plots.activation("tanh"), f"{folder}/tanh.svg").name
    'tanh.svg'
    """
    if not hasattr(ax, "figure"):
        raise needed("a picture file needs Axes", ax, "use sheernet.plots to draw")
    target = Path(path)
    picture, missing = render(ax, target)
    if missing:
        warn(missing_glyphs_message(missing))
    return write_file(target, picture)


def render(ax: Axes, path: Path) -> tuple[bytes, set[str]]:
    """Render a figure in the format of a file name, and find the characters that no installed font has.

    Raises
    ------
    InvalidInput
        If the ending is not .png, .svg or .pdf.
    """
    suffix = path.suffix.lower()
    if suffix not in UNDATED:
        raise InvalidInput(
            f"a plot is saved as .png, .svg or .pdf, but {in_quotes(path.name)} was given; change its ending"
        )
    picture = io.BytesIO()
    # Ticks are created when a figure is rendered.
    with style(own_figure=False), rendering() as missing:
        figure = ax.figure.figure  # the whole figure, if the axes are in a subfigure
        with _laid_out(figure) if suffix == ".png" else nullcontext():
            figure.savefig(picture, format=suffix[1:], dpi=DPI, metadata=UNDATED[suffix])
    return picture.getvalue(), missing


@contextmanager
def _laid_out(figure: Figure) -> Iterator[None]:
    """Lay out a figure, and keep this layout until the block ends: otherwise `savefig` draws a figure twice.

    A figure of pyplot is left as it is, because another resolution would change the size of its window.
    """
    engine, dpi = figure.get_layout_engine(), figure.dpi
    if engine is None or belongs_to_pyplot(figure):
        yield
        return
    figure.set_dpi(DPI)
    try:
        engine.execute(figure)
        figure.set_layout_engine(None)
        yield
    finally:
        figure.set_layout_engine(engine)
        figure.set_dpi(dpi)


def missing_glyphs_message(missing: set[str]) -> str:
    """A sentence about the characters that no installed font has."""
    some = ", ".join(f"U+{ord(c):04X}" for c in sorted(missing)[:MOST_LISTED])
    more = f" and {len(missing) - MOST_LISTED} more" if len(missing) > MOST_LISTED else ""
    characters = counted(len(missing), "character is", "characters are")
    return (
        f"{characters} drawn as boxes, because no installed font has them ({some}{more}); install a font that has "
        "them, such as Noto Sans CJK for Chinese, Japanese and Korean"
    )


def is_own(path: Path) -> bool:
    """Whether a file is a PNG picture written by `save`, according to its first bytes."""
    try:
        with path.open("rb") as file:
            return b"tEXtSoftware\0" + MADE_BY.encode() in file.read(200)
    except OSError:
        return False
