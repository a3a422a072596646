"""As test_compiled.py, by names that are not published."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest

import sheernet as sn
from both_engines import SETS
from both_engines import compiled as needs_compiled
from objective.engines.test_compiled import ARCH, X, Y, natively, problem
from sheernet.network import compiled_extension
from sheernet.objective.engines import compiled_engine as compiled

pytestmark = needs_compiled


class TestThreads:
    def test_are_the_processors_that_this_process_may_use(self, monkeypatch) -> None:
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 4}, raising=False)
        for asked, number in [
            (None, 3), ("", 3), ("nonsense", 3), ("0", 3), ("-1", 3), ("8", 3), ("2", 2), ("1", 1), (" 2,1", 2),
        ]:  # fmt: skip
            if asked is None:
                monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
            else:
                monkeypatch.setenv("OMP_NUM_THREADS", asked)
            assert compiled.default_threads() == number
            assert sn.make_objective(ARCH, X, Y, engine="compiled").threads == number

    def test_are_all_processors_if_the_affinity_is_unknown(self, monkeypatch) -> None:
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
        monkeypatch.setattr(os, "cpu_count", lambda: 5)
        assert compiled.default_threads() == 5
        monkeypatch.setattr(os, "cpu_count", lambda: None)
        assert compiled.default_threads() == 1


class TestInstructionSets:
    def test_the_widest_runs_unless_the_environment_names_another(self, monkeypatch) -> None:
        monkeypatch.delenv("SHEERNET_INSTRUCTION_SET", raising=False)
        objective = sn.make_objective(ARCH, X, Y, engine="compiled")
        assert objective.instruction_set == compiled.instruction_set() == SETS[0]
        monkeypatch.setenv("SHEERNET_INSTRUCTION_SET", "baseline")
        assert objective.replace().instruction_set == compiled.instruction_set() == "baseline"
        assert objective.instruction_set == SETS[0]


class TestReplace:
    def test_shares_the_packed_data(self) -> None:
        arch, inputs, targets, theta = problem((3, 4, 2), 300)
        objective = sn.make_objective(arch, inputs, targets, engine="compiled")
        weights = np.random.default_rng(0).uniform(0.1, 1.0, 300)
        for other in (
            objective.replace(weights=weights),
            objective.replace(decay=1.0).replace(weights=weights),
            objective.replace(weights=np.arange(300.0)).replace(weights=weights),
        ):
            assert other._all is objective._all
            assert other._used is objective._all
        fresh = sn.make_objective(arch, inputs, targets, weights=weights, engine="compiled")
        assert natively(objective.replace(weights=weights), theta) == natively(fresh, theta)

    def test_a_pickle_is_refused_without_the_extension(self, monkeypatch) -> None:
        pickled = pickle.dumps(sn.make_objective(ARCH, X, Y, engine="compiled"))
        monkeypatch.setattr(compiled_extension, "NATIVE", None)
        monkeypatch.setattr(
            compiled_extension, "WHY_NOT", "the compiled engine is not available: no compiler"
        )
        with pytest.raises(
            sn.EngineUnavailable,
            match=r"was pickled with the compiled engine, but .*no compiler",
        ):
            pickle.loads(pickled)
