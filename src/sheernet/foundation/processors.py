"""The number of processors that this process may use: its affinity, and the quotas of its control groups."""

from __future__ import annotations

import os
from functools import lru_cache
from math import ceil, inf
from pathlib import Path

from sheernet.foundation.control_groups import Group, groups_of, lines, number

MOST_THREADS = 1024
"""Maximum number of threads that an argument may request."""


def usable_processors() -> int:
    """Return the number of processors that this process may use.

    These are the processors of its affinity (`taskset`), or all if the system does not report one; fewer if a quota of
    a control group (`docker run --cpus`) allows less processor time.  A fraction of a processor counts as one.

    Examples
    --------
    >>> import os
    >>> from sheernet.foundation.processors import usable_processors
    >>> 1 <= usable_processors() <= os.cpu_count()
    True
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, ceil(min(bound or 1, quota())))


@lru_cache(maxsize=1)
def quota(root: Path = Path("/")) -> float:
    """Return the number of processors that the quotas of control groups allow, such as 1.5; inf without a quota.

    The quotas are read once per process, because reading them takes as long as making a small objective.
    """
    return min((_quota_of(group) for group in groups_of("cpu", root)), default=inf)


def _quota_of(group: Group) -> float:
    """Return the processor time that a group may use in a period, in units of the period; inf without a limit."""
    if group.version == 2:
        fields = " ".join(lines(group.folder / "cpu.max")).split()
        time, period = (float(f) if f.isdecimal() else None for f in (*fields, "", "")[:2])
    else:
        time, period = (number(group.folder / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
    return time / period if time and period else inf
