"""BLAS threads: limits, their restoration, and libraries that are loaded later."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
import types
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import scipy.linalg  # noqa: F401  # its BLAS has to be there before numbers are set outside
from threadpoolctl import ThreadpoolController, threadpool_limits

from command_lines import PATIENCE
from sheernet.objective.engines import threads
from sheernet.objective.engines.threads import blas_threads


def now() -> set[int]:
    blas = ThreadpoolController().select(user_api="blas")
    return {library.num_threads for library in blas.lib_controllers}


@pytest.mark.parametrize("outside", [1, 2])
@pytest.mark.parametrize("inside", [1, 2])
def test_are_limited_inside_and_restored_afterwards(outside: int, inside: int) -> None:
    with threadpool_limits(outside, user_api="blas"):
        with blas_threads(inside):
            assert now() == {inside}
        assert now() == {outside}


def test_are_restored_after_an_error() -> None:
    with threadpool_limits(2, user_api="blas"):
        with pytest.raises(KeyError), blas_threads(1):
            raise KeyError
        assert now() == {2}


def test_libraries_are_searched_again_after_imports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = []
    monkeypatch.setattr(
        "threadpoolctl.ThreadpoolController.__init__",
        lambda self: found.append(1) or setattr(self, "lib_controllers", []),
    )
    threads._libraries.cache_clear()
    for _ in range(3):
        with blas_threads(1):
            pass
    assert len(found) == 1
    monkeypatch.setitem(sys.modules, "made_up", types.ModuleType("made_up"))
    with blas_threads(1):
        pass
    assert len(found) == 2
    threads._libraries.cache_clear()


class TestTrainingsInSeveralThreads:
    """Python threads with overlapping limits, which end in every order."""

    @pytest.fixture(autouse=True)
    def two_before(self) -> Iterator[None]:
        with threadpool_limits(2, user_api="blas"):  # threadpoolctl obeys this thread only
            yield

    @pytest.mark.parametrize("first_to_end", [0, 1])
    def test_share_the_lowest_number_until_the_last_ends(self, first_to_end: int) -> None:
        with ThreadPoolExecutor(1) as a, ThreadPoolExecutor(1) as b:
            trainings = [(a, blas_threads(1)), (b, blas_threads(2))]
            for thread, limit in trainings:
                thread.submit(limit.__enter__).result()
                assert now() == {1}
            thread, limit = trainings.pop(first_to_end)
            thread.submit(limit.__exit__, None, None, None).result()
            assert now() == ({2} if first_to_end == 0 else {1})
            thread, limit = trainings.pop()
            thread.submit(limit.__exit__, None, None, None).result()
        assert now() == {2}

    def test_need_not_run_in_the_first_one_that_set_a_number(self) -> None:
        def inside() -> set[int]:
            with blas_threads(1):
                return now()

        with ThreadPoolExecutor(1) as other:
            assert other.submit(inside).result() == {1}
        assert now() == {2}

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
    def test_a_forked_child_inherits_no_request(self) -> None:
        with ThreadPoolExecutor(1) as other:
            limit = blas_threads(1)
            other.submit(limit.__enter__).result()
            with get_context("fork").Pool(1) as child:
                assert child.apply(_before_and_after) == {2}
            other.submit(limit.__exit__, None, None, None).result()


IMPORTS_SLOWLY = """
import coordination
coordination.is_importing.set()
coordination.has_forked.wait(0.5)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_waits_for_an_import_of_a_fit_in_another_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the child waits for the lock of the module, which a thread that it does not have has locked."""
    (tmp_path / "imports_slowly.py").write_text(IMPORTS_SLOWLY)
    monkeypatch.syspath_prepend(tmp_path)
    events = types.ModuleType("coordination")
    events.is_importing, events.has_forked = threading.Event(), threading.Event()
    monkeypatch.setitem(sys.modules, "coordination", events)
    monkeypatch.setattr(
        threads, "_libraries", lambda _: [importlib.import_module("imports_slowly")][:0]
    )
    with ThreadPoolExecutor(1) as other:
        fit = other.submit(_before_and_after)
        assert events.is_importing.wait(PATIENCE)
        child = os.fork()
        if child == 0:
            signal.alarm(5)
            _before_and_after()
            os._exit(0)
        events.has_forked.set()
        assert os.waitpid(child, 0)[1] == 0
        fit.result()


def _before_and_after() -> set[int]:
    with blas_threads(1):
        pass
    return now()
