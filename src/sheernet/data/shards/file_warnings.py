"""Warnings about the files of a data set: totals at their ends, copies, and what is alike in several files, once."""

from __future__ import annotations

import filecmp
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from sheernet.data.files.summary_warnings import last_summary
from sheernet.data.files.text.non_row_lines import labeled_totals
from sheernet.data.formats.summary_row import is_total
from sheernet.data.shards.recipes import Shard
from sheernet.data.shards.text_shards import last_lines
from sheernet.foundation.caller_warnings import gathered, warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import Setting, in_quotes, sentence

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
    """Warn of text files whose last rows are called Total or the like, or are the sums of the others."""
    last = {shard.path: shard for shard in shards if shard.text}  # the last one of each file
    found = {Path(path).name: _totals(shard) for path, shard in last.items()}
    called = {name: totals for name, totals in found.items() if totals.labels}
    summed = {name: totals for name, totals in found.items() if totals.figures}
    if called:
        said = _distinct(totals.labels for totals in called.values())
        way: str = "delete them"
        if all(totals.are_first for totals in called.values()) and all(map(is_total, said)):
            # The mark Jan of Jan Total would leave out rows of the table.
            way = sentence(
                "give {}",
                Setting("comment", " ".join(_distinct(label.split()[:1] for label in said))),
            )
        warn(
            sentence(
                "the last rows of {} are called {} and are read as rows; if they are not, {}",
                listed(list(called), most=_MOST_FILES), listed(list(map(in_quotes, said)), most=5), way,
            )
        )  # fmt: skip
    if summed:
        figures = listed(_distinct(totals.figures for totals in summed.values()))
        warn(
            f"the last rows of {listed(list(summed), most=_MOST_FILES)} are {figures} of the others and are read as "
            "rows; delete them if they summarize them"
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


class _Totals(NamedTuple):
    """The totals at the end of a file: labels, whether they are in the first column, or statistics without labels."""

    labels: Sequence[str] = ()
    are_first: bool = False
    figures: Sequence[str] = ()


def _totals(shard: Shard) -> _Totals:
    """Find the totals at the end of a file, given its last shard."""
    assert shard.text is not None
    block = (max(shard.start, shard.stop - _BYTES), shard.stop)
    try:
        frame = last_lines(Path(shard.path), block, shard.source, shard.text, shard.options)
    except InvalidInput:  # reported when the rows are read
        return _Totals()
    column, totals = labeled_totals(frame)
    n_last = next((i for i in range(len(frame)) if len(frame) - 1 - i not in totals), 0)
    labels = [label for row, label in totals.items() if row >= len(frame) - n_last]
    is_whole = shard.row_of_file == 0 and len(frame) == shard.n_rows
    figures = last_summary(frame, [])[0] if is_whole and not labels else []
    return _Totals(labels, column == 0, figures)


def _distinct(lists: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(text for texts in lists for text in texts))
