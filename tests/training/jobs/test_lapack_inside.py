"""As test_lapack.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import pytest

import sheernet as sn
from both_engines import compiled as needs_compiled
from sheernet.network import compiled_extension
from sheernet.settings.stopping_rules import StoppingRules
from sheernet.training.jobs import compiled_fits as to_cpp
from sheernet.training.jobs.job import RunContext
from training.jobs.test_lapack import AROUND, linear
from training.jobs.test_same_algorithm import compare
from training.jobs.twins import (
    assert_same_bits,
    case_of,
    in_cpp,
    in_python,
    start_of,
    wave,
)

pytestmark = needs_compiled


class TestAroundTheSize:
    def test_there_are_fits_on_both_sides(self) -> None:
        assert AROUND[0] < compiled_extension.NATIVE.LARGEST_WITHOUT_LAPACK < AROUND[-1]

    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize("options", [{}, {"tau": 1.0}])
    def test_first_iterates_of_large_networks_are_those_of_python(
        self, seed: int, options: dict[str, float]
    ) -> None:
        case = case_of(seed, hidden_layers=[2], width=14, hidden=("tanh", "sigmoid", "silu"))
        assert compare(case, "lm", options) > 2


class TestWithoutLapack:
    @pytest.fixture
    def refused(self, monkeypatch: pytest.MonkeyPatch) -> list[object]:
        """SciPy's functions have another shape (long integers, for one)."""
        asked: list[object] = []

        class Module:
            def __getattr__(self, name: str) -> Any:
                return getattr(before, name)

            def use_lapack(self, functions: object) -> bool:
                asked.append(functions)
                return False

        before = to_cpp.compiled_extension.NATIVE
        monkeypatch.setattr(to_cpp.compiled_extension, "NATIVE", Module())
        return asked

    def test_large_problems_run_in_python(self, refused: list[object]) -> None:
        objective = linear(40)
        start = start_of(objective)
        run = sn.jobs.fit_jobs(objective, [sn.jobs.Job(start)], "lm", keep_path=True)[0]
        assert refused
        assert_same_bits(run, in_python(objective, start, "lm", keep_path=True))

    def test_large_ones_of_bfgs_run_in_cpp_and_do_not_renew_its_matrix(
        self, refused: list[object]
    ) -> None:
        objective, given = wave(hidden=(20,)), {"max_iter": 60, "gradient_tolerance": 0.0}
        runs = [
            in_cpp(objective, start_of(objective), "bfgs", **given, **options)
            for options in ({}, {"renew": False})
        ]
        assert refused
        assert_same_bits(*runs)

    def test_small_ones_and_other_methods_do_not_ask(self, refused: list[object]) -> None:
        small, large = linear(20), linear(40)
        in_cpp(small, start_of(small), "lm", max_iter=3)
        in_cpp(small, start_of(small), "bfgs", max_iter=3)
        in_cpp(large, start_of(large), "lbfgs", max_iter=3)
        assert refused == []

    def test_a_capsule_of_another_shape_is_not_taken(self) -> None:
        from scipy.linalg import cython_blas, cython_lapack

        capsules = {**cython_blas.__pyx_capi__, **cython_lapack.__pyx_capi__}
        assert compiled_extension.NATIVE.use_lapack(capsules)
        for name, other in [("dpotrf", "spotrf"), ("dgemm", "dsymm"), ("dpotrs", "dlamch")]:
            assert not compiled_extension.NATIVE.use_lapack({**capsules, name: capsules[other]})

    def test_functions_are_taken_once(self) -> None:
        """Fits on other threads may be using them.  dpotri has the arguments of dpotrf."""
        from scipy.linalg import cython_blas, cython_lapack

        objective = linear(40)
        expected = in_cpp(objective, start_of(objective), "lm", max_iter=3)
        capsules = {**cython_blas.__pyx_capi__, **cython_lapack.__pyx_capi__}
        assert compiled_extension.NATIVE.use_lapack({**capsules, "dpotrf": capsules["dpotri"]})
        # fit_compiled does not call use_lapack.
        arguments = [objective], [start_of(objective)], "lm", StoppingRules(max_iter=3), {}
        assert_same_bits(to_cpp.fit_compiled(*arguments, RunContext())[0], expected)
