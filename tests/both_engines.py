"""The engines that are installed here, for tests that run over each of them."""

from __future__ import annotations

import pytest

from sheernet.network import compiled_extension
from sheernet.objective.engines.compiled_engine import CompiledEngine
from sheernet.objective.engines.reference_engine import ReferenceEngine

compiled = pytest.mark.skipif(
    compiled_extension.NATIVE is None, reason=str(compiled_extension.WHY_NOT)
)

ENGINES = ["reference", pytest.param("compiled", marks=compiled)]
"""Parameters of a test; .ci/run demands that both are there (tests/test_packaging.py)."""

CLASSES = (
    [ReferenceEngine, CompiledEngine]
    if compiled_extension.NATIVE is not None
    else [ReferenceEngine]
)
"""For tests that put something in a method's place: whichever engine runs then has it."""
