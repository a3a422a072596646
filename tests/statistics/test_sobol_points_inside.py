"""As test_sobol_points.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc

from sheernet.statistics import sobol_points
from sheernet.statistics.sobol_points import scrambled_points


@given(st.integers(1, 60) | st.just(1200), st.integers(0, 9), st.integers(0, 2**32))
def test_are_bitwise_those_of_scipy(dimension: int, power: int, seed: int) -> None:
    ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
    for _ in range(2):  # the second sequence is another one of the same generator
        expected = qmc.Sobol(dimension, seed=theirs).random_base2(power)
        assert scrambled_points(dimension, 2**power, ours).tobytes() == expected.tobytes()
    assert ours.random() == theirs.random()


def test_need_no_file_of_scipy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = scrambled_points(3, 16, np.random.default_rng(5))
    monkeypatch.setattr(sobol_points, "_direction_file", lambda: tmp_path / "missing.npz")
    assert scrambled_points(3, 16, np.random.default_rng(5)).tobytes() == expected.tobytes()
