"""The threads of a fit in C++: as many as this process has processors, while a call runs, and none afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from both_engines import compiled

pytestmark = [
    compiled,
    pytest.mark.skipif(
        not Path("/proc/self/task").exists(), reason="asks Linux for the threads of a process"
    ),
]

COUNTED = """
import os, sys, time
{limit}
import numpy as np
import sheernet as sn
from sheernet.training.jobs import Job, fit_jobs

tasks = lambda: len(os.listdir("/proc/self/task"))
rng, arch, seen = np.random.default_rng(0), sn.Architecture((10, 32, 1)), []
objective = sn.make_objective(arch, rng.normal(size=(20_000, 10)), rng.normal(size=20_000))
start = sn.Network.random(arch, seed=0).theta
objective.value_and_gradient(start)
before = tasks()

def count(status):
    seen.append(tasks() - before)
    if len(seen) == 3:
        raise StopIteration

try:
    fit_jobs(objective, [Job(start)], "lbfgs", max_iter=10**9, gradient_tolerance=0, report_progress=count)
except StopIteration:
    pass
ends = time.monotonic() + 60
while tasks() > before and time.monotonic() < ends:  # the system may list a thread for a moment after its end
    os.sched_yield()
print(objective.threads, max(seen), tasks() - before)
"""

TWO = "os.sched_getaffinity = lambda _: {0, 1}"


def counted(limit: str) -> list[int]:
    """Threads of an objective, further threads during a fit, and after it, of a process with this limit."""
    environment = {name: text for name, text in os.environ.items() if name != "OMP_NUM_THREADS"}
    program = [sys.executable, "-c", COUNTED.format(limit=limit)]
    done = subprocess.run(program, capture_output=True, text=True, check=True, env=environment)
    return [int(number) for number in done.stdout.split()]


@pytest.mark.parametrize(
    ("limit", "threads"),
    [
        ("os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})", 1),
        (f"{TWO}; import sheernet.foundation.processors as p; p.quota = lambda: 0.5", 1),
        (f"{TWO}; import sheernet.foundation.processors as p; p.quota = lambda: 1.5", 2),
        (f"{TWO}; os.environ['OMP_NUM_THREADS'] = '1'", 1),
        (TWO, 2),
    ],
    ids=["affinity of 1", "quota of 1/2", "quota of 3/2", "OMP_NUM_THREADS=1", "affinity of 2"],
)
def test_are_those_of_the_processors_and_end_with_the_fit(limit: str, threads: int) -> None:
    assert counted(limit) == [threads, threads - 1, 0]
