"""lm and bfgs below and above the size from which they solve by LAPACK."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled as needs_compiled
from training.jobs.twins import (
    assert_same_bits,
    both,
    compiled,
    in_cpp,
    in_python,
    start_of,
    wave,
)

pytestmark = needs_compiled
AROUND = range(30, 36)


def linear(size: int, rows: int = 60, **settings: Any) -> Any:
    """`size` parameters: one output of as many inputs, without a bias."""
    rng = np.random.default_rng(size)
    X = rng.normal(size=(rows, size))
    arch = sn.Architecture((size, 1), output="tanh", bias=False)
    y = np.tanh(X @ rng.normal(size=size) / 3) + 0.1 * rng.normal(size=rows)
    return compiled(arch, X, y, **{"decay": 1e-3, **settings})


class TestAroundTheSize:
    @pytest.mark.parametrize("size", AROUND)
    def test_iterates_are_those_of_python_to_the_end(self, size: int) -> None:
        objective = linear(size)
        runs = both(objective, start_of(objective), "lm", keep_path=True, gradient_tolerance=1e-9)
        a, b = (run.record for run in runs)
        assert len(a) == len(b) > 4
        assert runs[0].termination == runs[1].termination
        np.testing.assert_allclose(a.path, b.path, rtol=0, atol=1e-9)
        # At the end the gain, a difference of values, is rounding.
        falling = np.flatnonzero(-np.diff(b.objective) > 1e-6 * b.objective[1:]) + 1
        assert len(falling) > 3
        np.testing.assert_allclose(a.damping[falling], b.damping[falling], rtol=1e-7)

    @pytest.mark.parametrize("hidden", [2, 5, 10, 11, 25, 128])
    def test_bfgs_renews_its_matrix_as_in_python(self, hidden: int) -> None:
        """From the same state at iteration 50; P = 7, 16, 31, 34, 76 and 385."""
        objective, given = wave(hidden=(hidden,)), {"gradient_tolerance": 0.0, "keep_path": True}
        first = in_cpp(objective, start_of(objective), "bfgs", max_iter=50, **given)
        assert first.record.iteration[-1] == 50
        runs = both(objective, first.state, "bfgs", max_iter=2, **given)
        np.testing.assert_allclose(*(run.theta for run in runs), rtol=1e-6, atol=1e-8)
        H = [run.state.state.inverse_hessian for run in runs]
        np.testing.assert_array_equal(H[0], H[0].T)
        np.testing.assert_allclose(*H, rtol=0, atol=1e-6 * np.abs(H[1]).max())

    @pytest.mark.parametrize("size", AROUND)
    def test_a_matrix_that_is_not_positive_definite_raises_the_damping(self, size: int) -> None:
        """Two inputs are the same and tau is below rounding: A + mu I cannot be factored at first."""
        rng = np.random.default_rng(0)
        X = rng.normal(size=(90, size))
        X[:, 1] = X[:, 0]
        objective = compiled(sn.Architecture((size, 1), bias=False), X, rng.normal(size=90))
        runs = [run(objective, np.ones(size), "lm", tau=1e-18) for run in (in_cpp, in_python)]
        for run in runs:
            assert run.termination.reason == "gradient_tolerance"
        assert runs[0].objective == pytest.approx(runs[1].objective, rel=1e-12)

    @pytest.mark.parametrize("size", [31, 40])
    def test_threads_change_no_bit(self, size: int) -> None:
        runs = [
            in_cpp(linear(size, 3000, threads=threads), 0.1 * np.ones(size), "lm", keep_path=True)
            for threads in (1, 2, 5)
        ]
        for run in runs[1:]:
            assert_same_bits(run, runs[0])


def large(size: int, threads: int = 1) -> Any:
    """An objective of `size` parameters: for 286, of a network with two hidden layers, otherwise linear."""
    return wave(300, (15, 15), threads=threads) if size == 286 else linear(size, threads=threads)


class TestLargeFactors:
    """From 256 parameters on, threads share the tiles of a factor; from 513 on, it has panels of 512 columns."""

    @pytest.mark.parametrize("size", [256, 286, 305, 512, 513, 701, 1101])
    def test_iterates_are_those_of_python(self, size: int) -> None:
        objective = large(size)
        assert objective.size == size
        settings = {"keep_path": True, "max_iter": 3}
        a, b = (run.record for run in both(objective, start_of(objective), "lm", **settings))
        assert len(a) == len(b) == 4
        np.testing.assert_allclose(a.path, b.path, rtol=0, atol=1e-8)

    @pytest.mark.parametrize("size", [286, 305, 701])
    @pytest.mark.parametrize("method", ["lm", "bfgs"])
    def test_threads_change_no_bit(self, method: str, size: int) -> None:
        """bfgs factors a matrix at iteration 50."""
        settings = {"max_iter": 4 if method == "lm" else 52, "gradient_tolerance": 0.0}
        start = start_of(large(size), scale=0.1)
        one, *others = (
            in_cpp(large(size, threads), start, method, **settings) for threads in (1, 2, 5)
        )
        assert len(one.record) > 4
        for other in others:
            assert_same_bits(other, one)

    def test_a_matrix_that_is_not_positive_definite_raises_the_damping(self) -> None:
        """Its last two columns are the same, and tau is below rounding: the factorization fails in the last panel."""
        X = np.random.default_rng(0).normal(size=(600, 300))
        X[:, -1] = X[:, -2]
        objective = compiled(sn.Architecture((300, 1), bias=False), X, X[:, 0], threads=2)
        run = in_cpp(objective, np.ones(300), "lm", tau=1e-18)
        assert run.termination.reason == "gradient_tolerance"
        assert run.record.damping[-1] > 1e-18
