"""Warnings about the files of a data set: totals at their ends, copies, and what is alike in several files, once."""

from __future__ import annotations

import filecmp
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sheernet.data.files.cell_warnings import total_of
from sheernet.data.shards.recipes import Shard
from sheernet.data.shards.text_shards import last_lines
from sheernet.foundation.caller_warnings import gathered, warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import in_quotes, sentence

About = Callable[[Path], AbstractContextManager[None]]
"""Given a file, a context in which the warnings about it are collected."""
_BYTES = 2**20
"""Number of bytes at the end of a file that are searched for totals."""
_HEAD = 2**12
_MOST_FILES = 4


@contextmanager
def told_once() -> Iterator[About]:
    """Issue the warnings about files at the end: those that differ only in the name of the file once.

    Yields
    ------
    About
        The function that gives the context of a file.
    """
    alike: dict[str, list[str]] = {}

    @contextmanager
    def about(file: Path) -> Iterator[None]:
        messages: list[str] = []
        try:
            with gathered() as messages:
                yield
        finally:
            for message in messages:
                alike.setdefault(message.replace(file.name, "*"), []).append(message)

    try:
        yield about
    finally:
        for first, *others in alike.values():
            more = counted(len(others), "other file")
            warn(sentence("{} (the same in {})", first, more) if others else first)


def warn_of_totals(shards: Sequence[Shard]) -> None:
    """Warn of text files whose last rows are called Total or the like."""
    last = {shard.path: shard for shard in shards if shard.text}  # the last one of each file
    found = {Path(path).name: _total(shard) for path, shard in last.items()}
    if called := {name: word for name, word in found.items() if word}:
        said = listed([in_quotes(word) for word in dict.fromkeys(called.values())], most=5)
        warn(
            f"the last rows of {listed(list(called), most=_MOST_FILES)} are called {said} and are read as rows; delete "
            "them if they summarize the others"
        )


def warn_of_copies(files: Sequence[Path]) -> None:
    """Warn of files that have the same content as another one, whose rows would count twice."""
    alike: dict[tuple[int, bytes], list[Path]] = {}
    for file in files:
        with file.open("rb") as opened:
            beginning = opened.read(_HEAD)
        others = alike.setdefault((file.stat().st_size, beginning), [])
        one = next((each for each in others if filecmp.cmp(each, file, shallow=False)), None)
        if one is None:
            others.append(file)
        else:
            names = (file.name, one.name) if file.name != one.name else (str(file), str(one))
            warn(
                f"{names[0]} has the same content as {names[1]}, so these rows count twice; give only one of the files"
            )


def _total(shard: Shard) -> str:
    """Return the word for a summary in the last row of a file, given its last shard; "" if there is none."""
    assert shard.text is not None
    block = (max(shard.start, shard.stop - _BYTES), shard.stop)
    try:
        return total_of(last_lines(Path(shard.path), block, shard.source, shard.text))
    except InvalidInput:  # reported when the rows are read
        return ""
