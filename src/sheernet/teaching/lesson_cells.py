"""The lessons: scripts in lessons/, divided into cells of text and of code.

A cell begins with a line `# %%` (code), `# %% [markdown]` (text in comment lines) or `# %% tags=["exercise"]` (code
that the reader writes; the script contains a solution).  The first cell holds the title, the minutes and the video.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sheernet.foundation.errors import InvalidInput

FOLDER = Path(__file__).parent / "lessons"

_HEADER = re.compile(r'^# %%(?P<text> \[markdown\])?(?P<exercise> tags=\["exercise"\])?$')
_TITLE = re.compile(r"^# Lesson (\d+): (.+)$", re.MULTILINE)
_MINUTES = re.compile(r"^About (\d+) minutes\.", re.MULTILINE)
_VIDEO = re.compile(r"https://www\.youtube\.com/watch\?v=[\w-]+")


@dataclass(frozen=True)
class Cell:
    """A cell of a lesson.

    Parameters
    ----------
    source : str
        Markdown, or Python code.
    line : int
        Number of the first line of `source` in the script.
    is_text : bool
        Whether `source` is Markdown.
    is_exercise : bool
        Whether the reader writes this cell.
    """

    source: str
    line: int
    is_text: bool = False
    is_exercise: bool = False

    @property
    def blank(self) -> str:
        r"""The cell without its solution: the comment lines at its beginning, and `...` to be replaced.

        Examples
        --------
        >>> from sheernet.teaching.lesson_cells import Cell
        >>> print(Cell("# Write a square.\ndef square(x):\n    return x * x", line=1, is_exercise=True).blank)
        # Write a square.
        ...
        """
        if not self.is_exercise:
            return self.source
        lines = self.source.split("\n")
        first = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
        return "\n".join([*lines[:first], "..."])


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Parameters
    ----------
    path : Path
        The script.
    number : int
        Number of the lesson, from 1.
    title : str
        Title without the number.
    minutes : int
        Time that a reader needs.
    video : str or None
        Address of its video.
    cells : tuple of Cell
        The cells.
    """

    path: Path
    number: int
    title: str
    minutes: int
    video: str | None
    cells: tuple[Cell, ...]


def lessons() -> list[Lesson]:
    """All lessons, by number.

    Examples
    --------
    >>> from sheernet.teaching.lesson_cells import lessons
    >>> [lesson.title for lesson in lessons()][:2]
    ['Data and architecture', 'Forward propagation']
    """
    return [read(path) for path in sorted(FOLDER.glob("[0-9][0-9]_*.py"))]


def lesson(number: int) -> Lesson:
    """One lesson.

    Raises
    ------
    InvalidInput
        If there is no lesson of this number.
    """
    for path in FOLDER.glob(f"{number:02d}_*.py"):
        return read(path)
    last = lessons()[-1].number
    raise InvalidInput(
        f"lesson {number} does not exist; give a number from 1 to {last} ('sheernet lesson' lists them)"
    )


def read(path: Path) -> Lesson:
    """Read a script.

    Raises
    ------
    ValueError
        If it has no title or no time, or a line that begins with `# %%` is not one of the three headers.
    """
    cells = parse(path.read_text(encoding="utf-8"))
    head = cells[0].source
    title, minutes, video = _TITLE.search(head), _MINUTES.search(head), _VIDEO.search(head)
    if title is None or minutes is None:
        raise ValueError(
            f"{path.name}: the first cell needs '# Lesson N: ...' and 'About N minutes.'"
        )
    return Lesson(
        path, int(title[1]), title[2], int(minutes[1]), video[0] if video else None, tuple(cells)
    )


def parse(script: str) -> list[Cell]:
    r"""Divide a script into its cells.

    Raises
    ------
    ValueError
        If the script does not begin with a cell, or a line that begins with `# %%` is not one of the three headers.

    Examples
    --------
    >>> from sheernet.teaching.lesson_cells import parse
    >>> text, code = parse("# %% [markdown]\n# The *square*:\n\n# %%\nprint(3**2)\n")
    >>> text.source, text.is_text, code.source, code.line
    ('The *square*:', True, 'print(3**2)', 5)
    """
    lines = script.rstrip("\n").split("\n")
    starts = [i for i, line in enumerate(lines) if line.startswith("# %%")]
    if starts[:1] != [0]:
        raise ValueError("a lesson begins with a line '# %%'")
    return [
        _cell(lines[start:end], start + 1)
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def _cell(lines: list[str], number: int) -> Cell:
    """The cell that begins with a header in the line of this number."""
    header = _HEADER.match(lines[0])
    if header is None:
        raise ValueError(f"line {number} is not the header of a cell: {lines[0]!r}")
    body = "\n".join(lines[1:]).rstrip()
    line = number + 1 + len(body) - len(body.lstrip("\n"))
    body = body.lstrip("\n")
    if header["text"]:
        return Cell(re.sub("^# ?", "", body, flags=re.MULTILINE), line, is_text=True)
    return Cell(body, line, is_exercise=header["exercise"] is not None)
