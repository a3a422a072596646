"""Matrices that are too large, refused before they are allocated.

A dense method on a large network asks for P x P numbers.  Where these do not fit, the operating system would kill the
process or swap for hours; here the person gets a sentence that names a method which does without:

    method 'bfgs' keeps a matrix of 100 000 x 100 000 numbers, 80 GB, and 20 GB are free; use method='lbfgs'
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from sheernet.foundation.errors import InvalidInput

UNNOTICED = 100e6
"""Bytes that are asked for without a look at the memory."""

ROOT = Path("/")


class Memory(NamedTuple):
    """How many bytes there are, and in which words to say it."""

    n_bytes: float
    words: str


def require_room(what: str, size: int, instead: str, matrices: int = 1) -> None:
    """Refuse square matrices for which there is no room.

    Parameters
    ----------
    what : str
        What needs them, as the beginning of the sentence: "method 'bfgs' keeps".
    size : int
        P, their number of rows and of columns.
    instead : str
        What to do instead, as its end.
    matrices : int
        How many there are at a time.

    Raises
    ------
    InvalidInput
        When they need more memory than this process may still take, as far as the system tells.

    Examples
    --------
    >>> from sheernet.foundation.memory import require_room
    >>> require_room("method 'bfgs' keeps", 1000, "use method='lbfgs'")  # 8 MB: nothing to say
    """
    needed = 8.0 * matrices * size * size
    if needed <= UNNOTICED:
        return
    memory = available()
    if memory is not None and needed > memory.n_bytes:
        side = f"{size:_}".replace("_", " ")
        noun = "a matrix" if matrices == 1 else f"{matrices} matrices"
        raise InvalidInput(
            f"{what} {noun} of {side} x {side} numbers, {in_words(needed)}, "
            f"and {memory.words.format(in_words(memory.n_bytes))}; {instead}"
        )


def require_room_for(method: str, size: int, matrices: int) -> None:
    """Refuse an optimizer whose matrices do not fit, as `require_room` does."""
    require_room(f"method {method!r} keeps", size, "use method='lbfgs'", matrices)


def at_a_time(size: int, matrices: int, wanted: int, kept: int = 0) -> int:
    """How many jobs, of as many as are wanted, have room for their matrices beside those that are kept; at least 1.

    Examples
    --------
    >>> from sheernet.foundation.memory import at_a_time
    >>> at_a_time(100, 3, 4)
    4
    """
    of_one = 8.0 * size * size
    if of_one * (matrices * wanted + kept) <= UNNOTICED or (memory := available()) is None:
        return wanted
    return max(1, min(wanted, int((memory.n_bytes - of_one * kept) // (of_one * matrices))))


def in_words(n_bytes: float) -> str:
    """A number of bytes as people say it.

    Examples
    --------
    >>> from sheernet.foundation.memory import in_words
    >>> in_words(80e9), in_words(2.4e9), in_words(1e8), in_words(2e13)
    ('80 GB', '2.4 GB', '100 MB', '20 TB')
    """
    size, unit = next(
        (pair for pair in ((1e12, "TB"), (1e9, "GB")) if n_bytes >= pair[0]), (1e6, "MB")
    )
    number = n_bytes / size
    return f"{number:.0f} {unit}" if number >= 9.95 else f"{number:.1f} {unit}".replace(".0 ", " ")


def available() -> Memory | None:
    """What this process may still take: where Linux tells, what is free; elsewhere all there is; None if unknown."""
    limits = [limit for limit in (_free(), *_left_in_groups()) if limit is not None]
    if limits:
        return Memory(min(limits), "{} are free")
    try:
        return Memory(
            float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES"), "this machine has {}"
        )
    except (
        AttributeError,
        OSError,
        ValueError,
    ):  # no sysconf on Windows, nor every name everywhere
        return None


def _free() -> float | None:
    """Bytes that Linux would give without swapping."""
    for line in _lines("proc/meminfo"):
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return 1024.0 * int(rest.split()[0])
    return None


def _left_in_groups() -> list[float]:
    """Bytes that the control groups of this process leave to it, of versions 1 and 2, a container's among them."""
    left = []
    for line in _lines("proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            files = ("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            files = (
                "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file",
            )  # fmt: skip
        else:
            continue
        mount, limit, usage, reclaimable = files
        # A container may see its own group as the root of the tree, whatever the path says: the root is asked, too.
        group = Path(path.lstrip("/"))
        for place in (group, *group.parents):
            most, used = _number(f"{mount}/{place}/{limit}"), _number(f"{mount}/{place}/{usage}")
            if most is not None and used is not None:
                cache = _statistic(f"{mount}/{place}/memory.stat", reclaimable)
                left.append(max(most - used + cache, 0.0))
    return left


def _number(path: str) -> float | None:
    """The number in a file; None where there is no file, or it says "max"."""
    for line in _lines(path):
        return float(line) if line.isdecimal() else None
    return None


def _statistic(path: str, name: str) -> float:
    """One of the numbers in a file of names and numbers, 0 where it is not there."""
    for line in _lines(path):
        key, _, number = line.partition(" ")
        if key == name:
            return float(number)
    return 0.0


def _lines(path: str) -> list[str]:
    """The lines of one of the system's files; none where it cannot be read."""
    try:
        return (ROOT / path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
