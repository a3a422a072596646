"""The engines that are installed here, for tests that run over each of them."""

from __future__ import annotations

import pytest

import sheernet as sn

compiled = pytest.mark.skipif(
    sn.engines.resolve("auto") != "compiled", reason=str(sn.engines.native.WHY_NOT)
)

ENGINES = ["reference", pytest.param("compiled", marks=compiled)]
"""Parameters of a test; .ci/run demands that both are there (tests/test_packaging.py)."""

_WIDEST_FIRST = ["avx512", "avx2", "baseline"]
SETS = (
    _WIDEST_FIRST[_WIDEST_FIRST.index(sn.engines.describe()["instructions"]) :]
    if sn.engines.resolve("auto") == "compiled"
    else []
)
"""The instruction sets of the compiled engine that this processor has."""
