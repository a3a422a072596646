"""`warn`: warnings that point to the line of the caller outside this package, regardless of the depth of the call.

A caller that reports decisions to users in another way collects the messages instead, with `gathered`.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

from sheernet.foundation.errors import SheernetWarning

T = TypeVar("T")
_PACKAGE = Path(__file__).parents[1]
_gathered: ContextVar[list[str] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathered() -> Iterator[list[str]]:
    """Collect the messages of `warn` in a list instead of issuing them, in this thread only.

    Yields
    ------
    list of str
        The messages; each call of `warn` appends one.

    Examples
    --------
    >>> from sheernet.foundation.caller_warnings import gathered, warn
    >>> with gathered() as messages:
    ...     warn("a column is left out")
    >>> messages
    ['a column is left out']
    """
    messages: list[str] = []
    before = _gathered.set(messages)
    try:
        yield messages
    finally:
        _gathered.reset(before)


def with_messages(work: Callable[[], T]) -> tuple[T, tuple[str, ...]]:
    """Do some work, issue its warnings when it has ended or failed, and return them with its result.

    Parameters
    ----------
    work : callable
        A function without arguments.

    Returns
    -------
    T
        What `work` returns.
    tuple of str
        The messages of `warn`.

    Examples
    --------
    >>> from sheernet.foundation.caller_warnings import gathered, warn, with_messages
    >>> with gathered() as issued:
    ...     found = with_messages(lambda: warn("a column is left out"))
    >>> found, issued
    ((None, ('a column is left out',)), ['a column is left out'])
    """
    messages: list[str] = []
    try:
        with gathered() as messages:
            result = work()
    finally:
        for message in messages:
            warn(message)
    return result, tuple(messages)


def warn(
    message: str, category: type[Warning] = SheernetWarning, *, through: Path | None = None
) -> None:
    """Issue a warning for the first line outside this package, unless messages are `gathered`.

    Parameters
    ----------
    message : str
        The text of the warning.
    category : type
        The class of the warning.
    through : Path, optional
        Folder of another package that calls this package for the user; its lines are skipped, too.
    """
    messages = _gathered.get()
    if messages is not None:
        messages.append(message)
        return
    folders = tuple(f"{folder}{os.sep}" for folder in (_PACKAGE, through) if folder is not None)
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(folders):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
