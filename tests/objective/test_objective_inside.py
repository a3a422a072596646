"""As test_objective.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from contracts.cases import random_cases
from objective.test_objective import ARCH, X, Y
from sheernet import engines
from sheernet.network import compiled_extension
from sheernet.objective.engines import reference_engine as reference


class TestBlocksOfRows:
    @pytest.mark.parametrize("entries", [1, 40, 10**9])
    def test_the_size_of_a_block_changes_nothing_but_rounding(
        self, entries: int, monkeypatch
    ) -> None:
        """The Gauss-Newton matrix is summed over blocks of rows, of which the last may be shorter."""
        for case in random_cases(32, 12, rows=6):
            objective = case.objective()
            whole, scale = (
                objective.gauss_newton(case.theta)[2],
                objective.gradient_magnitude(case.theta),
            )
            with monkeypatch.context() as patch:
                patch.setattr(reference, "BLOCK_ENTRIES", entries)
                in_blocks = objective.gauss_newton(case.theta)[2]
                assert np.allclose(objective.gradient_magnitude(case.theta), scale, rtol=1e-13)
            assert (
                np.abs(in_blocks - whole).max()
                <= 1e-14 * max(np.abs(whole).max(), 1e-300) * objective.size
            )


class TestEngines:
    def test_auto_is_the_reference_if_the_extension_is_missing(self, monkeypatch) -> None:
        monkeypatch.delenv("SHEERNET_REQUIRE_COMPILED", raising=False)
        monkeypatch.setattr(compiled_extension, "NATIVE", None)
        monkeypatch.setattr(
            compiled_extension, "WHY_NOT", "the compiled engine is not available: no compiler"
        )
        assert engines.resolve("auto") == engines.resolve("reference") == "reference"
        assert sn.make_objective(ARCH, X, Y).engine == "reference"
        with pytest.raises(
            sn.EngineUnavailable, match=r"no compiler; use engine='auto' or engine='reference'"
        ):
            sn.make_objective(ARCH, X, Y, engine="compiled")
