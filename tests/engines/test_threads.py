"""Threads of BLAS: limited where they have to be, found anew where a BLAS may have been loaded."""

from __future__ import annotations

import sys
import types

import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from sheernet.engines import threads
from sheernet.engines.threads import blas_threads


def now() -> set[int]:
    blas = ThreadpoolController().select(user_api="blas")
    return {library.num_threads for library in blas.lib_controllers}


@pytest.mark.parametrize("outside", [1, 2])
@pytest.mark.parametrize("inside", [1, 2])
def test_are_as_many_as_asked_for_and_as_before_afterwards(outside: int, inside: int) -> None:
    with threadpool_limits(outside, user_api="blas"):
        with blas_threads(inside):
            assert now() == {inside}
        assert now() == {outside}


def test_are_as_before_after_an_error() -> None:
    with threadpool_limits(2, user_api="blas"):
        with pytest.raises(KeyError), blas_threads(1):
            raise KeyError
        assert now() == {2}


def test_libraries_are_looked_for_where_modules_were_imported(
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
