"""As test_sparse_matrices.py, by names that are not published."""

from __future__ import annotations

import pytest
from scipy.sparse import csr_matrix

import sheernet as sn
from sheernet.foundation import memory
from sheernet.foundation.memory import Memory
from sheernet.foundation.sparse_matrices import dense


def test_that_do_not_fit_in_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: Memory(1e9, "{} are free"))
    with pytest.raises(
        sn.InvalidInput, match=r"X is sparse, and is used as an array of 80 GB, but 1 GB are free"
    ):
        dense(csr_matrix((100_000, 100_000)), "X")
