"""The control groups of this process (Linux, versions 1 and 2), which limit memory and processors of a container."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Group(NamedTuple):
    """A control group: the version of its interface, 1 or 2, and the folder of its files."""

    version: int
    folder: Path


def groups_of(controller: str, root: Path) -> Iterator[Group]:
    """Iterate over the groups of this process whose limits a controller sets, each followed by all its parents.

    Parameters
    ----------
    controller : str
        "memory" or "cpu".
    root : Path
        The folder that contains `proc` and `sys`: "/", or a folder with files for a test.

    Yields
    ------
    Group
        A group; its folder need not exist.
    """
    for line in lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            version, mount = 2, root / "sys/fs/cgroup"
        elif controller in controllers.split(","):
            version, mount = 1, root / "sys/fs/cgroup" / controller
        else:
            continue
        # In a container, the limits of its own group may be at the root of the tree, so the parents are read, too.
        group = Path(path.lstrip("/"))
        for place in (group, *group.parents):
            yield Group(version, mount / place)


def number(path: Path) -> float | None:
    """Return the number in a file; None if the file is missing or contains "max"."""
    for line in lines(path):
        return float(line) if line.isdecimal() else None
    return None


def lines(path: Path) -> list[str]:
    """Return the lines of a file of the operating system; an empty list if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
