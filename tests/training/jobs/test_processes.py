"""Fits in C++ in processes that were forked from one that had fitted before, and in the workers of joblib."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled
from command_lines import PATIENCE
from training.jobs.twins import METHODS, all_in_cpp, start_of, wave

pytestmark = [
    compiled,
    # Python 3.12 warns of forks while there are threads: those of joblib and of pytest's workers are not ours.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning"),
]
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def ends(objective: Any, method: str) -> np.ndarray:
    jobs = [sn.jobs.Job(start_of(objective, seed)) for seed in range(6)]
    return sn.jobs.fit_jobs(objective, jobs, method, max_iter=20).objectives


def fitted(seed: int) -> tuple[float, int, int]:
    """For a worker: how a fit ends there, on how many threads, and how many were left over."""
    objective = wave(threads=None)
    end = sn.jobs.fit_jobs(
        objective, [sn.jobs.Job(start_of(objective, seed))], "lm", max_iter=20
    ).objectives[0]
    left = len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1  # noqa: PTH208
    return float(end), objective.threads, left


@forks
class TestAfterAFork:
    @pytest.mark.parametrize("method", METHODS)
    def test_the_child_fits_as_its_parent_does(self, method: str) -> None:
        """After fits on several threads, which are over; a pool would have been lost."""
        objective = wave(3000, (40,), threads=3)
        expected = ends(objective, method)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                signal.alarm(int(PATIENCE))  # a deadlock ends, too
                os.write(write, ends(objective, method).tobytes())
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            found = np.frombuffer(pipe.read())
        os.waitpid(child, 0)
        np.testing.assert_array_equal(found, expected)

    def test_the_workers_of_multiprocessing_do(self) -> None:
        objective = wave(threads=2)
        all_in_cpp(
            objective,
            [sn.jobs.Job(start_of(objective, seed)) for seed in range(4)],
            "lm",
            max_iter=20,
        )
        with multiprocessing.get_context("fork").Pool(2) as pool:
            found = pool.map_async(fitted, range(6)).get(timeout=PATIENCE)
        expected = [fitted(seed)[0] for seed in range(6)]
        assert [end for end, _, _ in found] == expected


class TestJoblib:
    @pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
    def test_workers_fit_as_this_process_does(self, backend: str) -> None:
        joblib = pytest.importorskip("joblib")
        expected = [fitted(seed)[0] for seed in range(4)]
        n_jobs = (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        )
        with joblib.parallel_backend(backend, n_jobs=max(2, n_jobs or 2)):
            found = joblib.Parallel()(joblib.delayed(fitted)(seed) for seed in range(4))
        assert [end for end, _, _ in found] == expected
        if backend == "loky":  # it shares the processors among its workers
            assert {threads for _, threads, _ in found} == {1}
