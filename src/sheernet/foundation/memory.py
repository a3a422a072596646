"""Raise before the allocation of matrices that do not fit in memory.

A dense method for a network of P parameters needs P x P numbers.  If these do not fit, the operating system kills the
process or swaps for hours; this module raises an error that names a method without such matrices:

    method 'bfgs' keeps a matrix of 100 000 x 100 000 numbers, 80 GB, and 20 GB are free; use method='lbfgs'
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from sheernet.foundation.control_groups import groups_of, lines, number
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Sentence, Setting, sentence

UNCHECKED = 100e6
"""Maximum number of bytes of a request that is not checked."""

USE_LBFGS = sentence("use {}", Setting("method", "lbfgs"))
"""The alternative to methods and functions that keep matrices."""

ROOT = Path("/")

_FILES = {
    1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    2: ("memory.max", "memory.current", "inactive_file"),
}
"""By the version of control groups: the files of limit and usage, and the name of reclaimable memory in memory.stat."""


class Memory(NamedTuple):
    """A number of bytes, and the template of a clause that states it."""

    n_bytes: float
    words: str


def require_room(what: str, size: int, instead: str, matrices: int = 1) -> None:
    """Raise if square matrices do not fit in memory.

    Parameters
    ----------
    what : str
        Start of the error message, subject and verb: "method 'bfgs' keeps".
    size : int
        P, the number of rows and of columns.
    instead : str
        End of the error message: the alternative.
    matrices : int
        Number of matrices held at the same time.

    Raises
    ------
    InvalidInput
        If they need more memory than is available to this process, as far as the system reports it.

    Examples
    --------
    >>> from sheernet.foundation.memory import require_room
    >>> require_room("method 'bfgs' keeps", 1000, "use method='lbfgs'")  # 8 MB
    """
    needed = 8.0 * matrices * size * size
    if there := _too_little(needed):
        side = f"{size:_}".replace("_", " ")
        noun = "a matrix" if matrices == 1 else f"{matrices} matrices"
        raise InvalidInput(
            "{} {} of {side} x {side} numbers, {}, and {}; {}",
            what, noun, in_words(needed), there, instead, side=side,
        )  # fmt: skip


def require_room_for(method: str, size: int, matrices: int) -> None:
    """Raise if the matrices of an optimizer do not fit in memory; see `require_room`."""
    what = Sentence((Setting("method"), f" {method!r} keeps"))
    require_room(what, size, USE_LBFGS, matrices)


def require_room_for_weights(n_weights: int) -> None:
    """Raise if a network does not fit in memory with its gradient, its decays and a second point.

    Raises
    ------
    InvalidInput
        If they need more memory than is available to this process, as far as the system reports it.
    """
    if _too_little(4 * 8.0 * n_weights):
        raise InvalidInput(
            "a network of {} weights does not fit in memory; lower {}", n_weights, Setting("hidden")
        )


def require_room_for_starts(starts: int, n_weights: int) -> None:
    """Raise if the initial weights of all starts do not fit in memory.

    Raises
    ------
    InvalidInput
        If they need more memory than is available to this process, as far as the system reports it.
    """
    needed = 8.0 * starts * n_weights
    if there := _too_little(needed):
        raise InvalidInput(
            "the initial weights of {} starts need {}, and {}; lower {}",
            starts, in_words(needed), there, Setting("starts"),
        )  # fmt: skip


def require_room_for_dense(noun: str, size: int) -> None:
    """Raise if a sparse matrix of `size` numbers does not fit in memory as an array.

    Raises
    ------
    InvalidInput
        If it needs more memory than is available to this process, as far as the system reports it.
    """
    needed = 8.0 * size
    if there := _too_little(needed):
        raise InvalidInput(
            f"{noun} is sparse, and is used as an array of {in_words(needed)}, but {there}; give fewer rows or columns"
        )


def _too_little(needed: float) -> str:
    """Return a clause that states the available memory if it is less than the bytes needed, else an empty text."""
    memory = None if needed <= UNCHECKED else available()
    if memory is None or needed <= memory.n_bytes:
        return ""
    return memory.words.format(in_words(memory.n_bytes))


def at_a_time(size: int, matrices: int, wanted: int, kept: int = 0) -> int:
    """Return how many of the `wanted` jobs can run at the same time, given the memory for their matrices; at least 1.

    Examples
    --------
    >>> from sheernet.foundation.memory import at_a_time
    >>> at_a_time(100, 3, 4)
    4
    """
    of_one = 8.0 * size * size
    if of_one * (matrices * wanted + kept) <= UNCHECKED or (memory := available()) is None:
        return wanted
    return max(1, min(wanted, int((memory.n_bytes - of_one * kept) // (of_one * matrices))))


def in_words(n_bytes: float) -> str:
    """Format a number of bytes with a unit, to two or three digits.

    Examples
    --------
    >>> from sheernet.foundation.memory import in_words
    >>> in_words(80e9), in_words(2.4e9), in_words(1e8), in_words(2e13)
    ('80 GB', '2.4 GB', '100 MB', '20 TB')
    """
    size, unit = next(
        (pair for pair in ((1e12, "TB"), (1e9, "GB")) if n_bytes >= pair[0]), (1e6, "MB")
    )
    count = n_bytes / size
    return f"{count:.0f} {unit}" if count >= 9.95 else f"{count:.1f} {unit}".replace(".0 ", " ")


def available() -> Memory | None:
    """Return the memory available to this process: the free memory on Linux, the total elsewhere, None if unknown."""
    limits = [limit for limit in (_free(), *_left_in_groups()) if limit is not None]
    if limits:
        return Memory(min(limits), "{} are free")
    physical = _physical()
    return None if physical is None else Memory(physical, "this machine has {}")


def total() -> float | None:
    """Return the bytes of memory of the machine, or of the control groups if these allow less; None if unknown."""
    limits = [_physical()]
    limits += [
        number(group.folder / _FILES[group.version][0]) for group in groups_of("memory", ROOT)
    ]
    return min((limit for limit in limits if limit is not None), default=None)


def _physical() -> float | None:
    """Return the bytes of memory of the machine; None if unknown."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf; names vary by system
        return None


def _free() -> float | None:
    """Return the bytes that Linux can allocate without swapping; None on other systems."""
    for line in lines(ROOT / "proc/meminfo"):
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return 1024.0 * int(rest.split()[0])
    return None


def _left_in_groups() -> list[float]:
    """Return the bytes left within the limit of each control group, such as the limit of a container."""
    left = []
    for group in groups_of("memory", ROOT):
        limit, usage, reclaimable = _FILES[group.version]
        most, used = number(group.folder / limit), number(group.folder / usage)
        if most is not None and used is not None:
            cache = _statistic(group.folder / "memory.stat", reclaimable)
            left.append(max(most - used + cache, 0.0))
    return left


def _statistic(path: Path, name: str) -> float:
    """Return the number after a name in a file of names and numbers; 0 if missing."""
    for line in lines(path):
        key, _, value = line.partition(" ")
        if key == name:
            return float(value)
    return 0.0
