"""A cell of a lesson as text for a terminal: Markdown laid out, code and output set apart."""

from __future__ import annotations

import io
import sys
import textwrap
from typing import TYPE_CHECKING

from sheernet.teaching.lesson_cells import Cell

if TYPE_CHECKING:
    from rich.markdown import Markdown
    from rich.text import Text

WIDEST = 100
"""Longer lines of text are hard to read."""


def cell_text(cell: Cell) -> str:
    """Return a cell for standard output, with the codes of colors if it is a terminal."""
    from rich.markdown import Markdown
    from rich.syntax import Syntax

    theme = "ansi_dark"  # the colors of the terminal itself, so that it may be light or dark
    if cell.is_text:
        return _rendered(Markdown(cell.source, code_theme=theme))
    code = Syntax("", "python", theme=theme, background_color="default")
    return _rendered(code.highlight(textwrap.indent(cell.source, "    ")))


def _rendered(what: Markdown | Text) -> str:
    from rich.console import Console
    from rich.text import Text

    is_terminal = bool(sys.stdout and sys.stdout.isatty())
    console = Console(file=io.StringIO(), force_terminal=is_terminal)
    console.width = min(console.width, WIDEST)
    with console.capture() as captured:
        # Code is copied, so its lines stay whole.
        console.print(what, soft_wrap=isinstance(what, Text))
    lines = (line.rstrip() for line in captured.get().splitlines())
    return "\n".join(lines).strip("\n") + "\n\n"
